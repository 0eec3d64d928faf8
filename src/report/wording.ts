import type { Diagnostics, Interval, TraitMetric, TraitMetricName } from '../population/diagnostics.js';
import { oneLine } from './safe-text.js';
import { overFloor, type VariableRow } from './tables.js';

/** Above this share of imputed values a variable is called set by assumption. */
export const assumptionShare = 0.5;
/** Errors up to this many points are worded as met within; above, as missed by. A choice of words, not a gate. */
const metPoints = 1;

/** What each distance is called, in a column head and in full, and what it sees. In the order of the reports. */
export const metricWords: Readonly<Record<TraitMetricName, { short: string; title: string; sees: string }>> = {
  amw: {
    short: 'AMW',
    title: 'Average marginal Wasserstein',
    sees: 'the mean gap between the five score distributions, in points of the response scale',
  },
  frechet: { short: 'Fréchet', title: 'Fréchet distance', sees: 'means and covariances of the five traits together' },
  slicedWasserstein: {
    short: 'Sliced W.',
    title: 'Sliced Wasserstein',
    sees: 'the gap between distributions along random mixtures of the traits',
  },
  mmd2: {
    short: 'MMD²',
    title: 'Maximum mean discrepancy, squared',
    sees: 'any smooth difference of the joint distribution',
  },
  maxCorrelationError: {
    short: 'Max. corr. error',
    title: 'Largest correlation error',
    sees: 'the largest gap between two correlations of traits',
  },
  maxJointCorrelationError: {
    short: 'Max. joint corr. error',
    title: 'Largest joint correlation error',
    sees: 'the largest gap between two correlations among traits, sex and age: who has which traits',
  },
};

/** What each step of alignment is called. */
export const stepWords: Readonly<Record<Diagnostics['steps'][number]['step'], string>> = {
  kept: 'Kept personas, equal weights',
  importance: 'Importance weights',
  transport: 'Transport',
  calibration: 'Calibration',
  selection: 'Selected agents',
};

/** Stands where there is no number. */
export const missing = '–';

/** 1234567 -> `1,234,567`. Rounded to a whole number. */
export const count = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');

/** `1 agent`, `2 agents`. */
export const counted = (value: number, noun: string, plural = `${noun}s`): string =>
  `${count(value)} ${value === 1 ? noun : plural}`;

/** Share in [0, 1] as a percentage with one decimal; a share that would round to nothing is `<0.1%`. */
export function percent(share: number): string {
  if (share > 0 && share < 0.0005) return '<0.1%';
  if (share < 1 && share >= 0.9995) return '>99.9%';
  return `${(share * 100).toFixed(1)}%`;
}

/** Percentage points with two decimals, without the word. */
export const points = (value: number): string => value.toFixed(2);

/** A quantity without a natural unit: three significant digits, exponents only below 0.000001. */
export function figure(value: number): string {
  if (value !== 0 && Math.abs(value) < 1e-6) return value.toExponential(1);
  return Math.abs(value) >= 1000 ? count(value) : String(Number(value.toPrecision(3)));
}

/** Two decimals with a real minus sign, so that columns align; what rounds to nothing has no sign. */
export function decimal(value: number): string {
  const shown = Math.abs(value).toFixed(2);
  return value < 0 && shown !== '0.00' ? `−${shown}` : shown;
}

/** `0.51 to 0.64`, each bound in the words of `show`; {@link missing} where there is no interval. */
export const range = (interval: Interval | null, show: (bound: number) => string): string =>
  interval === null ? missing : `${show(interval.lower)} to ${show(interval.upper)}`;

/** An effective size: one decimal below 100, whole above. */
export const effective = (value: number): string => (value < 100 ? value.toFixed(1) : count(value));

/** The same text with a capital first letter. */
export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** `household_income` -> `Household income`. */
export const variableTitle = (variable: string): string => capitalized(oneLine(variable.replaceAll('_', ' ')));

/** Rounded up to one decimal, so that a sentence never claims more than the number; 0.2 stays 0.2. */
const upToTenth = (value: number): string => (Math.ceil(value * 10 - 1e-9) / 10).toFixed(1);

/** `met exactly`, `met within 0.2 points` or `missed by up to 3.4 points`; errors in percentage points, rounded up. */
export function metWithin(errorPoints: number): string {
  if (errorPoints <= 1e-9) return 'met exactly';
  return errorPoints <= metPoints
    ? `met within ${upToTenth(errorPoints)} points`
    : `missed by up to ${upToTenth(errorPoints)} points`;
}

/**
 * How one variable came out: controlled categories were asked for, the others are only looked at. Agreement of values
 * that were drawn from the target is no success, so a variable set by assumption is never worded as met.
 */
export function marginSentence(row: VariableRow): string {
  const { categories, controlledCategories, largestErrorPoints } = row;
  if (controlledCategories === categories.length && !byAssumption(row)) return metWithin(largestErrorPoints);
  const asked =
    controlledCategories === categories.length
      ? ''
      : controlledCategories === 0
        ? 'not asked for; '
        : `${controlledCategories} of ${counted(categories.length, 'category', 'categories')} asked for; `;
  if (byAssumption(row))
    return `${asked}set by assumption, within ${upToTenth(largestErrorPoints)} points of the target`;
  const off = largestErrorPoints <= 1e-9 ? 'agrees exactly' : `off by up to ${upToTenth(largestErrorPoints)} points`;
  return `${asked}${off}`;
}

/** Whether most agents carry a value of the variable that nobody wrote. */
export const byAssumption = ({ imputedShare }: { readonly imputedShare: number }): boolean =>
  imputedShare > assumptionShare;

/** Where the values of a variable come from: `5.0% stated, 2.0% inferred, 93.0% imputed`. */
export const originSentence = ({ statedShare, inferredShare, imputedShare }: VariableRow): string =>
  `${percent(statedShare)} stated, ${percent(inferredShare)} inferred, ${percent(imputedShare)} imputed`;

/** A ratio with two decimals, whole from 10; above 1 rounded up, so that 1.001 never reads as 1.00. */
export function ratio(value: number): string {
  if (value >= 10) return count(Math.ceil(value - 1e-9));
  return (value > 1 ? Math.ceil(value * 100 - 1e-9) / 100 : value).toFixed(2);
}

/** How a distance compares with the distance between two groups of reference people that chance alone leaves. */
export function noiseSentence(value: number, metric: TraitMetric): string {
  const over = overFloor(value, metric);
  if (over === null) return 'no noise floor to compare with';
  return over <= 1
    ? `indistinguishable from sampling noise (${ratio(over)} of its 95th percentile)`
    : `larger than sampling noise (${ratio(over)} times its 95th percentile)`;
}
