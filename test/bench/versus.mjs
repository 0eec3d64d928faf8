// Ours beside POT, scikit-learn and R's survey, one after the other in one run; ends with a table in Markdown.
//   npm run --silent bench -- versus [--size 10000] [--repeats 1] [--large]
//   npm run --silent bench -- versus --scaling [--size 10000]
// Sizes of the jobs are multiples of --size. --large adds what the others cannot do, and sliced distances of a million points,
// for which POT takes 17 GB. --scaling prints the seconds of transport against the number of points instead. Who is missing (Debian:
// python3-pot, python3-sklearn, r-cran-survey) is said and left out. Points and margins are drawn by drawn-data.mjs.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { optionsOf } from './point-files.mjs';
import { runOurs, threads } from './rivals.mjs';
import { findRivals, scalingCurves, versusJobs } from './versus-jobs.mjs';

const options = optionsOf({
  size: { type: 'string', default: '10000' },
  repeats: { type: 'string', default: '1' },
  large: { type: 'boolean', default: false },
  scaling: { type: 'boolean', default: false },
});
const [size, repeats] = [Number(options.size), Number(options.repeats)];
if (!(Number.isInteger(size) && size >= 10 && Number.isInteger(repeats) && repeats >= 1)) {
  console.error('--size takes a whole number from 10, --repeats one from 1');
  process.exit(2);
}

/** What every program prints, by one name; what it does not say is undefined. */
function resultOf(json) {
  const { rowError, columnError, error, value, meanLogDensity, designEffect } = json;
  const errors = [rowError, columnError].filter((x) => typeof x === 'number');
  const total = error ?? (errors.length > 0 ? errors.reduce((s, x) => s + x, 0) : undefined);
  return { ...json, error: total, value: value ?? meanLogDensity ?? designEffect ?? undefined };
}

/** Each figure is the median of the runs; a run that failed stands for all. */
function medianOf(runs) {
  const failed = runs.find((run) => run.failed !== undefined);
  if (failed) return failed;
  const middle = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];
  return Object.fromEntries(
    Object.entries(runs[0]).map(([name, x]) => [
      name,
      typeof x === 'number' ? middle(runs.map((run) => run[name])) : x,
    ]),
  );
}

/** All contenders of a job side by side, as often as asked. */
function compete({ name, ours, oneBuild, theirs, within }, rivals) {
  const contenders = [
    ...(oneBuild ? [] : [{ who: 'relaxed', run: () => runOurs([...ours, '--relaxed']) }]),
    { who: oneBuild ? 'ours' : 'deterministic', run: () => runOurs(ours) },
    ...(theirs ? [{ who: theirs.who, rival: true, run: () => rivals.run(theirs.who, theirs.args) }] : []),
  ];
  const runs = contenders.map(() => []);
  for (let round = 0; round < repeats; round++)
    contenders.forEach(({ who, run }, c) => {
      const json = run();
      if (json === undefined) return;
      runs[c].push(resultOf(json));
      console.log(`${name}: ${who} ${json.failed ?? `${json.wallSeconds.toFixed(2)} s`}`);
    });
  const results = contenders.map(({ who, rival }, c) => ({
    who,
    rival: rival === true,
    ...(runs[c].length > 0 ? medianOf(runs[c]) : { failed: 'not installed' }),
  }));
  if (results.some(({ rival, failed }) => !rival && failed !== undefined)) process.exitCode = 1;
  const other = results.find(({ rival, failed }) => rival && failed === undefined);
  return results.map((result) => rowOf(name, result, other, within));
}

const shown = (x, digits) => (typeof x === 'number' ? x.toFixed(digits) : '–');

function rowOf(name, { who, rival, failed, ...result }, other, within) {
  if (failed !== undefined) return [name, who, failed, '–', '–', '–', '–', '–', '–'];
  const { wallSeconds, cpuSeconds, rssMiB, error, value } = result;
  const beside = other !== undefined && !rival;
  return [
    name,
    who,
    shown(wallSeconds, 2),
    shown(cpuSeconds, 2),
    shown(rssMiB, 0),
    typeof error === 'number' ? error.toExponential(1) : '–',
    shown(value, 6),
    beside ? times(other.wallSeconds / wallSeconds) : '–',
    beside ? agreement(value, other.value, within(result)) : '–',
  ];
}

const times = (ratio) => `${ratio.toFixed(ratio < 1 ? 2 : 1)} x`;

/** By how much two values differ, as a share of theirs, and whether that is what their errors explain. */
function agreement(value, theirs, within) {
  const apart = Math.abs(value - theirs) / Math.abs(theirs);
  return `${apart <= within ? 'agree' : 'DIFFER'}, ${apart.toExponential(1)} apart`;
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const left = ['job', 'who', 'values'];
  return [line(head), line(head.map((name) => (left.includes(name) ? '---' : '--:'))), ...rows.map(line)].join('\n');
}

function machine(versions) {
  const { BLAS: blas, ...programs } = versions;
  const named = Object.entries(programs).map(([name, version]) => `${name} ${version}`);
  return [
    `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores`,
    `Node ${process.version}, ${threads} threads each`,
    named.length > 0 ? named.join(', ') : 'nobody to compare with',
    ...(blas ? [`NumPy's BLAS ${blas}`] : []),
  ].join('; ');
}

function versus(folder) {
  const rivals = findRivals();
  const missing = ['POT', 'scikit-learn', 'survey'].filter((who) => rivals.versions[who] === undefined);
  for (const who of missing) console.log(`${who} is not installed: its runs are left out`);
  const rows = versusJobs(folder, size, options.large).flatMap((job) => compete(job(), rivals));
  const head = ['job', 'who', 'seconds', 'CPU seconds', 'MiB', 'error', 'value', 'faster by the clock', 'values'];
  const runs = repeats === 1 ? 'one run each' : `medians of ${repeats} runs side by side`;
  console.log(`\n${machine(rivals.versions)}; ${runs}.\n\n${table(head, rows)}`);
}

function scaling(folder) {
  for (const [name, jobs] of Object.entries(scalingCurves(folder, size))) {
    let before;
    const rows = jobs.map(({ rows: points, ours }) => {
      const result = medianOf(Array.from({ length: repeats }, () => resultOf(runOurs(ours))));
      if (result.failed !== undefined) {
        process.exitCode = 1;
        return [points, result.failed, '–', '–', '–', '–'];
      }
      const { wallSeconds, cpuSeconds, rssMiB, iterations } = result;
      const power = before && Math.log(wallSeconds / before.wallSeconds) / Math.log(points / before.points);
      before = { points, wallSeconds };
      return [points, shown(wallSeconds, 3), shown(cpuSeconds, 3), shown(rssMiB, 0), iterations, shown(power, 2)];
    });
    const head = ['points a side', 'seconds', 'CPU seconds', 'MiB', 'iterations', 'grows as N to the'];
    console.log(`\n${name}, relaxed; ${machine({})}\n\n${table(head, rows)}`);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'versus-'));
try {
  if (options.scaling) scaling(folder);
  else versus(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
