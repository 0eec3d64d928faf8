import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.js';
import { randomStream } from '../../src/core/random.js';
import { normalized, sum } from '../../src/numerics/statistics.js';
import { loadSlackSolver } from '../../src/survey/feasibility.js';
import { exactTransport, type ExactTransport } from '../../src/transport/exact.js';
import { meanCost, type TransportProblem } from '../../src/transport/problem.js';
import { sinkhorn } from '../../src/transport/sinkhorn.js';

const vec = (...values: number[]): Float64Array => Float64Array.from(values);
const onLine = (x: number[], a: number[], y: number[], b: number[]): TransportProblem => ({
  dimensions: 1,
  source: { points: vec(...x), masses: vec(...a) },
  target: { points: vec(...y), masses: vec(...b) },
  scale: vec(1),
});

/** What kind of clouds: `ties` puts points on a small lattice, so that many coincide and many plans are best. */
interface Kind {
  readonly n: number;
  readonly m: number;
  readonly d: number;
  readonly masses: 'equal' | 'unequal' | 'some zero';
  readonly ties: boolean;
  readonly seed: number;
}
const kinds = (most: number): fc.Arbitrary<Kind> =>
  fc.record({
    n: fc.integer({ min: 1, max: most }),
    m: fc.integer({ min: 1, max: most }),
    d: fc.integer({ min: 1, max: 6 }),
    masses: fc.constantFrom('equal', 'unequal', 'some zero'),
    ties: fc.boolean(),
    seed: fc.integer({ min: 0, max: 1e6 }),
  });

function problemOf({ n, m, d, masses, ties, seed }: Kind): TransportProblem {
  const random = randomStream('exact', seed);
  const mass = (i: number): number => {
    if (masses === 'equal') return 1;
    return masses === 'some zero' && i > 0 && random.uniform() < 0.4 ? 0 : 0.05 + random.uniform();
  };
  const cloud = (size: number, shift: number, spread: number) => ({
    points: Float64Array.from({ length: size * d }, () => {
      const x = shift + spread * random.normal();
      return ties ? Math.round(x) : x;
    }),
    masses: normalized(Float64Array.from({ length: size }, (_, i) => mass(i))),
  });
  return {
    dimensions: d,
    source: cloud(n, 0, 1),
    target: cloud(m, 0.5, 1.3),
    scale: Float64Array.from({ length: d }, (_, k) => 0.5 + k / 2),
  };
}

function costOf({ dimensions: d, source, target, scale }: TransportProblem, i: number, j: number): number {
  return scale.reduce((s, unit, k) => {
    const difference = (source.points[i * d + k]! - target.points[j * d + k]!) / unit;
    return s + difference * difference;
  }, 0);
}
const costsOf = (problem: TransportProblem): number[][] =>
  Array.from(problem.source.masses, (_, i) => Array.from(problem.target.masses, (_, j) => costOf(problem, i, j)));

/** Everything that makes a result a proof of itself. */
function expectProof(problem: TransportProblem, { value, dual, gap, plan, f, g }: ExactTransport): void {
  const { source, target } = problem;
  const costs = costsOf(problem);
  const largest = Math.max(...costs.flat());
  const rounding = 1e-12 * largest + 1e-300;
  const [sent, arrived] = [new Float64Array(source.masses.length), new Float64Array(target.masses.length)];
  let paid = 0;
  plan.masses.forEach((mass, k) => {
    const [i, j] = [plan.source[k]!, plan.target[k]!];
    expect(mass).toBeGreaterThan(0);
    sent[i]! += mass;
    arrived[j]! += mass;
    paid += mass * costs[i]![j]!;
    // Complementary slackness: mass moves only where the prices are met.
    expect(Math.abs(f[i]! + g[j]! - costs[i]![j]!)).toBeLessThanOrEqual(rounding);
  });
  source.masses.forEach((a, i) => expect(Math.abs(sent[i]! - a)).toBeLessThan(1e-14));
  target.masses.forEach((b, j) => expect(Math.abs(arrived[j]! - b)).toBeLessThan(1e-14));
  const beyond = Math.max(...costs.map((row, i) => Math.max(...row.map((c, j) => f[i]! + g[j]! - c))));
  expect(beyond).toBeLessThanOrEqual(1e-15 * largest);
  const order = Array.from(plan.source, (i, k) => i * target.masses.length + plan.target[k]!);
  expect(order).toEqual([...new Set(order)].sort((x, y) => x - y));
  expect(order.length).toBeLessThan(source.masses.length + target.masses.length);
  expect(Math.abs(value - paid)).toBeLessThanOrEqual(rounding);
  const priced = (masses: Float64Array, potential: Float64Array): number =>
    masses.reduce((s, mass, i) => s + mass * potential[i]!, 0);
  expect(Math.abs(dual - priced(source.masses, f) - priced(target.masses, g))).toBeLessThanOrEqual(rounding);
  expect(gap).toBe(value - dual);
  expect(Math.abs(gap)).toBeLessThanOrEqual(rounding);
  expect(Math.abs(priced(source.masses, f))).toBeLessThanOrEqual(rounding);
}

describe('exactTransport: hand problems', () => {
  it.each([
    { name: 'one point to one', problem: onLine([3], [1], [1], [1]), value: 4, plan: [[0, 0, 1]] },
    {
      name: 'both to the middle',
      problem: onLine([0, 2], [0.5, 0.5], [1], [1]),
      value: 1,
      plan: [
        [0, 0, 0.5],
        [1, 0, 0.5],
      ],
    },
    {
      name: 'nobody crosses another on a line',
      problem: onLine([1, 0], [0.5, 0.5], [2, 3], [0.5, 0.5]),
      value: 4,
      plan: [
        [0, 1, 0.5],
        [1, 0, 0.5],
      ],
    },
    {
      // By quantiles: 1/4 from 0 to 0, 1/4 from 0 to 1, 1/4 from 4 to 1, 1/4 from 4 to 5.
      name: 'a point is shared out',
      problem: onLine([0, 4], [0.5, 0.5], [0, 1, 5], [0.25, 0.5, 0.25]),
      value: (0 + 1 + 9 + 1) / 4,
      plan: [
        [0, 0, 0.25],
        [0, 1, 0.25],
        [1, 1, 0.25],
        [1, 2, 0.25],
      ],
    },
    {
      name: 'a point without mass sends and gets nothing',
      problem: onLine([0, 7, 2], [0.5, 0, 0.5], [7, 0, 3], [0, 0.5, 0.5]),
      value: 0.5,
      plan: [
        [0, 1, 0.5],
        [2, 2, 0.5],
      ],
    },
  ])('$name', ({ problem, value, plan }) => {
    const found = exactTransport(problem);
    expect(found.value).toBeCloseTo(value, 14);
    expect(Array.from(found.plan.masses, (mass, k) => [found.plan.source[k], found.plan.target[k], mass])).toEqual(
      plan,
    );
    expectProof(problem, found);
  });

  it('counts in units of the scale', () => {
    const problem = { ...onLine([0], [1], [6], [1]), scale: vec(3) };
    expect(exactTransport(problem).value).toBe(4);
  });

  it('gives points without mass the largest potentials that the bounds leave', () => {
    const { f, g } = exactTransport(onLine([0, 5], [1, 0], [1, 9], [1, 0]));
    // f₀ = 0, so that g = C₀ⱼ unless the source at 5 forbids it: f₁ = C₁₀ - g₀ = 16 - 1, and g₁ ≤ C₁₁ - f₁ = 16 - 15.
    expect([...f]).toEqual([0, 15]);
    expect([...g]).toEqual([1, 1]);
  });
});

describe('exactTransport against other ways to the same', () => {
  const quantiles = ({ points, masses }: TransportProblem['source']): { x: number; mass: number }[] =>
    Array.from(points, (x, i) => ({ x, mass: masses[i]! })).sort((p, q) => p.x - q.x);

  it('is the distance of the quantiles on a line', () => {
    fc.assert(
      fc.property(kinds(60), (kind) => {
        const problem = problemOf({ ...kind, d: 1 });
        const [from, to] = [quantiles(problem.source), quantiles(problem.target)];
        let [value, i, j] = [0, 0, 0];
        while (i < from.length && j < to.length) {
          const mass = Math.min(from[i]!.mass, to[j]!.mass);
          const step = (from[i]!.x - to[j]!.x) / problem.scale[0]!;
          value += mass * step * step;
          from[i]!.mass -= mass;
          to[j]!.mass -= mass;
          if (from[i]!.mass === 0) i++;
          else j++;
        }
        expect(Math.abs(exactTransport(problem).value - value)).toBeLessThan(1e-12 * (1 + value));
      }),
      { seed: 20260101, numRuns: 200 },
    );
  });

  it('is the best of all assignments of equal masses', () => {
    const best = (costs: number[][], taken: readonly number[]): number =>
      taken.length === costs.length
        ? 0
        : Math.min(
            ...costs.flatMap((_, j) =>
              taken.includes(j) ? [] : [costs[taken.length]![j]! + best(costs, [...taken, j])],
            ),
          );
    fc.assert(
      fc.property(kinds(6), (kind) => {
        const problem = problemOf({ ...kind, m: kind.n, masses: 'equal' });
        const { value, plan } = exactTransport(problem);
        expect(value).toBeCloseTo(best(costsOf(problem), []) / kind.n, 12);
        expect([...plan.masses]).toEqual(new Array(kind.n).fill(1 / kind.n));
      }),
      { seed: 20260101, numRuns: 100 },
    );
  });

  // Missing mass at more than any difference of potentials: then none is missing, and the program is that of transport.
  it('is the least cost that HiGHS finds', async () => {
    const solve = await loadSlackSolver();
    fc.assert(
      fc.property(kinds(14), (kind) => {
        const problem = problemOf(kind);
        const { n, m } = kind;
        const costs = costsOf(problem);
        const cost = Float64Array.from(costs.flat());
        const pairs = n * m;
        const { cost: least } = solve({
          features: {
            rows: pairs,
            columns: n + m,
            offsets: Uint32Array.from({ length: pairs + 1 }, (_, p) => 2 * p),
            index: Uint32Array.from({ length: 2 * pairs }, (_, e) =>
              e % 2 === 0 ? Math.floor(e / 2 / m) : n + ((e >> 1) % m),
            ),
            value: new Float64Array(2 * pairs).fill(1),
          },
          targets: vec(...problem.source.masses, ...problem.target.masses),
          slackCost: new Float64Array(n + m).fill(1 + 4 * Math.max(...cost)),
          cost,
          lower: new Float64Array(pairs),
          upper: new Float64Array(pairs).fill(1),
        });
        expect(Math.abs(exactTransport(problem).value - least)).toBeLessThan(1e-9 * (1 + least));
      }),
      { seed: 20260101, numRuns: 120 },
    );
  });

  it('is what entropic transport comes down to as epsilon falls', () => {
    for (const seed of [1, 2, 3, 4]) {
      const problem = problemOf({ n: 20, m: 15, d: seed, masses: 'unequal', ties: seed === 4, seed });
      const { value } = exactTransport(problem);
      const above = [1, 0.1, 0.01, 0.001].map((ratio) => {
        const options = { epsilon: ratio * meanCost(problem), tolerance: 1e-10, maxIterations: 50_000 };
        const solution = sinkhorn(problem, options);
        expect(solution.status).toBe('converged');
        // Less its entropy, the entropic problem costs more than the best plan, by no more than epsilon times the largest entropy.
        expect(solution.dual).toBeGreaterThan(value - 1e-8);
        expect(solution.dual - value).toBeLessThan(options.epsilon * Math.log(20 * 15));
        return solution.value - value;
      });
      expect(above.at(-1)).toBeGreaterThan(-1e-8);
      expect(above.at(-1)).toBeLessThan(2e-3 * meanCost(problem));
      for (let k = 1; k < above.length; k++) expect(above[k]).toBeLessThan(above[k - 1]!);
    }
  });
});

describe('exactTransport: what must hold', () => {
  it('proves itself', () => {
    fc.assert(
      fc.property(kinds(24), (kind) => {
        const problem = problemOf(kind);
        expectProof(problem, exactTransport(problem));
      }),
      { seed: 20260101, numRuns: 400 },
    );
  });

  it.each<Kind>([
    { n: 300, m: 260, d: 5, masses: 'unequal', ties: false, seed: 1 },
    { n: 300, m: 300, d: 2, masses: 'equal', ties: true, seed: 2 },
    { n: 1, m: 400, d: 3, masses: 'some zero', ties: false, seed: 3 },
  ])('also with $n to $m points in $d dimensions', (kind) => {
    const problem = problemOf(kind);
    expectProof(problem, exactTransport(problem));
  });

  it('is the same value the other way round, and the same plan after a translation', () => {
    const problem = problemOf({ n: 30, m: 20, d: 3, masses: 'unequal', ties: false, seed: 5 });
    const { value, plan } = exactTransport(problem);
    expect(exactTransport({ ...problem, source: problem.target, target: problem.source }).value).toBeCloseTo(value, 12);
    const moved = (cloud: TransportProblem['source']) => ({ ...cloud, points: cloud.points.map((x) => x + 64) });
    const translated = exactTransport({ ...problem, source: moved(problem.source), target: moved(problem.target) });
    expect(translated.plan).toEqual(plan);
  });

  it('moves nothing between equal clouds, and everything at no cost where all points are one', () => {
    const { source, ...rest } = problemOf({ n: 12, m: 1, d: 2, masses: 'unequal', ties: false, seed: 6 });
    const { value, plan } = exactTransport({ ...rest, source, target: source });
    expect(value).toBe(0);
    expect([...plan.source]).toEqual([...plan.target]);
    const nowhere = onLine([2, 2, 2], [0.5, 0.25, 0.25], [2, 2], [0.3, 0.7]);
    const still = exactTransport(nowhere);
    expect([still.value, still.gap, ...still.f, ...still.g]).toEqual(new Array(7).fill(0));
    expectProof(nowhere, still);
  });
});

describe('exactTransport: hostile input', () => {
  it('divides masses by their sum, which may be off by a little', () => {
    const { plan } = exactTransport(onLine([0, 1], [0.5, 0.5 + 8e-10], [0, 1], [0.5 + 8e-10, 0.5]));
    const more = (0.5 + 8e-10) / (1 + 8e-10);
    expect(sum(plan.masses)).toBe(1);
    const found = Array.from(plan.masses, (mass, k) => [plan.source[k], plan.target[k], mass]);
    expect(found.map(([i, j]) => [i, j])).toEqual([
      [0, 0],
      [1, 0],
      [1, 1],
    ]);
    [1 - more, 2 * more - 1, 1 - more].forEach((mass, k) => expect(plan.masses[k]).toBeCloseTo(mass, 15));
  });

  it('moves masses of very different size, and none below 2^-53', () => {
    const far = onLine(
      [0, 1, 2, 500],
      [0.5, 0.5 - 1e-12 - 1e-30, 1e-12, 1e-30],
      [-1, 0, 3, 900],
      [0.3, 0.3, 0.4 - 1e-14, 1e-14],
    );
    const found = exactTransport(far);
    expect([...found.plan.source]).not.toContain(3);
    expectProof(far, found);
  });

  const good = onLine([0, 1], [0.5, 0.5], [0, 1], [0.5, 0.5]);
  const many = { points: new Float64Array(8_193), masses: new Float64Array(8_193).fill(1 / 8_193) };
  it.each<{ fault: string; edit: Partial<TransportProblem>; message: string }>([
    {
      fault: 'nobody',
      edit: { source: { points: vec(), masses: vec() } },
      message: 'transport.source: masses do not sum to one; got 0, expected 1 (±1e-9).',
    },
    {
      fault: 'unnormalised masses',
      edit: { target: { points: vec(0, 1), masses: vec(1, 1) } },
      message: 'transport.target: masses do not sum to one; got 2, expected 1 (±1e-9).',
    },
    {
      fault: 'a negative mass',
      edit: { source: { points: vec(0, 1), masses: vec(1.5, -0.5) } },
      message: 'transport.source[1]: not a mass; got -0.5, expected a finite number ≥ 0.',
    },
    {
      fault: 'a point that is none',
      edit: { target: { points: vec(0, NaN), masses: vec(0.5, 0.5) } },
      message: 'transport.target[1]: not a point; got NaN, expected 1 finite coordinate.',
    },
    {
      fault: 'no scale',
      edit: { scale: vec(0) },
      message: 'transport.scale[0]: not a unit; got 0, expected a finite number > 0.',
    },
    {
      fault: 'a cost beyond the numbers',
      edit: { source: { points: vec(0, 1e200), masses: vec(0.5, 0.5) } },
      message: 'exactTransport: a cost is too large; got Infinity, expected at most 1e+300. Raise the scale.',
    },
    {
      fault: 'too many pairs',
      edit: { source: many, target: many },
      message: 'exactTransport: too many pairs of points; got 67125249, expected at most 67108864. Take sinkhorn.',
    },
  ])('names the fault: $fault', ({ edit, message }) => {
    const act = () => exactTransport({ ...good, ...edit });
    expect(act).toThrow(Failure);
    expect(act).toThrow(message);
  });
});
