import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream, type RandomStream } from '../../../src/core/random.js';
import { permutation } from '../../../src/numerics/sampling.js';
import { duplicateAuthors } from '../../../src/persona/filter/duplicate-authors.js';
import { rubric } from '../../stages/people-fixture.js';
import type { History } from '../../../src/persona/history.js';
import { demoHistories, pseudonym } from './demo-people.js';

const { threshold } = rubric.criteria.find(({ id }) => id === 'duplicate-author')!;
const demo = demoHistories();
const of = (n: number, ...texts: readonly string[]): History => ({
  person: pseudonym(n),
  declared: { attributes: {} },
  posts: texts.map((text, k) => ({ id: `${pseudonym(n)}#${k + 1}`, text })),
});
const flagged = (histories: readonly History[]): string[] =>
  [...duplicateAuthors(histories)].filter(([, { similarity }]) => similarity > threshold).map(([person]) => person);

/** The history under another name: other order, some posts left out, some words changed, capitals and commas gone. */
function edited({ posts }: History, name: number, keep: number, change: number, random: RandomStream): History {
  const order = [...permutation(posts.length, random)];
  const kept = order.slice(0, Math.max(1, Math.round(keep * order.length)));
  const texts = kept.map((k) =>
    posts[k]!.text.toLowerCase()
      .replaceAll(',', '')
      .split(' ')
      .map((word) => (random.uniform() < change ? `other${random.below(100)}` : word))
      .join(' '),
  );
  return of(name, ...texts);
}

/** Pair by pair, with sets of plain five-word strings: nothing in common with the code but the definition. */
function slowSimilarity(a: History, b: History): number {
  const shinglesOf = ({ posts }: History): Set<string> =>
    new Set(
      posts.flatMap(({ text }) => {
        const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
        return words.length < 5 ? [words.join(' ')] : words.slice(4).map((_, k) => words.slice(k, k + 5).join(' '));
      }),
    );
  const [x, y] = [shinglesOf(a), shinglesOf(b)].sort((s, t) => s.size - t.size) as [Set<string>, Set<string>];
  return [...x].filter((shingle) => y.has(shingle)).length / x.size;
}

describe('duplicateAuthors', () => {
  it('finds nobody twice among the demo authors', () => {
    expect(demo.length).toBeGreaterThan(50);
    expect(flagged(demo)).toEqual([]);
    expect(duplicateAuthors([])).toEqual(new Map());
    expect(duplicateAuthors([demo[0]!])).toEqual(new Map());
  });

  it.each([
    ['as they are', 1, 0],
    ['with some posts left out', 0.6, 0],
    ['with one word in twenty changed', 1, 0.05],
    ['with posts left out and words changed', 0.6, 0.05],
    ['with one word in ten changed', 1, 0.1],
  ])('flags one author under 50 names %s, and nobody else', (_, keep, change) => {
    const random = randomStream('names', keep, change);
    const originals = [5, 20, 35, 50].map((k) => demo[k]!);
    for (const original of originals) {
      const names = Array.from({ length: 49 }, (_name, k) => edited(original, 1_000 + k, keep, change, random));
      const found = flagged([...names, ...demo]);
      expect(found.length).toBeGreaterThanOrEqual(48);
      expect(found.filter((person) => !names.some((name) => name.person === person))).toEqual([]);
    }
  });

  it('keeps the smallest id, in whatever order the histories come', () => {
    const original = demo[7]!;
    const names = [0x900, 0x300, 0x600].map((n) => edited(original, n, 1, 0, randomStream('1')));
    for (const order of [names, names.toReversed()]) {
      const found = duplicateAuthors(order);
      expect([...found.keys()].sort()).toEqual([pseudonym(0x600), pseudonym(0x900)]);
      expect([...found.values()].every(({ person }) => person === pseudonym(0x300))).toBe(true);
    }
  });

  it('finds a copy inside a longer history, and the other way round', () => {
    const [a, b, c] = [demo[1]!, demo[2]!, demo[3]!].map(({ posts }) => posts.map(({ text }) => text));
    for (const pair of [
      [of(1, ...a!), of(2, ...a!, ...b!, ...c!)],
      [of(1, ...a!, ...b!, ...c!), of(2, ...a!)],
    ])
      expect(duplicateAuthors(pair)).toEqual(new Map([[pseudonym(2), { person: pseudonym(1), similarity: 1 }]]));
  });

  it('does not take a quotation for an author', () => {
    const chorus = 'row row row your boat gently down the stream merrily merrily';
    const [a, b] = [demo[1]!, demo[2]!].map(({ posts }) => posts.map(({ text }) => text));
    expect(flagged([of(1, ...a!, chorus), of(2, ...b!, chorus)])).toEqual([]);
  });

  it('agrees with counting pair by pair', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...demo),
        fc.double({ min: 0.4, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 0.1, noNaN: true }),
        fc.string(),
        (original, keep, change, seed) => {
          const ascii = of(1, ...original.posts.map(({ text }) => text.replaceAll(/[^a-zA-Z0-9 ]/g, '')));
          const copy = edited(ascii, 2, keep, change, randomStream(seed));
          const found = duplicateAuthors([ascii, copy]).get(copy.person);
          expect(found?.similarity ?? 0).toBeCloseTo(slowSimilarity(ascii, copy), 12);
        },
      ),
      { seed: 20260101, numRuns: 60 },
    );
  });

  it('takes hostile histories: no words, one word, the same post a thousand times, two thousand names', () => {
    expect(flagged([of(1, '!!!'), of(2, '!!!'), of(3, '')])).toEqual([]);
    expect(duplicateAuthors([of(1, 'x '.repeat(100_000)), of(2, ...Array<string>(1_000).fill('ok'))]).size).toBe(0);
    const start = performance.now();
    const names = Array.from({ length: 2_000 }, (_, k) => ({ ...demo[4]!, person: pseudonym(k) }));
    expect(flagged(names)).toHaveLength(1_999);
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});

// Real bloggers, where they are at hand: not part of this project.
const bloggers = new URL('../../../../shared/data/blogs-dlatk/blogs501.jsonl.gz', import.meta.url);

it.skipIf(!existsSync(bloggers))('finds nobody twice among real bloggers (skipped where they are absent)', () => {
  const histories = gunzipSync(readFileSync(bloggers))
    .toString()
    .trim()
    .split('\n')
    .map((line, n) => of(n, ...(JSON.parse(line) as { posts: { text: string }[] }).posts.map(({ text }) => text)));
  expect(histories.length).toBeGreaterThan(100);
  expect(flagged(histories)).toEqual([]);
});
