import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { randomStream } from '../../../src/core/random.js';
import { coupling } from '../../../src/persona/filter/coupling.js';

const options = (replicates = 200, seed = '1') => ({ replicates, random: randomStream(seed) });

/** By the definition: the mean product of z-scores. */
function slowCorrelation(x: readonly number[], y: readonly number[]): number {
  const mean = (of: readonly number[]): number => of.reduce((s, v) => s + v, 0) / of.length;
  const standardized = (of: readonly number[]): number[] => {
    const centre = mean(of);
    const sd = Math.sqrt(mean(of.map((v) => (v - centre) * (v - centre))));
    return of.map((v) => (v - centre) / sd);
  };
  const zy = standardized(y);
  return mean(standardized(x).map((v, i) => v * zy[i]!));
}

/** Bootstrap by copying the personas of every person that was drawn; samples in which nothing varies have no correlation. */
function slowInterval(x: readonly number[], y: readonly number[], person: readonly number[], seed: string): number[] {
  const random = randomStream(seed);
  const people = Math.max(...person) + 1;
  const drawn = Array.from({ length: 60 }, () => {
    const rows = Array.from({ length: people }, () => random.below(people)).flatMap((p) =>
      person.flatMap((q, i) => (q === p ? [i] : [])),
    );
    const [xs, ys] = [rows.map((i) => x[i]!), rows.map((i) => y[i]!)];
    return new Set(xs).size > 1 && new Set(ys).size > 1 ? [slowCorrelation(xs, ys)] : [];
  })
    .flat()
    .sort((a, b) => a - b);
  return [0.025, 0.975].map((share) => drawn[Math.ceil(share * drawn.length - 1e-9) - 1]!);
}

describe('coupling', () => {
  // Anscombe (1973), Graphs in Statistical Analysis: r = 0.81642 in the first of his four sets.
  const anscombe = {
    x: [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5],
    y: [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68],
  };
  it('is the published correlation', () => {
    const { r } = coupling(anscombe.x, anscombe.y, [...anscombe.x.keys()], options());
    expect(r).toBeCloseTo(0.81642, 5);
  });

  // T = 50 ± 10 is not extreme; a score of 0 agrees with nothing.
  test.each([
    { scores: [1, -1, 1, -1], t: [61, 39, 70, 30], extreme: 4, signAgreement: 1 },
    { scores: [1, 1, 0, 0], t: [61, 39, 61, 39], extreme: 4, signAgreement: 0.25 },
    { scores: [1, -1, 0.1, 0], t: [60, 40, 60.01, 50], extreme: 1, signAgreement: 1 },
    { scores: [1, -1], t: [60, 40], extreme: 0, signAgreement: null },
  ])('counts signs: $scores beside $t', ({ scores, t, extreme, signAgreement }) => {
    expect(coupling(scores, t, [...t.keys()], options())).toMatchObject({ extreme, signAgreement });
  });

  test.each([
    ['nobody', [], [], []],
    ['one persona', [1], [60], [0]],
    ['texts that all say the same', [0.3, 0.3, 0.3], [40, 50, 60], [0, 1, 2]],
    ['T-scores that are all the same', [0.1, 0.2, 0.3], [55, 55, 55], [0, 1, 2]],
    ['scores that differ by rounding', [0.1 + 0.2, 0.3, 0.3], [40, 50, 60], [0, 1, 2]],
  ])('has no correlation with %s', (_, scores, t, person) => {
    expect(coupling(scores, t, person, options())).toMatchObject({ r: null, lower: null, upper: null });
  });

  it('has no interval for one person, however many their personas', () => {
    expect(coupling([1, 2, 3], [40, 50, 70], [0, 0, 0], options())).toMatchObject({ lower: null, upper: null });
  });

  const data = fc
    .array(
      fc.record({
        score: fc.double({ min: -1, max: 1, noNaN: true }),
        t: fc.double({ min: 20, max: 80, noNaN: true }),
        person: fc.nat(5),
      }),
      { minLength: 12, maxLength: 40 },
    )
    .map((rows) =>
      rows.map((row, i) => ({
        ...row,
        person: i < 6 ? i : row.person,
        score: row.score + (i % 5),
        t: row.t + 3 * (i % 7),
      })),
    );

  it('agrees with the definition and with copying people, also far from zero', () => {
    fc.assert(
      fc.property(data, fc.string(), fc.constantFrom(0, 1e6), (rows, seed, shift) => {
        const [x, y, person] = [rows.map((r) => r.score + shift), rows.map((r) => r.t), rows.map((r) => r.person)];
        const found = coupling(x, y, person, options(60, seed));
        expect(found.r).toBeCloseTo(slowCorrelation(x, y), 6);
        const [lower, upper] = slowInterval(x, y, person, seed);
        expect(found.lower).toBeCloseTo(lower!, 6);
        expect(found.upper).toBeCloseTo(upper!, 6);
      }),
      { seed: 20260101, numRuns: 30 },
    );
  });

  it('does not take draws of one person for people: copies of everybody change nothing but the count', () => {
    const copies = [0, 1, 2, 3].flatMap(() => anscombe.x.map((x, i) => ({ x, y: anscombe.y[i]!, person: i })));
    const once = coupling(anscombe.x, anscombe.y, [...anscombe.x.keys()], options());
    const often = coupling(
      copies.map(({ x }) => x),
      copies.map(({ y }) => y),
      copies.map(({ person }) => person),
      options(),
    );
    expect(often.r).toBeCloseTo(once.r!, 12);
    expect(often.lower).toBeCloseTo(once.lower!, 12);
    expect(often.upper).toBeCloseTo(once.upper!, 12);
  });

  // 200 samples of 60 people with 3 draws each, true r = 0.6: the interval covers it in 95 % of them, 99 % bounds of a binomial: 0.90 to 0.98; percentile intervals are a little short.
  it('covers the true correlation about as often as it says', () => {
    const random = randomStream('coverage');
    let covered = 0;
    for (let sample = 0; sample < 200; sample++) {
      const rows = Array.from({ length: 60 }, (_, person) => {
        const trait = random.normal();
        return Array.from({ length: 3 }, () => ({ score: 0.6 * trait + 0.8 * random.normal(), t: trait, person }));
      }).flat();
      const { lower, upper } = coupling(
        rows.map(({ score }) => score),
        rows.map(({ t }) => t),
        rows.map(({ person }) => person),
        { replicates: 200, random: random.fork(sample) },
      );
      if (lower! <= 0.6 && 0.6 <= upper!) covered++;
    }
    expect(covered / 200).toBeGreaterThan(0.88);
    expect(covered / 200).toBeLessThan(0.985);
  });
});
