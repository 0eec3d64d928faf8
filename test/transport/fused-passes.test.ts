import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { withKernels } from '../../src/numerics/kernels/kernels.js';
import { normalized } from '../../src/numerics/statistics.js';
import { fusedPasses, type Cloud, type Pass, type PassPrecision } from '../../src/transport/fused-passes.js';
import { spatialOrder } from '../../src/transport/spatial-order.js';

const [n, m, d] = [301, 410, 3];

/** Points in spatial order, wide enough that most pairs are far from one another. */
function cloud(size: number, shift: number): Cloud {
  const random = randomStream('fused-passes', size);
  const points = Float64Array.from({ length: size * d }, () => shift + 3 * random.normal());
  const masses = normalized(Float64Array.from({ length: size }, () => 0.2 + random.uniform()));
  const order = spatialOrder(points, d);
  return {
    points: Float64Array.from({ length: size * d }, (_, at) => points[order[Math.floor(at / d)]! * d + (at % d)]!),
    masses: Float64Array.from(order, (i) => masses[i]!),
  };
}
const [rows, columns] = [cloud(n, 0), cloud(m, 1)];

const halfSquare = (i: number, j: number): number => {
  let total = 0;
  for (let k = 0; k < d; k++) total += (rows.points[i * d + k]! - columns.points[j * d + k]!) ** 2 / 2;
  return total;
};

/** The slow method: the coupling entry by entry. */
function slow(damping: number, potential: Float64Array): Omit<Pass, 'lost'> {
  const normalizing = new Float64Array(n);
  const [rowSums, columnSums] = [new Float64Array(n), new Float64Array(m)];
  let cost = 0;
  for (let i = 0; i < n; i++) {
    const weights = potential.map((g, j) => columns.masses[j]! * 2 ** (g - halfSquare(i, j)));
    normalizing[i] = -Math.log2(weights.reduce((s, w) => s + w, 0));
    weights.forEach((w, j) => {
      const p = rows.masses[i]! * w * 2 ** (damping * normalizing[i]!);
      rowSums[i]! += p;
      columnSums[j]! += p;
      cost += p * halfSquare(i, j);
    });
  }
  return { normalizing, rowSums, columnSums, cost };
}

/** Potentials under which every column has a sum of about its mass: plain iteration. */
let potential: Float64Array = new Float64Array(m);
for (let time = 0; time < 20; time++) {
  const { columnSums } = slow(1, potential);
  potential = potential.map((g, j) => g - Math.log2(columnSums[j]! / columns.masses[j]!));
}
const settled = slow(1, potential);

/** What the pairs whose share of aᵢ bⱼ is below some number sum up to. */
function below(share: number): number {
  let total = 0;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < m; j++) {
      const density = 2 ** (settled.normalizing[i]! + potential[j]! - halfSquare(i, j));
      if (density < share) total += rows.masses[i]! * columns.masses[j]! * density;
    }
  return total;
}

const found = (
  precision: PassPrecision,
  damping = 1,
  { negligible = 0, off = 0 }: { readonly negligible?: number; readonly off?: number } = {},
): Pass =>
  withKernels({}, (kernels) => {
    const stabilizer = settled.normalizing.map((f) => f + off);
    return fusedPasses(kernels, rows, columns, d, damping)(precision, stabilizer, potential, negligible);
  });

/** Σ |found - expected| / Σ expected */
const apart = (got: Float64Array, expected: Float64Array): number =>
  got.reduce((s, x, j) => s + Math.abs(x - expected[j]!), 0) / expected.reduce((s, x) => s + x, 0);

describe('fusedPasses', () => {
  it.each([
    { precision: 'single', error: 1e-5 },
    { precision: 'mixed', error: 1e-7 },
    { precision: 'double', error: 1e-12 },
  ] as const)('has $precision precision: $error', ({ precision, error }) => {
    for (const damping of [1, 0.6]) {
      const expected = slow(damping, potential);
      const { columnSums, rowSums, normalizing, cost, lost } = found(precision, damping);
      expect(lost).toBe(undefined);
      expect(apart(columnSums, expected.columnSums)).toBeLessThan(error);
      expect(apart(rowSums, expected.rowSums)).toBeLessThan(error);
      normalizing.forEach((f, i) => expect(Math.abs(f - expected.normalizing[i]!)).toBeLessThan(10 * error));
      if (precision === 'single') expect(cost).toBe(NaN);
      else expect(Math.abs(cost / expected.cost - 1)).toBeLessThan(error);
    }
  });

  it.each(['single', 'mixed'] as const)('leaves out what is negligible, and no more: %s', (precision) => {
    const expected = settled.columnSums;
    const rounding = apart(found(precision).columnSums, expected);
    const errors = [1 / 64, 1e-3].map((negligible) => {
      const error = apart(found(precision, 1, { negligible }).columnSums, expected);
      expect(error).toBeLessThan(below(negligible) + 2 * rounding);
      return error;
    });
    // Something was left out.
    expect(errors[0]).toBeGreaterThan(20 * rounding);
  });

  it('leaves nothing out where that may be too much: potentials far from normalizing', () => {
    const [expected, careful] = [settled.columnSums, found('single', 1, { negligible: 1 / 64, off: -7 })];
    expect(apart(careful.columnSums, expected)).toBeLessThan(1e-5);
  });

  it.each([1, 0.6])(
    'over a stored kernel, whose potentials have moved since, in mixed precision: damping %d',
    (damping) => {
      const many = 20;
      // The same distances: the other coordinates are the same for all.
      const wide = ({ points, masses }: Cloud): Cloud => ({
        points: Float64Array.from({ length: masses.length * many }, (_, at) =>
          at % many < d ? points[Math.floor(at / many) * d + (at % many)]! : 0.5,
        ),
        masses,
      });
      const expected = slow(damping, potential);
      const [single, mixed] = withKernels({}, (kernels) => {
        const pass = fusedPasses(kernels, wide(rows), wide(columns), many, damping);
        pass(
          'single',
          settled.normalizing,
          potential.map((g, j) => g + Math.sin(j)),
        );
        return [pass('single', settled.normalizing, potential), pass('mixed', settled.normalizing, potential)] as const;
      });
      for (const found of [single, mixed]) {
        expect(found.lost).toBe(undefined);
        expect(apart(found.columnSums, expected.columnSums)).toBeLessThan(1e-7);
        expect(apart(found.rowSums, expected.rowSums)).toBeLessThan(1e-7);
      }
      expect(single.cost).toBe(NaN);
      expect(Math.abs(mixed.cost / expected.cost - 1)).toBeLessThan(1e-7);
    },
  );

  it('leaves nothing out in double precision', () => {
    expect(found('double', 1, { negligible: 1 / 64 })).toStrictEqual(found('double'));
  });
});
