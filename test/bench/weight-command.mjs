// Seconds and memory of the command `pipeline weight` for a million records and ten margins, beside reading the file alone.
// Nothing is asserted. Run `npm run build && node test/bench/weight-command.mjs [records]`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readColumns } from '../../dist/src/io/read-columns.js';
import { writeLargeSample } from '../support/large-sample.mjs';

const records = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(join(tmpdir(), 'weight-command-'));
const [sample, margins] = ['sample.csv', 'margins.csv'].map((name) => join(folder, name));
try {
  writeLargeSample(records, sample, margins);
  console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}`);
  let began = performance.now();
  await readColumns(sample, () => true);
  console.log(`read ${records} records of 11 columns`.padEnd(48), seconds(began));
  const usage = "process.on('exit', () => process._rawDebug(process.resourceUsage().maxRSS))";
  const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
  began = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(usage)}`, main, 'weight', '--sample', sample].concat([
      ...['--margins', margins, '--id', 'id', '--out', join(folder, 'out'), '--quiet'],
    ]),
    { encoding: 'utf8' },
  );
  const memory = (Number(stderr.trim().split('\n').at(-1)) / 1024).toFixed(0);
  console.log(`pipeline weight, exit code ${status}`.padEnd(48), seconds(began), `${memory} MiB`);
} finally {
  rmSync(folder, { recursive: true });
}

function seconds(began) {
  return `${((performance.now() - began) / 1000).toFixed(1).padStart(8)} s`;
}
