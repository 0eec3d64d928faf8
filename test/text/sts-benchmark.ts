import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import type { Embedder } from '../../src/text/embedder.js';

const folder = new URL('../../../shared/data/stsb-en/', import.meta.url);
const file = (half: 'dev' | 'test'): URL => new URL(`stsb-en-${half}.csv.gz`, folder);

/** Whether the sentences are at hand. */
export const isAbsent = !existsSync(file('test'));
/** What a test adds to its name where they are not. */
export const skipNote = isAbsent ? ' (skipped: no ../shared/data/stsb-en)' : '';

/**
 * Rank correlation of people's ratings with the dot products of an embedder over the pairs of sentences of STSbenchmark
 * (1,500 in the development half, 1,379 in the test half).
 *
 * @see Cer et al. (2017), SemEval-2017 Task 1, https://aclanthology.org/S17-2001/
 */
export async function stsSpearman(embedder: Embedder, half: 'dev' | 'test'): Promise<number> {
  const rows = parse(gunzipSync(readFileSync(file(half))));
  const vectors = await embedder.embed(
    rows.flatMap(([first, second]) => [first!, second!]),
    new AbortController().signal,
  );
  const similarities = rows.map((_, k) => dot(vectors[2 * k]!, vectors[2 * k + 1]!));
  return correlation(ranks(similarities), ranks(rows.map(([, , rating]) => Number(rating))));
}

/** Sum of products of two vectors of one length. */
export const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, k) => sum + x * b[k]!, 0);

/** Ranks from 0; equal values share their mean rank. */
function ranks(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = new Map<number, number>();
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    while (to < sorted.length && sorted[to] === sorted[from]) to++;
    rank.set(sorted[from]!, (from + to - 1) / 2);
  }
  return values.map((value) => rank.get(value)!);
}

function correlation(xs: readonly number[], ys: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
  const [mx, my] = [mean(xs), mean(ys)];
  let [xy, xx, yy] = [0, 0, 0];
  xs.forEach((x, k) => {
    xy += (x - mx) * (ys[k]! - my);
    xx += (x - mx) * (x - mx);
    yy += (ys[k]! - my) * (ys[k]! - my);
  });
  return xy / Math.sqrt(xx * yy);
}
