import type { RandomStream } from '../core/random.js';
import { withKernels, type KernelOptions, type Kernels } from '../numerics/kernels/kernels.js';
import { positiveTotal } from '../numerics/statistics.js';
import { checkPoints } from './check-points.js';

/** Points with weights of any scale, row-major (n x d); without weights all count alike. Single precision halves the memory. */
export interface Sample {
  readonly points: Float64Array | Float32Array;
  /** (n) */
  readonly weights?: Float64Array;
}

/** How to look along random directions. */
export interface SlicedOptions extends KernelOptions {
  /** Random directions. Default 100. */
  readonly projections?: number;
}

/** A mean over random directions, with the standard error that more directions would remove. */
export interface Estimate {
  readonly value: number;
  readonly standardError: number;
}

/** Sliced Wasserstein distances, in units of the scores. */
export interface SlicedWasserstein {
  /** Mean over directions of the Wasserstein-1 distance of the projections. */
  readonly order1: Estimate;
  /** Root of the mean over directions of the squared Wasserstein-2 distance. */
  readonly order2: Estimate;
}

/**
 * Sliced Wasserstein distances. Projections are sorted in single precision (relative to the spread of the points 1e-7),
 * sums are in double. Two samples of one size and equal weights take half the time.
 *
 * Time O(projections (n + m)), memory 4 bytes a coordinate, and 12 bytes a point and thread (24 with weights).
 *
 * @param random draws the directions
 * @throws {Failure} `invalid-input` on a sample without weight, or points or weights that do not fit or are not finite
 * @see Bonneel et al. (2015) J. Math. Imaging and Vision 51; Rabin et al. (2012)
 */
export function slicedWasserstein(
  a: Sample,
  b: Sample,
  d: number,
  random: RandomStream,
  { projections = 100, ...where }: SlicedOptions = {},
): SlicedWasserstein {
  const { order1, order2 } = alongDirections(a, b, d, randomDirections(projections, d, random), where);
  const squared = estimateOf(order2);
  const value = Math.sqrt(squared.value);
  return {
    order1: estimateOf(order1),
    order2: { value, standardError: value > 0 ? squared.standardError / (2 * value) : 0 },
  };
}

/**
 * Energy distance 2 E|X - Y| - E|X - X'| - E|Y - Y'| with Euclidean norms; 0 for equal distributions only. On the line it is
 * 2∫(F - G)²; in d dimensions it is the mean of that over all directions, divided by the mean of |u·e|: so it is exact on
 * the line, and beyond it carries the error of the directions.
 *
 * @param random, @throws see {@link slicedWasserstein}
 * @see Székely & Rizzo (2013) J. Statistical Planning and Inference 143
 */
export function energyDistance(
  a: Sample,
  b: Sample,
  d: number,
  random: RandomStream,
  { projections = 100, ...where }: SlicedOptions = {},
): Estimate {
  const directions = d === 1 ? axes(1) : randomDirections(projections, d, random);
  const { value, standardError } = estimateOf(alongDirections(a, b, d, directions, { ...where, energy: true }).energy);
  const shadow = meanShadow(d);
  return { value: value / shadow, standardError: standardError / shadow };
}

/**
 * Wasserstein-1 distance of each marginal (d), in units of the scores; their mean is the average marginal Wasserstein distance.
 *
 * @throws see {@link slicedWasserstein}
 */
export const marginalWasserstein = (a: Sample, b: Sample, d: number, where: KernelOptions = {}): Float64Array =>
  alongDirections(a, b, d, axes(d), where).order1;

/** Directions (count x d) drawn uniformly from the unit sphere. */
export function randomDirections(count: number, d: number, random: RandomStream): Float64Array {
  const directions = new Float64Array(count * d);
  for (let at = 0; at < directions.length; at += d) {
    const v = Float64Array.from({ length: d }, () => random.normal());
    const length = Math.sqrt(v.reduce((s, x) => s + x * x, 0));
    directions.set(
      v.map((x) => x / length),
      at,
    );
  }
  return directions;
}

/** The directions of the axes (d x d). */
export const axes = (d: number): Float64Array =>
  Float64Array.from({ length: d * d }, (_, at) => (at % (d + 1) === 0 ? 1 : 0));

/** Mean of |u·e| over unit vectors u: 1, 2/π, 1/2, ... */
export const meanShadow = (d: number): number =>
  d === 1 ? 1 : d === 2 ? 2 / Math.PI : (meanShadow(d - 2) * (d - 2)) / (d - 1);

/** Distances along each direction. */
export interface Along {
  /** Wasserstein-1. */
  readonly order1: Float64Array;
  /** Squared Wasserstein-2. */
  readonly order2: Float64Array;
  /** 2∫(F - G)²; empty unless asked for. */
  readonly energy: Float64Array;
}

/**
 * The distances of the projections on given directions.
 *
 * @param directions (p x d) unit vectors
 * @param options `energy` asks for that distance too
 * @throws see {@link slicedWasserstein}
 */
export function alongDirections(
  a: Sample,
  b: Sample,
  d: number,
  directions: Float64Array,
  { energy = false, ...where }: KernelOptions & { readonly energy?: boolean } = {},
): Along {
  checkSample('sliced.a', a, d);
  checkSample('sliced.b', b, d);
  const count = directions.length / d;
  const frame = frameOf([a.points, b.points], d);
  return withKernels(where, (kernels) => {
    const [x, y] = [columnsOf(kernels, a.points, frame), columnsOf(kernels, b.points, frame)];
    const along = kernels.reserve(4 * directions.length);
    kernels.float32(along, directions.length).set(directions);
    const out = kernels.reserve(24 * count);
    const [n, m] = [a.points.length / d, b.points.length / d];
    const tables = 3 * 8192;
    const alike = n === m && equalWeights(a) && equalWeights(b) && !energy;
    if (alike) kernels.run('slicedEqual', count, tables + 3 * 4 * wholes(n), n, d, x, y, along, out);
    else {
      const [w, v] = [weightsOf(kernels, a, n), weightsOf(kernels, b, m)];
      const sizes = [n, m, d, x, y, w.address, v.address, w.total, v.total];
      kernels.run(
        'slicedWeighted',
        count,
        tables + 3 * 8 * wholes(Math.max(n, m)),
        ...sizes,
        along,
        out,
        energy ? 1 : 0,
      );
    }
    const width = alike ? 2 : 3;
    const found = kernels.float64(out, width * count);
    const column = (k: number, unit: number): Float64Array =>
      Float64Array.from({ length: count }, (_, part) => found[part * width + k]! * unit);
    const { unit } = frame;
    return {
      order1: column(0, unit),
      order2: column(1, unit * unit),
      energy: energy ? column(2, unit) : new Float64Array(0),
    };
  });
}

function checkSample(where: string, { points, weights }: Sample, d: number): void {
  const n = Math.floor(points.length / d);
  checkPoints(where, points, weights ?? new Float64Array(n), d);
  positiveTotal(weights ?? [n], `${where}.weights`);
}

const equalWeights = ({ weights }: Sample): boolean => weights?.every((w) => w === weights[0]) ?? true;

/** Up to whole vectors of four. */
const wholes = (n: number): number => Math.ceil(n / 4) * 4;

/** Where and in which unit points are looked at, so that single precision is spent on how they differ. */
interface Frame {
  readonly middle: Float64Array;
  readonly unit: number;
}

/** Points that are looked at for the middle. */
const looks = 101;

/** Medians of some points of the first cloud, which no outlier moves, and the largest coordinate of all. */
function frameOf(clouds: readonly [Sample['points'], Sample['points']], d: number): Frame {
  let unit = 0;
  for (const points of clouds) for (let at = 0; at < points.length; at++) unit = Math.max(unit, Math.abs(points[at]!));
  const [first] = clouds;
  const n = first.length / d;
  const some = Math.min(n, looks);
  const middle = Float64Array.from({ length: d }, (_, k) => {
    const values = Float64Array.from({ length: some }, (__, i) => first[Math.floor((i * n) / some) * d + k]!);
    return values.sort()[some >> 1]!;
  });
  return { middle, unit: unit > 1e-300 ? unit : 1 };
}

/** Points column after column in single precision, each column padded with zeros to whole vectors. */
function columnsOf(kernels: Kernels, points: Sample['points'], { middle, unit }: Frame): number {
  const d = middle.length;
  const n = points.length / d;
  const length = wholes(n);
  const address = kernels.reserve(4 * length * d);
  for (let k = 0; k < d; k++) {
    const column = kernels.float32(address + 4 * length * k, length);
    const centre = middle[k]!;
    for (let i = 0, at = k; i < n; i++, at += d) column[i] = points[at]! / unit - centre / unit;
    column.fill(0, n);
  }
  return address;
}

/** Weights in single precision, the largest 1, and their sum. */
function weightsOf(kernels: Kernels, { weights }: Sample, n: number): { address: number; total: number } {
  const address = kernels.reserve(4 * n);
  const view = kernels.float32(address, n);
  if (!weights) return (view.fill(1), { address, total: n });
  const largest = weights.reduce((most, w) => Math.max(most, w), 0);
  let total = 0;
  for (let i = 0; i < n; i++) total += view[i] = Math.fround(weights[i]! / largest);
  return { address, total };
}

/** Mean with its standard error; one value has none. */
function estimateOf(values: Float64Array): Estimate {
  const n = values.length;
  const value = values.reduce((s, x) => s + x / n, 0);
  const squares = values.reduce((s, x) => s + (x - value) * (x - value), 0);
  return { value, standardError: n > 1 ? Math.sqrt(squares / (n - 1) / n) : 0 };
}
