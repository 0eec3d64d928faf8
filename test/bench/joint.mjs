// The joint alignment: weights of points with whole coordinates that meet categorical margins and whose transport to a reference is
// exact; prints one JSON line.
//   npm run --silent bench -- joint --source X.bin --target Y.bin --dims D --margins M --ratio R --tolerance T [--workers 2] [--relaxed] [--whole]
// X and Y as in transport.mjs; M.bin holds codes, a byte each, column after column, M.json { n, k, levels, targets }: categories
// of each margin and the shares asked for. rowError is that of the margins, value the objective.
import { jointAlignment } from '../../dist/src/population/align/joint-alignment.js';
import { marginsOf } from './margin-files.mjs';
import { optionsOf } from './point-files.mjs';
import { solverOptions, solveFiles } from './solve-files.mjs';

const options = optionsOf({ ...solverOptions, margins: { type: 'string' } });

const solve = ({ source, target, scale }, how) => {
  const weighting = { records: source.masses.length, base: source.masses, margins: marginsOf(options.margins) };
  const {
    marginError: rowError,
    referenceError: columnError,
    ...result
  } = jointAlignment({ weighting, points: source.points, reference: target, scale }, how);
  return { ...result, rowError, columnError };
};
await solveFiles(solve, ['iterations', 'rowError', 'columnError', 'value', 'status', 'effectiveSampleSize'], options);
