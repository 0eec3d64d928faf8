import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readTable } from '../../src/io/parquet.js';
import { runCli, type Ended } from '../cli/run-cli.js';
import { temporaryFolder } from '../io/temporary.js';
import { inventory } from '../persona/model-fixture.js';
import { canaries } from '../support/canaries.js';
import { good, type Player } from '../support/chat-players.js';
import { apiError, startChatServer, type Behaviour, type ChatCall, type ChatServer } from '../support/chat-server.js';
import { filesIn, recordIn, smallSizes, writeConfig } from './small-run.js';

// A server that gives back what it should not have: the key in every form, personal data in every kind, in answers, names,
// headers and errors. Nothing of it may be in a byte that is written or printed.

const key = 'sk-CANARY/7Qz9+3kLmXw0aBcDe';
const folder = temporaryFolder();
const inventories = [inventory('ipip-50')];
const servers: ChatServer[] = [];
afterAll(() => Promise.all(servers.map((server) => server.close())));

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const escaped = (text: string): string =>
  Array.from(text, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
const forms = [
  key,
  `Bearer ${key}`,
  encodeURIComponent(key),
  encodeURIComponent(encodeURIComponent(key)),
  base64(key),
  base64(`Bearer ${key}`),
  base64(`x:${key}`).replaceAll('+', '-').replaceAll('/', '_'),
  Buffer.from(key).toString('hex'),
  key.replace('/', '\\/'),
];
/** What must not be found: whole forms, and pieces of the coded ones that stand for the key alone. */
const sought = [
  'CANARY',
  '7Qz9',
  base64(key).slice(0, 16),
  base64(`Bearer ${key}`).slice(12, 28),
  Buffer.from(key).toString('hex').slice(0, 16),
];
// Numbers alone are what a model may say of itself; the rest is written in words.
const secrets = canaries(1).filter(({ kind }) =>
  ['email', 'phone', 'ssn', 'card', 'url', 'handle', 'address'].includes(kind),
);
const piece = (k: number): string => `${secrets[k % secrets.length]!.text} ${forms[k % forms.length]!}`;

/** What a behaviour would send. */
function sentBy(behave: Behaviour, call: ChatCall): { model: string; choices: { message: { content: string } }[] } {
  let sent = '';
  const response = {
    writeHead: () => response,
    end: (text: string) => void (sent = text),
  } as unknown as ServerResponse;
  behave(call, response);
  return JSON.parse(sent) as ReturnType<typeof sentBy>;
}

/** Answers sensibly, and says a secret wherever an answer has room for words, also where it has none. */
const leaky: Player = (call) => (_, response) => {
  const body = sentBy(good(inventories)(call), call);
  const [{ message }] = body.choices as [(typeof body.choices)[number]];
  const answer = JSON.parse(message.content) as Record<string, unknown>;
  const secret = piece(call.index);
  if (call.prompt.startsWith('write-narrative'))
    answer['disposition'] = `${String(answer['disposition'])} Reach them: ${secret}`;
  else if (call.prompt.startsWith('extract-evidence'))
    (answer['claims'] as object[]).push({
      dimension: 'work',
      statement: secret,
      status: 'stated',
      post: 1,
      quote: secret,
    });
  // A field too many: the answer is refused with its name, and asked for again.
  else if (call.index % 5 === 0) answer[secret] = secret;
  message.content = JSON.stringify(answer);
  // Every third in escapes, within the text of the answer.
  if (call.index % 3 === 0) message.content = message.content.replaceAll(key, escaped(key)).replaceAll('@', '\\u0040');
  response
    .writeHead(200, { 'content-type': 'application/json', 'x-echo': encodeURIComponent(key), 'retry-after': key })
    .end(JSON.stringify({ ...body, model: `m ${secret}`.slice(0, 190), system_fingerprint: key, echo: call.headers }));
};

const config = writeConfig(folder, {
  ...smallSizes,
  'ingest-histories': {
    columns: { author: 'author', text: 'text', date: 'date', attributes: { age: 'age', sex: 'gender' } },
    maxAuthors: 4,
  },
  'mine-personas': { draws: 3 },
  'select-agents': { agents: 'all' },
});

async function run(
  name: string,
  behave: Player,
  env: Record<string, string> = { OPENAI_API_KEY: key },
  ...more: string[]
) {
  const server = await startChatServer({ inventories, behave });
  servers.push(server);
  const out = join(folder, name);
  const options = ['--model', 'openai:test', '--judge-model', 'openai:judge', '--base-url', server.url, '--out', out];
  const ended = await runCli(['build-personas', '-c', config, ...options, '--allow-unmet', ...more], { env });
  return { out, ended, server };
}

/** Everything that a run wrote or said, tables also as text. */
async function written(out: string, ended: Ended): Promise<[string, string][]> {
  const files = filesIn(out).map(async (file): Promise<[string, string]> => {
    const bytes = readFileSync(join(out, file));
    const table = file.endsWith('.parquet') ? JSON.stringify(Object.values((await readTable(bytes)).columns)) : '';
    return [file, bytes.toString('utf8') + table];
  });
  return [...(await Promise.all(files)), ['stdout', ended.out], ['stderr', ended.error]];
}

describe('what a server gives back', () => {
  it('is cleaned before a byte of it is written or printed, and counted', async () => {
    const { out, ended, server } = await run('leaky', leaky);
    expect(ended).toMatchObject({ code: 0, error: '' });
    expect(server.requests[0]!.headers.authorization).toBe(`Bearer ${key}`);
    const places = await written(out, ended);
    expect(places.length).toBeGreaterThan(25);
    expect(places.find(([name]) => name === 'calls.jsonl')![1]).toContain('***');
    for (const [place, text] of places) {
      for (const form of sought)
        expect(text.toLowerCase().includes(form.toLowerCase()), `${form} in ${place}`).toBe(false);
      for (const { secret, form } of secrets) {
        expect(text.includes(secret), `${form} in ${place}`).toBe(false);
        expect(text.includes(JSON.stringify(secret).slice(1, -1)), `${form} in ${place}`).toBe(false);
      }
    }
    expect(recordIn(out).models['--model openai:test']!['cleaned']).toBeGreaterThan(10);
    for (const command of ['inspect', 'status', 'verify']) {
      const said = await runCli([command, out]);
      expect(said.code).toBe(0);
      expect(said.out + said.error).not.toMatch(/CANARY|\u001b/);
    }
  });

  it.each<[string, Player]>([
    [
      'an error that can be tried again',
      (call) =>
        call.index % 2 === 0
          ? apiError(500, { message: piece(call.index), code: key }, { 'retry-after': key })
          : leaky(call),
    ],
    ['an error that cannot', () => apiError(400, { message: forms.join(' '), code: key, type: key })],
    ['a refused key', () => apiError(401, { message: `bad ${forms.join(' ')}`, code: key })],
    ['an account without money', () => apiError(402, { message: forms.join(' ') })],
  ])('is not in what is said of %s', async (name, behave) => {
    const { out, ended } = await run(name, behave);
    for (const [place, text] of await written(out, ended))
      for (const form of sought)
        expect(text.toLowerCase().includes(form.toLowerCase()), `${form} in ${place}`).toBe(false);
  });
});

describe('the key on its way in', () => {
  it('is refused on the command line, in every way of writing it, and not repeated', async () => {
    for (const words of [[`--api-key=${key}`], ['--api-key', key], ['--token', key]]) {
      const { code, out, error } = await runCli(['build-personas', ...words]);
      expect(code).toBe(2);
      expect(error).toContain('OPENAI_API_KEY');
      expect(out + error).not.toContain('CANARY');
    }
    const mistaken = await runCli(['build-personas', key], { env: { OPENAI_API_KEY: key } });
    expect(mistaken.code).toBe(2);
    expect(mistaken.out + mistaken.error).not.toContain('CANARY');
  });
});
