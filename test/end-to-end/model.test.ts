import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { AddressInfo } from 'node:net';
import { randomStream } from '../../src/core/random.js';
import type { NarrativePersona } from '../../src/persona/narrative-persona.js';
import { runCli, type Ended } from '../cli/run-cli.js';
import { temporaryFolder } from '../io/temporary.js';
import { inventory } from '../persona/model-fixture.js';
import { sensibleAnswer } from '../support/chat-answers.js';
import {
  says,
  sensible,
  startChatServer,
  wrongKey,
  type Behaviour,
  type ChatCall,
  type ChatServer,
} from '../support/chat-server.js';
import {
  agentsIn,
  diagnosticsIn,
  filesIn,
  jsonIn,
  recordIn,
  rowsIn,
  smallSizes,
  textIn,
  writeConfig,
} from './small-run.js';

const key = 'sk-test-0123456789abcdef';
const folder = temporaryFolder();
const inventories = [inventory('ipip-50')];
const columns = { author: 'author', text: 'text', date: 'date', attributes: { age: 'age', sex: 'gender' } };
/** Five people, four candidates each, every size small. */
const config = writeConfig(folder, {
  ...smallSizes,
  'ingest-histories': { columns, maxAuthors: 5 },
  'mine-personas': { draws: 4 },
  'select-agents': { agents: 'all' },
});
const asked = 20;

const run = (url: string, out: string, ...more: string[]): Promise<Ended> =>
  runCli(
    [
      'build-personas',
      '-c',
      config,
      '--model',
      'openai:test',
      '--base-url',
      url,
      '--out',
      out,
      '--allow-unmet',
      '--quiet',
      ...more,
    ],
    { env: { OPENAI_API_KEY: key } },
  );
const servers: ChatServer[] = [];
async function serve(behave: (call: ChatCall) => Behaviour = careful): Promise<ChatServer> {
  const server = await startChatServer({ inventories, behave });
  servers.push(server);
  return server;
}
afterAll(() => Promise.all(servers.map((server) => server.close())));

/** The sensible model, but careful with evidence: it claims nothing beyond the words that it quotes, and quotes no negation. */
function careful(call: ChatCall): Behaviour {
  if (!call.prompt.startsWith('extract-evidence')) return sensible(inventories);
  const [system, user] = call.body.messages.map(({ content }) => content) as [string, string];
  const answer = JSON.parse(sensibleAnswer({ prompt: call.prompt, system, user, seed: 0 })) as {
    claims: { quote: string }[];
  };
  const claims = answer.claims
    .filter(({ quote }) => !/\b(?:not|never|no longer|used to|wish)\b|n['’]t\b/i.test(quote))
    .map((claim) => {
      const words = claim.quote.match(/\p{L}+/gu) ?? [''];
      return {
        ...claim,
        statement: `Writes of ${words.reduce((long, word) => (word.length > long.length ? word : long))}.`,
      };
    });
  return says(JSON.stringify({ ...answer, claims }));
}

/** A seed with which the drawn waits before giving up are short: the test is about the end, not about the waiting. */
function hastySeed(): string {
  const waits = (seed: string): number => {
    const stream = randomStream(seed, 'retry', '--model');
    return [1, 2, 4, 8, 16].reduce((ms, times) => ms + stream.uniform() * 500 * times, 0);
  };
  return Array.from({ length: 500 }, (_, n) => String(n)).reduce((a, b) => (waits(b) < waits(a) ? b : a));
}

/** No file of a run may hold the key. */
function expectNoKey(out: string, ended: Ended): void {
  for (const file of filesIn(out)) expect(textIn(out, file).includes(key), file).toBe(false);
  expect(ended.out + ended.error).not.toContain(key);
}

describe('with a language model', () => {
  it('goes all the way: written, judged and answered by models, every call counted', async () => {
    const server = await serve();
    const out = join(folder, 'whole');
    const ended = await run(server.url, out, '--judge-model', 'openai:judge');
    expect(ended).toMatchObject({ code: 0, out: '', error: '' });

    const personas = rowsIn<NarrativePersona>(out, 'stages/personas.jsonl');
    expect(personas).toHaveLength(asked);
    for (const { lineage } of personas) {
      expect(lineage.writer).toBe('model:test');
      expect(lineage.prompts).toEqual([
        expect.stringMatching(/^extract-evidence@\d+$/),
        expect.stringMatching(/^write-narrative@\d+$/),
      ]);
    }
    const diagnostics = diagnosticsIn(out);
    expect(diagnostics.kept + Object.values(diagnostics.rejected).reduce((s, n) => s + n, 0)).toBe(asked);
    expect(agentsIn(out)).toHaveLength(diagnostics.kept);

    const { models } = recordIn(out);
    expect(Object.keys(models).sort()).toEqual(['--judge-model openai:judge', '--model openai:test']);
    const calls = (model: string): ChatCall[] => server.requests.filter(({ body }) => body.model === model);
    expect(models['--model openai:test']).toMatchObject({ calls: calls('test').length, unavailable: 0 });
    expect(models['--judge-model openai:judge']).toMatchObject({ calls: calls('judge').length, text: asked });
    // How often a connection had to be tried again is chance: it may not be in a record that is the same for the same run.
    for (const counts of Object.values(models)) expect(Object.keys(counts)).not.toContain('retries');
    expect(calls('test').every(({ headers }) => headers.authorization === `Bearer ${key}`)).toBe(true);
    expect(jsonIn<{ provenance: object }>(out, 'report.json').provenance).toMatchObject({
      writer: 'model:test',
      respondent: 'model:test',
    });
    // The model sees posts under pseudonyms only.
    expect(server.requests.some(({ body }) => JSON.stringify(body).includes('"d101"'))).toBe(false);
    expectNoKey(out, ended);
  });

  it('counts what the model could not do and goes on: written and failed are what was asked for', async () => {
    // Narratives of every fourth seed and evidence of one person never become JSON; neither do some inventories.
    let spoiltPerson: string | undefined;
    const server = await serve((call) => {
      const { prompt, body } = call;
      const user = body.messages[1]!.content;
      if (prompt.startsWith('extract-evidence')) {
        spoiltPerson ??= user.slice(0, 400);
        if (user.startsWith(spoiltPerson)) return says('I would rather not say.');
      }
      if (prompt.startsWith('write-narrative') && body.seed! % 4 === 0) return says('{"text": ');
      if (prompt.startsWith('answer-inventory') && body.seed! % 7 === 0) return says('[]');
      return careful(call);
    });
    const out = join(folder, 'malformed');
    const ended = await run(server.url, out);
    expect(ended).toMatchObject({ code: 0, error: '' });
    const written = rowsIn<NarrativePersona>(out, 'stages/personas.jsonl');
    const failures = rowsIn<{ person: string; draw: number; kind: string; reason: string; attempts: number }>(
      out,
      'stages/mining-failures.jsonl',
    );
    expect(failures.length).toBeGreaterThan(1);
    for (const { kind, reason, attempts } of failures) {
      expect([kind, attempts]).toEqual(['malformed', 3]);
      expect(reason).not.toBe('');
    }
    // Evidence that could not be read costs a person all four draws.
    const lost = failures.reduce((s, { draw }) => s + (draw === 0 ? 4 : 1), 0);
    expect(written.length + lost).toBe(asked);
    const { kept, personas, rejected } = diagnosticsIn(out);
    expect(personas).toBe(written.length);
    expect(kept + Object.values(rejected).reduce((s, n) => s + n, 0)).toBe(personas);
    const unmeasured = rowsIn<{ kind: string }>(out, 'stages/unmeasured.jsonl');
    expect(rejected['inventory-malformed'] ?? 0).toBe(unmeasured.length);
    expect(textIn(out, 'report.md')).toContain(`${failures.length} texts could not be had from the writer`);
    expectNoKey(out, ended);
  });

  it('ends with 2 and names the problem, not the key, when the key is refused', async () => {
    const server = await serve(() => wrongKey);
    const out = join(folder, 'wrong-key');
    const ended = await run(server.url, out);
    expect(ended).toMatchObject({
      code: 2,
      out: '',
      error: 'model test: the server refuses the key; got 401. Check the API key and what it may use.\n',
    });
    expect(server.requests.length).toBeLessThanOrEqual(5);
    expectNoKey(out, ended);
  });

  it('ends with 5 when no server answers, soon, with a record of where it stood', async () => {
    // A port that was free a moment ago.
    const port = await new Promise<number>((resolve) => {
      const probe = createServer().listen(0, '127.0.0.1', () => {
        const { port } = probe.address() as AddressInfo;
        probe.close(() => resolve(port));
      });
    });
    const out = join(folder, 'dead');
    const alone = writeConfig(
      folder,
      { ...smallSizes, 'ingest-histories': { columns, maxAuthors: 1 } },
      {},
      'alone.json',
    );
    const ended = await run(`http://127.0.0.1:${port}/v1`, out, '-c', alone, '--draws', '1', '--seed', hastySeed());
    expect(ended.code).toBe(5);
    expect(ended.error).toBe(
      'mine-personas: the language model stopped answering (the connection failed (ECONNREFUSED)); 0 personas written so far are ' +
        'kept in stages/personas.jsonl. Check the server and start again with a new --out.\n',
    );
    // Six tries with waits that double from half a second: at most 15.5 s, and no second round of them.
    expect(ended.seconds).toBeLessThan(20);
    expect(recordIn(out)).toMatchObject({
      status: 'failed',
      failure: { stage: 'mine-personas', code: 'model-unavailable' },
    });
    expect(recordIn(out).models['--model openai:test']!['unavailable']).toBeGreaterThan(0);
    expectNoKey(out, ended);
  });
});
