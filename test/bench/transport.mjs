// Entropic transport between two files of points; prints one JSON line.
//   npm run --silent bench -- transport --source X.bin --target Y.bin --dims D --ratio R --tolerance T [--workers 2] [--relaxed] [--whole]
// Files are raw little-endian doubles, row after row; masses are equal; epsilon = ratio x mean cost. Seconds are those of the
// solve; with --whole those of the process, reading and starting included.
import { meanCost } from '../../dist/src/transport/problem.js';
import { sinkhorn } from '../../dist/src/transport/sinkhorn.js';
import { measured, optionsOf, readDoubles } from './point-files.mjs';

const text = (value) => ({ type: 'string', ...(value !== undefined && { default: value }) });
const { source, target, dims, ratio, tolerance, workers, relaxed, whole } = optionsOf({
  source: text(),
  target: text(),
  dims: text(),
  ratio: text('0.05'),
  tolerance: text('1e-5'),
  workers: text('2'),
  relaxed: { type: 'boolean', default: false },
  whole: { type: 'boolean', default: false },
});
const dimensions = Number(dims);
const cloud = (path) => {
  const points = readDoubles(path);
  const size = points.length / dimensions;
  return { points, masses: new Float64Array(size).fill(1 / size) };
};
const problem = {
  dimensions,
  source: cloud(source),
  target: cloud(target),
  scale: new Float64Array(dimensions).fill(1),
};
const options = { tolerance: Number(tolerance), workers: Number(workers), relaxed };
const { result, wallSeconds, cpuSeconds, rssMiB } = await measured(() =>
  sinkhorn(problem, { ...options, epsilon: Number(ratio) * meanCost(problem) }),
);
const { user, system } = process.cpuUsage();
const seconds = whole
  ? { wallSeconds: performance.now() / 1000, cpuSeconds: (user + system) / 1e6 }
  : { wallSeconds, cpuSeconds };
const { status, iterations, rowError, columnError, value } = result;
console.log(JSON.stringify({ ...seconds, rssMiB, iterations, rowError, columnError, value, status }));
