import type { Kernels } from '../numerics/kernels/kernels.js';
import { normalized } from '../numerics/statistics.js';
import { iterate, softMinimum, type Level, type Side } from './iterate.js';

/** Points of each side that stand for all while potentials are still far off: these, or a share of very many. */
const standIns = 2_048;
const share = 10;
/** ε falls by this factor from one level to the next. */
const step = 4;
/** The ladder begins at most so far above. */
const mostFactor = 1 << 30;
/**
 * Rough potentials are enough where stand-ins make them rough anyway. Where a problem is small enough to have none, each level
 * is finished: with a small ε the error can stand still at what looks rough, and only the larger ε is quick to leave there.
 */
const roughly = { tolerance: 0.02, maxIterations: 100, exact: false };
/** The last level is worth a little more: what is saved later are iterations over all pairs. */
const nearly = { ...roughly, tolerance: 2e-3 };
const finished = { ...roughly, tolerance: 1e-5 };

/** Potentials to begin with, in bits: of the columns, and of the rows that belong to them. */
export interface WarmStart {
  readonly columns: Float64Array;
  readonly rows?: Float64Array;
}

/**
 * Begins with some of the points and a large ε, and lowers it; then extends the potentials to all points. Saves the first,
 * wild iterations over all pairs.
 *
 * @param meanCost the ε to begin with
 */
export function warmStart(kernels: Kernels, level: Level, meanCost: number): WarmStart {
  const { rows, columns, dimensions: d } = level;
  const few: Level = { ...level, rows: evenly(rows, d), columns: evenly(columns, d) };
  const all = few.rows === rows && few.columns === columns;
  let potential = new Float64Array(few.columns.masses.length);
  const ladder: number[] = [];
  for (let epsilon = Math.min(meanCost, level.epsilon * mostFactor); epsilon > level.epsilon * 1.5; epsilon /= step)
    ladder.push(epsilon);
  if (ladder.length === 0 && all) return { columns: potential };
  if (!all) ladder.push(level.epsilon);

  let own: Float64Array | undefined;
  ladder.forEach((epsilon, at) => {
    const found = kernels.scope(() =>
      iterate(
        kernels,
        dampedAt(few, level.epsilon, epsilon),
        all ? finished : at === ladder.length - 1 ? nearly : roughly,
        potential,
      ),
    );
    // Potentials are costs: in bits they grow as ε falls.
    const factor = epsilon / (ladder[at + 1] ?? level.epsilon);
    potential = found.columnPotential.map((g) => g * factor);
    own = found.rowPotential.map((f) => f * factor);
  });
  if (all) return { columns: potential };
  const extended = softMinimum(kernels, few, 'columns', own!, 'single', columns.points).map((g) => columns.damping * g);
  return { columns: extended, rows: softMinimum(kernels, few, 'rows', potential, 'single', rows.points) };
}

/** The level at another ε, with the same ρ. */
function dampedAt(level: Level, before: number, epsilon: number): Level {
  const damped = (side: Side): Side => {
    if (side.damping === 1 || side.damping === 0) return side;
    const rho = (before * side.damping) / (1 - side.damping);
    return { ...side, damping: rho / (rho + epsilon) };
  };
  return { ...level, epsilon, rows: damped(level.rows), columns: damped(level.columns) };
}

/** Points at even steps through the list; in a spatial order they are a fair sample. */
function evenly(side: Side, d: number): Side {
  const n = side.masses.length;
  if (n <= standIns) return side;
  const size = Math.max(standIns, Math.floor(n / share));
  const chosen = Int32Array.from({ length: size }, (_, k) => Math.floor(((k + 0.5) * n) / size));
  const points = new Float64Array(size * d);
  chosen.forEach((i, k) => points.set(side.points.subarray(i * d, i * d + d), k * d));
  return { ...side, points, masses: normalized(Float64Array.from(chosen, (i) => side.masses[i]!)) };
}
