import type { Answer } from '../../src/model/answer.js';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import type { ChatModel, ChatRequest } from '../../src/model/chat-model.js';
import { openLedger } from '../../src/model/ledger.js';
import { openAiModel } from '../../src/model/openai.js';
import { ledgered, replayModel } from '../../src/model/replay.js';
import { scriptedModel } from '../../src/model/scripted.js';
import { modelJudge } from '../../src/persona/model/judge.js';
import { modelRespondent } from '../../src/persona/model/respondent.js';
import { modelReviser } from '../../src/persona/model/reviser.js';
import { Evidence } from '../../src/persona/narrative-persona.js';
import { type Inventory, traitDomains } from '../../src/psychometrics/inventory.js';
import { wordCount } from '../../src/text/tokens.js';
import { temporaryFolder } from '../io/temporary.js';
import { type ChatServer, startChatServer } from '../support/chat-server.js';
import { history, inventory, persona, prompt, writer } from './model-fixture.js';

const ipip50 = inventory('ipip-50');
const signal = new AbortController().signal;
const folder = temporaryFolder();

describe('modelRespondent', () => {
  const all = (items: Inventory['items'], value: (i: number) => unknown): string =>
    JSON.stringify(Object.fromEntries(items.map(({ id }, i) => [id, value(i)])));

  it('returns responses in the order of the items, whatever the order of the answer', async () => {
    const model = scriptedModel([all([...ipip50.items].reverse(), (i) => 1 + ((49 - i) % 5))], 'm');
    const answer = await modelRespondent({ model, prompt: prompt('answer-inventory') }).answer(
      persona('A text.'),
      ipip50,
      randomStream('1'),
      signal,
    );
    expect(answer).toEqual({
      kind: 'answered',
      value: Uint8Array.from({ length: 50 }, (_, i) => 1 + (i % 5)),
      attempts: 1,
    });
    const { system, prompt: asked } = model.requests[0]!;
    expect(system).toContain('<persona>\n"A text."\n</persona>');
    expect(asked).toContain('{"id":"E1","text":"I am the life of the party."}');
    expect(asked).toContain('1 = Very inaccurate\n');
    expect(asked).not.toMatch(/extraversion|keying/);
  });

  it('asks 120 items in batches of at most 50 that mix the keys of every domain, with seeds from the stream', async () => {
    const neo = inventory('ipip-neo-120');
    const idsOf = (request: ChatRequest): string[] => Object.keys(request.jsonSchema!['properties'] as object);
    const number = new Map(neo.items.map(({ id }, i) => [id, i]));
    const model = scriptedModel((request) =>
      JSON.stringify(Object.fromEntries(idsOf(request).map((id) => [id, 1 + (number.get(id)! % 5)]))),
    );
    const respondent = modelRespondent({ model, prompt: prompt('answer-inventory') });
    const answer = await respondent.answer(persona('A text.'), neo, randomStream('1'), signal);
    expect(answer).toEqual({ kind: 'answered', value: Uint8Array.from(neo.items, (_, i) => 1 + (i % 5)), attempts: 3 });
    const batches = model.requests.map(idsOf);
    expect(batches.map(({ length }) => length)).toEqual([40, 40, 40]);
    for (const ids of batches)
      for (const domain of traitDomains) {
        const keys = neo.items.filter((item) => item.domain === domain && ids.includes(item.id));
        expect(new Set(keys.map(({ keying }) => keying)).size, domain).toBe(2);
      }
    expect(new Set(model.requests.map(({ seed }) => seed)).size).toBe(3);
    await respondent.answer(persona('A text.'), neo, randomStream('1'), signal);
    expect(model.requests.slice(3)).toEqual(model.requests.slice(0, 3));
  });

  it.each([
    { fault: 'an item left out', text: all(ipip50.items.slice(1), () => 3), reason: 'at E1' },
    { fault: 'a number out of range', text: all(ipip50.items, () => 6), reason: 'expected one of 1|2|3|4|5' },
    { fault: 'a missing mark', text: all(ipip50.items, () => 0), reason: 'expected one of 1|2|3|4|5' },
    { fault: 'a word', text: all(ipip50.items, () => '3'), reason: 'expected one of 1|2|3|4|5' },
    {
      fault: 'an item too many',
      text: all([...ipip50.items, { ...ipip50.items[0]!, id: 'X' }], () => 3),
      reason: 'Unrecognized key: "X"',
    },
  ])('takes no half inventory: $fault', async ({ text, reason }) => {
    const respondent = modelRespondent({
      model: scriptedModel([text, text, text]),
      prompt: prompt('answer-inventory'),
    });
    const answer = await respondent.answer(persona('A text.'), ipip50, randomStream('1'), signal);
    expect(answer).toMatchObject({ kind: 'malformed', attempts: 3 });
    expect(answer.kind === 'malformed' && answer.reason).toContain(reason);
  });

  it('counts the attempts of all batches when a later one fails', async () => {
    const neo = inventory('ipip-neo-120');
    const firstBatch = (request: ChatRequest): string =>
      JSON.stringify(Object.fromEntries(Object.keys(request.jsonSchema!['properties'] as object).map((id) => [id, 3])));
    const model = scriptedModel(
      (request, index) => ['x', firstBatch(request), { kind: 'refusal' as const, reason: 'no' }][index]!,
    );
    const answer = await modelRespondent({ model, prompt: prompt('answer-inventory') }).answer(
      persona('A text.'),
      neo,
      randomStream('1'),
      signal,
    );
    expect(answer).toEqual({ kind: 'refused', reason: 'no', attempts: 3 });
  });
});

describe('modelJudge and modelReviser', () => {
  const rubric = [
    { id: 'grounded', question: 'Is it in the posts?', anchors: ['no', 'a bit', 'half', 'mostly', 'all'] },
  ];

  it('scores every criterion, with its anchors before it', async () => {
    const model = scriptedModel(['{"grounded":6}', '{"grounded":4}'], 'm');
    const answer = await modelJudge({ model, prompt: prompt('judge-persona'), rubric }).judge(
      persona('A text.'),
      history,
      signal,
    );
    expect(answer).toEqual({ kind: 'answered', value: { grounded: 4 }, attempts: 2 });
    expect(model.requests[0]!.prompt).toContain(
      '- grounded: Is it in the posts?\n  1: no\n  2: a bit\n  3: half\n  4: mostly\n  5: all\n',
    );
  });

  it('revises, and refuses a revision that is too short', async () => {
    const text = Array.from({ length: 40 }, (_, i) => `w${i}`).join(' ');
    const model = scriptedModel([JSON.stringify({ text: text.slice(0, 80) }), JSON.stringify({ text })]);
    const changes = [{ variable: 'region', from: 'West', to: 'South' }];
    const answer = await modelReviser({ model, prompt: prompt('revise-persona') }).revise(
      persona(text),
      changes,
      signal,
    );
    expect(answer).toEqual({ kind: 'answered', value: text, attempts: 2 });
    expect(model.requests[0]!.prompt).toContain(
      '<changes>\n{"variable":"region","from":"West","to":"South"}\n</changes>',
    );
  });
});

describe('all adapters over HTTP', () => {
  let server: ChatServer;
  beforeAll(async () => {
    server = await startChatServer({ inventories: [ipip50] });
  });
  afterAll(() => server.close());

  const rubric = [{ id: 'grounded', question: 'Is it in the posts?', anchors: ['1', '2', '3', '4', '5'] }];

  /** The whole way of one person with two draws that differ in extraversion. */
  async function wholeWay(
    model: ChatModel,
  ): Promise<{ evidence: Evidence; results: unknown[]; extraversion: number[] }> {
    const writing = writer(model);
    const read = await writing.readEvidence(history, signal);
    if (read.kind !== 'answered') throw new Error(read.reason);
    const evidence = Evidence.parse(read.value);
    const [results, extraversion]: [unknown[], number[]] = [[], []];
    for (const e of [-2, 2]) {
      const disposition = { ageYears: 34, attributes: {}, traits: [e, 0, 0, 0, 0] };
      const text = await writing.narrate(history, evidence, disposition, signal);
      if (text.kind !== 'answered') throw new Error(text.reason);
      expect(wordCount(text.value)).toBeGreaterThanOrEqual(120);
      const one = persona(text.value);
      const responses = await modelRespondent({ model, prompt: prompt('answer-inventory') }).answer(
        one,
        ipip50,
        randomStream('1', e),
        signal,
      );
      if (responses.kind !== 'answered') throw new Error(responses.reason);
      extraversion.push(
        ipip50.items.reduce(
          (sum, { domain, keying }, i) =>
            sum + (domain === 'extraversion' ? (keying * (responses.value[i]! - 3)) / 10 : 0),
          3,
        ),
      );
      const judged = await modelJudge({ model, prompt: prompt('judge-persona'), rubric }).judge(one, history, signal);
      const revised = await modelReviser({ model, prompt: prompt('revise-persona') }).revise(
        one,
        [{ variable: 'region', from: 'West', to: 'South' }],
        signal,
      );
      results.push(text, responses, judged, revised);
    }
    return { evidence, results, extraversion };
  }

  it('carry traits from the draw to the measurement, are recorded, and replay to the same results', async () => {
    const live = openAiModel({ baseUrl: server.url, model: 'm', random: randomStream('1') });
    const ledger = await openLedger(join(folder, 'calls.jsonl'));
    const first = await wholeWay(ledgered(live, server.url, ledger));
    expect(first.evidence.claims.length).toBeGreaterThan(0);
    expect(first.evidence.ageYears).toBe(34);
    expect(first.evidence.attributes['marital_status']).toMatchObject({ value: 'married', status: 'stated' });
    expect(first.results).toHaveLength(8);
    for (const result of first.results) expect(result).toMatchObject({ kind: 'answered' });
    expect(first.extraversion[0]!).toBeLessThan(2.5);
    expect(first.extraversion[1]!).toBeGreaterThan(3.5);

    const sent = server.requests.length;
    const again = await wholeWay(replayModel({ endpoint: server.url, name: 'm' }, ledger));
    // What was asked is known of calls that were made.
    const results = first.results.map((result) => ({ ...(result as Answer<unknown>), asked: undefined }));
    expect(again).toEqual({ ...first, results });
    await ledger.close();
    expect(server.requests).toHaveLength(sent);
  });
});
