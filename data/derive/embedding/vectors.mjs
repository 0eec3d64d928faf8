// Linear algebra on rows of numbers: vectors of n words or texts with d numbers each, row after row.

/** The same numbers on every run, in [0, 1). */
export function uniform(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

export function lengthOf(rows, d, i) {
  let squares = 0;
  for (let j = i * d; j < (i + 1) * d; j++) squares += rows[j] * rows[j];
  return Math.sqrt(squares);
}

/** Every row by its own factor. */
export function scaled(rows, d, factorOf) {
  const out = Float64Array.from(rows);
  for (let i = 0; i < rows.length / d; i++) {
    const factor = factorOf(i);
    for (let j = i * d; j < (i + 1) * d; j++) out[j] *= factor;
  }
  return out;
}

export const ofLengthOne = (rows, d) => scaled(rows, d, (i) => 1 / (lengthOf(rows, d, i) || 1));

/** The `k` first principal directions of the first `n` rows, not centred: subspace iteration. Rows of the result have length 1. */
export function principalDirections(rows, n, d, k) {
  const products = new Float64Array(d * d);
  for (let r = 0; r < n; r++)
    for (let i = 0; i < d; i++) for (let j = i; j < d; j++) products[i * d + j] += rows[r * d + i] * rows[r * d + j];
  for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) products[i * d + j] = products[j * d + i];
  const draw = uniform(1);
  let basis = Float64Array.from({ length: k * d }, () => draw() - 0.5);
  for (let pass = 0; pass < 40; pass++) {
    const next = projected(basis, products, d, d);
    for (let a = 0; a < k; a++) {
      for (let b = 0; b < a; b++) {
        let along = 0;
        for (let j = 0; j < d; j++) along += next[a * d + j] * next[b * d + j];
        for (let j = 0; j < d; j++) next[a * d + j] -= along * next[b * d + j];
      }
      const length = lengthOf(next, d, a);
      for (let j = 0; j < d; j++) next[a * d + j] /= length;
    }
    basis = next;
  }
  return basis;
}

/** Dot products of every row with `k` directions. */
export function projected(rows, directions, d, k) {
  const n = rows.length / d;
  const out = new Float64Array(n * k);
  for (let r = 0; r < n; r++)
    for (let a = 0; a < k; a++) {
      let dot = 0;
      for (let j = 0; j < d; j++) dot += rows[r * d + j] * directions[a * d + j];
      out[r * k + a] = dot;
    }
  return out;
}

/** Takes the mean of the first `n` rows from all of them, then what lies along their `top` first principal directions. */
export function withoutCommonPart(rows, n, d, top) {
  const isEmpty = (i) => lengthOf(rows, d, i) === 0;
  const mean = new Float64Array(d);
  let count = 0;
  for (let i = 0; i < n; i++) {
    if (isEmpty(i)) continue;
    count++;
    for (let j = 0; j < d; j++) mean[j] += rows[i * d + j];
  }
  const out = Float64Array.from(rows, (x, at) => (isEmpty(Math.floor(at / d)) ? 0 : x - mean[at % d] / count));
  const directions = principalDirections(out, n, d, top);
  const along = projected(out, directions, d, top);
  for (let i = 0; i < rows.length / d; i++)
    for (let a = 0; a < top; a++)
      for (let j = 0; j < d; j++) out[i * d + j] -= along[i * top + a] * directions[a * d + j];
  return out;
}

/**
 * Steps of one size a row, from -7 to 7: four bits a number. The size of a step is the one of six with the least squared error.
 * Returns the steps as written (in single precision) and two numbers a byte, each plus 8, the first in the low half.
 */
export function inFourBits(rows, d) {
  const n = rows.length / d;
  const steps = new Float32Array(n);
  const bytes = new Uint8Array(rows.length / 2);
  const whole = (x, step) => Math.max(-7, Math.min(7, Math.round(x / step)));
  for (let i = 0; i < n; i++) {
    const row = rows.subarray(i * d, (i + 1) * d);
    const largest = row.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    let [step, least] = [0, Infinity];
    for (const part of largest > 0 ? [1, 0.9, 0.8, 0.7, 0.6, 0.5] : []) {
      const size = Math.fround((largest * part) / 7);
      let error = 0;
      for (const x of row) error += (x - whole(x, size) * size) * (x - whole(x, size) * size);
      if (error < least) [step, least] = [size, error];
    }
    steps[i] = step;
    for (let j = 0; j < d; j++)
      bytes[(i * d + j) >> 1] |= ((step > 0 ? whole(row[j], step) : 0) + 8) << (j % 2 === 0 ? 0 : 4);
  }
  return { steps, bytes };
}
