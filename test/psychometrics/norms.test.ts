import { describe, expect, it } from 'vitest';
import type { TraitNorms } from '../../src/psychometrics/inventory.js';
import { cellShares, matchInstrument, normCellOf, pooledNorms } from '../../src/psychometrics/norms.js';
import { tScores } from '../../src/psychometrics/t-scores.js';
import { shipped, tiny, tinyNorms } from './fixtures.js';

const together = 'Instrument, norms and correlations travel together.';
const items = (ids: string): TraitNorms['items'] =>
  ids.split(' ').map((id) => ({
    id,
    domain: tiny.items.find((item) => item.id === id)?.domain ?? 'openness',
    mean: 3,
    sd: 1,
    shares: [0.2, 0.2, 0.2, 0.2, 0.2],
  }));

describe('matchInstrument', () => {
  it.each([
    ['ipip-50', 'ipip-50-us-adults'],
    ['ipip-neo-120', 'ipip-neo-120-johnson'],
  ])('accepts %s with %s', (name, target) => {
    const { inventory, norms } = shipped(name, target);
    matchInstrument(inventory, norms);
  });

  it('accepts items in another order', () => {
    matchInstrument(tiny, tinyNorms({ items: items('O2 O1 N2 N1 C2 C1 A2 A1 E2 E1') }));
  });

  it.each([
    {
      fault: 'instrument',
      edit: { instrument: 'ipip-50' },
      message: `tiny-norms.instrument: norms of another instrument; got ipip-50, expected tiny. ${together}`,
    },
    {
      fault: 'scale',
      edit: { scale: { min: 1, max: 7, levels: 9 } },
      message: `tiny-norms.scale: norms on another response scale; got 1 to 7, expected 1 to 5. ${together}`,
    },
    {
      fault: 'order of domains',
      edit: { domains: tinyNorms().domains.toReversed() },
      message: 'tiny-norms.domains: another order of domains; got openness neuroticism',
    },
    {
      fault: 'an unknown item',
      edit: { items: items('E1 E2 A1 A2 C1 C2 N1 N2 O1 O9') },
      message: `tiny-norms.items: other items than the inventory; got O9 (openness), expected O2 (openness). ${together}`,
    },
    {
      fault: 'a missing item',
      edit: { items: items('A1 A2 C1 C2 E1 E2 N1 N2 O1') },
      message: `tiny-norms.items: other items than the inventory; got 9 items, expected 10 items. ${together}`,
    },
  ])('names the fault: $fault', ({ edit, message }) => {
    expect(() => matchInstrument(tiny, tinyNorms(edit))).toThrow(message);
  });
});

describe('normCellOf', () => {
  it.each([
    { sex: 'male', age: 18, index: 1, outside: false },
    { sex: 'male', age: 39, index: 1, outside: false },
    { sex: 'male', age: 44, index: 1, outside: true },
    { sex: 'male', age: 45, index: 2, outside: true },
    { sex: 'male', age: 12, index: 1, outside: true },
    { sex: 'female', age: 121, index: 0, outside: true },
  ] as const)('$sex of $age', ({ sex, age, index, outside }) => {
    expect(normCellOf(tinyNorms(), sex, age)).toEqual({ index, outside });
  });

  it('refuses a sex without norms and an age that is not a number', () => {
    const women = tinyNorms({ cells: tinyNorms().cells.slice(0, 1) });
    expect(() => normCellOf(women, 'male', 30)).toThrow(
      'tiny-norms.cells: no norms for this person; got male, 30 years, expected a sex with norms and an age in years.',
    );
    expect(() => normCellOf(women, 'female', NaN)).toThrow('got female, NaN years');
  });
});

describe('pooledNorms', () => {
  it('mixes the cells by their size, or equally where a size is unknown (by hand)', () => {
    const [a, b, c] = tinyNorms().cells;
    const sized = tinyNorms({
      cells: [
        { ...a!, n: 300 },
        { ...b!, n: 100 },
      ],
    });
    expect(Array.from(cellShares(sized))).toEqual([0.75, 0.25]);
    const { mean, sd } = pooledNorms(sized);
    expect(mean[0]).toBeCloseTo(0.75 * 3.2 + 0.25 * 3, 12);
    expect(sd[0]).toBeCloseTo(Math.sqrt(0.64 + 0.75 * 0.25 * 0.04), 12);
    expect(Array.from(cellShares(tinyNorms({ cells: [{ ...a!, n: null }, b!, c!, c!] })))).toEqual([
      0.25, 0.25, 0.25, 0.25,
    ]);
  });
});

describe('tScores', () => {
  it('is 50 at the mean of the cell and moves ten points an SD', () => {
    const { t, outside } = tScores(
      tiny,
      tinyNorms(),
      Float64Array.of(3.2, 4, 2.4, NaN, 3.6, /* a man between the cells */ 3, 3.4, 3.4, 3.4, 3.4),
      { sex: ['female', 'male'], ageYears: [30, 44] },
    );
    const expected = [50, 60, 40, NaN, 55, 50, 55, 55, 55, 55];
    t.forEach((x, at) => expect(Number(x.toFixed(10))).toBe(expected[at]));
    expect(outside).toBe(1);
  });

  it('refuses norms of another instrument and lengths that differ', () => {
    const nobody = { sex: [], ageYears: [] };
    expect(() => tScores(tiny, tinyNorms({ instrument: 'bfi' }), new Float64Array(0), nobody)).toThrow(together);
    expect(() => tScores(tiny, tinyNorms(), new Float64Array(6), { sex: ['male'], ageYears: [1, 2] })).toThrow(
      'tScores: lengths differ; got 6 scores, 1 sexes, 2 ages, expected 5 scores, a sex and an age for each person.',
    );
  });
});
