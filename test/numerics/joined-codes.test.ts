import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinCodes, scaleAndSum, type CodeColumn } from '../../src/numerics/joined-codes.js';

const column = (size: number, ...codes: number[]): CodeColumn => ({ codes: Int32Array.from(codes), size });

describe('joinCodes', () => {
  it('counts places with the last column fastest, none being the first of each', () => {
    const [joined, ...others] = joinCodes([column(3, -1, 0, 1, 1), column(4, -1, -1, 0, 2)], 12);
    expect(others).toEqual([]);
    expect(joined).toEqual({ first: 0, sizes: [3, 4], cells: 12, codes: Uint16Array.of(0, 4, 9, 11) });
  });

  // By hand: 2 x 3 = 6 fits, x 4 does not; 4 x 2 = 8 does not fit; 9 alone is too large and stays alone.
  it('keeps the order of the columns and the size of the tables', () => {
    const columns = [2, 3, 4, 2, 9, 1].map((size) => column(size, -1));
    const joined = joinCodes(columns, 7);
    expect(joined.map(({ first, sizes, cells }) => [first, sizes, cells])).toEqual([
      [0, [2, 3], 6],
      [2, [4], 4],
      [3, [2], 2],
      [4, [9], 9],
      [5, [1], 1],
    ]);
  });

  it('knows places beyond 65,536 and beyond 2³¹', () => {
    expect(joinCodes([column(65_537, 65_535)], 1)[0]!.codes).toEqual(Uint32Array.of(65_536));
    expect(joinCodes([column(65_536, 65_534), column(65_536, 65_534)], 2 ** 32)[0]!.codes).toEqual(
      Uint32Array.of(2 ** 32 - 1),
    );
  });

  it('is nothing without columns, and empty without records', () => {
    expect(joinCodes([], 100)).toEqual([]);
    expect(joinCodes([column(2)], 100)[0]!.codes).toHaveLength(0);
  });

  it('gives different places to different records, and the same to equal ones, over many blocks', () => {
    const n = 10_000;
    const columns = [3, 5, 4].map((size, k) => ({
      codes: Int32Array.from({ length: n }, (_, i) => (Math.floor(i / (k + 1)) % size) - 1),
      size,
    }));
    const [{ codes }] = joinCodes(columns, 60) as [ReturnType<typeof joinCodes>[number]];
    const textOf = (i: number): string => columns.map((own) => own.codes[i]).join();
    const place = new Map<string, number>();
    for (let i = 0; i < n; i++) {
      const known = place.get(textOf(i));
      if (known === undefined) place.set(textOf(i), codes[i]!);
      else expect(codes[i]).toBe(known);
    }
    expect(new Set(place.values()).size).toBe(place.size);
  });
});

describe('scaleAndSum', () => {
  it('scales by one column and adds up by the other', () => {
    const [from, to] = [joinCodes([column(2, -1, 0, 0)], 1)[0]!, joinCodes([column(3, 1, -1, 1)], 1)[0]!];
    const weights = Float64Array.of(1, 2, 3);
    expect([...scaleAndSum(weights, from, Float64Array.of(10, 0.5), to)]).toEqual([1, 0, 11.5]);
    expect([...weights]).toEqual([10, 1, 1.5]);
  });

  it('does what two plain loops do, whatever the number of records', () => {
    const record = fc.record({
      weight: fc.double({ min: 0, max: 10, noNaN: true }),
      from: fc.integer({ min: -1, max: 3 }),
      to: fc.integer({ min: -1, max: 5 }),
    });
    const factor = fc.double({ min: 0, max: 4, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 25 }),
        fc.array(factor, { minLength: 5, maxLength: 5 }),
        (rows, factors) => {
          const from = joinCodes([column(5, ...rows.map((row) => row.from))], 1)[0]!;
          const to = joinCodes([column(7, ...rows.map((row) => row.to))], 1)[0]!;
          const weights = Float64Array.from(rows, (row) => row.weight);
          const sums = scaleAndSum(weights, from, Float64Array.from(factors), to);
          const scaled = rows.map((row) => row.weight * factors[row.from + 1]!);
          expect([...weights]).toEqual(scaled);
          for (let cell = 0; cell < 7; cell++)
            expect(sums[cell]).toBeCloseTo(
              rows.reduce((s, row, i) => s + (row.to + 1 === cell ? scaled[i]! : 0), 0),
              10,
            );
        },
      ),
      { seed: 20260101, numRuns: 200 },
    );
  });
});
