// Node in other versions than the one that runs, from npm: packages that hold one binary each. They are installed once into a cache folder,
// `~/.cache/populace/node` or below $XDG_CACHE_HOME.
//
//   node test/support/node-binaries.mjs      installs those that are missing and prints their paths; exit code 1 when one cannot be had
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The versions whose results must be the same: the last ones of each line that is supported. */
export const nodeVersions = ['20.20.2', '22.23.3', '24.21.0'];

const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'populace', 'node');
const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/**
 * Path of the binary of a version, installed when it is missing.
 *
 * @throws where the registry cannot be reached or has no such version for this machine
 */
export function nodeBinary(version) {
  if (process.versions.node === version) return process.execPath;
  const folder = join(cache, `${name}-${version}`);
  const binary = join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(binary)) return binary;
  const temporary = `${folder}.${process.pid}`;
  mkdirSync(temporary, { recursive: true });
  try {
    execFileSync(
      'npm',
      [
        'install',
        '--prefix',
        temporary,
        '--no-save',
        '--ignore-scripts',
        '--no-audit',
        '--no-fund',
        '--loglevel=error',
      ].concat(`${name}@${version}`),
      { stdio: ['ignore', 'ignore', 'pipe'], timeout: 300_000, cwd: temporary },
    );
    // Somebody else may have been faster.
    if (!existsSync(folder)) renameSync(temporary, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return binary;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const version of nodeVersions) console.log(version, nodeBinary(version));
