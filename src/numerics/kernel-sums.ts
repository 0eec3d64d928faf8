import { Failure } from '../core/failure.js';
import { withKernels, type Kernels } from './kernels/kernels.js';
import { centred, numbers, panels, rowMajor } from './kernels/layout.js';

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
  /**
   * `single` is twice as fast and good to about 1e-6 in the logarithm, where coordinates span less than a hundred
   * bandwidths; points that are far from all centres are done in double precision all the same. Default `double`.
   */
  readonly precision?: 'single' | 'double';
}

/**
 * For each point x: log Σⱼ exp(logMassⱼ - ½ Σₖ ((xₖ - yⱼₖ)/hₖ)²), in the log domain.
 *
 * The one dense kernel of the project: a Gaussian kernel density estimate is this with masses 1/m, and a half step of
 * entropic transport with cost Σₖ((xₖ - yₖ)/sₖ)² is this with hₖ = sₖ √(ε/2). Time O(n m d), memory O((n + m) d).
 *
 * @param kernels where to compute; by default this thread alone
 * @returns (n); -Infinity where no centre has mass
 * @throws {Failure} `invalid-input` on shapes that do not fit, a bandwidth that is not positive, or points, centres or
 *   masses that are no numbers
 */
export function logKernelSums(input: KernelSumsInput, kernels?: Kernels): Float64Array {
  checkInput(input);
  return kernels === undefined ? withKernels({}, (own) => sums(input, own)) : kernels.scope(() => sums(input, kernels));
}

/** Rows of one part: small enough that threads end together, large enough that taking parts costs nothing. */
const rowsPerPart = 64;
/** A sum in single precision below this may consist of clamped terms only. */
const tiny = 1e-30;

function sums(input: KernelSumsInput, kernels: Kernels): Float64Array {
  const { dimensions: d, points, centres, logMass, bandwidth, precision = 'double' } = input;
  const [n, m] = [points.length / d, logMass.length];
  if (m === 0) return new Float64Array(n).fill(-Infinity);
  // Exponents in bits: mass - |x - y|² with x and y in units of h √(2 ln 2), seen from their middle, so that nothing is lost
  // where all are far from 0.
  const unit = Float64Array.from(bandwidth, (h) => Math.sqrt(Math.LOG2E / 2) / h);
  const [near, far] = centred([centres, points], unit);
  const heaviest = logMass.reduce((most, mass) => Math.max(most, mass), -Infinity);
  const shift = heaviest === -Infinity ? 0 : heaviest;
  const mass = logMass.map((l) => (l - shift) * Math.LOG2E);

  const bits = precision === 'single' ? 32 : 64;
  const rows = rowMajor(kernels, far, d, 4, bits);
  const columns = panels(kernels, near, d, bits === 32 ? 8 : 4, bits);
  const masses = numbers(kernels, columns.length, bits);
  const [top, sum] = [0, 1].map(() => kernels.reserve(8 * rows.length)) as [number, number];
  masses.view.set(mass);
  masses.view.fill(-Infinity, m);
  kernels.run(
    `kernelSums${bits}`,
    Math.ceil(rows.length / rowsPerPart),
    8 * columns.length,
    ...[rows.length, rowsPerPart, columns.length, d, rows.address, columns.address, masses.address],
    ...(bits === 32 ? [sum] : [top, sum]),
  );
  const [tops, plain] = [kernels.float64(top, n), kernels.float64(sum, n)];
  if (bits === 64)
    return Float64Array.from(plain, (s, i) => (s === 0 ? -Infinity : shift + tops[i]! * Math.LN2 + Math.log(s)));
  const out = Float64Array.from(plain, (s) => shift + Math.log(s));
  const lost = Array.from(out.keys()).filter((i) => !(plain[i]! > tiny));
  if (lost.length > 0) {
    const again = Float64Array.from(lost.flatMap((i) => [...points.subarray(i * d, i * d + d)]));
    const exact = kernels.scope(() => sums({ ...input, points: again, precision: 'double' }, kernels));
    lost.forEach((i, at) => (out[i] = exact[at]!));
  }
  return out;
}

function checkInput({ dimensions: d, points, centres, logMass, bandwidth }: KernelSumsInput): void {
  const m = logMass.length;
  if (!Number.isInteger(points.length / d) || centres.length !== m * d || bandwidth.length !== d)
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
}

function check(name: string, numbers: Float64Array, good: (x: number) => boolean, problem: string): void {
  const bad = numbers.findIndex((x) => !good(x));
  if (bad >= 0)
    throw new Failure('invalid-input', { where: `logKernelSums.${name}[${bad}]`, problem, got: numbers[bad] });
}
