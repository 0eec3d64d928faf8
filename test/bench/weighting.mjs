// Processor seconds from typed columns in memory to weights, signatures included, for a million records: ten margins beside
// R's survey::rake, twenty beside its calibrate(raking), on the same records in the same run where Rscript with the package
// survey is installed. Nothing is asserted. Run `npm run build && node test/bench/weighting.mjs [records]`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomStream } from '../../dist/src/core/random.js';
import { weightDiagnostics } from '../../dist/src/survey/diagnostics.js';
import { fitWeights } from '../../dist/src/survey/fit-weights.js';
import { uniqueSignatures } from '../../dist/src/survey/signatures.js';

/**
 * Reads the records, times rake() or calibrate() alone (not making the design), and says processor seconds, largest error of a
 * share and design effect.
 */
const inR = `
suppressMessages(library(survey))
a <- commandArgs(TRUE); n <- as.integer(a[2])
asked <- lapply(strsplit(readLines(file.path(a[1], "asked"), warn = FALSE), " "), as.numeric)
raw <- readBin(file.path(a[1], "codes"), "integer", n * length(asked), size = 1, signed = FALSE)
d <- as.data.frame(lapply(seq_along(asked), function(m)
  factor(raw[((m - 1) * n + 1):(m * n)], levels = which(asked[[m]] > 0) - 1)))
names(d) <- paste0("v", seq_along(asked)); d$w <- 1; rm(raw)
design <- svydesign(ids = ~1, weights = ~w, data = d)
v <- names(d)[seq_along(asked)]
freq <- lapply(asked, function(x) x[x > 0] * n)
began <- proc.time()
fitted <- if (a[3] == "rake") rake(design, lapply(v, function(x) as.formula(paste0("~", x))),
  lapply(seq_along(v), function(m) { z <- data.frame(levels(d[[m]]), Freq = freq[[m]]); names(z)[1] <- v[m]; z }),
  control = list(maxit = 200, epsilon = 1e-6, verbose = FALSE)) else
  calibrate(design, as.formula(paste("~", paste(v, collapse = "+"))),
    c(\`(Intercept)\` = n, unlist(lapply(seq_along(v), function(m) setNames(freq[[m]], paste0(v[m], levels(d[[m]])))[-1]))),
    calfun = "raking", maxit = 50, epsilon = 1e-6)
took <- sum((proc.time() - began)[1:2])
w <- weights(fitted)
error <- max(sapply(seq_along(v), function(m) max(abs(tapply(w, d[[m]], sum) / n - freq[[m]] / n))))
cat(took, error, n * sum(w^2) / sum(w)^2)
`;

const records = Number(process.argv[2] ?? 1_000_000);
const tenSizes = [2, 7, 5, 4, 6, 3, 9, 2, 5, 12];
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
  const sample = draw(sizes, records, -0.1, random.fork('sample', sizes.length));
  const population = draw(sizes, 300_000, 0.1, random.fork('population', sizes.length));
  return {
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
}

/** Correlated categories; `shift` bends the population away from the sample. */
function draw(sizes, n, shift, stream) {
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

/** Processor seconds of R's survey on the problem; undefined, with a message, where there is none. */
function secondsInR({ margins }, method) {
  const probe = spawnSync('Rscript', [
    '-e',
    'suppressMessages(library(survey)); cat(as.character(packageVersion("survey")))',
  ]);
  if (probe.error || probe.status !== 0) {
    console.log(`survey::${method} skipped: no Rscript with the package survey`);
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'weighting-'));
  try {
    const codes = new Uint8Array(records * margins.length);
    margins.forEach((margin, m) => codes.set(margin.codes, m * records));
    writeFileSync(join(folder, 'codes'), codes);
    writeFileSync(join(folder, 'asked'), margins.map(({ asked }) => asked.join(' ')).join('\n'));
    writeFileSync(join(folder, 'fit.R'), inR);
    const run = spawnSync('Rscript', [join(folder, 'fit.R'), folder, String(records), method], { encoding: 'utf8' });
    if (run.status !== 0) {
      console.log(`survey::${method} failed: ${run.stderr.trim()}`);
      return undefined;
    }
    const [seconds, error, effect] = run.stdout.trim().split(' ').map(Number);
    console.log(
      `survey::${method} ${String(probe.stdout)}`.padEnd(26),
      `${seconds.toFixed(3).padStart(8)} s  error ${error.toExponential(1)}, design effect ${effect.toFixed(4)}`,
    );
    return seconds;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
