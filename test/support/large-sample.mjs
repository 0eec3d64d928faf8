import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { randomStream } from '../../dist/src/core/random.js';

const sizes = [2, 7, 5, 4, 6, 3, 9, 2, 5, 12];

/**
 * Writes a CSV of records with an id and ten correlated variables, and margins that are bent away from it. Tests and
 * benchmarks of the built program use it, so it is JavaScript over the build.
 *
 * @returns bytes of the sample
 */
export function writeLargeSample(records, sample, margins) {
  const random = randomStream('large sample');
  const counts = sizes.map((size) => new Float64Array(size));
  const file = openSync(sample, 'w');
  let [block, bytes] = [`id,${sizes.map((_, m) => `v${m}`).join()}\n`, 0];
  for (let i = 0; i < records; i++) {
    const common = random.normal();
    const codes = sizes.map((size, m) => {
      const x = 0.5 + 0.12 * (common * ((m % 3) - 1) + random.normal());
      const code = Math.max(0, Math.min(size - 1, Math.floor(x * size)));
      counts[m][code]++;
      return `category ${code}`;
    });
    block += `${i + 1},${codes.join()}\n`;
    if (block.length > 1 << 20 || i === records - 1) {
      bytes += writeSync(file, block);
      block = '';
    }
  }
  closeSync(file);
  const cells = counts.flatMap((own, m) => {
    const bent = own.map((count, c) => count * (1 + 0.2 * Math.sin(c + m)));
    const whole = bent.reduce((s, x) => s + x, 0);
    return [...bent].flatMap((x, c) => (x > 0 ? [`v${m},category ${c},${x / whole}`] : []));
  });
  writeFileSync(margins, `variable,category,share\n${cells.join('\n')}\n`);
  return bytes;
}
