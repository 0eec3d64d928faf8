// Ours beside POT and scikit-learn, one job after the other in one run; a table with ratios.
//   npm run --silent bench -- versus [--size 10000] [--deterministic]
// Needs a python3 with POT and scikit-learn (Debian: python3-pot, python3-sklearn); without one it says so. Raking beside R is in
// weighting.mjs. Points: a mixture of three groups against correlated normal ones, five dimensions, always the same.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomStream } from '../../dist/src/core/random.js';
import { optionsOf } from './point-files.mjs';

const { size, deterministic } = optionsOf({
  size: { type: 'string', default: '10000' },
  deterministic: { type: 'boolean', default: false },
});
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const python = ['/usr/bin/python3', 'python3'].find(
  (name) => spawnSync(name, ['-c', 'import numpy, ot, sklearn'], { stdio: 'ignore' }).status === 0,
);
if (python === undefined) {
  console.log('skipped: no python3 with POT and scikit-learn (Debian: python3-pot, python3-sklearn)');
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), 'versus-'));
const dims = 5;

/** Rows of correlated normal points, around a centre of their group. */
function pointFile(name, rows, groups) {
  const random = randomStream(`versus/${name}`);
  const points = new Float64Array(rows * dims);
  for (let i = 0; i < rows; i++) {
    const shared = random.normal();
    const shift = groups === 1 ? 0 : (i % groups) - 1;
    for (let k = 0; k < dims; k++)
      points[i * dims + k] = shift * (k % 2 ? 0.8 : -0.6) + 0.5 * shared + 0.8 * random.normal();
  }
  const path = join(folder, `${name}.bin`);
  writeFileSync(path, points);
  return path;
}

const n = Number(size);
const files = (rows) => [pointFile(`x${rows}`, rows, 3), pointFile(`y${rows}`, rows, 1)];
const [small, wide] = [files(n), files(10 * n)];
const solve = (ratio, tolerance) => ({
  ours: [
    'transport',
    '--source',
    small[0],
    '--target',
    small[1],
    '--dims',
    '5',
    '--ratio',
    ratio,
    '--tolerance',
    tolerance,
  ],
  theirs: ['sinkhorn', ...small, '5', ratio, tolerance],
});
const jobs = {
  [`transport ${n} x ${n}, r = .05, 1e-5`]: solve('0.05', '1e-5'),
  [`transport ${n} x ${n}, r = .01, 2e-5`]: solve('0.01', '2e-5'),
  [`kernel density ${n} x ${n}`]: {
    ours: ['kde', '--source', small[0], '--target', small[1], '--dims', '5'],
    theirs: ['kde', ...small, '5', '0.3'],
  },
  [`sliced ${10 * n} x ${10 * n}, 100 directions`]: {
    ours: ['sliced', '--source', wide[0], '--target', wide[1], '--dims', '5'],
    theirs: ['sliced', ...wide, '5', '100'],
  },
};
const run = (program, args) =>
  JSON.parse(execFileSync(program, args, { encoding: 'utf8', maxBuffer: 1e8 }).trim().split('\n').at(-1));
const shown = ({ wallSeconds, cpuSeconds, rssMiB }) =>
  `${wallSeconds.toFixed(2).padStart(8)} s ${cpuSeconds.toFixed(2).padStart(8)} CPU-s ${rssMiB.toFixed(0).padStart(6)} MiB`;
try {
  for (const [name, { ours, theirs }] of Object.entries(jobs)) {
    const mine = run(process.execPath, [here('run.mjs'), ...ours, ...(deterministic ? [] : ['--relaxed'])]);
    const rival = run(python, [here('versus.py'), ...theirs]);
    const [a, b] = [mine.value ?? mine.meanLogDensity, rival.value];
    console.log(name);
    console.log(`  ours    ${shown(mine)}   ${a.toFixed(6)}`);
    console.log(`  theirs  ${shown(rival)}   ${b.toFixed(6)}`);
    console.log(
      `  ${(rival.wallSeconds / mine.wallSeconds).toFixed(1)} x faster by the clock, ${(rival.cpuSeconds / mine.cpuSeconds).toFixed(1)} x by processor time`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
