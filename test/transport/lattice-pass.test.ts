import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { openKernels, type Kernels } from '../../src/numerics/kernels/kernels.js';
import { normalized } from '../../src/numerics/statistics.js';
import { coarser, gatherCells, orderCells, type LatticeCells } from '../../src/transport/lattice-cells.js';
import {
  absorb,
  absorbedAt,
  latticePasses,
  latticeSide,
  preciseSums,
  type LatticeSide,
} from '../../src/transport/lattice-pass.js';
import { sidesOf } from '../../src/transport/lattice-start.js';

/** Points on a lattice with levels 0 to `levels` - 1 and more, negative ones among them. */
function cloud(n: number, d: number, levels: number, name: string) {
  const random = randomStream('lattice', name, n, d);
  const points = Float64Array.from({ length: n * d }, () => random.below(levels) - 3 + (random.below(5) === 0 ? 4 : 0));
  return { points, masses: normalized(Float64Array.from({ length: n }, () => 0.2 + random.uniform())) };
}
const cellsOf = (n: number, d: number, levels: number, name: string): LatticeCells =>
  gatherCells(cloud(n, d, levels, name), d, 'points').cells;

describe('gatherCells', () => {
  it('adds up the masses of equal points, in lexicographic order', () => {
    const points = Float64Array.of(2, 5, 1, 7, 2, 5, 1, 4);
    const { cells, cellOf } = gatherCells({ points, masses: Float64Array.of(0.1, 0.2, 0.3, 0.4) }, 2, 'points');
    expect([...cellOf]).toEqual([2, 1, 2, 0]);
    expect(cells.sizes).toEqual([1, 1, 1, 2, 4]);
    expect(cells.origins).toEqual([0, 0, 0, 1, 4]);
    expect(cells.levels.map((level) => [...level])).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 1],
      [0, 3, 1],
    ]);
    expect([...cells.masses]).toEqual([0.4, 0.2, 0.4]);
  });

  it('halves the levels, and a cell stands in the middle of what it replaces', () => {
    const points = Float64Array.of(10, 11, 12, 14);
    const { cells } = gatherCells({ points, masses: Float64Array.of(0.1, 0.2, 0.3, 0.4) }, 1, 'points');
    const half = coarser(cells);
    expect([half.sizes[4], half.origins[4], half.step]).toEqual([3, 10.5, 2]);
    expect([...half.levels[4]!]).toEqual([0, 1, 2]);
    [0.3, 0.3, 0.4].forEach((mass, c) => expect(half.masses[c]).toBeCloseTo(mass, 15));
  });

  it('sorts as a comparator does, equal cells in their order', () => {
    const random = randomStream('order');
    const axis = (size: number) => ({ size, levels: Uint8Array.from({ length: 5_000 }, () => random.below(size)) });
    const axes = [axis(200), axis(3), axis(190), axis(1)];
    const expected = Array.from({ length: 5_000 }, (_, i) => i).sort((i, j) => {
      for (const { levels } of axes) if (levels[i] !== levels[j]) return levels[i]! - levels[j]!;
      return i - j;
    });
    expect([...orderCells(axes).order]).toEqual(expected);
  });

  const two = { points: Float64Array.of(0, 1), masses: Float64Array.of(0.5, 0.5) };
  it.each([
    {
      fault: 'a fraction',
      points: Float64Array.of(0, 1.5),
      d: 1,
      message: 'points[1]: not on a lattice; got 1.5, expected whole coordinates.',
    },
    {
      fault: 'a long axis',
      points: Float64Array.of(0, 256),
      d: 1,
      message: 'points: too many levels in dimension 0; got 257, expected at most 256.',
    },
    {
      fault: 'many dimensions',
      points: new Float64Array(12),
      d: 6,
      message: 'points: too many dimensions for a lattice; got 6, expected at most 5.',
    },
    {
      fault: 'a large lattice',
      points: Float64Array.of(0, 0, 0, 0, 255, 255, 255, 255),
      d: 4,
      message: 'points: too many cells in the lattice; got 4294967296, expected at most 1073741824.',
    },
  ])('names the fault: $fault', ({ points, d, message }) => {
    expect(() => gatherCells({ ...two, points }, d, 'points')).toThrow(message);
  });
});

describe('latticePasses', () => {
  const cases = [
    { d: 1, n: 40, m: 3, levels: 30 },
    { d: 2, n: 60, m: 200, levels: 19 },
    { d: 3, n: 400, m: 300, levels: 14 },
    { d: 4, n: 300, m: 500, levels: 8 },
    { d: 5, n: 500, m: 400, levels: 7 },
  ];
  const levelOf = ({ d, n, m, levels }: (typeof cases)[number]) => ({
    epsilon: 9,
    scale: Float64Array.from({ length: d }, (_, k) => 1 + k / 4),
    source: cellsOf(n, d, levels, 'source'),
    target: cellsOf(m, d, levels + 2, 'target'),
  });
  const both = (kernels: Kernels, level: ReturnType<typeof levelOf>): Float64Array[] =>
    kernels.scope(() => {
      const { source, target, passes } = sidesOf(kernels, level);
      const random = randomStream('weights');
      const weights = source.logMasses.map((x) => x + 5 * random.normal());
      return [passes.sums(source, target, weights), passes.sums(target, source, target.logMasses)];
    });

  it.each(cases)('add up what all pairs add up to: $d dimensions', (shape) => {
    const level = levelOf(shape);
    const kernels = openKernels();
    const [there, back] = both(kernels, level);
    const random = randomStream('weights');
    const weights = level.source.masses.map((mass) => Math.log2(mass) + 5 * random.normal());
    const all = ({ masses }: LatticeCells): Int32Array => Int32Array.from(masses.keys());
    const slow = preciseSums(kernels, level, level.target, all(level.target), level.source, weights);
    slow.forEach((x, c) => expect(there![c]).toBeCloseTo(x, 5));
    const logs = level.target.masses.map(Math.log2);
    const slowBack = preciseSums(kernels, level, level.source, all(level.source), level.target, logs);
    slowBack.forEach((x, c) => expect(back![c]).toBeCloseTo(x, 5));
  });

  it.each(cases)('give the bytes of the twin, on one thread and on two: $d dimensions', async (shape) => {
    const level = levelOf(shape);
    const expected = both(openKernels({}, 'twin'), level);
    expect(both(openKernels({}, 'simd'), level)).toStrictEqual(expected);
    const two = openKernels({ workers: 2 });
    for (let time = 0; time < 5; time++) expect(both(two, level)).toStrictEqual(expected);
    await two.close();
  });

  it('times the cost along one axis: all axes together are the mean cost', () => {
    const level = levelOf(cases[2]!);
    const kernels = openKernels();
    const { source, target, passes } = sidesOf(kernels, level);
    const found = new Float64Array(target.logMasses.length);
    for (let axis = 0; axis < 5; axis++)
      passes.sums(source, target, source.logMasses, axis).forEach((x, j) => (found[j]! += Math.exp(Math.LN2 * x)));
    // d/dh of Σ a exp(-(1 + h) C/ε) is -Σ a C/ε exp(-C/ε).
    const at = (h: number): Float64Array =>
      preciseSums(
        kernels,
        { ...level, epsilon: level.epsilon / (1 + h) },
        level.target,
        Int32Array.from(found.keys()),
        level.source,
        source.logMasses,
      ).map((x) => Math.exp(Math.LN2 * x));
    const [low, high] = [at(-1e-4), at(1e-4)];
    found.forEach((x, j) => {
      const slow = (level.epsilon * (low[j]! - high[j]!)) / 2e-4;
      expect(Math.abs(x - slow)).toBeLessThan(1e-5 * slow + 1e-12);
    });
  });

  it('hold sums that single precision cannot', () => {
    const points = Float64Array.of(0, 250, 251);
    const { cells } = gatherCells({ points, masses: Float64Array.of(0.5, 0.25, 0.25) }, 1, 'points');
    const kernels = openKernels();
    const side = latticeSide(kernels, cells);
    const passes = latticePasses(kernels, 90, Float64Array.of(1), [side]);
    // All weight on the first: the last is 2^(-251² log₂ e / 90) away, about 2^-1010.
    const sums = passes.sums(side, side, Float64Array.of(0, -2_000, -2_000));
    expect(sums[2]).toBeCloseTo((-251 * 251 * Math.LOG2E) / 90, 6);
  });

  it.each(['simd', 'twin'] as const)(
    'give the same bytes whatever part of the tensor is held at a time: %s',
    (build) => {
      const level = levelOf(cases[4]!);
      const kernels = openKernels({ workers: 2 }, build);
      const { source, target } = sidesOf(kernels, level);
      const layer = 4 * target.cells.sizes.slice(1, 4).reduce((x, y) => x * y, 1) * 12;
      const sums = [undefined, 1, 2.5 * layer, 4 * layer].map((slab) =>
        kernels.scope(() => {
          const passes = latticePasses(kernels, level.epsilon, level.scale, [source, target], slab);
          return [passes.sums(source, target, source.logMasses), passes.sums(target, source, target.logMasses, 1)];
        }),
      );
      for (const found of sums.slice(1)) expect(found).toStrictEqual(sums[0]);
      void kernels.close();
    },
  );

  it('is not for a layer of the tensor beyond memory', () => {
    const corner = (...top: number[]) => ({
      points: Float64Array.of(0, 0, 0, 0, 0, ...top),
      masses: Float64Array.of(0.5, 0.5),
    });
    const kernels = openKernels();
    const [long, wide] = [corner(0, 255, 0, 0, 0), corner(0, 0, 254, 254, 63)].map((points) =>
      latticeSide(kernels, gatherCells(points, 5, 'points').cells),
    ) as [LatticeSide, LatticeSide];
    expect(() => latticePasses(kernels, 1, new Float64Array(5).fill(1), [long, wide])).toThrow(
      'lattice: too many levels; got 4065 MiB, expected at most 3072 MiB. Round the coordinates or leave out a dimension.',
    );
  });
});

describe('absorb', () => {
  it('takes up a sum over axes whole, and leaves the rest', () => {
    const side = latticeSide(openKernels(), cellsOf(800, 2, 6, 'full'));
    const [, , , x, y] = side.cells.levels as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    const potential = Float64Array.from(x, (l, c) => 3 * l - 2 * y[c]! * y[c]! + 100);
    for (let sweep = 0; sweep < 30; sweep++) absorb(side, potential);
    absorbedAt(side).forEach((found, c) => expect(found).toBeCloseTo(potential[c]!, 8));
  });
});
