import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.js';
import { randomStream } from '../../src/core/random.js';
import { logKernelSums, type KernelSumsInput } from '../../src/numerics/kernel-sums.js';

const vec = (...values: number[]): Float64Array => Float64Array.from(values);

/** The slow method: all exponents in a list, the largest taken out, nothing skipped. */
function naive({ dimensions: d, points, centres, logMass, bandwidth }: KernelSumsInput): number[] {
  return Array.from({ length: points.length / d }, (_, i) => {
    const exponents = Array.from(logMass, (mass, j) => {
      let distance = 0;
      for (let k = 0; k < d; k++) distance += ((points[i * d + k]! - centres[j * d + k]!) / bandwidth[k]!) ** 2;
      return mass - distance / 2;
    });
    const largest = Math.max(...exponents);
    return largest === -Infinity
      ? -Infinity
      : largest + Math.log(exponents.reduce((s, e) => s + Math.exp(e - largest), 0));
  });
}

const line = (points: number[], centres: number[], logMass: number[], bandwidth = 1): KernelSumsInput => ({
  dimensions: 1,
  points: vec(...points),
  centres: vec(...centres),
  logMass: vec(...logMass),
  bandwidth: vec(bandwidth),
});

describe('logKernelSums', () => {
  it.each([
    { name: 'on the centre', input: line([2], [2], [0]), expected: [0] },
    { name: 'two bandwidths away', input: line([0], [6], [0], 3), expected: [-2] },
    { name: 'two centres of half mass', input: line([0], [0, 0], [Math.log(0.5), Math.log(0.5)]), expected: [0] },
    { name: 'a centre without mass', input: line([0], [0, 1], [-Infinity, 0]), expected: [-0.5] },
    { name: 'no mass at all', input: line([0, 1], [0, 1], [-Infinity, -Infinity]), expected: [-Infinity, -Infinity] },
    { name: 'no centre', input: line([0], [], []), expected: [-Infinity] },
    { name: 'no point', input: line([], [0], [0]), expected: [] },
    { name: 'so far that the plain sum is zero', input: line([0], [1e6], [0]), expected: [-5e11] },
    {
      name: 'so heavy that the plain sum is infinite',
      input: line([0], [0, 0], [5000, 5000]),
      expected: [5000 + Math.LN2],
    },
    {
      name: 'a thousand centres that are light, and count together',
      input: line([0], new Array<number>(1001).fill(0), [0, ...new Array<number>(1000).fill(-30)]),
      expected: [Math.log1p(1000 * Math.exp(-30))],
    },
    { name: 'beyond the square of the largest double', input: line([0], [1e200], [0]), expected: [-Infinity] },
  ])('by hand: $name', ({ input, expected }) => {
    const found = logKernelSums(input);
    expect(found.length).toBe(expected.length);
    expected.forEach((e, i) => {
      if (Number.isFinite(e)) expect(Math.abs(found[i]! - e)).toBeLessThanOrEqual(2e-13 * Math.max(1, Math.abs(e)));
      else expect(found[i]).toBe(e);
    });
  });

  const coordinate = fc.oneof(fc.double({ min: -5, max: 5, noNaN: true }), fc.constantFrom(0, 60, -900));
  const problem = fc.integer({ min: 1, max: 4 }).chain((dimensions) =>
    fc.record({
      dimensions: fc.constant(dimensions),
      points: fc.array(fc.array(coordinate, { minLength: dimensions, maxLength: dimensions }), { maxLength: 6 }),
      centres: fc.array(
        fc.tuple(
          fc.oneof(fc.double({ min: -60, max: 5, noNaN: true }), fc.constant(-Infinity)),
          fc.array(coordinate, { minLength: dimensions, maxLength: dimensions }),
        ),
        { maxLength: 9 },
      ),
      bandwidth: fc.array(fc.double({ min: 0.05, max: 20, noNaN: true }), {
        minLength: dimensions,
        maxLength: dimensions,
      }),
    }),
  );

  it('agrees with a double loop', () => {
    fc.assert(
      fc.property(problem, ({ dimensions, points, centres, bandwidth }) => {
        const input: KernelSumsInput = {
          dimensions,
          points: vec(...points.flat()),
          centres: vec(...centres.flatMap(([, centre]) => centre)),
          logMass: vec(...centres.map(([mass]) => mass)),
          bandwidth: vec(...bandwidth),
        };
        const [found, expected] = [logKernelSums(input), naive(input)];
        expected.forEach((e, i) => {
          if (e === -Infinity) expect(found[i]).toBe(-Infinity);
          else expect(Math.abs(found[i]! - e)).toBeLessThan(1e-12 * (1 + Math.abs(e)));
        });
      }),
      { seed: 20260101, numRuns: 500 },
    );
  });

  it('agrees to 1e-6 in single precision, and as well where a point is far from everything', () => {
    const random = randomStream('single');
    const cloud = (n: number) => Float64Array.from({ length: 5 * n }, () => random.normal());
    const input: KernelSumsInput = {
      dimensions: 5,
      points: vec(...cloud(300), 40, 40, 40, 40, 40, 1e200, 0, 0, 0, 0),
      centres: cloud(500).map((x) => x + 1_000),
      logMass: new Float64Array(500).map((_, j) => (j === 3 ? -Infinity : Math.log(1 / 499))),
      bandwidth: new Float64Array(5).fill(0.3),
    };
    const near = { ...input, points: input.points.map((x) => x + 1_000) };
    for (const problem of [near, input]) {
      const [single, double] = [logKernelSums({ ...problem, precision: 'single' }), logKernelSums(problem)];
      if (problem === near) expect(single).not.toEqual(double);
      double.forEach((exact, i) => {
        if (Number.isFinite(exact)) expect(Math.abs(single[i]! - exact)).toBeLessThan(2e-6);
        else expect(single[i]).toBe(exact);
      });
    }
  });

  it('gives a point that is its own centre exactly its mass', () => {
    expect([...logKernelSums(line([0.1, 1e7 + 0.3], [0.1], [0], 0.01))][0]).toBe(0);
  });

  const good = { dimensions: 2, points: vec(0, 0), centres: vec(0, 0, 1, 1), logMass: vec(0, 0), bandwidth: vec(1, 1) };
  it.each([
    { fault: 'half a point', edit: { points: vec(0, 0, 1) }, got: '3 x 4 x 2 x 2' },
    { fault: 'a centre without mass entry', edit: { logMass: vec(0) }, got: '2 x 4 x 1 x 2' },
    { fault: 'a missing bandwidth', edit: { bandwidth: vec(1) }, got: '2 x 4 x 2 x 1' },
    { fault: 'no dimension', edit: { dimensions: 0 }, got: '2 x 4 x 2 x 2' },
  ])('names the fault: $fault', ({ edit, got }) => {
    expect(() => logKernelSums({ ...good, ...edit })).toThrow(
      `logKernelSums: shapes do not fit; got ${got}, expected points n d, centres m d, masses m, bandwidths d.`,
    );
  });

  it.each([
    { edit: { points: vec(0, NaN) }, message: 'logKernelSums.points[1]: not a finite number; got NaN.' },
    { edit: { points: vec(Infinity, 0) }, message: 'logKernelSums.points[0]: not a finite number; got Infinity.' },
    { edit: { centres: vec(0, 0, NaN, 1) }, message: 'logKernelSums.centres[2]: not a finite number; got NaN.' },
    { edit: { logMass: vec(0, NaN) }, message: 'logKernelSums.logMass[1]: not the logarithm of a mass; got NaN.' },
    { edit: { logMass: vec(Infinity, 0) }, message: 'logKernelSums.logMass[0]: not the logarithm of a mass; got Inf' },
  ])('names what would pass for a place without mass: $message', ({ edit, message }) => {
    expect(() => logKernelSums({ ...good, ...edit })).toThrow(Failure);
    expect(() => logKernelSums({ ...good, ...edit })).toThrow(message);
  });

  it.each([0, -1, NaN])('refuses the bandwidth %d', (h) => {
    expect(() => logKernelSums({ ...good, bandwidth: vec(1, h) })).toThrow(
      `logKernelSums.bandwidth[1]: not positive; got ${h}.`,
    );
  });
});
