import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root, runCli, type Ended } from '../cli/run-cli.js';
import { temporaryFolder } from '../io/temporary.js';
import { inventory } from '../persona/model-fixture.js';
import { canaries } from '../support/canaries.js';
import { good, type Player } from '../support/chat-players.js';
import { apiError, startChatServer, wrongKey, type ChatServer } from '../support/chat-server.js';
import { filesIn, jsonIn, smallSizes, writeConfig } from './small-run.js';

const key = 'sk-CANARY-7Qz93kLmXw0aBcDeFgHiJk';
const folder = temporaryFolder();
const inventories = [inventory('ipip-50')];
const servers: ChatServer[] = [];
afterAll(() => Promise.all(servers.map((server) => server.close())));

/** One made-up secret of each form, once. */
const secrets = canaries(1);

/** Posts of the demo with a secret in each, so that every person writes some, and one in a declared field. */
function plantedHistories(): string {
  const rows = readFileSync(join(root, 'data/histories/demo.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { author: string; text: string });
  const authors = [...new Set(rows.map(({ author }) => author))].slice(0, 3);
  const own = rows.filter(({ author }) => authors.includes(author));
  const planted = secrets.map(({ text }, k) => ({
    ...own[k % own.length]!,
    text: `${own[k % own.length]!.text} ${text}`,
  }));
  const path = join(folder, 'planted.jsonl');
  const lines = [...own, ...planted].map((row) => ({ ...row, job: 'nurse, ask nurse.joy77@mailhost.org' }));
  writeFileSync(path, lines.map((row) => JSON.stringify(row)).join('\n'));
  return path;
}

const config = writeConfig(
  folder,
  {
    ...smallSizes,
    'ingest-histories': {
      columns: { author: 'author', text: 'text', date: 'date', attributes: { age: 'age', sex: 'gender', job: 'job' } },
    },
    'mine-personas': { draws: 4 },
    'select-agents': { agents: 'all' },
  },
  { histories: plantedHistories() },
  'planting.json',
);

async function run(name: string, behave: Player): Promise<{ out: string; ended: Ended; server: ChatServer }> {
  const server = await startChatServer({ inventories, behave });
  servers.push(server);
  const out = join(folder, name);
  const options = ['--model', 'openai:test', '--judge-model', 'openai:judge', '--base-url', server.url, '--out', out];
  const ended = await runCli(['build-personas', '-c', config, ...options, '--allow-unmet'], {
    env: { OPENAI_API_KEY: key },
  });
  return { out, ended, server };
}

/** Everything that a run wrote or said, by name. */
const written = (out: string, ended: Ended): [string, string][] => [
  ...filesIn(out).map((file): [string, string] => [file, readFileSync(join(out, file)).toString('latin1')]),
  ['stdout', ended.out],
  ['stderr', ended.error],
];
const bytesOf = (text: string): string => Buffer.from(text).toString('latin1');
const escapedOf = (text: string): string => bytesOf(JSON.stringify(text).slice(1, -1));

describe('a run over posts with personal data', () => {
  it('writes, prints and sends none of it, and counts what it took out', async () => {
    const { out, ended, server } = await run('whole', good(inventories));
    expect(ended).toMatchObject({ code: 0, error: '' });
    const places = written(out, ended);
    expect(places.length).toBeGreaterThan(20);
    const sent: [string, string] = [
      'prompts',
      bytesOf(server.requests.map(({ body }) => JSON.stringify(body)).join('\n')),
    ];
    for (const { secret } of [...secrets, { secret: 'nurse.joy77@mailhost.org' }])
      for (const [place, bytes] of [...places, sent]) {
        expect(bytes.includes(bytesOf(secret)), `${secret} in ${place}`).toBe(false);
        expect(bytes.includes(escapedOf(secret)), `${secret} in ${place}`).toBe(false);
      }
    const { read } = jsonIn<{ read: { replaced: Record<string, number> } }>(out, 'stages/ingest-tally.json');
    expect(Object.values(read.replaced).reduce((sum, n) => sum + n, 0)).toBeGreaterThanOrEqual(secrets.length);
    // The texts themselves are there, with signs in the place of what was taken out.
    expect(places.find(([name]) => name === 'stages/histories.jsonl')![1]).toContain(bytesOf('[✉]'));
  });
});

describe('the key of the model', () => {
  it.each<{ name: string; behave: Player; code: number }>([
    { name: 'a run that works', behave: good(inventories), code: 0 },
    { name: 'a server that refuses it and quotes it', behave: () => wrongKey, code: 2 },
    {
      name: 'a server that quotes it in another error',
      behave: (call) => apiError(400, { message: `bad header ${call.headers.authorization ?? ''}`, code: 'x' }),
      code: 2,
    },
  ])('is in no byte written and in nothing printed: $name', async ({ name, behave, code }) => {
    const { out, ended, server } = await run(`key ${name}`, behave);
    expect(ended.code).toBe(code);
    expect(server.requests[0]!.headers.authorization).toBe(`Bearer ${key}`);
    for (const [place, bytes] of written(out, ended)) expect(bytes.includes('CANARY'), place).toBe(false);
  });
});
