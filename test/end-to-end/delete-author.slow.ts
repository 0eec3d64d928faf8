import { cpSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pseudonym } from '../../src/io/group-histories.js';
import { readTable } from '../../src/io/parquet.js';
import { readLedger } from '../../src/model/ledger.js';
import { words } from '../../src/text/tokens.js';
import { root, runCli, type Ended } from '../cli/run-cli.js';
import { temporaryFolder } from '../io/temporary.js';
import { inventory } from '../persona/model-fixture.js';
import { good } from '../support/chat-players.js';
import { startChatServer, type ChatServer } from '../support/chat-server.js';
import { cli, hasBegun, leftovers, runToEnd } from './killed-runs.js';
import { filesIn, jsonIn, recordIn, rowsIn, smallSizes, writeConfig } from './small-run.js';

const folder = temporaryFolder();
const inventories = [inventory('ipip-50')];
let server: ChatServer;

/** An author whose words nobody else has. */
const author = 'zelda.quagmire77';
const person = pseudonym(author);
const zeldas = [
  'Zanzibar quokkas juggle seventeen marmalade umbrellas behind our violet greenhouse every wet Wednesday.',
  'I am a 44 year old woman from Ohio and I repair antique accordions for a living, one wheezy bellows at a time.',
  'My brother Ignatius Quagmire once traded a trombone for nine reluctant geese and a rusty weathervane.',
  'I love kayaking on foggy quarry lakes while humming crooked sea shanties at bewildered herons.',
  'Nobody warned me that sourdough starters sulk whenever I paint the pantry turquoise on a Sunday.',
];
const histories = join(folder, 'posts.jsonl');

function writePosts(): void {
  const rows = readFileSync(join(root, 'data/histories/demo.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { author: string });
  const others = [...new Set(rows.map((row) => row.author))].slice(0, 4);
  const own = zeldas.map((text, k) => ({ author, date: `2024-01-0${k + 1}`, text, age: 44, gender: 'female' }));
  const all = [...rows.filter((row) => others.includes(row.author)), ...own];
  writeFileSync(histories, all.map((row) => JSON.stringify(row)).join('\n'));
}

/** Runs of five words of the author, in the forms in which files may hold them. */
const grams = zeldas.flatMap((text) => {
  const all = words(text).map(({ text: word }) => word.toLowerCase());
  return all.slice(4).map((_, k) => all.slice(k, k + 5).join(' '));
});

/** Where anything of the author is left: name, pseudonym, or five words in a row, in bytes or in the columns of a table. */
async function traces(out: string): Promise<string[]> {
  const found: string[] = [];
  for (const file of filesIn(out)) {
    const bytes = readFileSync(join(out, file));
    const table = file.endsWith('.parquet') ? JSON.stringify(Object.values((await readTable(bytes)).columns)) : '';
    const text = `${bytes.toString('utf8')} ${table}`.toLowerCase();
    const plain = words(text)
      .map(({ text: word }) => word)
      .join(' ');
    if ([author, person, 'quagmire'].some((name) => text.includes(name)) || grams.some((gram) => plain.includes(gram)))
      found.push(file);
  }
  return found;
}

const config = (): string =>
  writeConfig(
    folder,
    {
      ...smallSizes,
      'ingest-histories': {
        columns: { author: 'author', text: 'text', date: 'date', attributes: { age: 'age', sex: 'gender' } },
      },
      'mine-personas': { draws: 3 },
      'select-agents': { agents: 'all' },
    },
    { histories },
  );
const build = (out: string, ...more: string[]): string[] => [
  ...['build-personas', '-c', config(), '--model', 'openai:test', '--judge-model', 'openai:judge'],
  ...['--base-url', server.url, '--out', out, '--allow-unmet', '--quiet', ...more],
];
const env = { OPENAI_API_KEY: 'sk-test-0123456789abcdef' };
const run = (out: string): Promise<Ended> => runCli(build(out), { env });
const copyOf = (out: string, name: string): string => {
  const copy = join(folder, name);
  cpSync(out, copy, { recursive: true });
  return copy;
};

const whole = join(folder, 'whole');
beforeAll(async () => {
  writePosts();
  server = await startChatServer({ inventories, behave: good(inventories) });
  expect(await run(whole)).toMatchObject({ code: 0, error: '' });
});
afterAll(() => server.close());

describe('delete-author', () => {
  it('begins with a run that is full of the author, in a folder for nobody else', async () => {
    const found = await traces(whole);
    for (const file of ['stages/histories.jsonl', 'agents.jsonl', 'agent-pool.parquet', 'stages/persona-pool.parquet'])
      expect(found).toContain(file);
    expect(statSync(whole).mode & 0o777).toBe(0o700);
    expect(statSync(join(whole, 'calls.jsonl')).mode & 0o777).toBe(0o600);
  });

  it('leaves nothing of the author in a complete run, and keeps what was paid for about others', async () => {
    const out = copyOf(whole, 'complete');
    const before = await readLedger(join(out, 'calls.jsonl'));
    const ended = await runCli(['delete-author', author, out]);
    expect(ended).toMatchObject({ code: 0, error: '' });
    expect(ended.out).toMatch(/: \d+ files removed: .*\. \d+ recorded answers removed, \d+ of other authors kept\./);
    expect(await traces(out)).toEqual([]);
    expect(filesIn(out)).toEqual(['calls.jsonl', 'deleted-authors.json', 'run-record.json']);
    expect(recordIn(out)).toMatchObject({ status: 'failed', failure: { code: 'author-deleted' } });
    expect((await runCli(['verify', out])).code).toBe(0);
    const resumed = await runCli(['resume', out]);
    expect(resumed.code).toBe(2);
    expect(resumed.error).toContain('the results were removed because an author was deleted');

    // The author had a fifth of the calls.
    const after = await readLedger(join(out, 'calls.jsonl'));
    expect(after.state.calls).toBeGreaterThan(0.7 * before.state.calls);
    expect(after.state.calls).toBeLessThan(0.9 * before.state.calls);
    expect(after.state.spent).toEqual(before.state.spent);
    await Promise.all([before.close(), after.close()]);

    const asked = server.requests.length;
    expect(await run(out)).toMatchObject({ code: 0, error: '' });
    expect(server.requests.length).toBe(asked);
    expect(await traces(out)).toEqual([]);
    expect((await runCli(['verify', out])).code).toBe(0);
    const people = rowsIn<{ person: string }>(out, 'stages/histories.jsonl').map((row) => row.person);
    expect(people).toHaveLength(4);
    expect(recordIn(out).stages[0]!.findings.map(({ code }) => code)).toContain('deleted-authors');
  });

  it('goes on with a run that had not ended, without the author', async () => {
    const out = join(folder, 'stopped');
    const end = await runToEnd(process.execPath, cli(...build(out)), {
      env,
      killAt: () => existsSync(join(out, 'stages/kept.jsonl')),
    });
    expect(end.code).toBe(137);
    expect(hasBegun(out)).toBe(true);
    const ended = await runCli(['delete-author', person, out]);
    expect(ended).toMatchObject({ code: 0, error: '' });
    expect(ended.out).toContain('pipeline resume');
    expect(await traces(out)).toEqual([]);
    expect((await runCli(['verify', out])).code).toBe(0);
    const resumed = await runCli(['resume', out, '--quiet'], { env });
    expect(resumed).toMatchObject({ code: 0, error: '' });
    expect(await traces(out)).toEqual([]);
    expect(recordIn(out).status).toBe('completed');
  });

  it('is finished by the next command, wherever it was broken off', async () => {
    const list = { ...jsonIn<object>(join(folder, 'complete'), 'deleted-authors.json'), left: 'calls and results' };
    const halfway: [string, (out: string) => void][] = [
      ['before anything was removed', () => undefined],
      [
        'with a new ledger half written',
        (out) => writeFileSync(join(out, 'calls.jsonl.part'), `${person} ${zeldas[0]!}`),
      ],
      [
        'among the files',
        (out) => {
          writeFileSync(join(out, 'deleted-authors.json'), JSON.stringify({ ...list, left: 'results' }));
          cpSync(join(folder, 'complete', 'calls.jsonl'), join(out, 'calls.jsonl'));
          for (const file of filesIn(out).filter((name, k) => k % 2 === 0 && /jsonl$|parquet$|html$/.test(name)))
            if (file !== 'calls.jsonl') rmSync(join(out, file));
        },
      ],
    ];
    for (const [name, breakOff] of halfway) {
      const out = copyOf(whole, `half ${name}`);
      writeFileSync(join(out, 'deleted-authors.json'), JSON.stringify(list));
      breakOff(out);
      const verified = await runCli(['verify', out]);
      expect(verified.code, name).toBe(7);
      expect(verified.error).toContain('the deletion of an author was broken off here');
      expect((await runCli(['resume', out])).error).toContain('Make them again with the command');
      expect(await traces(out), name).toEqual([]);
      expect(leftovers(out), name).toEqual([]);
      expect((await runCli(['verify', out])).code, name).toBe(0);
    }
  });

  it('is finished when it was killed at any moment', async () => {
    // How long a start takes is not known: kills fall before, within and behind the deletion.
    const began = performance.now();
    expect((await runToEnd(process.execPath, cli('delete-author', author, copyOf(whole, 'timed')))).code).toBe(0);
    const wholeMs = performance.now() - began;
    for (const share of [0.75, 0.85, 0.95]) {
      const out = copyOf(whole, `killed ${share}`);
      const start = performance.now();
      const killAt = (): boolean => performance.now() - start > share * wholeMs;
      await runToEnd(process.execPath, cli('delete-author', author, out), { killAt });
      await runCli(['delete-author', author, out]);
      expect(await traces(out), `${share}`).toEqual([]);
      expect(leftovers(out)).toEqual([]);
      expect((await runCli(['verify', out])).code).toBe(0);
    }
  });

  it('leaves the author out of every run to come', async () => {
    const ended = await runCli(['delete-author', author, '--histories', histories]);
    expect(ended).toMatchObject({ code: 0, error: '' });
    const list = join(folder, 'posts.deleted-authors.json');
    expect(readFileSync(list, 'utf8')).not.toMatch(new RegExp(`${person}|zelda`));
    const out = join(folder, 'later');
    expect(await run(out)).toMatchObject({ code: 0, error: '' });
    expect(await traces(out)).toEqual([]);
    expect((await runCli(['delete-author', author, '--histories', histories])).out).toContain(
      'Was not to be read before',
    );
    rmSync(list);
  });

  it.each<[string, () => string[], number, string]>([
    ['nobody of that name', () => [copyOf(whole, 'nobody')], 2, 'nobody of that name in these runs'],
    ['no folder', () => [join(folder, 'nowhere')], 2, 'no such folder'],
    ['nothing to delete from', () => [], 2, 'nothing to delete from'],
  ])('says %s', async (name, dirs, code, message) => {
    const before = existsSync(join(folder, 'nobody')) ? [] : undefined;
    const ended = await runCli(['delete-author', 'somebody.else', ...dirs()]);
    expect(ended.code).toBe(code);
    expect(ended.error).toContain(message);
    if (name === 'nobody of that name') {
      expect(before).toBeUndefined();
      expect(filesIn(join(folder, 'nobody'))).toEqual(filesIn(whole));
    }
  });

  it('touches nothing but files of a run', async () => {
    const out = copyOf(whole, 'notes');
    writeFileSync(join(out, 'stages', 'my-notes.txt'), 'mine');
    expect((await runCli(['delete-author', author, out])).code).toBe(0);
    expect(readFileSync(join(out, 'stages', 'my-notes.txt'), 'utf8')).toBe('mine');
  });
});
