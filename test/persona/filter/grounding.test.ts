import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { canonicalJson } from '../../../src/core/canonical-json.js';
import { randomStream } from '../../../src/core/random.js';
import { groundsOf, isGrounded, randomSpan } from '../../../src/persona/filter/grounding.js';
import type { Claim } from '../../../src/persona/narrative-persona.js';
import { historyOf, reader } from '../evidence-fixture.js';

const text =
  "I've been welding for two years, not farming. My sister Anna is a nurse in Ohio. Seventy-seven years old and my " +
  'mother-in-law still drives. We keep bees behind the garage; the honey goes to the church. I never learned to swim.';
const [post] = historyOf([text]).posts;
const posts = new Map([[post!.id, post!]]);
const at = (statement: string, quote: string): Claim => {
  const start = text.indexOf(quote);
  return {
    dimension: 'work',
    statement,
    status: 'stated',
    source: { post: post!.id, start, end: start + quote.length },
  };
};

describe('isGrounded', () => {
  test.each([
    ['Works as a welder.', "I've been welding", true],
    ['Has welded for 2 years.', 'welding for two years', true],
    ['Has welded for 3 years.', 'welding for two years', false],
    ['Farms.', 'not farming', false],
    ['Works as a surgeon.', 'welding', false],
    ['Is a person.', 'welding', false],
    ['Is 77 years old.', 'Seventy-seven years old', true],
    ['Has a mother-in-law.', 'my mother-in-law', true],
    ['Keeps bees.', 'We keep bees', true],
    // The rest of the sentence may help, but the span must hold a key word, and other sentences do not count.
    ['Has a sister who is a nurse.', 'My sister Anna', true],
    ['Has a sister who is a nurse.', 'Ohio', false],
    ['Is a nurse.', 'welding for two years', false],
    ['Keeps bees.', 'my mother-in-law still drives', false],
    ['Keeps bees.', 'the honey goes to the church', false],
    ['Swims.', 'I never learned to swim', false],
    ['Never learned to swim.', 'I never learned to swim', true],
  ])('%j on %j: %s', (statement, quote, expected) => {
    expect(isGrounded(at(statement, quote), posts, new Set())).toBe(expected);
  });

  it('needs a span inside a post, whatever is known', () => {
    const claim = at('Works as a welder.', 'welding');
    for (const source of [
      { post: 'x#1', start: 0, end: 5 },
      { post: post!.id, start: 5, end: 5 },
      { post: post!.id, start: 0, end: 5000 },
    ])
      expect(isGrounded({ ...claim, source }, posts, new Set([canonicalJson({ ...claim, source })]))).toBe(false);
  });

  it('takes a claim that the reader makes itself, but only with the very span', () => {
    const claim = at('Is widowed.', 'My sister Anna');
    const known = new Set([canonicalJson(claim)]);
    expect(isGrounded(claim, posts, new Set())).toBe(false);
    expect(isGrounded(claim, posts, known)).toBe(true);
    for (const moved of [-1, 1, 20]) {
      const { post: id, start, end } = claim.source;
      const source = { post: id, start: start + moved, end: end + moved };
      expect(isGrounded({ ...claim, source }, posts, known)).toBe(false);
    }
  });
});

describe('randomSpan', () => {
  const history = historyOf([
    text,
    'The rain kept on all week and the river came up.',
    'Ok.',
    'Der Regen hörte nicht auf. 静かな人です。',
  ]);
  const all = groundsOf(history, reader).posts;

  it('lies in a post of the person, is as long in whole words, and never touches the span given', () => {
    const spans = fc
      .tuple(fc.constantFrom(...history.posts), fc.nat(), fc.integer({ min: 1, max: 30 }))
      .map(([{ id, text: of }, place, length]) => {
        const start = place % of.length;
        return { post: id, start, end: Math.min(of.length, start + length) };
      });
    fc.assert(
      fc.property(spans, fc.string(), (span, seed) => {
        const found = randomSpan(span, all, randomStream(seed))!;
        const { text: of } = all.get(found.post)!;
        expect(found.start).toBeGreaterThanOrEqual(0);
        expect(found.end).toBeLessThanOrEqual(of.length);
        expect(found.end - found.start).toBeGreaterThanOrEqual(span.end - span.start);
        expect(found.end - found.start).toBeLessThanOrEqual(span.end - span.start + 80);
        expect(found.post !== span.post || found.end <= span.start || found.start >= span.end).toBe(true);
        const cutsWord = (index: number): boolean =>
          index > 0 && index < of.length && /^[\p{L}\p{N}]{2}$/u.test(of.slice(index - 1, index + 1));
        expect([cutsWord(found.start), cutsWord(found.end)]).toEqual([false, false]);
      }),
      { seed: 20260101, numRuns: 500 },
    );
  });

  it('comes from every post in proportion to its length', () => {
    const counts = new Map<string, number>();
    const random = randomStream('1');
    for (let k = 0; k < 5_000; k++) {
      const { post: id } = randomSpan({ post: 'none', start: 0, end: 4 }, all, random)!;
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    const rooms = history.posts.map(({ text: of }) => Math.max(0, of.length - 3));
    const total = rooms.reduce((sum, room) => sum + room, 0);
    // 4 standard errors of a share among 5,000 draws.
    history.posts.forEach(({ id }, k) => {
      const share = rooms[k]! / total;
      expect(Math.abs((counts.get(id) ?? 0) / 5_000 - share)).toBeLessThan(
        4 * Math.sqrt((share * (1 - share)) / 5_000) + 1e-9,
      );
    });
  });

  it('is not there where the posts leave no room', () => {
    const short = new Map([['a#1', { id: 'a#1', text: 'Only this.' }]]);
    const random = randomStream('1');
    expect(randomSpan({ post: 'a#1', start: 0, end: 10 }, short, random)).toBeUndefined();
    expect(randomSpan({ post: 'a#1', start: 0, end: 11 }, short, random)).toBeUndefined();
    expect(randomSpan({ post: 'a#1', start: 3, end: 3 }, short, random)).toBeUndefined();
    expect(randomSpan({ post: 'a#1', start: 0, end: 4 }, new Map(), random)).toBeUndefined();
    const endless = new Map([['a#1', { id: 'a#1', text: 'a'.repeat(1_000_000) }]]);
    const { start, end } = randomSpan({ post: 'b#1', start: 0, end: 5 }, endless, random)!;
    expect(end - start).toBeLessThanOrEqual(85);
  });
});
