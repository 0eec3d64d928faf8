import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli, type Ended } from '../cli/run-cli.js';
import { temporaryFolder } from '../io/temporary.js';
import { inventory } from '../persona/model-fixture.js';
import { startBatchServer, type BatchChatServer, type BatchServerOptions } from '../support/batch-server.js';
import { smallSizes, writeConfig } from './small-run.js';
import { artifactsIn } from './killed-runs.js';

// The same answers in batches and one by one: the same run.
const folder = temporaryFolder();
const columns = { author: 'author', text: 'text', date: 'date', attributes: { age: 'age', sex: 'gender' } };
const config = writeConfig(folder, {
  ...smallSizes,
  'ingest-histories': { columns, maxAuthors: 3 },
  'mine-personas': { draws: 2 },
  'select-agents': { agents: 'all' },
});
const servers: BatchChatServer[] = [];
afterAll(() => Promise.all(servers.map((server) => server.close())));

async function start(options: BatchServerOptions = {}): Promise<BatchChatServer> {
  const server = await startBatchServer({ inventories: [inventory('ipip-50')], ...options });
  servers.push(server);
  return server;
}
const call = (args: readonly string[]): Promise<Ended> =>
  runCli([...args], { env: { OPENAI_API_KEY: 'sk-test-0123456789' } });
const build = (url: string, out: string, ...more: string[]): Promise<Ended> =>
  call([
    ...['build-personas', '-c', config, '--model', 'openai:test', '--base-url', url],
    ...['--allow-unmet', '--out', out, ...more],
  ]);

describe('build-personas --batch', () => {
  it('writes what a direct run writes, whatever becomes of batches, also in many processes', async () => {
    // Every third batch expires with half of its questions, and the first two outlive their process.
    const server = await start({
      fate: (index) => ({
        polls: index < 2 ? 1 : 0,
        ...(index % 3 === 2 && { status: 'expired', output: (lines: string[]) => lines.slice(lines.length / 2) }),
      }),
    });
    const [direct, whole] = [join(folder, 'direct'), join(folder, 'whole')];
    expect((await build(server.url, direct)).code).toBe(0);
    const asked = server.chat.requests.length;
    let ended = await build(server.url, whole, '--batch', '--no-wait');
    expect(ended.code).toBe(5);
    expect(ended.error).toContain('Batch batch_0: 3 questions for test submitted.');
    expect(ended.error).toMatch(/batch batch_0 is not done \(in_progress, 0 of 3\)/);
    expect(ended.error).toContain(`Continue with: pipeline resume ${whole}`);
    ended = await call(['resume', whole, '--no-wait']);
    expect(ended.code).toBe(5);
    ended = await call(['resume', whole]);
    expect(ended.code).toBe(0);
    expect(artifactsIn(whole)).toEqual(artifactsIn(direct));
    expect(existsSync(join(whole, 'batches'))).toBe(false);
    // What expired was answered by the test server all the same, and asked again; nothing else was.
    const again = server.batches.filter((_, index) => index % 3 === 2);
    const lost = again.reduce((total, { lines }) => total + Math.floor(lines.length / 2), 0);
    expect(server.chat.requests.length - asked).toBe(asked + lost);
  });

  it.each([
    { option: ['--no-wait'], name: '--no-wait' },
    { option: ['--batch-size', '5'], name: '--batch-size' },
    { option: ['--price-batch-factor', '0.5'], name: '--price-batch-factor' },
  ])('is what other options are for: $name', async ({ option, name }) => {
    const ended = await build('http://127.0.0.1:9/v1', join(folder, name), ...option);
    expect(ended).toMatchObject({ code: 2 });
    expect(ended.error).toContain(`${name}: does nothing without --batch.`);
  });
});
