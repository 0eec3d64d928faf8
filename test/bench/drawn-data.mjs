// Points and margins that the benches draw for themselves: the same on every machine.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomStream } from '../../dist/src/core/random.js';
import { writeMargins } from './margin-files.mjs';

/** Categories of ten variables. */
export const tenSizes = [2, 7, 5, 4, 6, 3, 9, 2, 5, 12];

/** Centres of the four groups that personas come in; in more dimensions they repeat. */
const centres = [
  [0.5, 0.3, 0.2, 0.1, 0.4],
  [-0.6, 0.2, 0.5, 0.3, -0.2],
  [0.1, 0.6, -0.3, 0.4, 0.2],
  [0.3, -0.4, 0.1, 0.6, 0.3],
];

/** Rows of a kind of point: personas are a mixture of narrow groups, people correlated normal. */
const rowOf = {
  persona(random) {
    const centre = centres[random.below(4)];
    const shared = random.normal();
    return (k) => centre[k % 5] + 0.65 * random.normal() + 0.25 * shared;
  },
  people(random) {
    const shared = random.normal();
    return (k) => Math.sqrt(0.3) * shared * (k % 2 ? 1 : -1) + Math.sqrt(0.7) * random.normal();
  },
};

/** Scores as an inventory of 41 levels a domain gives them. */
const onLattice = (x) => Math.max(0, Math.min(40, Math.round(20 + 7 * x)));

/** Path of a file of points, raw doubles row after row; it is written once. */
export function pointFile(folder, kind, rows, dims, lattice = false) {
  const name = `${kind}-${rows}-${dims}${lattice ? '-lattice' : ''}`;
  const path = join(folder, `${name}.bin`);
  if (existsSync(path)) return path;
  const random = randomStream('bench', name);
  const points = new Float64Array(rows * dims);
  for (let i = 0; i < rows; i++) {
    const at = rowOf[kind](random);
    for (let k = 0; k < dims; k++) points[i * dims + k] = lattice ? onLattice(at(k)) : at(k);
  }
  writeFileSync(path, points);
  return path;
}

/** Path, without its ending, of a file of twenty margins; it is written once. */
export function marginFile(folder, records) {
  const path = join(folder, `margins-${records}`);
  if (!existsSync(`${path}.json`))
    writeMargins(
      path,
      drawnMargins([...tenSizes, ...tenSizes], records, 0.5, randomStream('bench', 'margins', records)),
    );
  return path;
}

/** Margins of a sample of records, asked for as a population has them that is bent the other way. */
export function drawnMargins(sizes, records, shift, random) {
  const sample = drawnCodes(sizes, records, -shift, random.fork('sample', sizes.length));
  const population = drawnCodes(sizes, 300_000, shift, random.fork('population', sizes.length));
  return sizes.map((size, m) => ({
    name: `v${m}`,
    categories: Array.from({ length: size }, (_, c) => `c${c}`),
    codes: sample[m],
    asked: askedOf(population[m], sample[m], size),
    unit: 'share',
  }));
}

/** Correlated categories. */
function drawnCodes(sizes, n, shift, stream) {
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
