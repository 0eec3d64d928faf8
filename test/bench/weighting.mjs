// Processor seconds from typed columns in memory to weights, signatures included, for a million records: ten margins beside
// R's survey::rake, twenty beside its calibrate(raking), on the same records in the same run where Rscript with the package
// survey is installed. Nothing is asserted. Run `npm run build && node test/bench/weighting.mjs [records]`.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomStream } from '../../dist/src/core/random.js';
import { weightDiagnostics } from '../../dist/src/survey/diagnostics.js';
import { fitWeights } from '../../dist/src/survey/fit-weights.js';
import { uniqueSignatures } from '../../dist/src/survey/signatures.js';
import { drawnMargins, tenSizes } from './drawn-data.mjs';
import { writeMargins } from './margin-files.mjs';
import { findR, runR } from './rivals.mjs';

const records = Number(process.argv[2] ?? 1_000_000);
const random = randomStream('bench', 'weighting');

console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}`);
const ten = problemOf(tenSizes);
compare(ten, 'rake', [
  ['rake', 1e-6],
  ['rake', 1e-10],
  ['maxent', 1e-10],
]);
// R's rake counts the table of all margins at once, which twenty have too many cells for.
compare(problemOf([...tenSizes, ...tenSizes]), 'calibrate', [
  ['rake', 1e-6],
  ['rake', 1e-10],
]);

/** One line for each of our methods beside one of R, all on the same records. */
function compare(problem, rival, methods) {
  const { margins } = problem;
  const cells = margins.reduce((s, { categories }) => s + categories.length, 0);
  console.log(`${records} records x ${margins.length} margins, ${cells} cells`);
  const own = [
    timed('signatures', () => `${uniqueSignatures(problem).problem.records} signatures`),
    ...methods.map(([method, tolerance]) =>
      timed(`${method}, tolerance ${tolerance}`, () => {
        const { status, iterations, maxMarginError, weights } = fitWeights(problem, { method, tolerance });
        const error = maxMarginError.toExponential(1);
        const effect = weightDiagnostics(weights).designEffect.toFixed(4);
        return `${status}, ${iterations} iterations, error ${error}, design effect ${effect}`;
      }),
    ),
  ];
  const took = secondsInR(problem, rival);
  if (took !== undefined)
    for (const { name, seconds } of own.slice(1))
      console.log(`${name.padEnd(26)} ${(took / seconds).toFixed(0).padStart(8)} x faster than survey::${rival}`);
}

/** Best of three runs: the first also compiles. */
function timed(name, work) {
  let [seconds, note] = [Infinity, ''];
  for (let run = 0; run < 3; run++) {
    const began = process.cpuUsage();
    note = work();
    const { user, system } = process.cpuUsage(began);
    seconds = Math.min(seconds, (user + system) / 1e6);
  }
  console.log(`${name.padEnd(26)} ${seconds.toFixed(3).padStart(8)} s  ${note}`);
  return { name, seconds };
}

function problemOf(sizes) {
  return {
    records,
    base: new Float64Array(records).fill(1),
    margins: drawnMargins(sizes, records, 0.1, random),
  };
}

/** Processor seconds of R's survey on the problem; undefined, with a message, where there is none. */
function secondsInR({ margins }, method) {
  const { survey } = findR();
  if (survey === undefined) {
    console.log(`survey::${method} skipped: no Rscript with the package survey`);
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'weighting-'));
  try {
    const path = join(folder, 'margins');
    writeMargins(path, margins);
    const { failed, cpuSeconds, error, value } = runR([path, method]);
    if (failed !== undefined) {
      console.log(`survey::${method} failed: ${failed}`);
      return undefined;
    }
    console.log(
      `survey::${method} ${survey}`.padEnd(26),
      `${cpuSeconds.toFixed(3).padStart(8)} s  error ${error.toExponential(1)}, design effect ${value.toFixed(4)}`,
    );
    return cpuSeconds;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
