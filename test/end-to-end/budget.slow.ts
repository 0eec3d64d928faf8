import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli, type Ended } from '../cli/run-cli.js';
import { temporaryFolder } from '../io/temporary.js';
import { inventory } from '../persona/model-fixture.js';
import { startFaultServer, type FaultServer } from '../support/fault-server.js';
import { smallSizes, writeConfig } from './small-run.js';
import { artifactsIn } from './killed-runs.js';

// A run that stops at its budget, on a server that fails now and then, is continued: nothing is paid for twice, and the result is that
// of a run without a break.
const folder = temporaryFolder();
const columns = { author: 'author', text: 'text', date: 'date', attributes: { age: 'age', sex: 'gender' } };
const config = writeConfig(folder, {
  ...smallSizes,
  'ingest-histories': { columns, maxAuthors: 4 },
  'mine-personas': { draws: 3 },
  'select-agents': { agents: 'all' },
});
const servers: FaultServer[] = [];
afterAll(() => Promise.all(servers.map((server) => server.close())));

async function server(): Promise<FaultServer> {
  const rates = { throttled: 0.1, 'server-error': 0.05, reset: 0.05, 'malformed-json': 0.05 };
  const started = await startFaultServer({ seed: 'budget', rates, inventories: [inventory('ipip-50')] });
  servers.push(started);
  return started;
}

const call = (args: readonly string[]): Promise<Ended> => runCli([...args], { env: { OPENAI_API_KEY: 'sk-test' } });
const build = (url: string, out: string, ...more: string[]): Promise<Ended> =>
  call([
    ...['build-personas', '-c', config, '--model', 'openai:test', '--base-url', url],
    ...['--allow-unmet', '--out', out, ...more],
  ]);

describe('a budget', () => {
  it('stops a run, which goes on from there when it is given more', async () => {
    const one = await server();
    const whole = join(folder, 'whole');
    const ended = await build(one.url, whole);
    expect(ended).toMatchObject({ code: 0, error: '' });
    expect(ended.out).toMatch(/Language models: \d+ tokens read and \d+ written\.\n$/);

    const two = await server();
    // The address of a server is part of what is recorded: the second run has its own.
    const [other, broken] = [join(folder, 'other'), join(folder, 'broken')];
    expect((await build(two.url, other)).code).toBe(0);
    const { unique } = two.billed();
    const half = Math.floor((unique.inputTokens + unique.outputTokens) / 2);

    const before = two.log.length;
    const stopped = await build(two.url, broken, '--max-tokens', String(half));
    expect(stopped.code).toBe(4);
    expect(stopped.error).toContain(`Continue with: pipeline resume ${broken}`);
    const again = await call(['resume', broken]);
    expect(again.code).toBe(4);
    const done = await call(['resume', broken, '--max-tokens', '1000000000']);
    expect(done).toMatchObject({ code: 0, error: '' });
    expect(artifactsIn(broken)).toEqual(artifactsIn(other));
    // Each question was answered once: what came again are faults.
    const answered = two.log.slice(before).filter(({ fault }) => fault === 'none');
    expect(new Set(answered.map(({ key }) => key)).size).toBe(answered.length);
  });

  it('leaves a ledger in which verify finds a flipped bit', async () => {
    const [out, path] = [join(folder, 'whole'), join(folder, 'whole', 'calls.jsonl')];
    expect((await call(['verify', out])).code).toBe(0);
    const whole = readFileSync(path);
    for (const share of [0.001, 0.4, 0.7, 0.999]) {
      const at = Math.floor(share * whole.length);
      writeFileSync(
        path,
        whole.map((byte, i) => (i === at ? byte ^ 4 : byte)),
      );
      expect((await call(['verify', out])).code, `byte ${at}`).toBe(7);
    }
    writeFileSync(path, whole);
  });

  it('in dollars needs prices, and both of them', async () => {
    const { url } = servers[0]!;
    const none = await build(url, join(folder, 'none'), '--max-usd', '1');
    expect(none.code).toBe(2);
    expect(none.error).toContain('a limit in dollars for a model without a price');
    const one = await build(url, join(folder, 'one'), '--max-usd', '1', '--price-input', '0.5');
    expect([one.code, one.error]).toEqual([
      2,
      '--price-output: missing beside the other price; expected US dollars for a million tokens.\n',
    ]);
  });
});
