// Processor seconds of weights for a million records and ten margins, beside R's survey::rake on the same records in the
// same run where Rscript with the package survey is installed. Nothing is asserted. Run `npm run build && node test/bench/weighting.mjs [records]`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomStream } from '../../dist/src/core/random.js';
import { weightDiagnostics } from '../../dist/src/survey/diagnostics.js';
import { fitWeights } from '../../dist/src/survey/fit-weights.js';
import { uniqueSignatures } from '../../dist/src/survey/signatures.js';

/** Reads the records, times rake() alone (not making the design), and says processor seconds, largest error of a share and design effect. */
const rakeInR = `
suppressMessages(library(survey))
a <- commandArgs(TRUE); n <- as.integer(a[2])
asked <- lapply(strsplit(readLines(file.path(a[1], "asked"), warn = FALSE), " "), as.numeric)
raw <- readBin(file.path(a[1], "codes"), "integer", n * length(asked), size = 1, signed = FALSE)
d <- as.data.frame(lapply(seq_along(asked), function(m)
  factor(raw[((m - 1) * n + 1):(m * n)], levels = which(asked[[m]] > 0) - 1)))
names(d) <- paste0("v", seq_along(asked)); d$w <- 1; rm(raw)
design <- svydesign(ids = ~1, weights = ~w, data = d)
wanted <- lapply(seq_along(asked), function(m) {
  z <- data.frame(levels(d[[m]]), Freq = asked[[m]][asked[[m]] > 0] * n); names(z)[1] <- paste0("v", m); z })
began <- proc.time()
raked <- rake(design, lapply(names(d)[seq_along(asked)], function(v) as.formula(paste0("~", v))), wanted,
  control = list(maxit = 200, epsilon = 1e-6, verbose = FALSE))
took <- sum((proc.time() - began)[1:2])
w <- weights(raked)
error <- max(sapply(seq_along(asked), function(m) max(abs(tapply(w, d[[m]], sum) / n - wanted[[m]]$Freq / n))))
cat(took, error, n * sum(w^2) / sum(w)^2)
`;

const records = Number(process.argv[2] ?? 1_000_000);
const sizes = [2, 7, 5, 4, 6, 3, 9, 2, 5, 12];
const random = randomStream('bench', 'weighting');

const sample = draw(records, -0.1, random.fork('sample'));
const population = draw(300_000, 0.1, random.fork('population'));
const problem = {
  records,
  base: new Float64Array(records).fill(1),
  margins: sizes.map((size, m) => ({
    name: `v${m}`,
    categories: Array.from({ length: size }, (_, c) => `c${c}`),
    codes: sample[m],
    asked: askedOf(population[m], sample[m], size),
    unit: 'share',
  })),
};

console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}`);
console.log(`${records} records x ${sizes.length} margins, ${sizes.reduce((s, x) => s + x, 0)} cells`);
const seconds = new Map();
time('signatures', () => `${uniqueSignatures(problem).problem.records} signatures`);
for (const [method, tolerance] of [
  ['rake', 1e-6],
  ['rake', 1e-10],
  ['maxent', 1e-10],
])
  time(`${method}, tolerance ${tolerance}`, () => {
    const { status, iterations, maxMarginError, weights } = fitWeights(problem, { method, tolerance });
    const error = maxMarginError.toExponential(1);
    return `${status}, ${iterations} iterations, error ${error}, design effect ${weightDiagnostics(weights).designEffect.toFixed(4)}`;
  });
againstR();

/** Best of two runs: the first also compiles. */
function time(name, work) {
  let [best, note] = [Infinity, ''];
  for (let run = 0; run < 2; run++) {
    const began = process.cpuUsage();
    note = work();
    const { user, system } = process.cpuUsage(began);
    best = Math.min(best, (user + system) / 1e6);
  }
  seconds.set(name, best);
  console.log(`${name.padEnd(26)} ${best.toFixed(3).padStart(8)} s  ${note}`);
}

/** Correlated categories; `shift` bends the population away from the sample. */
function draw(n, shift, stream) {
  const columns = sizes.map(() => new Int32Array(n));
  for (let i = 0; i < n; i++) {
    const [z, w] = [stream.normal(), stream.normal()];
    sizes.forEach((size, m) => {
      const common = 0.5 * z * ((m % 3) - 1) + 0.4 * w * (m % 2 ? 1 : -1);
      const x = 0.5 + 0.16 * (common + 0.9 * stream.normal()) + 0.05 * shift * ((m % 5) - 2);
      columns[m][i] = Math.max(0, Math.min(size - 1, Math.floor(x * size)));
    });
  }
  return columns;
}

/** Shares of the population; what nobody in the sample can stand for goes to the category before it. */
function askedOf(population, sample, size) {
  const asked = new Float64Array(size);
  const present = new Set(sample);
  for (const code of population) {
    let to = code;
    while (!present.has(to)) to = (to + size - 1) % size;
    asked[to] += 1 / population.length;
  }
  return asked;
}

function againstR() {
  const probe = spawnSync('Rscript', [
    '-e',
    'suppressMessages(library(survey)); cat(as.character(packageVersion("survey")))',
  ]);
  if (probe.error || probe.status !== 0) {
    console.log('survey::rake skipped: no Rscript with the package survey');
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'weighting-'));
  try {
    const codes = new Uint8Array(records * sizes.length);
    sample.forEach((column, m) => codes.set(column, m * records));
    writeFileSync(join(folder, 'codes'), codes);
    writeFileSync(join(folder, 'asked'), problem.margins.map(({ asked }) => asked.join(' ')).join('\n'));
    writeFileSync(join(folder, 'rake.R'), rakeInR);
    const run = spawnSync('Rscript', [join(folder, 'rake.R'), folder, String(records)], { encoding: 'utf8' });
    if (run.status !== 0) {
      console.log(`survey::rake failed: ${run.stderr.trim()}`);
      return;
    }
    const [rake, error, effect] = run.stdout.trim().split(' ').map(Number);
    console.log(
      `survey::rake ${String(probe.stdout)}`.padEnd(26),
      `${rake.toFixed(3).padStart(8)} s  error ${error.toExponential(1)}, design effect ${effect.toFixed(4)}`,
    );
    for (const [name, own] of seconds)
      console.log(`${name.padEnd(26)} ${(rake / own).toFixed(0).padStart(8)} x faster`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
