// Gaussian kernel density of the target's points at the source's; prints one JSON line.
//   npm run --silent bench -- kde --source X.bin --target Y.bin --dims D [--bandwidth 0.3] [--workers 2] [--relaxed] [--double]
// In single precision unless --double is said. Files are raw little-endian doubles, row after row.
import { logKernelSums } from '../../dist/src/numerics/kernel-sums.js';
import { openKernels } from '../../dist/src/numerics/kernels/kernels.js';
import { measured, optionsOf, readDoubles } from './point-files.mjs';

const text = (value) => ({ type: 'string', ...(value !== undefined && { default: value }) });
const { source, target, dims, bandwidth, workers, relaxed, double } = optionsOf({
  source: text(),
  target: text(),
  dims: text(),
  bandwidth: text('0.3'),
  workers: text('2'),
  relaxed: { type: 'boolean', default: false },
  double: { type: 'boolean', default: false },
});
const dimensions = Number(dims);
const [points, centres] = [readDoubles(source), readDoubles(target)];
const size = centres.length / dimensions;
const width = Number(bandwidth);
const { result, ...seconds } = await measured(async () => {
  const kernels = openKernels({ workers: Number(workers), relaxed });
  const input = {
    dimensions,
    points,
    centres,
    logMass: new Float64Array(size).fill(-Math.log(size)),
    bandwidth: new Float64Array(dimensions).fill(width),
    precision: double ? 'double' : 'single',
  };
  const sums = logKernelSums(input, kernels);
  await kernels.close();
  return sums;
});
const volume = (dimensions / 2) * Math.log(2 * Math.PI * width * width);
const meanLogDensity = result.reduce((s, x) => s + x, 0) / result.length - volume;
console.log(JSON.stringify({ ...seconds, meanLogDensity }));
