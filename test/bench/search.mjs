// Exact vector search over drawn unit vectors; prints one JSON line.
//   npm run --silent bench -- search [--rows 1000000] [--dims 128] [--top 100] [--batch 64] [--repeats 41] [--workers 2] [--eligible 1] [--versus]
// Milliseconds are medians, of one query and of each query of a batch; `open` is what it takes before the first. With --eligible .1 a
// tenth of the rows, scattered, may be found. --versus sets it beside NumPy (two threads) and, where it is installed, faiss
// (PyPI: faiss-cpu) on the same vectors, and says whether they find the same rows.
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomStream } from '../../dist/src/core/random.js';
import { openVectorSearch } from '../../dist/src/text/vector-search.js';
import { measured, optionsOf } from './point-files.mjs';
import { runJson } from './rivals.mjs';

const text = (value) => ({ type: 'string', default: value });
const options = optionsOf({
  rows: text('1000000'),
  dims: text('128'),
  top: text('100'),
  batch: text('64'),
  repeats: text('41'),
  workers: text('2'),
  eligible: text('1'),
  versus: { type: 'boolean', default: false },
});
const [rows, dims, top, batch, repeats] = ['rows', 'dims', 'top', 'batch', 'repeats'].map((name) =>
  Number(options[name]),
);

/** Unit vectors around one of a thousand centres; the queries come first. */
function drawnVectors(count) {
  const random = randomStream('bench', 'search');
  const centres = Float32Array.from({ length: 1000 * dims }, () => random.uniform() - 0.5);
  const vectors = new Float32Array(count * dims);
  for (let row = 0; row < count; row++) {
    const own = vectors.subarray(row * dims, row * dims + dims);
    const centre = random.below(1000) * dims;
    let squares = 0;
    for (let k = 0; k < dims; k++) {
      own[k] = centres[centre + k] + 1.5 * (random.uniform() - 0.5);
      squares += own[k] * own[k];
    }
    for (let k = 0; k < dims; k++) own[k] /= Math.sqrt(squares);
  }
  return vectors;
}

const all = drawnVectors(batch + repeats + rows);
const queries = all.subarray(0, (batch + repeats) * dims);
const vectors = all.subarray((batch + repeats) * dims);
const share = Number(options.eligible);
const random = randomStream('bench', 'eligible');
const eligible = share < 1 ? Uint8Array.from({ length: rows }, () => (random.uniform() < share ? 1 : 0)) : undefined;

const ms = (runs, of, each = 1) => (1000 * runs.map((run) => run[of]).sort((a, b) => a - b)[runs.length >> 1]) / each;
const opened = await measured(() => openVectorSearch(vectors, dims, { workers: Number(options.workers) }));
const search = opened.result;
const asked = (from, count) =>
  measured(() =>
    search.search(queries.subarray(from * dims, (from + count) * dims), { top, ...(eligible && { eligible }) }),
  );
// The first calls run in code that is not optimised yet.
await asked(0, batch);
const ones = [];
for (let k = 0; k < repeats; k++) ones.push(await asked(k, 1));
const batches = [];
for (let k = 0; k < 5; k++) batches.push(await asked(0, batch));
await search.close();

const ours = {
  rows,
  dims,
  top,
  batch,
  workers: Number(options.workers),
  eligible: share,
  openSeconds: opened.wallSeconds,
  oneMs: ms(ones, 'wallSeconds'),
  oneCpuMs: ms(ones, 'cpuSeconds'),
  batchMs: ms(batches, 'wallSeconds', batch),
  batchCpuMs: ms(batches, 'cpuSeconds', batch),
  computed: ones[0].result[0].computed,
  rssMiB: batches.at(-1).rssMiB,
};

/** The others on the same vectors, one process each; who is missing says so. */
function versus() {
  const folder = mkdtempSync(join(tmpdir(), 'search-'));
  try {
    const path = join(folder, 'vectors.bin');
    const file = openSync(path, 'w');
    for (let at = 0, piece = 1 << 26; at < all.byteLength; at += piece)
      writeSync(file, new Uint8Array(all.buffer, at, Math.min(piece, all.byteLength - at)));
    closeSync(file);
    const sizes = [rows + batch + repeats, dims, top, batch, repeats].map(String);
    const nearest = [...ones[0].result[0].rows];
    return ['numpy', 'faiss'].map((who) => {
      const program = fileURLToPath(new URL('search.py', import.meta.url));
      const { nearest: theirs, ...json } = runJson('python3', [program, who, ...sizes, path]);
      if (json.failed !== undefined) return { who, ...json };
      const [one, inBatch] = [json.oneMs / ours.oneMs, json.batchMs / ours.batchMs];
      return { ...json, sameRows: nearest.every((row, at) => row === theirs[at]), faster: { one, inBatch } };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

console.log(JSON.stringify({ ...ours, ...(options.versus && { others: versus() }) }));
