import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { MiningFailure } from '../../src/stages/mine-personas.js';
import type { Question } from '../../src/stages/questions.js';
import { runCli, type Ended } from '../cli/run-cli.js';
import { temporaryFolder } from '../io/temporary.js';
import { inventory } from '../persona/model-fixture.js';
import { sensibleAnswer } from '../support/chat-answers.js';
import { startFaultServer, type FaultServer } from '../support/fault-server.js';
import { rowsIn, smallSizes, writeConfig } from './small-run.js';
import { artifactsIn } from './killed-runs.js';

// A model that gives no usable answer to some questions, and later does.
const folder = temporaryFolder();
const columns = { author: 'author', text: 'text', date: 'date', attributes: { age: 'age', sex: 'gender' } };
const config = writeConfig(folder, {
  ...smallSizes,
  'ingest-histories': { columns, maxAuthors: 5 },
  'mine-personas': { draws: 4 },
  'select-agents': { agents: 'all' },
});
const inventories = [inventory('ipip-50')];
let isIll = true;
let server: FaultServer;
afterAll(() => server.close());

const start = (): Promise<FaultServer> =>
  startFaultServer({
    seed: 'retry',
    rates: { refusal: 0.08 },
    inventories,
    answer({ prompt, body }) {
      const [system, user] = body.messages.map(({ content }) => content) as [string, string];
      const seed = body.seed ?? 0;
      // A third of the narratives, and a few answers to the inventory.
      const isHit = prompt.startsWith('write-narrative')
        ? seed % 3 === 0
        : prompt.startsWith('answer-inventory') && seed % 5 === 0;
      return isIll && isHit
        ? 'I would rather talk about something else.'
        : sensibleAnswer({ prompt, system, user, seed }, inventories);
    },
  });
const call = (args: readonly string[]): Promise<Ended> => runCli([...args], { env: { OPENAI_API_KEY: 'sk-test' } });
const build = (out: string): Promise<Ended> =>
  call([
    ...['build-personas', '-c', config, '--model', 'openai:test', '--base-url', server.url],
    ...['--allow-unmet', '--quiet', '--out', out],
  ]);
/** Names the files that differ: their bytes are nothing to read. */
function expectSame(found: Record<string, string>, expected: Record<string, string>): void {
  expect(Object.keys(found)).toEqual(Object.keys(expected));
  expect(Object.keys(found).filter((file) => found[file] !== expected[file])).toEqual([]);
}
const questionsIn = (out: string): Question[] =>
  ['mining', 'judge', 'inventory'].flatMap((name) => rowsIn<Question>(out, `stages/${name}-questions.jsonl`));
const kindsIn = (out: string): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { kind } of questionsIn(out)) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};

describe('retry-failed', () => {
  it('asks again what had no usable answer, and nothing else; the result is that of a run where all went well', async () => {
    server = await start();
    const [out, well] = [join(folder, 'out'), join(folder, 'well')];
    isIll = true;
    expect(await build(out)).toMatchObject({ code: 0, error: '' });
    const before = kindsIn(out);
    expect(before['malformed']).toBeGreaterThan(2);
    expect(before['refused']).toBeGreaterThan(0);
    const ledger = readFileSync(join(out, 'calls.jsonl'), 'latin1');

    isIll = false;
    const asked = server.log.length;
    // Too little to go all the way: it stops, and resume goes on with it.
    const stopped = await call(['retry-failed', out, '--max-tokens', '1']);
    expect(stopped.code).toBe(4);
    expect((await call(['verify', out])).code).toBe(0);
    const done = await call(['resume', out, '--max-tokens', '1000000000', '--quiet']);
    expect(done).toMatchObject({ code: 0, error: '' });
    expect(kindsIn(out)['malformed']).toBeUndefined();
    expect(kindsIn(out)['refused']).toBeGreaterThan(0);
    expect((await call(['verify', out])).code).toBe(0);
    // What was there stays there.
    expect(readFileSync(join(out, 'calls.jsonl'), 'latin1').startsWith(ledger)).toBe(true);

    // Asked again were the ones without an answer, and the personas that now exist were given the inventory.
    const again = server.log.length - asked;
    const written = questionsIn(out).filter(({ step, kind }) => step === 'inventory' && kind === 'answered').length;
    expect(again).toBeGreaterThanOrEqual(before['malformed']!);
    expect(again).toBeLessThanOrEqual(before['malformed']! + written);

    // What was refused is refused again; what was refused when it was put a second time is answered when it is put anew.
    const refused = kindsIn(out)['refused']!;
    const told = await call(['retry-failed', out, '--refusals']);
    expect(told).toMatchObject({ code: 0, error: '' });
    expect(told.out).toMatch(
      new RegExp(`${refused} questions were asked again; \\d+ are without a usable answer now\\.\n$`),
    );
    expect(await build(well)).toMatchObject({ code: 0, error: '' });
    expectSame(artifactsIn(out), artifactsIn(well));
  });

  it('does nothing where nothing failed', async () => {
    const well = join(folder, 'well');
    const bytes = artifactsIn(well);
    const asked = server.log.length;
    expect((await call(['retry-failed', well])).out).toBe(
      'Every question has an answer: there is nothing to ask again.\n',
    );
    expectSame(artifactsIn(well), bytes);
    expect(server.log.length).toBe(asked);
  });

  it('refuses where the log does not say how the run was asked for, and leaves the run as it was', async () => {
    const out = join(folder, 'out');
    const bytes = artifactsIn(out);
    rmSync(join(out, 'run-log.jsonl'));
    const ended = await call(['retry-failed', out, '--refusals']);
    expect(ended.code).toBe(2);
    expect(ended.error).toBe(
      `${out}/run-log.jsonl: it does not say how this run was asked for. Run again in a new folder.\n`,
    );
    expectSame(artifactsIn(out), bytes);
    expect((await call(['verify', out])).code).toBe(0);
  });
});

describe('explain and why-dropped', () => {
  it('show the calls of a persona, and why a draw came to nothing', async () => {
    const out = join(folder, 'out');
    const answered = questionsIn(out).find(({ step, kind }) => step === 'inventory' && kind === 'answered')!;
    const { out: text, code } = await call(['explain', answered.id, out]);
    expect(code).toBe(0);
    expect(text).toContain(`narrative of ${answered.id}: answered by model:test, asked once [calls.jsonl: `);
    expect(text).toContain(answered.calls[0]!.slice(0, 12));
    // The ledger has that call.
    expect(readFileSync(join(out, 'calls.jsonl'), 'utf8')).toContain(answered.calls[0]!);

    const [failure] = rowsIn<MiningFailure>(out, 'stages/mining-failures.jsonl');
    const id = failure!.draw === 0 ? failure!.person : `${failure!.person}.${failure!.draw}`;
    const why = await call(['why-dropped', id, out]);
    expect(why.code).toBe(0);
    expect(why.out).toContain('was left out by mine-personas: refused: the model declined');
  });
});
