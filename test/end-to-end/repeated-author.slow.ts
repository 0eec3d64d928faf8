import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli } from '../cli/run-cli.js';
import { temporaryFolder } from '../io/temporary.js';
import { diagnosticsIn, rowsIn, smallSizes, writeConfig } from './small-run.js';

const folder = temporaryFolder();
const demo = readFileSync(new URL('../../data/histories/demo.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n');
const rows = demo.map((line) => JSON.parse(line) as { author: string; text: string });

/** Somebody in the middle who writes enough. */
const copied = rows[300]!.author;

it('counts one author under fifty names once: the copies are found and add no variety', async () => {
  const copies = Array.from({ length: 49 }, (_, name) =>
    rows.filter(({ author }) => author === copied).map((row) => ({ ...row, author: `another name ${name}` })),
  ).flat();
  const runOf = async (name: string, posts: readonly object[]) => {
    const histories = join(folder, `${name}.jsonl`);
    writeFileSync(histories, posts.map((row) => JSON.stringify(row)).join('\n'));
    const stages = { ...smallSizes, 'mine-personas': { draws: 6 }, 'select-agents': { agents: 'all' } };
    const config = writeConfig(folder, stages, { histories }, `${name}.json`);
    const out = join(folder, name);
    const ended = await runCli([
      ...['build-personas', '-c', config, '--out', out],
      ...['--allow-unmet', '--no-shuffle-control', '--quiet'],
    ]);
    expect(ended).toMatchObject({ code: 0, error: '' });
    return out;
  };
  const [alone, repeated] = await Promise.all([runOf('alone', rows), runOf('repeated', [...rows, ...copies])]);

  const rejected = rowsIn<{ person: string; criterion: string }>(repeated, 'rejected.jsonl');
  const flagged = new Set(
    rejected.flatMap(({ person, criterion }) => (criterion === 'duplicate-author' ? [person] : [])),
  );
  expect(flagged.size).toBeGreaterThanOrEqual(48);
  expect(diagnosticsIn(alone).rejected['duplicate-author']).toBeUndefined();
  expect(diagnosticsIn(repeated).histories).toBe(diagnosticsIn(alone).histories + 49);
  expect(diagnosticsIn(repeated).effectivePeople - diagnosticsIn(alone).effectivePeople).toBeLessThanOrEqual(2);
  expect(diagnosticsIn(repeated).distinctPeople).toBeLessThanOrEqual(diagnosticsIn(alone).distinctPeople + 1);
}, 120_000);
