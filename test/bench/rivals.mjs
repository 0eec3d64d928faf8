// What others there are to compare with, and how each job of theirs is run.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

/** Threads of every contender: workers of ours, BLAS of the others. */
export const threads = 2;
const blas = Object.fromEntries(
  ['OPENBLAS', 'OMP', 'MKL'].map((library) => [`${library}_NUM_THREADS`, String(threads)]),
);

/** The last line that a program prints, as JSON, or `{ failed }` with what it said last. */
export function runJson(program, args) {
  const { status, signal, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 1e8,
    env: { ...process.env, ...blas },
  });
  if (status === 0) return JSON.parse(stdout.trim().split('\n').at(-1));
  return { failed: error?.message ?? (stderr.trim().split('\n').at(-1) || `ended by ${signal ?? `code ${status}`}`) };
}

/** A job of ours: a file of this folder with its options. */
export const runOurs = (args) => runJson(process.execPath, [here('run.mjs'), ...args]);

/** A job of survey.r. */
export const runR = (args) => runJson('Rscript', [here('survey.r'), ...args]);

/** The python3 that has the most of what versus.py needs, and the versions that it has; none has none. */
export function findPython() {
  const found = ['/usr/bin/python3', 'python3']
    .map((program) => ({ program, versions: runJson(program, [here('versus.py'), 'versions']) }))
    .filter(({ versions }) => versions.failed === undefined);
  const has = ({ versions }) => Object.keys(versions).length;
  const best = found.reduce((a, b) => (has(b) > has(a) ? b : a), { program: undefined, versions: {} });
  return { versions: best.versions, run: (args) => runJson(best.program, [here('versus.py'), ...args]) };
}

/** Versions of R and its survey; nothing where one of them is missing. */
export function findR() {
  const said = `suppressMessages(library(survey)); cat(sprintf('{"R":"%s","survey":"%s"}', getRversion(), packageVersion("survey")))`;
  const versions = runJson('Rscript', ['-e', said]);
  return versions.failed === undefined ? versions : {};
}
