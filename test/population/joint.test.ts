import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { axisOf, populationJoint } from '../../src/population/joint.js';
import { cellsOf, checkTarget, variableOf, variablesOf, type Target } from '../../src/population/target.js';
import { marginAddresses } from '../../src/survey/rake-table.js';
import { association, margin, shippedTarget, tinyTarget, tinyVariables } from './fixture.js';

/** Cells of the tiny target by hand: share of sex x age times region given sex; region changes fastest. */
const byHand = [0.1, 0.3, 0.2]
  .flatMap((s) => [s / 2, s / 2])
  .concat([0.15, 0.2, 0.05].flatMap((s) => [s / 4, (3 * s) / 4]));

/** Largest |share - asked| over all margins, from the cells. */
function worstMargin(target: Target, cells: Float64Array): number {
  const sizes = target.variables.map(({ categories }) => categories.length);
  return Math.max(
    ...target.margins.flatMap((wanted) => {
      const names = variablesOf(wanted.variable);
      const keys = cellsOf(target, names);
      const found = new Float64Array(keys.length);
      marginAddresses(
        sizes,
        names.map((name) => axisOf(target, name)),
      ).forEach((address, cell) => (found[address]! += cells[cell]!));
      return keys.map((key, c) => Math.abs(found[c]! - wanted.shares[key]!));
    }),
  );
}

describe('populationJoint', () => {
  const joint = populationJoint(tinyTarget());

  it('is the product of what is known, where that agrees with the margins', () => {
    expect(joint.table.sizes).toEqual([2, 3, 2]);
    byHand.forEach((share, cell) => expect(joint.table.cells[cell]).toBeCloseTo(share, 9));
  });

  it('takes variables without an association as independent', () => {
    const { table } = populationJoint(tinyTarget({ associations: [] }));
    [0.1, 0.3, 0.2, 0.15, 0.2, 0.05].forEach((share, pair) => {
      expect(table.cells[2 * pair]).toBeCloseTo(0.4 * share, 9);
      expect(table.cells[2 * pair + 1]).toBeCloseTo(0.6 * share, 9);
    });
  });

  it('rakes an association that does not fit the margins: the odds ratio stays, the margins hold', () => {
    const target = tinyTarget({
      margins: [
        margin(tinyVariables, 'sex x age', [0.1, 0.3, 0.2, 0.15, 0.2, 0.05]),
        margin(tinyVariables, 'region', [0.7, 0.3]),
      ],
    });
    const { cells } = populationJoint(target).table;
    expect(worstMargin(target, cells)).toBeLessThan(1e-8);
    const odds = (cell: number): number => cells[cell]! / cells[cell + 1]!;
    for (let age = 0; age < 3; age++) expect(odds(2 * age) / odds(6 + 2 * age)).toBeCloseTo(3, 9);
  });

  it('has nobody who is said to be impossible, or older than their whole band, and still meets the margins', () => {
    const target = tinyTarget({
      impossible: [{ categories: { sex: ['male'], age: ['30-64', '65+'], region: ['south'] }, reason: 'none seen' }],
      youngest: [{ variable: 'region', category: 'north', years: 30, reason: 'nobody goes north before' }],
      margins: [
        margin(tinyVariables, 'sex x age', [0.1, 0.3, 0.2, 0.15, 0.2, 0.05]),
        margin(tinyVariables, 'region', [0.5, 0.5]),
      ],
    });
    const { table } = populationJoint(target);
    // sex x age x region: nobody under 30 in the north, no man of 30 and over in the south.
    const zeros = [...table.cells.keys()].filter((cell) => table.cells[cell] === 0);
    expect(zeros).toEqual([0, 6, 9, 11]);
    expect(worstMargin(target, table.cells)).toBeLessThan(1e-8);
  });

  it('meets every margin of US adults to 1e-8, and keeps impossible people impossible', () => {
    const target = shippedTarget('us-adults');
    const { table } = populationJoint(target);
    expect(table.cells.length).toBe(362_880);
    expect(worstMargin(target, table.cells)).toBeLessThan(1e-8);
    let zeros = 0;
    for (const { variable, given, shares } of target.associations) {
      const names = [...given, variable];
      const addresses = marginAddresses(
        table.sizes,
        names.map((name) => axisOf(target, name)),
      );
      const found = new Float64Array(cellsOf(target, names).length);
      addresses.forEach((address, cell) => (found[address]! += table.cells[cell]!));
      const categories = variableOf(target, variable).categories;
      cellsOf(target, given).forEach((row, r) =>
        categories.forEach((category, c) => {
          if ((shares[row]![category] ?? 0) > 0) return;
          zeros++;
          expect(found[r * categories.length + c]).toBe(0);
        }),
      );
    }
    expect(zeros).toBeGreaterThan(0);
  });

  it('meets margins that were rounded to six decimals, each brought to sum to one', () => {
    const target = tinyTarget({
      margins: [
        margin(tinyVariables, 'age', [0.333333, 0.333333, 0.333333]),
        margin(tinyVariables, 'sex', [0.6000004, 0.4000004]),
      ],
      associations: [],
    });
    checkTarget(target);
    const { table } = populationJoint(target);
    [0.6, 0.4].forEach((share, sex) => {
      for (let at = 0; at < 6; at++) expect(table.cells[6 * sex + at]).toBeCloseTo(share / 6, 6);
    });
    expect(table.cells.reduce((s, x) => s + x)).toBeCloseTo(1, 12);
  });

  it('lets a margin follow from the joint that contains it, also where they were rounded apart', () => {
    const rounded = [
      margin(tinyVariables, 'sex', [0.600001, 0.399999]),
      margin(tinyVariables, 'sex x age', [0.1, 0.3, 0.2, 0.15, 0.2, 0.05]),
      margin(tinyVariables, 'region', [0.4, 0.6]),
    ];
    checkTarget(tinyTarget({ margins: rounded }));
    const { cells } = populationJoint(tinyTarget({ margins: rounded })).table;
    byHand.forEach((share, cell) => expect(cells[cell]).toBeCloseTo(share, 9));
    // Even a share that was rounded away.
    const away = tinyTarget({
      margins: [
        margin(tinyVariables, 'age', [0.3, 0.7, 0]),
        margin(tinyVariables, 'sex x age', [0.1, 0.4, 0.000004, 0.2, 0.299996, 0]),
      ],
      associations: [],
    });
    checkTarget(away);
    expect(populationJoint(away).table.cells[4]).toBeCloseTo(0.000002, 12);
  });

  it('settles joints that share a variable and were rounded apart, in the order of the file', () => {
    const margins = [
      margin(tinyVariables, 'region x age', [0.1, 0.2, 0.1, 0.15, 0.3, 0.15]),
      margin(tinyVariables, 'sex x region', [0.300004, 0.3, 0.099996, 0.3]),
      margin(tinyVariables, 'sex x age', [0.150003, 0.299999, 0.15, 0.1, 0.199998, 0.1]),
    ];
    const target = tinyTarget({ margins, associations: [] });
    checkTarget(target);
    const { table } = populationJoint(target);
    expect(worstMargin(tinyTarget({ margins: margins.slice(0, 1) }), table.cells)).toBeLessThan(1e-9);
    expect(worstMargin(target, table.cells)).toBeLessThan(1e-5);
  });

  it('names the margins whose zeros do not fit together', () => {
    const zero = tinyTarget({
      margins: [
        margin(tinyVariables, 'sex x region', [0.600005, 0, 0.399995, 0]),
        margin(tinyVariables, 'region x age', [0.25, 0.55, 0.199995, 0, 0, 0.000005]),
      ],
      associations: [],
    });
    checkTarget(zero);
    expect(() => populationJoint(zero)).not.toThrow();
    const backwards = tinyTarget({ margins: [...zero.margins].reverse(), associations: [] });
    expect(() => populationJoint(backwards)).toThrow(
      'tiny.sex x region beside region x age, region = south: asks for mass where the table has none; got 0.000005',
    );
  });

  const [allNorth, allSouth] = [
    { north: 1, south: 0 },
    { north: 0, south: 1 },
  ];
  it.each<{ fault: string; edit: Partial<Target>; message: string }>([
    {
      fault: 'a missing row of an association',
      edit: { associations: [association('region', ['sex'], { female: { north: 0.5, south: 0.5 } })] },
      message: 'tiny.associations.region: no row for sex = male.',
    },
    {
      fault: 'an association with an unknown variable',
      edit: { associations: [association('region', ['race'], {})] },
      message: 'tiny.associations.region: unknown variable; got race, expected sex, age, region.',
    },
    {
      fault: 'people wanted where the associations have none',
      edit: { associations: [association('region', ['sex'], { female: allSouth, male: allSouth })] },
      message: 'tiny.region = north: asks for mass where the table has none; got 0.4, expected 0.',
    },
    {
      fault: 'margins that zeros make impossible',
      edit: { associations: [association('region', ['sex'], { female: allNorth, male: allSouth })] },
      message: 'tiny.associations: raking the joint to the margins ended as iteration-limit; got 0.',
    },
    {
      fault: 'a joint that would fill the memory',
      edit: {
        variables: Array.from({ length: 8 }, (_, v) => ({
          name: `v${v}`,
          categories: Array.from({ length: 10 }, (_, c) => `${c}`),
        })),
        associations: [],
      },
      message:
        'tiny.variables: too many cells in the joint of all variables; got 100000000, expected at most 20000000. ' +
        'Merge categories or leave variables out.',
    },
  ])('names the fault: $fault', ({ edit, message }) =>
    expect(() => populationJoint(tinyTarget(edit))).toThrow(message),
  );
});

describe('draw and given', () => {
  const joint = populationJoint(tinyTarget());
  const code = ([sex, age, region]: Uint8Array): number => (sex! * 3 + age!) * 2 + region!;
  const counts = (draw: () => Uint8Array, n: number): number[] => {
    const found = new Array<number>(12).fill(0);
    for (let i = 0; i < n; i++) found[code(draw())]!++;
    return found;
  };

  // Chi-square with 11 degrees of freedom: 0.999 quantile 31.3.
  it('draws whole people in proportion to the cells', () => {
    const random = randomStream('joint', 'draw');
    const found = counts(() => joint.draw(random), 20_000);
    expect(
      found.reduce((s, count, cell) => s + (count - 20_000 * byHand[cell]!) ** 2 / (20_000 * byHand[cell]!), 0),
    ).toBeLessThan(31.3);
  });

  // Degrees of freedom 11, 5, 3, 2, 1, 0 with 0.999 quantiles.
  it.each([
    { name: 'nothing', known: [-1, -1, -1], limit: 31.3 },
    { name: 'sex', known: [1, -1, -1], limit: 20.5 },
    { name: 'age', known: [-1, 2, -1], limit: 16.3 },
    { name: 'sex and region', known: [0, -1, 1], limit: 13.8 },
    { name: 'sex and age', known: [1, 0, -1], limit: 10.8 },
    { name: 'everything', known: [1, 2, 0], limit: 0 },
  ])('draws people who have what is known: $name', ({ name, known, limit }) => {
    const draw = joint.given(Int8Array.from(known))!;
    const random = randomStream('joint', name);
    const n = 12_000;
    const matches = byHand.map((share, cell) =>
      [Math.floor(cell / 6), Math.floor(cell / 2) % 3, cell % 2].every(
        (c, axis) => known[axis]! < 0 || known[axis] === c,
      )
        ? share
        : 0,
    );
    const total = matches.reduce((a, b) => a + b);
    const chi = counts(() => draw(random), n).reduce((s, count, cell) => {
      const expected = (n * matches[cell]!) / total;
      return expected > 0 ? s + (count - expected) ** 2 / expected : s + (count > 0 ? Infinity : 0);
    }, 0);
    expect(chi).toBeLessThanOrEqual(limit);
  });

  it('knows nobody in a cell that cannot be', () => {
    const zeros = populationJoint(
      tinyTarget({
        margins: [
          margin(tinyVariables, 'sex x age', [0.1, 0.3, 0.2, 0.15, 0.25, 0]),
          margin(tinyVariables, 'region', [0.4, 0.6]),
        ],
      }),
    );
    expect(zeros.given(Int8Array.of(1, 2, -1))).toBeUndefined();
    expect(zeros.given(Int8Array.of(-1, 2, 0))!(randomStream('x'))).toEqual(Uint8Array.of(0, 2, 0));
  });

  it('hands out people that the caller may change', () => {
    const draw = joint.given(Int8Array.of(1, 2, 0))!;
    draw(randomStream('a'))[0] = 9;
    expect(draw(randomStream('a'))).toEqual(Uint8Array.of(1, 2, 0));
  });
});
