import { meanCost } from '../../dist/src/transport/problem.js';
import { measured, optionsOf, readDoubles } from './point-files.mjs';

const text = (value) => ({ type: 'string', ...(value !== undefined && { default: value }) });

/** Options of a solver that reads points from two files. */
export const solverOptions = {
  source: text(),
  target: text(),
  dims: text(),
  ratio: text('0.05'),
  tolerance: text('1e-5'),
  workers: text('2'),
  relaxed: { type: 'boolean', default: false },
  whole: { type: 'boolean', default: false },
};

/** Points of a file, row after row, with equal masses. */
export function cloudOf(path, dimensions) {
  const points = readDoubles(path);
  const size = points.length / dimensions;
  return { points, masses: new Float64Array(size).fill(1 / size) };
}

/**
 * Solves the transport problem between two files, epsilon = ratio x mean cost, and prints the `fields` of the result in one JSON
 * line. Seconds are those of the solve; with --whole those of the process, reading and starting included.
 */
export async function solveFiles(
  solve,
  fields = ['iterations', 'rowError', 'columnError', 'value', 'status'],
  options = optionsOf(solverOptions),
) {
  const dimensions = Number(options.dims);
  const problem = {
    dimensions,
    source: cloudOf(options.source, dimensions),
    target: cloudOf(options.target, dimensions),
    scale: new Float64Array(dimensions).fill(1),
  };
  const { workers, tolerance, relaxed, ratio, whole } = options;
  const how = { tolerance: Number(tolerance), workers: Number(workers), relaxed };
  const { result, wallSeconds, cpuSeconds, rssMiB } = await measured(() =>
    solve(problem, { ...how, epsilon: Number(ratio) * meanCost(problem) }),
  );
  const { user, system } = process.cpuUsage();
  const seconds = whole
    ? { wallSeconds: performance.now() / 1000, cpuSeconds: (user + system) / 1e6 }
    : { wallSeconds, cpuSeconds };
  console.log(
    JSON.stringify({ ...seconds, rssMiB, ...Object.fromEntries(fields.map((field) => [field, result[field]])) }),
  );
}
