import { readFileSync } from 'node:fs';

/** Margins in shares from `PATH.bin` (codes, a byte each, column after column) and `PATH.json` ({ n, k, levels, targets }). */
export function marginsOf(path) {
  const { n, levels, targets } = JSON.parse(readFileSync(`${path}.json`, 'utf8'));
  const codes = readFileSync(`${path}.bin`);
  return levels.map((size, m) => ({
    name: `margin ${m}`,
    categories: Array.from({ length: size }, (_, c) => String(c)),
    codes: Int32Array.from(codes.subarray(m * n, (m + 1) * n)),
    asked: Float64Array.from(targets[m]),
    unit: 'share',
  }));
}
