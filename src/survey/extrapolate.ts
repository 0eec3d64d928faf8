import { Failure } from '../core/failure.js';
import { sum } from '../numerics/statistics.js';
import { tQuantile } from '../numerics/student.js';

/** A total with its 95 % interval. */
export interface Extrapolated {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
}

/** Fewest units that a total can be extrapolated from. */
export const fewestForTotal = 5;

/**
 * The total of a quantity over a population, from a simple random sample without replacement and a size that is known of all: the
 * regression estimator, N(mean + slope × (mean size of all − mean size of the sample)), which is that of the ratio where the
 * quantity goes through the origin. Its variance is that of the residuals, each as if its unit had been left out (so that one
 * large unit does not explain itself away). The total is at least what was seen.
 *
 * @param values (n) of the sample
 * @param sizes (n) of the sample
 * @throws {Failure} `invalid-input` with fewer than {@link fewestForTotal} units, or more than the population
 * @see Cochran (1977), Sampling Techniques, chapter 7; MacKinnon & White (1985), Journal of Econometrics 29, 305-325
 */
export function extrapolateTotal(
  values: Float64Array,
  sizes: Float64Array,
  all: { readonly units: number; readonly size: number },
): Extrapolated {
  const n = values.length;
  if (n < fewestForTotal || n > all.units)
    throw new Failure('invalid-input', {
      where: 'extrapolateTotal',
      problem: 'cannot speak for the population',
      got: `${n} units of ${all.units}`,
      expected: `at least ${fewestForTotal}, and at most all`,
    });
  const [value, size] = [sum(values) / n, sum(sizes) / n];
  let [products, squares] = [0, 0];
  for (let i = 0; i < n; i++) {
    products += (values[i]! - value) * (sizes[i]! - size);
    squares += (sizes[i]! - size) * (sizes[i]! - size);
  }
  const slope = squares > 0 ? products / squares : 0;
  let residuals = 0;
  for (let i = 0; i < n; i++) {
    const off = sizes[i]! - size;
    const leverage = 1 / n + (squares > 0 ? (off * off) / squares : 0);
    const residual = (values[i]! - value - slope * off) / Math.max(1 - leverage, 0.05);
    residuals += residual * residual;
  }
  const { units } = all;
  // How far the sample is from the mean size adds what is not known of the slope.
  const off = all.size / units - size;
  const distance = squares > 0 ? (n * off * off) / squares : 0;
  const estimate = units * (value + slope * off);
  const variance = (units * units * (1 - n / units) * (1 + distance) * residuals) / (n * (n - 1));
  const reach = tQuantile(0.975, n - 2) * Math.sqrt(variance);
  const least = sum(values);
  return {
    estimate: Math.max(estimate, least),
    lower: Math.max(estimate - reach, least),
    upper: Math.max(estimate + reach, least),
  };
}
