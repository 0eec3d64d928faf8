// A run of a second's fraction with every kind of artifact and a branch: what the kill tests kill.
// node tiny-run.mjs DIR        starts it
// node tiny-run.mjs DIR resume continues it
import { z } from 'zod';
import { processes } from '../../dist/src/cli/processes.js';
import { readTable, writeTable } from '../../dist/src/io/parquet.js';
import { Failure } from '../../dist/src/core/failure.js';
import { columns, rows, text, value } from '../../dist/src/pipeline/artifact.js';
import { claimFolder, clearFinished } from '../../dist/src/pipeline/run-folder.js';
import { runState } from '../../dist/src/pipeline/run-status.js';
import { runPipeline } from '../../dist/src/pipeline/run.js';

const Row = z.strictObject({ id: z.number(), name: z.string() });
const Count = z.strictObject({ rows: z.number(), sum: z.number() });
const count = 3_000;
const stage = (edit) => ({ version: 1, summary: '.', config: z.strictObject({}), uses: [], ...edit });

const writeRows = stage({
  name: 'write-rows',
  inputs: {},
  outputs: { list: rows(Row), count: value(Count) },
  async run(_, __, { emit, random, record }) {
    let sum = 0;
    for (let id = 0; id < count; id++) {
      const draw = random.below(1_000);
      sum += draw;
      await emit.list({ id, name: `name ${draw}` });
    }
    record({ level: 'info', code: 'rows', message: `${count} rows` });
    return { count: { rows: count, sum } };
  },
});
const readRows = stage({
  name: 'read-rows',
  inputs: { list: rows(Row), count: value(Count) },
  outputs: { table: columns('tiny/1', ['id', 'name']) },
  async run({ list }) {
    const [id, name] = [[], []];
    for await (const row of list) {
      id.push(row.id);
      name.push(row.name);
    }
    return { table: { schema: 'tiny/1', rows: id.length, columns: { id: Float64Array.from(id), name } } };
  },
});
const writePage = stage({
  name: 'write-page',
  inputs: { table: columns('tiny/1', ['id']) },
  outputs: { page: text('md') },
  run: ({ table }, _, { findings }) => ({ page: `${table.rows} rows, ${findings.map(({ code }) => code)}\n` }),
});
const files = (folder) => ({ list: `${folder}/list.jsonl`, count: `${folder}/count.json` });
const pipeline = {
  name: 'tiny',
  summary: '.',
  sources: {},
  wires: [
    { stage: writeRows, inputs: {}, outputs: files('stages') },
    { stage: writeRows, inputs: {}, outputs: files('control'), branch: 'control' },
    { stage: readRows, inputs: files('stages'), outputs: { table: 'table.parquet' } },
    { stage: writePage, inputs: { table: 'table.parquet' }, outputs: { page: 'page.md' } },
  ],
};

const [, , folder, resume] = process.argv;
let ticks = 0;

async function run() {
  const claim = await claimFolder(folder, { processes, resume: resume === 'resume' });
  await runPipeline({
    pipeline,
    configs: {},
    sources: {},
    seed: '1',
    folder,
    claim,
    version: '1',
    packages: {},
    services: {},
    codec: { encode: writeTable, decode: (bytes) => readTable(bytes) },
    signal: new globalThis.AbortController().signal,
    clock: () => String(ticks++),
  });
}

try {
  // As the command resume does it: a run may have been killed when it was complete, but not cleaned up.
  if (resume && (await runState(folder, processes)).status === 'completed') await clearFinished(folder, processes);
  else await run();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}
