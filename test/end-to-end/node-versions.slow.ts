import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../cli/run-cli.js';
import { temporaryFolder } from '../io/temporary.js';
import { nodeBinary, nodeVersions } from '../support/node-binaries.mjs';
import { cli, runToEnd, artifactsIn } from './killed-runs.js';
import { buildWith, modelConfig, modelEnv, modelServer } from './model-run.js';
import { tinyConfig } from './small-run.js';

// The same runs on every Node that is supported give the same bytes, whatever its V8, ICU and zlib.

const folder = temporaryFolder();
const server = await modelServer({ seed: 'versions' });
const modelSettings = modelConfig(folder, 4);

/** The version, or why it cannot be had. */
function binaryOf(version: string): { path: string } | { reason: string } {
  try {
    return { path: nodeBinary(version) };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}
const binaries = nodeVersions.map((version) => ({ version, binary: binaryOf(version) }));
for (const { version, binary } of binaries)
  if ('reason' in binary)
    console.warn(`Node ${version} cannot be installed, so nothing is run on it: ${binary.reason}`);

const example = (file: string): string => join(root, 'pipelines/weight-sample', file);
const commands: readonly { name: string; args: (out: string) => string[] }[] = [
  { name: 'build-personas', args: (out) => cli('build-personas', '-c', tinyConfig, '--out', out, '--quiet') },
  {
    name: 'build-personas with a language model',
    args: (out) => buildWith(modelSettings, server, out, '--workers', '1'),
  },
  {
    name: 'weight',
    args: (out) =>
      cli('weight', '--sample', example('sample.csv'), '--margins', example('margins.csv'), '--out', out, '--quiet'),
  },
  {
    name: 'adapt',
    args: (out) =>
      cli(
        ...['adapt', '--pool', join(out, '..', 'build-personas'), '--query', 'women in the South who like gardening'],
        ...['--agents', '10', '--out', out, '--quiet'],
      ),
  },
];

describe('on every Node that is supported', { timeout: 3_600_000 }, () => {
  const found = new Map<string, Record<string, string>>();
  for (const { version, binary } of binaries)
    it.skipIf('reason' in binary).each(commands)(
      `Node ${version}: $name gives the same bytes`,
      async ({ name, args }) => {
        const at = join(folder, version);
        mkdirSync(at, { recursive: true });
        const out = join(at, name);
        const end = await runToEnd('path' in binary ? binary.path : '', args(out), { env: modelEnv });
        expect(end).toEqual({ code: 0, error: '' });
        const files = artifactsIn(out);
        const first = found.get(name) ?? files;
        found.set(name, first);
        expect(Object.keys(files)).toEqual(Object.keys(first));
        expect(Object.keys(files).filter((file) => files[file] !== first[file])).toEqual([]);
      },
    );
});
