import { readFileSync, writeFileSync } from 'node:fs';

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

/** Writes margins for {@link marginsOf} and survey.r. */
export function writeMargins(path, margins) {
  const n = margins[0].codes.length;
  const codes = new Uint8Array(n * margins.length);
  margins.forEach((margin, m) => codes.set(margin.codes, m * n));
  const targets = margins.map(({ asked }) => [...asked]);
  writeFileSync(`${path}.bin`, codes);
  writeFileSync(
    `${path}.json`,
    JSON.stringify({ n, k: margins.length, levels: targets.map((asked) => asked.length), targets }),
  );
}
