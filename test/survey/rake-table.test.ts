import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.js';
import { marginAddresses, rakeTable } from '../../src/survey/rake-table.js';
import { vec } from './fixture.js';

const close = (actual: ArrayLike<number>, expected: readonly number[], tolerance: number): void => {
  expect(actual.length).toBe(expected.length);
  expected.forEach((e, i) => expect(Math.abs(actual[i]! - e)).toBeLessThanOrEqual(tolerance));
};
const twoWay = (rows: readonly number[], columns: readonly number[]) => [
  { axes: [0], shares: vec(...rows) },
  { axes: [1], shares: vec(...columns) },
];

describe('marginAddresses', () => {
  // By hand for a 2 x 3 table, cells in the order 00 01 02 10 11 12.
  it.each([
    { axes: [0], addresses: [0, 0, 0, 1, 1, 1] },
    { axes: [1], addresses: [0, 1, 2, 0, 1, 2] },
    { axes: [0, 1], addresses: [0, 1, 2, 3, 4, 5] },
    { axes: [1, 0], addresses: [0, 2, 4, 1, 3, 5] },
    { axes: [], addresses: [0, 0, 0, 0, 0, 0] },
  ])('axes $axes', ({ axes, addresses }) => expect([...marginAddresses([2, 3], axes)]).toEqual(addresses));
});

describe('rakeTable', () => {
  // From an even start the closed form is independence.
  it('gives independence from an even start, in one sweep', () => {
    const { status, iterations, cells } = rakeTable(
      { sizes: [2, 3], cells: new Float64Array(6).fill(1) },
      twoWay([0.4, 0.6], [0.5, 0.3, 0.2]),
    );
    expect([status, iterations]).toEqual(['converged', 1]);
    close(cells, [0.2, 0.12, 0.08, 0.3, 0.18, 0.12], 1e-15);
  });

  // Odds ratio 4 and even margins: 1/3 1/6 / 1/6 1/3 (see calibrate).
  it('keeps the odds ratio of the start', () => {
    const { cells } = rakeTable({ sizes: [2, 2], cells: vec(8, 2, 1, 1) }, twoWay([0.5, 0.5], [0.5, 0.5]), {
      tolerance: 1e-13,
    });
    close(cells, [1 / 3, 1 / 6, 1 / 6, 1 / 3], 1e-12);
  });

  // One sweep by hand, as Deming & Stephan (1940) do it: rows first (factors 2, .5), then columns. Start 1 1 / 3 1, rows .5 .5,
  // columns .6 .4. After the rows: .25 .25 / .375 .125; column sums .625 .375; after the columns: .24 .26667 / .36 .13333.
  it('sweeps in the order of the margins', () => {
    const one = rakeTable({ sizes: [2, 2], cells: vec(1, 1, 3, 1) }, twoWay([0.5, 0.5], [0.6, 0.4]), {
      maxIterations: 1,
    });
    close(one.cells, [0.24, 0.8 / 3, 0.36, 0.4 / 3], 1e-15);
    expect([one.status, one.iterations]).toEqual(['iteration-limit', 1]);
    expect(one.maxMarginError).toBeCloseTo(0.24 + 0.8 / 3 - 0.5, 15);
  });

  it('keeps structural zeros', () => {
    const { status, cells } = rakeTable({ sizes: [2, 2], cells: vec(0, 1, 1, 1) }, twoWay([0.3, 0.7], [0.5, 0.5]));
    expect(status).toBe('converged');
    close(cells, [0, 0.3, 0.5, 0.2], 1e-9);
  });

  it('empties what a margin says is empty', () => {
    const { status, cells } = rakeTable({ sizes: [2, 2], cells: vec(1, 1, 1, 1) }, twoWay([0, 1], [0.5, 0.5]));
    expect(status).toBe('converged');
    close(cells, [0, 0, 0.5, 0.5], 1e-15);
  });

  it('fits two-way margins of a three-way table and keeps what they leave open', () => {
    // Fienberg (1970): raking to two-way margins leaves the three-factor odds ratio of the start alone.
    const start = vec(3, 1, 2, 5, 1, 4, 2, 2);
    const wanted = vec(4, 2, 1, 3, 2, 5, 3, 4).map((x) => x / 24);
    const sums = (axes: readonly number[]) => {
      const shares = new Float64Array(4);
      marginAddresses([2, 2, 2], axes).forEach((address, cell) => (shares[address]! += wanted[cell]!));
      return { axes, shares };
    };
    const margins = [sums([0, 1]), sums([0, 2]), sums([1, 2])];
    const { status, cells } = rakeTable({ sizes: [2, 2, 2], cells: start }, margins, { tolerance: 1e-13 });
    expect(status).toBe('converged');
    const ratio = (c: Float64Array): number => (c[0]! * c[3]! * c[5]! * c[6]!) / (c[1]! * c[2]! * c[4]! * c[7]!);
    expect(ratio(cells)).toBeCloseTo(ratio(start), 10);
    for (const { axes, shares } of margins) {
      const found = new Float64Array(4);
      marginAddresses([2, 2, 2], axes).forEach((address, cell) => (found[address]! += cells[cell]!));
      close(found, [...shares], 1e-12);
    }
  });

  it('does not touch its input, and takes one cell and no margin', () => {
    const cells = vec(2, 6);
    expect(rakeTable({ sizes: [1, 2], cells }, [])).toMatchObject({
      status: 'converged',
      maxMarginError: 0,
      cells: vec(2, 6),
    });
    rakeTable({ sizes: [1, 2], cells }, [{ axes: [0], shares: vec(1) }]);
    expect(cells).toStrictEqual(vec(2, 6));
    expect(rakeTable({ sizes: [1], cells: vec(3) }, [{ axes: [0], shares: vec(1) }]).cells).toStrictEqual(vec(1));
  });

  it('says infeasible where a margin asks for people in an empty row', () => {
    const act = () => rakeTable({ sizes: [2, 2], cells: vec(1, 1, 0, 0) }, twoWay([0.3, 0.7], [0.5, 0.5]));
    expect(act).toThrow(Failure);
    expect(act).toThrow('rakeTable.margins[0][1]: asks for mass where the table has none; got 0.7, expected 0.');
  });

  it('calls a share by the name that its user knows', () => {
    const act = () =>
      rakeTable({ sizes: [2], cells: vec(1, 0) }, [
        { axes: [0], shares: vec(0.3, 0.7), names: ['region = north', 'region = south'] },
      ]);
    expect(act).toThrow('region = south: asks for mass where the table has none; got 0.7, expected 0.');
  });

  it.each([
    { shares: [1], message: 'rakeTable.margins[1]: wrong number of shares; got 1, expected 2.' },
    { shares: [0.5, 0.3, 0.2], message: 'rakeTable.margins[1]: wrong number of shares; got 3, expected 2.' },
    { shares: [1.5, -0.5], message: 'rakeTable.margins[1][1]: not a share; got -0.5, expected a finite number ≥ 0.' },
    { shares: [NaN, 1], message: 'rakeTable.margins[1][0]: not a share; got NaN, expected a finite number ≥ 0.' },
    { shares: [1, Infinity], message: 'rakeTable.margins[1][1]: not a share; got Infinity, expected a finite ' },
  ])('refuses the shares $shares', ({ shares, message }) => {
    const act = () => rakeTable({ sizes: [2, 2], cells: vec(1, 1, 1, 1) }, twoWay([0.5, 0.5], shares));
    expect(act).toThrow(Failure);
    expect(act).toThrow(message);
  });

  // 0 1 / 1 0 has the same rows as columns whatever is done to it.
  it('does not claim convergence for margins that zeros make impossible, and says how far off it is', () => {
    const { status, iterations, cells, maxMarginError } = rakeTable(
      { sizes: [2, 2], cells: vec(0, 1, 1, 0) },
      twoWay([0.4, 0.6], [0.4, 0.6]),
      {
        maxIterations: 50,
      },
    );
    expect([status, iterations]).toEqual(['iteration-limit', 50]);
    expect(maxMarginError).toBeCloseTo(0.2, 12);
    close(cells, [0, 0.6, 0.4, 0], 1e-12);
  });

  it('claims convergence exactly when all margins are met', () => {
    const cell = fc.oneof(
      { weight: 4, arbitrary: fc.double({ min: 0.01, max: 5, noNaN: true }) },
      { weight: 1, arbitrary: fc.constant(0) },
    );
    const share = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(
        fc.array(cell, { minLength: 5, maxLength: 5 }),
        fc.tuple(share, share),
        fc.tuple(share, share, share),
        fc.integer({ min: 1, max: 40 }),
        (some, [r0, r1], columns, maxIterations) => {
          const cells = vec(1, ...some).map((x, c) => (c === 3 ? x + 1 : x));
          const total = columns.reduce((a, b) => a + b);
          const margins = twoWay(
            [r0 / (r0 + r1), r1 / (r0 + r1)],
            columns.map((c) => c / total),
          );
          // Both rows have a cell in column 0 only; other columns may be empty altogether.
          if (cells[1]! + cells[4]! === 0 || cells[2]! + cells[5]! === 0) {
            expect(() => rakeTable({ sizes: [2, 3], cells }, margins)).toThrow(
              'asks for mass where the table has none',
            );
            return;
          }
          const {
            status,
            cells: raked,
            maxMarginError,
          } = rakeTable({ sizes: [2, 3], cells }, margins, { tolerance: 1e-6, maxIterations });
          const errors = [0, 1].map(
            (r) => raked[3 * r]! + raked[3 * r + 1]! + raked[3 * r + 2]! - margins[0]!.shares[r]!,
          );
          const more = [0, 1, 2].map((c) => raked[c]! + raked[3 + c]! - margins[1]!.shares[c]!);
          const worst = Math.max(...[...errors, ...more].map(Math.abs));
          expect(Math.abs(worst - maxMarginError)).toBeLessThan(1e-15);
          expect(status).toBe(worst <= 1e-6 ? 'converged' : 'iteration-limit');
          raked.forEach((x, c) => expect(x > 0).toBe(cells[c]! > 0));
        },
      ),
      { seed: 20260101, numRuns: 300 },
    );
  });
});
