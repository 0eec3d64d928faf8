import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkRetention, dataUseOf, deletedAuthorsOf, deletedIn, sidecarFile } from '../../src/cli/source-terms.js';
import { inputFile, isDeletedIn, personOf, tombstone } from '../../src/cli/wiring.js';
import { readRecords, sidecarOf } from '../../src/io/files.js';
import { unstatedUse } from '../../src/stages/index.js';
import { all, temporaryFolder } from '../io/temporary.js';

const root = temporaryFolder();
let n = 0;
/** A folder of its own with these files. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = join(root, String(n++));
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}
const use = { ...unstatedUse, title: 'Posts', licence: 'CC0', publication: 'no' };
const json = JSON.stringify(use);

describe('files about a source', () => {
  it('lie beside a file, by its name or for all, and within a folder', () => {
    const folder = folderWith({ 'posts.csv.gz': '', 'own.csv': '', 'data-use.json': '', 'own.data-use.json': '' });
    expect(sidecarFile(join(folder, 'posts.csv.gz'), 'data-use')).toBe(join(folder, 'data-use.json'));
    expect(sidecarFile(join(folder, 'own.csv'), 'data-use')).toBe(join(folder, 'own.data-use.json'));
    expect(sidecarFile(join(folder, 'posts.csv.gz'), 'deleted-authors')).toBe(
      join(folder, 'posts.deleted-authors.json'),
    );
    expect(sidecarFile(folder, 'data-use')).toBe(join(folder, 'data-use.json'));
  });

  it('are no posts, and no part of their hash', async () => {
    const plain = folderWith({ 'a.jsonl': '{"a":1}\n' });
    const more = folderWith({ 'a.jsonl': '{"a":1}\n', 'data-use.json': json, 'x.deleted-authors.json': '{}' });
    expect((await all(readRecords(more))).map(({ record }) => record)).toEqual([{ a: 1 }]);
    expect((await inputFile(more)).sha256).toBe((await inputFile(plain)).sha256);
    expect(['data-use.json', 'a.b.data-use.json', 'my-data-use.json', 'data-use.jsonl'].map(sidecarOf)).toEqual([
      'data-use',
      'data-use',
      undefined,
      undefined,
    ]);
  });
});

describe('dataUseOf', () => {
  it('reads what is said, and says so where nothing is', async () => {
    const folder = folderWith({ 'posts.csv': '', 'posts.data-use.json': `\ufeff${json}` });
    expect(await dataUseOf(join(folder, 'posts.csv'))).toMatchObject({ value: use, origin: 'own file' });
    const silent = await dataUseOf(join(folderWith({ 'posts.csv': '' }), 'posts.csv'));
    expect(silent).toMatchObject({ value: unstatedUse, origin: 'not stated' });
  });

  it.each([
    ['{', /posts\.data-use\.json: not JSON \(/],
    ['[]', /posts\.data-use\.json: ✖ Invalid input: expected object, received array/],
    [
      JSON.stringify({ ...use, publication: 'yes' }),
      /✖ Invalid option: expected one of "quotations"\|"no" {3}→ at publication/,
    ],
    [JSON.stringify({ ...use, retainUntil: 'soon' }), /→ at retainUntil/],
    [JSON.stringify({ ...use, extra: 1 }), /✖ Unrecognized key: "extra"/],
    [`${json.slice(0, -1)},"__proto__":{"polluted":1}}`, /✖ Unrecognized key: "__proto__"/],
    [`"${'x'.repeat(9 << 20)}"`, /larger than 8388608 bytes/],
  ])('refuses %.40s', async (text, message) => {
    const folder = folderWith({ 'posts.csv': '', 'posts.data-use.json': text });
    await expect(dataUseOf(join(folder, 'posts.csv'))).rejects.toThrow(message);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe('checkRetention', () => {
  const until = { ...unstatedUse, title: 'Posts', retainUntil: '2026-03-31' };
  it('allows the last day and the days before, and any day without an end', () => {
    for (const today of ['2020-01-01', '2026-03-31']) expect(() => checkRetention(until, today)).not.toThrow();
    expect(() => checkRetention(unstatedUse, '9999-12-31')).not.toThrow();
  });
  it('refuses the day after', () =>
    expect(() => checkRetention(until, '2026-04-01')).toThrow(
      'data-use.json, retainUntil: the time for which "Posts" may be used is over; got 2026-03-31, expected 2026-04-01 or later. Delete the posts, and the runs that were made from them; or ask the owner, and write down the new date.',
    ));
});

describe('deletedAuthorsOf', () => {
  const salt = 'a'.repeat(64);
  const list = (...people: string[]) =>
    JSON.stringify({ schema: 'deleted-authors/1', salt, authors: people.map((person) => tombstone(salt, person)) });

  it('puts together the lists beside the posts and in the run', async () => {
    const folder = folderWith({ 'posts.csv': '', 'posts.deleted-authors.json': list(personOf('jane')) });
    const run = folderWith({});
    writeFileSync(deletedIn(run), `${list(personOf('bob')).slice(0, -1)},"left":"results"}`);
    const { value, origin } = await deletedAuthorsOf(join(folder, 'posts.csv'), run);
    expect(origin).toBe('own list');
    const isDeleted = isDeletedIn(value);
    expect(['jane', 'bob', 'eve'].map((id) => isDeleted(personOf(id)))).toEqual([true, true, false]);
    expect(JSON.stringify(value)).not.toContain('left');
  });

  it('knows nobody without a list, and refuses a broken one', async () => {
    const folder = folderWith({ 'posts.csv': '' });
    expect(await deletedAuthorsOf(join(folder, 'posts.csv'), folder)).toMatchObject({ value: [], origin: 'nobody' });
    writeFileSync(deletedIn(folder), '{"schema":"deleted-authors/1","salt":"x","authors":[]}');
    await expect(deletedAuthorsOf(join(folder, 'posts.csv'), folder)).rejects.toThrow(/expected 64 hexadecimal digits/);
  });

  it('takes an author by either name', () => {
    expect(personOf('p-0123456789ab')).toBe('p-0123456789ab');
    expect(personOf(' Jose\u0301 ')).toBe(personOf('Jos\u00e9'));
    expect(tombstone(salt, 'p-1')).not.toBe(tombstone('b'.repeat(64), 'p-1'));
  });
});
