import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnMap, PostLimits, RawPost, ReadTally } from '../../src/io/histories.js';
import { newReadTally, readRawPosts } from '../../src/io/histories.js';
import { writeTable } from '../../src/io/parquet.js';
import { all, failureOf, fileMaker, rowsOrFailure, temporaryFolder } from './temporary.js';

const folder = temporaryFolder();
const file = fileMaker(folder);

async function read(
  path: string,
  columns: ColumnMap,
  limits: PostLimits = {},
): Promise<{ posts: RawPost[]; tally: ReadTally }> {
  const tally = newReadTally();
  return { posts: await all(readRawPosts(path, columns, limits, tally)), tally };
}

const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

describe('readRawPosts, three shapes', () => {
  const ann = { author: 'ann', declared: { sex: 'f' } };

  it('one row a post', async () => {
    const path = file('posts.csv', 'who,what,when,s\nann,"one\ntwo",2020-01-02,f\nbob,hello,,\n');
    const columns = { author: 'who', text: 'what', date: 'when', attributes: { sex: 's' } };
    const { posts, tally } = await read(path, columns);
    expect(posts).toEqual([
      { ...ann, text: 'one\ntwo', date: '2020-01-02', line: 2, file: path },
      { author: 'bob', declared: {}, text: 'hello', line: 4, file: path },
    ]);
    expect(tally).toEqual({ ...newReadTally(), rows: 2, posts: 2, undatedPosts: 1 });
  });

  it('one row a person, an array of posts: objects and bare texts', async () => {
    const posts = [{ date: '2020-01-02T10:00:00Z', text: 'one' }, 'two', { text: 'three' }];
    const path = file('people.jsonl', lines([{ who: 'ann', about: { sex: 'f' }, posts }]));
    const { posts: found } = await read(path, { author: 'who', posts: 'posts', attributes: { sex: 'about.sex' } });
    expect(found.map(({ text, date, time }) => [text, date, time])).toEqual([
      ['one', '2020-01-02', '10:00:00'],
      ['two', undefined, undefined],
      ['three', undefined, undefined],
    ]);
    expect(found[0]).toMatchObject({ ...ann, line: 1 });
  });

  it('an array of posts with fields of other names, along a path', async () => {
    const path = file('named.json', JSON.stringify([{ id: 7, data: { items: [{ body: 'x', on: '2020-01-02' }] } }]));
    const columns = { author: 'id', posts: 'data.items', text: 'body', date: 'on' };
    expect((await read(path, columns)).posts).toMatchObject([{ author: '7', text: 'x', date: '2020-01-02' }]);
  });

  it('one row a person, a post in each of several columns', async () => {
    const path = file('essays.tsv', 'id\tlikes\thates\tday\n1\tcats\t\t2020-01-02\n2\tdogs\train\t\n');
    const { posts, tally } = await read(path, { author: 'id', texts: ['likes', 'hates'], date: 'day' });
    expect(posts.map(({ author, text, date }) => [author, text, date])).toEqual([
      ['1', 'cats', '2020-01-02'],
      ['2', 'dogs', undefined],
      ['2', 'rain', undefined],
    ]);
    expect(tally).toMatchObject({ rows: 2, posts: 3, emptyTexts: 1 });
  });

  it('a Parquet file, and a folder of several kinds', async () => {
    const mixed = join(folder, 'mixed');
    mkdirSync(mixed);
    writeFileSync(
      join(mixed, '1.parquet'),
      writeTable({ schema: 'x/1', rows: 1, columns: { a: ['ann'], t: ['one'] } }),
    );
    writeFileSync(join(mixed, '2.csv'), 'a,t\nann,two\n');
    writeFileSync(join(mixed, '3.jsonl'), lines([{ a: 'ann', t: 'three' }]));
    writeFileSync(join(mixed, 'notes.txt'), 'x');
    const { posts, tally } = await read(mixed, { author: 'a', text: 't' });
    expect(posts.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
    expect(tally).toMatchObject({ rows: 3, posts: 3, otherFiles: ['notes.txt'] });
  });
});

describe('readRawPosts, what is left out or changed', () => {
  it('is counted, with the first places', async () => {
    const path = file(
      'dirty.jsonl',
      lines([
        { a: 'ann', t: 'fine', d: '2020-01-02', g: 'f' },
        { a: ' ', t: 'nobody' },
        { t: 'nobody either' },
        { a: { id: 1 }, t: 'nor here' },
        { a: 'ann', t: '  \n ' },
        { a: 'ann' },
        { a: 'ann', t: { html: 'x' } },
        { a: 'ann', t: 'bell\u0007 and\r\nbreak', d: '12/05/2004' },
        { a: 'ann', t: 'x'.repeat(25), d: 1580000000 },
        { a: 'ann', t: 42, d: '2020-02-30', g: ['f'] },
      ]),
    );
    const columns = { author: 'a', text: 't', date: 'd', attributes: { gender: 'g' } };
    const { posts, tally } = await read(path, columns, { maxTextLength: 20 });
    expect(posts.map(({ text, date }) => [text, date])).toEqual([
      ['fine', '2020-01-02'],
      ['bell and\nbreak', undefined],
      ['x'.repeat(20), undefined],
      ['42', undefined],
    ]);
    expect(tally).toEqual({
      rows: 10,
      posts: 4,
      missingAuthors: { count: 3, first: [`dirty.jsonl:2`, `dirty.jsonl:3`, `dirty.jsonl:4`] },
      missingPosts: { count: 0, first: [] },
      rowsWithoutPosts: 3,
      emptyTexts: 2,
      unusableTexts: { count: 1, first: [`dirty.jsonl:7`] },
      badDates: {
        count: 3,
        first: [`dirty.jsonl:8 "12/05/2004"`, `dirty.jsonl:9 "1580000000"`, `dirty.jsonl:10 "2020-02-30"`],
      },
      undatedPosts: 0,
      truncatedTexts: 1,
      controlCharacters: 1,
      replaced: {},
      unusableDeclared: { count: 1, first: [`dirty.jsonl:10 gender`] },
      otherFiles: [],
    });
  });

  it('nested posts that are no array or no post', async () => {
    const rows = [
      { a: 1, p: ['x', 7, null, ['y'], {}] },
      { a: 2, p: 'x' },
      { a: 3, p: null },
      { a: 4 },
      { a: 5, p: [{ text: 'z' }] },
    ];
    const { posts, tally } = await read(file('odd.jsonl', lines(rows)), { author: 'a', posts: 'p' });
    expect(posts.map(({ author, text }) => [author, text])).toEqual([
      ['1', 'x'],
      ['1', '7'],
      ['5', 'z'],
    ]);
    expect(tally).toMatchObject({ rows: 5, emptyTexts: 2, rowsWithoutPosts: 3 });
    expect([tally.unusableTexts.count, tally.missingPosts.count]).toEqual([1, 3]);
  });

  it('every row and post is either kept or counted, whatever the values', async () => {
    const value = fc.oneof(fc.constantFrom('ann', '', ' ', 'x', '2020-01-02', null, 5, true), fc.jsonValue());
    const row = fc.record({ a: value, t: value, d: value });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 12 }), async (rows) => {
        const path = file('any.jsonl', lines([...rows, { a: 'sure', t: 'sure', d: '2020-01-02' }]));
        const { posts, tally } = await read(path, { author: 'a', text: 't', date: 'd' });
        expect(tally.rows).toBe(rows.length + 1);
        expect(tally.posts).toBe(posts.length);
        expect(tally.missingAuthors.count + tally.emptyTexts + tally.unusableTexts.count + tally.posts).toBe(
          tally.rows,
        );
        const dated = posts.filter(({ date }) => date !== undefined).length;
        expect(dated + tally.badDates.count + tally.undatedPosts).toBe(posts.length);
      }),
      { seed: 20260101, numRuns: 200 },
    );
  });
});

describe('readRawPosts, wrong columns', () => {
  const fault = (path: string, columns: ColumnMap): Promise<string> =>
    failureOf(all(readRawPosts(path, columns)), folder);

  it('are named with what was found and the closest match', async () => {
    const csv = file('c.csv', 'user,body,created\na,b,2020-01-02\n');
    expect(await fault(csv, { author: 'users', text: 'boddy', date: 'day' })).toBe(
      'c.csv: missing columns "users", "boddy", "day"; got user, body, created, expected "users", "boddy", "day". ' +
        'Did you mean "user" for "users", "body" for "boddy"?',
    );
    const jsonl = file('c.jsonl', lines([{ user: 'a', body: 'b' }]));
    expect(await fault(jsonl, { author: 'user', text: 'boddy' })).toBe(
      'c.jsonl: missing column "boddy"; got user, body, expected "boddy". Did you mean "body" for "boddy"?',
    );
    expect(await fault(jsonl, { author: 'user', text: 'body', attributes: { age: 'age' } })).toBe(
      'c.jsonl: missing column "age"; got user, body, expected "age".',
    );
    const nested = file('n.jsonl', lines([{ id: 1, posts: [{ body: 'x', date: '2020-01-02' }] }]));
    expect(await fault(nested, { author: 'id', posts: 'posts' })).toBe(
      'n.jsonl (each of "posts"): missing column "text"; got body, date, expected "text".',
    );
    expect(await fault(nested, { author: 'id', posts: 'posts', text: 'body', date: 'dates' })).toBe(
      'n.jsonl (each of "posts"): missing column "dates"; got body, date, expected "dates". Did you mean "date" for "dates"?',
    );
  });

  it('stop a large file of JSON lines early', async () => {
    const many = file('many.jsonl', lines(Array.from({ length: 1000 }, (_, k) => ({ user: k, body: 'x' }))));
    const tally = newReadTally();
    await failureOf(all(readRawPosts(many, { author: 'author', text: 'body' }, {}, tally)), folder);
    expect(tally.rows).toBe(100);
  });

  it('may be absent from single JSON objects', async () => {
    const path = file('sparse.jsonl', lines([{ a: 'x' }, { t: 'y' }, { a: 'ann', t: 'one', d: '2020-01-02' }]));
    expect((await read(path, { author: 'a', text: 't', date: 'd' })).posts).toHaveLength(1);
  });

  it.each([
    { columns: { author: 'a' }, got: '{}' },
    { columns: { author: 'a', texts: [] }, got: '{"texts":[]}' },
    { columns: { author: 'a', text: 't', texts: ['u'] }, got: '{"text":"t","texts":["u"]}' },
    { columns: { author: 'a', posts: 'p', texts: ['u'] }, got: '{"texts":["u"],"posts":"p"}' },
  ])('of no single shape are refused: $got', async ({ columns, got }) => {
    const message = await fault(file('s.csv', 'a,t\n1,2\n'), columns);
    expect(message).toContain('columns: no single place for the texts; got ');
    expect(message).toContain(got.replaceAll('"', '\\"'));
  });

  it('and nothing usable are failures', async () => {
    expect(await fault(file('none.csv', 'a,t\n,x\nann,\n'), { author: 'a', text: 't' })).toBe(
      'none.csv: no usable post; got 2 rows, 1 without author, 0 without posts, 1 empty texts, 0 unusable texts, ' +
        'expected at least one post with an author and a text.',
    );
    expect(await fault(file('head.csv', 'a,t\n'), { author: 'a', text: 't' })).toContain('head.csv: no usable post');
  });

  it('never crash on random bytes', async () => {
    const columns = fc.constantFrom<ColumnMap>(
      { author: 'a', text: 't' },
      { author: 'a', posts: 'p' },
      { author: '__proto__', texts: ['constructor'] },
    );
    const start = fc.constantFrom('', 'a,t\n', '{"a":1,"t":2}\n', '__proto__,constructor\n', '{"a":1,"p":[');
    await fc.assert(
      fc.asyncProperty(columns, start, fc.uint8Array({ maxLength: 60 }), async (map, head, bytes) => {
        for (const name of ['z.csv', 'z.jsonl']) {
          const path = file(name, Buffer.concat([Buffer.from(head), bytes]));
          expect(['rows', 'failure']).toContain(await rowsOrFailure(readRawPosts(path, map)));
        }
      }),
      { seed: 20260101, numRuns: 300 },
    );
  });
});
