import type { KernelFunction } from './kernel-module.js';

/** Twin of `searchPass` in `assembly/search.ts`, which says what it does. */
export const searchPass =
  (memory: () => SharedArrayBuffer): KernelFunction =>
  (part, _scratch, ...rest) => {
    const [first, until, rowsPerPart, pairs, codes, scales, errors] = rest as Seven;
    const [eligible, queries, words, factors, thresholds, lists, counts] = rest.slice(7) as Seven;
    const buffer = memory();
    const bytes = new Int8Array(buffer);
    const from = first + part * rowsPerPart;
    const to = Math.min(from + rowsPerPart, until);
    const list = new DataView(buffer, lists + part * rowsPerPart * queries * entry, rowsPerPart * queries * entry);
    const floats = (address: number, length: number): Float32Array => new Float32Array(buffer, address, length);
    const [factor, threshold] = [floats(factors, queries), floats(thresholds, queries)];
    const padded = Math.ceil(until / panel) * panel;
    const [scale, error] = [floats(scales, padded), floats(errors, padded)];
    const word = new Int16Array(buffer, words, 2 * pairs * queries);

    let found = 0;
    for (let i = from; i < to; i += panel)
      for (let q = 0; q < queries; q++)
        for (let row = i; row < i + panel; row++) {
          if (eligible !== 0 && bytes[eligible + row] === 0) continue;
          let sum = 0;
          for (let k = 0; k < 2 * pairs; k++)
            sum += word[2 * pairs * q + k]! * bytes[codes + 2 * (i * pairs + (k >> 1) * panel + row - i) + (k & 1)]!;
          const score = Math.fround(Math.fround(Math.fround(sum) * factor[q]!) * scale[row]!);
          if (!(Math.fround(score + error[row]!) > threshold[q]!)) continue;
          list.setInt32(entry * found, row, true);
          list.setInt32(entry * found + 4, q, true);
          list.setFloat32(entry * found + 8, score, true);
          found++;
        }
    new Int32Array(buffer, counts + 4 * part, 1)[0] = found;
  };

type Seven = [number, number, number, number, number, number, number];

const panel = 16;
const entry = 12;
