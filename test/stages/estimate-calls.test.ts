import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { recordingModel } from '../../src/model/recording.js';
import { modelJudge } from '../../src/persona/model/judge.js';
import { modelRespondent } from '../../src/persona/model/respondent.js';
import { estimateCalls, someOf } from '../../src/stages/estimate-calls.js';
import { inventory, prompt, writer } from '../persona/model-fixture.js';
import { historyOf, personaOf } from './people-fixture.js';

const ipip = inventory('ipip-50');
const { model, taken } = recordingModel('m');
const histories = Array.from({ length: 10 }, (_, n) => historyOf(n, 'word '.repeat(100 * (n + 1))));
const inputs = {
  histories,
  personas: [2, 5, 8].map((n) => personaOf(n, 1, {}, 'Somebody who likes rain.')),
  candidates: 40,
  inventory: ipip,
  retest: 0.1,
  isShuffled: false,
  writer: writer(model),
  respondent: modelRespondent({ model, prompt: prompt('answer-inventory') }),
  judges: [
    modelJudge({ model, prompt: prompt('judge-persona'), rubric: [{ id: 'grounded', question: 'q', anchors: [] }] }),
  ],
  taken,
};
const estimate = (edit: Partial<typeof inputs> = {}) => estimateCalls({ ...inputs, ...edit }, randomStream('1'));

describe('estimateCalls', () => {
  it('counts each kind of question over the whole run', async () => {
    const calls = await estimate();
    expect(calls.map(({ step, calls: n }) => [step, n])).toEqual([
      ['evidence', 10],
      ['narrative', 40],
      ['judge', 40],
      ['inventory', 40],
      ['retest', 4],
    ]);
    const long = { ...ipip, items: [...ipip.items, ...ipip.items.map((item) => ({ ...item, id: `${item.id}b` }))] };
    const twice = await estimate({ inventory: long, isShuffled: true, retest: 0 });
    // Two questions of fifty items each, also with texts that changed owners; nobody answers a second time.
    expect(twice.find(({ step }) => step === 'inventory')!.calls).toBe(160);
    expect(twice.some(({ step }) => step === 'retest')).toBe(false);
  });

  it('reads what would be sent: posts of the evidence prompt, a token for four bytes, at most one for each', async () => {
    const [evidence, narrative, , answers] = await estimate();
    // 300, 600 and 900 words of five bytes, and the frame of the prompt, for ten people.
    const posts = (10 * (300 + 600 + 900) * 5) / 3;
    expect(evidence!.inputTokens.most).toBeGreaterThan(posts);
    expect(evidence!.inputTokens.most).toBeLessThan(posts + 10 * 12_000);
    for (const { inputTokens, outputTokens } of [evidence!, narrative!, answers!]) {
      expect(Math.abs(inputTokens.most - 4 * inputTokens.expected)).toBeLessThan(4);
      expect(outputTokens.expected).toBeGreaterThan(0);
      expect(outputTokens.expected).toBeLessThan(outputTokens.most);
    }
    // Answers to fifty items have 200 + 20 · 50 tokens of room.
    expect(answers!.outputTokens.most).toBe(40 * 1200);
  });

  it('leaves out makers that ask nobody, and says nothing of nobody', async () => {
    const judged = await estimateCalls({ ...inputs, writer: undefined, respondent: undefined }, randomStream('1'));
    expect(judged.map(({ step }) => step)).toEqual(['judge']);
    expect(await estimate({ personas: [] })).toEqual([]);
  });
});

describe('someOf', () => {
  it('draws a hundred at most, in their order, by the stream', () => {
    const items = Array.from({ length: 500 }, (_, n) => n);
    const some = someOf(items, randomStream('1'));
    expect(some).toHaveLength(100);
    expect([...some].sort((a, b) => a - b)).toEqual(some);
    expect(someOf(items, randomStream('2'))).not.toEqual(some);
    expect(someOf([3, 1, 2], randomStream('1'))).toEqual([3, 1, 2]);
  });
});
