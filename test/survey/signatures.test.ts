import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spread, uniqueSignatures } from '../../src/survey/signatures.js';
import type { WeightingProblem } from '../../src/survey/weighting-problem.js';
import { marginOf, problemOf } from './weighting-fixture.js';

const halves = [0.5, 0.5];

describe('uniqueSignatures', () => {
  it('makes one of records with the same codes, in order of first appearance', () => {
    const people = [
      [1, 0],
      [0, 0],
      [1, 0],
      [0, -1],
      [1, 0],
    ];
    const { problem, of, counts } = uniqueSignatures(problemOf(people, [1, 2, 3, 4, 5], [halves, halves]));
    expect([...of]).toEqual([0, 1, 0, 2, 0]);
    expect([...counts]).toEqual([3, 1, 1]);
    expect(problem.records).toBe(3);
    expect([...problem.base]).toEqual([9, 2, 4]);
    expect(problem.margins.map(({ codes }) => [...codes])).toEqual([
      [1, 0, 0],
      [0, 0, -1],
    ]);
  });

  it('tells numbers apart, but not the two zeros; base weights only when asked to', () => {
    const problem: WeightingProblem = {
      records: 4,
      base: Float64Array.of(1, 1, 2, 1),
      margins: [],
      constraints: [{ name: 'x', values: Float64Array.of(0, -0, 0, 1e-300), asked: 0, unit: 'mean' }],
    };
    expect([...uniqueSignatures(problem).of]).toEqual([0, 0, 0, 1]);
    expect([...uniqueSignatures(problem, true).of]).toEqual([0, 0, 1, 2]);
  });

  // Among 300,000 numbers some ten pairs have the same hash of 32 bits. Each is there twice, else nobody would look for equals.
  it('tells numbers apart that have the same hash', () => {
    const values = Float64Array.from({ length: 600_000 }, (_, i) => Math.sqrt(i >> 1));
    const { problem } = uniqueSignatures({
      records: values.length,
      base: new Float64Array(values.length).fill(1),
      margins: [],
      constraints: [{ name: 'x', values, asked: 0, unit: 'mean' }],
    });
    expect(problem.records).toBe(300_000);
  });

  it('leaves records as they are where a sample has next to no equals; rare ones are then not found', () => {
    const problem = (numbers: Float64Array): WeightingProblem => ({
      records: numbers.length,
      base: new Float64Array(numbers.length).fill(2),
      margins: [],
      constraints: [{ name: 'x', values: numbers, asked: 0, unit: 'mean' }],
    });
    const alike = Float64Array.from({ length: 100_000 }, (_, i) => (i === 99_999 ? 7 : i));
    const large = problem(alike);
    const { of, counts, problem: same } = uniqueSignatures(large);
    expect(same).toBe(large);
    expect(of.every((signature, i) => signature === i)).toBe(true);
    expect(counts.every((count) => count === 1)).toBe(true);
    // One in twenty is there again: that is worth looking for, wherever they stand.
    const more = alike.map((x, i) => (i % 20 === 19 ? alike[(i * 7_919) % 100_000]! : x));
    expect(uniqueSignatures(problem(more)).problem.records).toBeLessThan(100_000);
  });

  it('is one signature without margins, and none without records', () => {
    expect(uniqueSignatures(problemOf([[], []], [1, 1], [])).problem.records).toBe(1);
    expect(uniqueSignatures(problemOf([], [], [halves])).problem.records).toBe(0);
  });

  // Forty margins of nine categories have 10^40 combinations: far beyond what one number can count.
  it.each([1, 3, 40])('agrees with joining the codes of %i margins as text', (margins) => {
    const person = fc.array(fc.integer({ min: -1, max: 8 }), { minLength: margins, maxLength: margins });
    fc.assert(
      fc.property(
        fc.array(person, { minLength: 1, maxLength: 40 }),
        fc.array(fc.nat(39), { maxLength: 40 }),
        (rows, again) => {
          const people = [...rows, ...again.map((k) => rows[k % rows.length]!)];
          const base = people.map((_, i) => 1 + (i % 3));
          const { of, problem } = uniqueSignatures(
            problemOf(
              people,
              base,
              Array.from({ length: margins }, () => new Array<number>(9).fill(1 / 9)),
            ),
          );
          const texts = people.map((p) => p.join());
          const order = [...new Set(texts)];
          expect([...of]).toEqual(texts.map((text) => order.indexOf(text)));
          expect([...problem.base]).toEqual(
            order.map((text) => base.reduce((s, b, i) => s + (texts[i] === text ? b : 0), 0)),
          );
        },
      ),
      { seed: 20260101, numRuns: 60 },
    );
  });

  it.each([0, 20, 39])('sees a difference in margin %i of forty alone', (m) => {
    const same = new Array<number>(40).fill(8);
    const other = same.with(m, 7);
    const asked = same.map(() => new Array<number>(9).fill(1 / 9));
    expect([...uniqueSignatures(problemOf([same, other, same], [1, 1, 1], asked)).of]).toEqual([0, 1, 0]);
  });

  it('handles 200,000 records of 10 margins', () => {
    const n = 200_000;
    const problem: WeightingProblem = {
      records: n,
      base: new Float64Array(n).fill(1),
      margins: Array.from({ length: 10 }, (_, m) =>
        marginOf(
          `m${m}`,
          Int32Array.from({ length: n }, (_, i) => Math.floor((i * 2_654_435_761) / (m + 1)) % 7),
          new Array<number>(7).fill(1 / 7),
        ),
      ),
    };
    const { of, counts } = uniqueSignatures(problem);
    expect(counts.reduce((s, c) => s + c, 0)).toBe(n);
    const codesOf = (i: number): string => problem.margins.map(({ codes }) => codes[i]).join();
    const texts = new Map<number, string>();
    for (let i = 0; i < n; i += 7) {
      const known = texts.get(of[i]!);
      if (known === undefined) texts.set(of[i]!, codesOf(i));
      else expect(codesOf(i)).toBe(known);
    }
    expect(new Set(texts.values()).size).toBe(texts.size);
  });
});

describe('spread', () => {
  it('splits the weight of a signature in proportion to the base, and gives nothing to a base of nothing', () => {
    const signatures = uniqueSignatures(problemOf([[0], [0], [1], [1]], [1, 3, 0, 0], [halves]));
    const weights = spread(signatures, Float64Array.of(1, 3, 0, 0), Float64Array.of(1, 0), 8);
    expect([...weights]).toEqual([2, 6, 0, 0]);
  });
});
