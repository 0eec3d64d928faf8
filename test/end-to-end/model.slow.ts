import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { AddressInfo } from 'node:net';
import { randomStream } from '../../src/core/random.js';
import type { Finding } from '../../src/core/findings.js';
import { TextQuality } from '../../src/persona/filter/text-quality.js';
import type { NarrativePersona } from '../../src/persona/narrative-persona.js';
import { root, runCli, type Ended } from '../cli/run-cli.js';
import { temporaryFolder } from '../io/temporary.js';
import { inventory } from '../persona/model-fixture.js';
import {
  agreeing,
  chatty,
  cheerful,
  good,
  gullible,
  inventing,
  orders,
  refusing,
  verbose,
  type Player,
} from '../support/chat-players.js';
import { says, startChatServer, wrongKey, type ChatCall, type ChatServer } from '../support/chat-server.js';
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
async function serve(behave: Player = good(inventories)): Promise<ChatServer> {
  const server = await startChatServer({ inventories, behave });
  servers.push(server);
  return server;
}
afterAll(() => Promise.all(servers.map((server) => server.close())));

/** A seed with which the drawn waits before giving up are short: the test is about the end, not about the waiting. */
function hastySeed(): string {
  const waits = (seed: string): number => {
    const stream = randomStream(seed, 'retry', '--model');
    return [1, 2, 4, 8, 16].reduce((ms, times) => ms + stream.uniform() * 500 * times, 0);
  };
  return Array.from({ length: 500 }, (_, n) => String(n)).reduce((a, b) => (waits(b) < waits(a) ? b : a));
}

/** What a stage of a run said, by code. */
const findingsOf = (out: string, stage: string): Record<string, Finding> =>
  Object.fromEntries(
    recordIn(out)
      .stages.filter(({ name }) => name === stage)
      .flatMap(({ findings }) => findings.map((finding) => [finding.code, finding as Finding] as const)),
  );

/** No file of a run may hold the key. */
function expectNoKey(out: string, ended: Ended): void {
  for (const file of filesIn(out)) expect(textIn(out, file).includes(key), file).toBe(false);
  expect(ended.out + ended.error).not.toContain(key);
}

describe('with a language model', () => {
  it('goes all the way: written, judged and answered by models, every call counted', async () => {
    const server = await serve();
    const out = join(folder, 'whole');
    const ended = await run(server.url, out, '--judge-model', 'openai:judge', '--judge-model', 'openai:test-7b');
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
    expect(Object.keys(models).sort()).toEqual([
      '--judge-model openai:judge',
      '--judge-model openai:test-7b',
      '--model openai:test',
    ]);
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
    // Judges are compared with each other, and one of them is of the family of the writer.
    const filtered = findingsOf(out, 'filter-personas');
    expect(filtered['judge-of-same-family']!.values).toMatchObject({ judge: 'test-7b', writer: 'test' });
    const { judges, criteria } = filtered['judge-agreement']!.values as { judges: string[]; criteria: object };
    expect(judges).toEqual(['model:judge', 'model:test-7b']);
    expect(Object.keys(criteria).sort()).toEqual(['coherence', 'faithfulness', 'respect', 'specificity']);
    // The answers of a sensible model have nothing to be said against.
    const answers = findingsOf(out, 'administer-inventory');
    expect(Object.keys(answers)).not.toContain('inconsistent-answers');
    expect(Object.keys(answers)).not.toContain('straight-lined-answers');
    // The model sees posts under pseudonyms only.
    expect(server.requests.some(({ body }) => JSON.stringify(body).includes('"d101"'))).toBe(false);
    expectNoKey(out, ended);
  });

  it('counts what the model could not do and goes on: written and failed are what was asked for', async () => {
    // Narratives of every fourth seed and evidence of one person never become JSON; neither do some inventories.
    let spoiltPerson: string | undefined;
    const server = await serve((call) => {
      const user = call.body.messages[1]!.content;
      if (call.prompt.startsWith('extract-evidence')) {
        spoiltPerson ??= user.slice(0, 400);
        if (user.startsWith(spoiltPerson)) return says('I would rather not say.');
      }
      return chatty(inventories)(call);
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
        'kept in stages/personas.jsonl. Check the server, then continue with pipeline resume.\n',
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

describe('with language models of many kinds', () => {
  /** A run by one of them, to its end. */
  async function played(
    name: string,
    player: Player,
    ...more: string[]
  ): Promise<{ out: string; ended: Ended; server: ChatServer }> {
    const server = await serve(player);
    const out = join(folder, name);
    return { out, ended: await run(server.url, out, ...more), server };
  }

  it('takes long-winded texts that are right', async () => {
    const { out, ended } = await played('verbose', verbose(inventories));
    expect(ended).toMatchObject({ code: 0, error: '' });
    const { kept } = diagnosticsIn(out);
    expect(kept).toBeGreaterThan(asked / 2);
    expect(rowsIn<NarrativePersona>(out, 'stages/kept.jsonl').every(({ text }) => text.split(/\s+/).length > 300)).toBe(
      true,
    );
  });

  it('takes over no claim whose quote is not in the posts, and counts them', async () => {
    const { out, ended } = await played('inventing', inventing(inventories));
    expect(ended).toMatchObject({ code: 0, error: '' });
    expect(findingsOf(out, 'mine-personas')['writer-counts']!.values).toMatchObject({ claims: 0, unlocatedQuotes: 10 });
    const personas = rowsIn<NarrativePersona>(out, 'stages/personas.jsonl');
    expect(personas.flatMap(({ evidence }) => evidence.claims)).toEqual([]);
    expect(personas.some(({ text }) => /lottery|around the world/.test(text))).toBe(false);
  });

  it('flags a model that agrees with every item', async () => {
    const { out, ended } = await played('agreeing', agreeing(inventories));
    expect(ended).toMatchObject({ code: 0, error: '' });
    const found = findingsOf(out, 'administer-inventory');
    const { kept } = diagnosticsIn(out);
    expect(found['inconsistent-answers']).toMatchObject({ level: 'caution', values: { inconsistent: kept } });
    expect(found['response-style-unlike-people']!.level).toBe('caution');
    expect(jsonIn(out, 'stages/inventory-quality.json')).toMatchObject({ personas: kept, inconsistent: kept });
    expect(textIn(out, 'report.md')).toContain('agree with items and with their reverses alike');
  });

  it('counts what a model refuses, and goes on with the rest', async () => {
    const { out, ended } = await played('refusing', refusing(inventories));
    expect(ended).toMatchObject({ code: 0, error: '' });
    const failures = rowsIn<{ draw: number; kind: string; reason: string }>(out, 'stages/mining-failures.jsonl');
    const written = rowsIn<NarrativePersona>(out, 'stages/personas.jsonl');
    expect(failures.length).toBeGreaterThan(1);
    for (const { kind, reason } of failures) expect([kind, reason]).toEqual(['refused', 'the model declined']);
    expect(failures.length + written.length).toBe(asked);
    expect(findingsOf(out, 'mine-personas')['writer-failures']!.message).toBe(
      `${failures.length} texts could not be had from the writer`,
    );
    expect(recordIn(out).models['--model openai:test']!['refusal']).toBe(failures.length);
  });

  it('shows a model no post that gives it orders, and rejects what others make it write', async () => {
    const demo = readFileSync(join(root, 'data/histories/demo.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    const authors = [...new Set(demo.map((line) => (JSON.parse(line) as { author: string }).author))].slice(0, 3);
    const rows = demo
      .map((line) => JSON.parse(line) as { author: string })
      .filter(({ author }) => authors.includes(author));
    const [first, second] = authors.map((author) => rows.find((row) => row.author === author)!);
    const planted = [
      { ...first, date: '2024-01-01', text: orders.known },
      { ...second, date: '2024-01-01', text: orders.unknown },
    ];
    const histories = join(folder, 'planted.jsonl');
    writeFileSync(histories, [...rows, ...planted].map((row) => JSON.stringify(row)).join('\n'));
    const planting = writeConfig(
      folder,
      {
        ...smallSizes,
        'ingest-histories': { columns },
        'mine-personas': { draws: 4 },
        'select-agents': { agents: 'all' },
      },
      { histories },
      'planted.json',
    );
    const more = ['-c', planting, '--judge-model', 'openai:other'];
    const { out, ended, server } = await played('gullible', gullible(inventories), ...more);
    expect(ended).toMatchObject({ code: 0, error: '' });

    expect(server.requests.some(({ body }) => JSON.stringify(body.messages).includes('Ignore the above'))).toBe(false);
    expect(findingsOf(out, 'mine-personas')['writer-counts']!.values).toMatchObject({ postsWithOrders: 1 });
    // The other order reached the model, which obeyed; what it read there is no word of the author's, so nobody writes from it.
    expect(server.requests.some(({ body }) => JSON.stringify(body.messages).includes('Dear reader of this file'))).toBe(
      true,
    );
    expect(findingsOf(out, 'mine-personas')['writer-counts']!.values).toMatchObject({
      unsupportedFacts: 1,
      ungroundedClaims: 2,
    });
    const personas = rowsIn<NarrativePersona>(out, 'stages/personas.jsonl');
    expect(personas.length).toBe(12);
    for (const file of ['stages/personas.jsonl', 'agents.jsonl'])
      expect(textIn(out, file)).not.toMatch(/mars-kingdom|king of Mars/);
  });

  it('sees that texts do not follow the numbers: clear opposites are rejected, and what is left misses the gates', async () => {
    const many = writeConfig(
      folder,
      {
        ...smallSizes,
        'ingest-histories': { columns, maxAuthors: 15 },
        'mine-personas': { draws: 4 },
        'select-agents': { agents: 'all' },
      },
      {},
      'many.json',
    );
    const { out, ended } = await played('cheerful', cheerful(inventories), '-c', many);
    expect(ended.code).toBe(0);
    expect(diagnosticsIn(out).rejected['trait-contradictions']).toBeGreaterThan(15);
    const { refused } = TextQuality.parse(jsonIn(out, 'stages/text-quality.json'));
    expect(refused).toBeGreaterThan(0.2);
    const missed = diagnosticsIn(out).unmetTexts;
    expect(missed).toContainEqual(
      expect.stringMatching(/% of the candidates were rejected because their text contradicted their fields, asked/),
    );
    for (const domain of ['extraversion', 'agreeableness', 'conscientiousness', 'neuroticism', 'openness'])
      expect(missed).toContain(`the texts say the same of everybody as far as ${domain} goes`);
    expect(jsonIn<{ status: string }>(out, 'report.json').status).toBe('unmet');
  });
});
