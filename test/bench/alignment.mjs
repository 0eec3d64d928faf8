// Times the parts that decide how long a run takes, each beside a simple way to the same result in the same process:
// ratios hold on any machine, seconds do not. Nothing is asserted. Run `npm run bench`.
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { randomStream } from '../../dist/src/core/random.js';
import { logKernelSums } from '../../dist/src/numerics/kernel-sums.js';
import { sortedOrder } from '../../dist/src/numerics/sorted-order.js';
import { kernelPool } from '../../dist/src/numerics/workers/kernel-pool.js';
import { buildConstraints, weightingProblem } from '../../dist/src/population/align/constraints.js';
import { calibratePool } from '../../dist/src/population/align/calibrate-pool.js';
import { peopleMeter } from '../../dist/src/population/align/quality.js';
import { importanceWeights } from '../../dist/src/population/align/weigh.js';
import { populationJoint } from '../../dist/src/population/joint.js';
import { referencePeople } from '../../dist/src/population/people.js';
import { firstPeople } from '../../dist/src/population/persona-pool.js';
import { moments } from '../../dist/src/numerics/statistics.js';
import { calibrate } from '../../dist/src/survey/calibrate.js';
import { cellConstraints } from '../../dist/src/survey/cells.js';
import { selectFromPool } from '../../dist/src/population/align/select-pool.js';
import { semiRelaxedTransport } from '../../dist/src/transport/semi-relaxed.js';

const poolSize = 20_000;
const agents = 1_000;
const domains = 5;

const json = (path) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));
const target = json('data/census/us-adults.json');
const norms = json('data/traits/ipip-50-us-adults.json');
const random = randomStream('bench');

const lines = [];
/** Best of a few runs: what else the machine does can only make a run longer. */
async function time(name, work, { runs = 3, against } = {}) {
  let [seconds, result] = [Infinity, undefined];
  for (let run = 0; run < runs; run++) {
    const began = performance.now();
    result = await work();
    seconds = Math.min(seconds, (performance.now() - began) / 1000);
  }
  lines.push({ name, seconds, against, note: '' });
  return result;
}
const note = (text) => (lines.at(-1).note = text);

console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}`);
const joint = populationJoint(target);
const people = (size, name) => referencePeople(joint, norms, size, random.fork(name));
const fit = people(60_000, 'fit');
const tune = people(5_000, 'tune');
const pool = bentPool(people(2 * poolSize, 'pool'));

await sorting();
await kernels();
await calibration();
await alignment();
print();

async function sorting() {
  const draw = random.fork('sort');
  const values = Float64Array.from({ length: 200_000 }, () => draw.normal());
  const indices = Uint32Array.from(values, (_, i) => i);
  await time('sort 200 000 numbers, comparator', () => Uint32Array.from(indices).sort((a, b) => values[a] - values[b]));
  await time('sort 200 000 numbers, sortedOrder', () => sortedOrder(values), { against: lines.at(-1).name });
}

async function kernels() {
  const centres = firstPeople(fit, 1_500).traits;
  const input = {
    dimensions: domains,
    points: pool.traits,
    centres,
    logMass: new Float64Array(centres.length / domains),
    bandwidth: new Float64Array(domains).fill(0.3),
  };
  const plain = 'kernel sums 20 000 x 1 500, plain';
  const expected = await time(plain, () => logKernelSums(input));
  for (const workers of [1, 2]) {
    const { kernelSums, close } = kernelPool(workers);
    await kernelSums({ ...input, points: input.points.subarray(0, 5 * domains) });
    const sums = await time(`kernel sums, ${workers} worker${workers > 1 ? 's' : ''}`, () => kernelSums(input), {
      against: plain,
    });
    note(sums.every((x, i) => x === expected[i]) ? 'same bytes' : 'OTHER BYTES');
    await close();
  }
}

/** The same margins by Newton's method and by raking, one margin after the other. */
async function calibration() {
  const withoutTraits = { ...pool, traits: null };
  const set = buildConstraints(target, withoutTraits, fit);
  const { constraints } = set;
  const base = new Float64Array(poolSize).fill(1);
  const { features, targets } = cellConstraints(weightingProblem(set, base, () => undefined));
  const margins = new Map(constraints.map(({ subject }) => [subject, []]));
  constraints.forEach(({ subject }, k) => margins.get(subject).push(k));
  const sweep = (weights) => {
    for (const columns of margins.values()) {
      const factor = new Float64Array(targets.length).fill(1);
      const sums = columnSums(features, weights);
      for (const k of columns) factor[k] = targets[k] / sums[k];
      for (let i = 0; i < poolSize; i++)
        for (let e = features.offsets[i]; e < features.offsets[i + 1]; e++) weights[i] *= factor[features.index[e]];
    }
  };
  const one = 'one raking sweep over all margins';
  await time(one, () => sweep(Float64Array.from(base, (b) => b / poolSize)));
  const whole = 'raking to 1e-9';
  const sweeps = await time(
    whole,
    () => {
      const weights = Float64Array.from(base, (b) => b / poolSize);
      for (let n = 1; n <= 1_000; n++) {
        sweep(weights);
        if (columnSums(features, weights).every((s, k) => Math.abs(s - targets[k]) <= 1e-9)) return n;
      }
      return undefined;
    },
    { against: one },
  );
  note(sweeps ? `${sweeps} sweeps` : 'not reached in 1 000 sweeps');
  const solution = await time('calibrate, margins, to 1e-9', () => calibrate({ base, features, targets }), {
    against: one,
  });
  note(`${solution.status}, ${solution.iterations} Newton steps`);
}

/** Every step between a measured pool and its agents, once and in order. */
async function alignment() {
  const { kernelSums, close } = kernelPool(Math.min(availableParallelism(), 8));
  const all = `whole alignment of ${poolSize} personas`;
  const began = performance.now();
  const once = (name, work) => time(name, work, { runs: 1, against: all });
  const meter = await once('  prepare the divergence meter, 5 000 people', () =>
    peopleMeter(tune, random.fork('meter'), 25),
  );
  await once('  measure one set of weights', () =>
    meter({ points: pool.traits, weights: new Float64Array(poolSize).fill(1) }),
  );
  const { weights: weighted } = await once('  importance weights, 13 clips tried', () =>
    importanceWeights(pool, firstPeople(fit, 4_000), meter, random.fork('centres'), kernelSums),
  );
  const { traits } = firstPeople(fit, 1_500);
  const masses = new Float64Array(1_500).fill(1 / 1_500);
  const transported = await once('  semi-relaxed transport to 1 500 people', () =>
    semiRelaxedTransport(
      {
        dimensions: domains,
        source: { points: pool.traits, masses: weighted },
        target: { points: traits, masses },
        scale: moments(traits, domains, masses).sd,
      },
      { epsilon: 0.2, rho: 0.2, tolerance: 1e-3, kernelSums },
    ),
  );
  note(`${transported.status}, ${transported.iterations} iterations`);
  const set = await once('  build the constraints', () => buildConstraints(target, pool, fit));
  note(`${set.constraints.length} constraints`);
  const { weights, solution } = await once('  calibrate margins and traits', () =>
    calibratePool(transported.rowMasses, set, { tolerance: 1e-8, minEffectiveSampleSize: 30, withCosts: false }),
  );
  note(`${solution.status}, ${solution.iterations} Newton steps`);
  const { swaps } = await once(`  select ${agents} agents`, () =>
    selectFromPool(weights, set, { agents, maxMultiplicity: 5 }, random.fork('selection')),
  );
  note(`${swaps} swaps`);
  lines.push({ name: all, seconds: (performance.now() - began) / 1000, against: undefined, note: '' });
  await close();
}

/** A pool as language models make it: means shifted, most of the spread gone, the young too many. */
function bentPool({ size, codes, traits }) {
  const draw = random.fork('bend');
  const width = target.variables.length;
  const age = target.variables.findIndex(({ name }) => name === 'age');
  const shift = [0.5, 0.4, 0.5, -0.6, 0.3];
  const mean = moments(traits, domains, new Float64Array(size).fill(1)).mean;
  const kept = {
    size: poolSize,
    codes: new Uint8Array(poolSize * width),
    traits: new Float64Array(poolSize * domains),
  };
  for (let taken = 0; taken < poolSize;) {
    const i = draw.below(size);
    if (draw.uniform() > 1 / (1 + codes[i * width + age])) continue;
    kept.codes.set(codes.subarray(i * width, (i + 1) * width), taken * width);
    const plain = draw.uniform() < 0.15;
    for (let k = 0; k < domains; k++) {
      const score = traits[i * domains + k];
      const bent = plain ? score : mean[k] + shift[k] + 0.7 * (score - mean[k]);
      kept.traits[taken * domains + k] = Math.round(10 * Math.min(5, Math.max(1, bent))) / 10;
    }
    taken++;
  }
  return kept;
}

function columnSums({ rows, columns, offsets, index, value }, weights) {
  const sums = new Float64Array(columns);
  for (let i = 0; i < rows; i++)
    for (let e = offsets[i]; e < offsets[i + 1]; e++) sums[index[e]] += weights[i] * value[e];
  return sums;
}

function print() {
  const secondsOf = new Map(lines.map(({ name, seconds }) => [name, seconds]));
  const rows = lines.map(({ name, seconds, against, note: text }) => [
    name,
    seconds.toFixed(4),
    against === undefined ? '' : (seconds / secondsOf.get(against)).toFixed(2),
    against === undefined ? '' : against.trim(),
    text,
  ]);
  const table = [['what', 'seconds', 'ratio', 'to', ''], ...rows];
  const widths = table[0].map((_, c) => Math.max(...table.map((row) => row[c].length)));
  for (const row of table)
    console.log(
      row
        .map((cell, c) => (c === 1 || c === 2 ? cell.padStart(widths[c]) : cell.padEnd(widths[c])))
        .join('  ')
        .trimEnd(),
    );
}
