import { Failure } from '../core/failure.js';

/** The inputs of {@link logKernelSums}: plain typed arrays, so that they can cross into a worker. */
export interface KernelSumsInput {
  readonly dimensions: number;
  /** (n x d) row-major: where the sums are wanted. */
  readonly points: Float64Array;
  /** (m x d) row-major. */
  readonly centres: Float64Array;
  /** (m) log mass of each centre; -Infinity leaves a centre out. */
  readonly logMass: Float64Array;
  /** (d) one bandwidth for each dimension, > 0. */
  readonly bandwidth: Float64Array;
}

/**
 * For each point x: log Σⱼ exp(logMassⱼ - ½ Σₖ ((xₖ - yⱼₖ)/hₖ)²), in the log domain with the maximum taken out.
 *
 * The one dense kernel of the project: a Gaussian kernel density estimate is this with masses 1/m, and a half step of
 * entropic transport with cost Σₖ((xₖ - yₖ)/sₖ)² is this with hₖ = sₖ √(ε/2). Time O(n m d), memory O(n + m).
 *
 * @returns (n); -Infinity where no centre has mass
 * @throws {Failure} `invalid-input` on shapes that do not fit, a bandwidth that is not positive, or points, centres or
 *   masses that are no numbers
 */
export function logKernelSums({ dimensions, points, centres, logMass, bandwidth }: KernelSumsInput): Float64Array {
  const d = dimensions;
  const n = points.length / d;
  const m = logMass.length;
  if (!Number.isInteger(n) || centres.length !== m * d || bandwidth.length !== d)
    throw new Failure('invalid-input', {
      where: 'logKernelSums',
      problem: 'shapes do not fit',
      got: [points.length, centres.length, m, bandwidth.length].join(' x '),
      expected: 'points n d, centres m d, masses m, bandwidths d',
    });
  check('bandwidth', bandwidth, (h) => h > 0, 'not positive');
  // A NaN would leave the maximum at -Infinity and pass for "no centre has mass".
  check('points', points, Number.isFinite, 'not a finite number');
  check('centres', centres, Number.isFinite, 'not a finite number');
  check('logMass', logMass, (mass) => mass < Infinity, 'not the logarithm of a mass');

  // Scaled once, so that the inner loop is a plain squared distance; columns apart, so that it streams.
  const scale = Float64Array.from(bandwidth, (h) => Math.SQRT1_2 / h);
  const y = Array.from({ length: d }, (_, k) =>
    Float64Array.from({ length: m }, (_, j) => centres[j * d + k]! * scale[k]!),
  );
  const exponent = new Float64Array(m);
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    exponent.set(logMass);
    for (let k = 0; k < d; k++) {
      const x = points[i * d + k]! * scale[k]!;
      const column = y[k]!;
      for (let j = 0; j < m; j++) {
        const difference = x - column[j]!;
        exponent[j]! -= difference * difference;
      }
    }
    let largest = -Infinity;
    for (let j = 0; j < m; j++) if (exponent[j]! > largest) largest = exponent[j]!;
    let total = 0;
    // exp(-40) = 4e-18 is below the rounding of a sum that holds a 1.
    for (let j = 0; j < m; j++) {
      const below = exponent[j]! - largest;
      if (below > -40) total += Math.exp(below);
    }
    out[i] = largest + Math.log(total);
  }
  return out;
}

function check(name: string, numbers: Float64Array, good: (x: number) => boolean, problem: string): void {
  const bad = numbers.findIndex((x) => !good(x));
  if (bad >= 0)
    throw new Failure('invalid-input', { where: `logKernelSums.${name}[${bad}]`, problem, got: numbers[bad] });
}
