import type { SparseRows } from '../numerics/sparse-rows.js';
import type { CalibrationOptions, CalibrationProblem, CalibrationSolution } from './calibrate.js';

/** Records from which on some of them are fitted first, and how many: one in so many. */
const many = 100_000;
const share = 10;
/** Multipliers to begin with need no more. */
const options = { tolerance: 1e-6, maxIterations: 30 };
/** Multipliers beyond it are those of a constraint that hardly any of the few records take part in. */
const largest = 15;

/**
 * Multipliers of every so-manieth record of a large problem, to begin with: they are near those of all, and most Newton steps
 * are then steps over few records.
 *
 * @param solve fits a problem from zero
 * @returns undefined for small problems, and where the few records cannot meet what is asked
 */
export function sampledStart(
  problem: CalibrationProblem,
  solve: (problem: CalibrationProblem, options: CalibrationOptions) => CalibrationSolution,
): Float64Array | undefined {
  const { base, features, lower, upper } = problem;
  if (features.rows < many) return undefined;
  const rows = Int32Array.from({ length: Math.floor(features.rows / share) }, (_, k) => k * share);
  const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (i) => values[i]!);
  const some = pick(base);
  if (!some.some((weight) => weight > 0)) return undefined;
  const { status, multipliers } = solve(
    {
      ...problem,
      base: some,
      features: someRows(features, rows),
      ...(lower && { lower: pick(lower) }),
      ...(upper && { upper: pick(upper) }),
    },
    options,
  );
  return status === 'converged' && multipliers.every((x) => Math.abs(x) <= largest) ? multipliers : undefined;
}

/** Some rows of a sparse matrix. */
function someRows({ columns, offsets, index, value }: SparseRows, rows: Int32Array): SparseRows {
  const starts = new Uint32Array(rows.length + 1);
  rows.forEach((row, k) => (starts[k + 1] = starts[k]! + offsets[row + 1]! - offsets[row]!));
  const entries = { index: new Uint32Array(starts[rows.length]!), value: new Float64Array(starts[rows.length]!) };
  rows.forEach((row, k) => {
    entries.index.set(index.subarray(offsets[row], offsets[row + 1]), starts[k]);
    entries.value.set(value.subarray(offsets[row], offsets[row + 1]), starts[k]);
  });
  return { rows: rows.length, columns, offsets: starts, ...entries };
}
