// Sliced Wasserstein distances between two files of points; prints one JSON line.
//   npm run --silent bench -- sliced --source X.bin --target Y.bin --dims D [--projections 100] [--seed 1] [--workers 2] [--relaxed] [--whole]
// Files are raw little-endian doubles, row after row; masses are equal. `value` is the distance of order 2 (root of the mean
// square over directions), `order1` that of order 1. Seconds are those of the distance; with --whole those of the process,
// reading and starting included.
import { randomStream } from '../../dist/src/core/random.js';
import { slicedWasserstein } from '../../dist/src/transport/sliced.js';
import { measured, optionsOf, readFloats } from './point-files.mjs';

const text = (value) => ({ type: 'string', ...(value !== undefined && { default: value }) });
const { source, target, dims, projections, seed, workers, relaxed, whole } = optionsOf({
  source: text(),
  target: text(),
  dims: text(),
  projections: text('100'),
  seed: text('1'),
  workers: text('2'),
  relaxed: { type: 'boolean', default: false },
  whole: { type: 'boolean', default: false },
});
const [a, b] = [source, target].map((path) => ({ points: readFloats(path) }));
const options = { projections: Number(projections), workers: Number(workers), relaxed };
const { result, wallSeconds, cpuSeconds, rssMiB } = await measured(() =>
  slicedWasserstein(a, b, Number(dims), randomStream(seed), options),
);
const { user, system } = process.cpuUsage();
const seconds = whole
  ? { wallSeconds: performance.now() / 1000, cpuSeconds: (user + system) / 1e6 }
  : { wallSeconds, cpuSeconds };
const { order1, order2 } = result;
console.log(
  JSON.stringify({
    ...seconds,
    rssMiB,
    points: a.points.length / Number(dims),
    projections: options.projections,
    value: order2.value,
    standardError: order2.standardError,
    order1: order1.value,
    order1StandardError: order1.standardError,
  }),
);
