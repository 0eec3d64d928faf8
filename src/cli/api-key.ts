import { readFile, stat } from 'node:fs/promises';
import { Failure } from '../core/failure.js';
import { Secret } from '../core/secret.js';

/** Where the key of a language model may be: not among the options, which everybody on a machine can list. */
export const keyVariable = 'OPENAI_API_KEY';

/** Options that would hold a key; none of them exists. */
const keyOption = /^--?(?:open-?ai-?)?(?:api-?)?(?:key|token|secret|password|bearer)(?:=|$)/i;

/**
 * Refuses a key on the command line before anything looks at it, without repeating it.
 *
 * @throws {Failure} `usage`
 */
export function refuseKeyOptions(argv: readonly string[]): void {
  const given = argv.find((word) => keyOption.test(word));
  if (given === undefined) return;
  throw new Failure('usage', {
    where: /^[^=]*/.exec(given)![0],
    problem: 'no key goes on the command line: everybody on this machine can read it there, and the shell remembers it',
    expected: `the key in the environment (${keyVariable}), or in a file named by --api-key-file`,
    hint: 'If this was a real key, replace it by a new one.',
  });
}

/**
 * The key of the language model: from a file that nobody else may read, or from the environment; undefined where there is none.
 *
 * @throws {Failure} `usage` on a file that cannot be read, that others may read, or on what cannot be a key; never with the key in it
 */
export async function apiKeyFrom(
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Secret | undefined> {
  const key = file === undefined ? environment[keyVariable] : await readKey(file);
  const trimmed = key?.trim() ?? '';
  const where = file === undefined ? keyVariable : '--api-key-file';
  // It travels as a header, where other characters begin something else.
  if (!/^[\x21-\x7e]*$/.test(trimmed))
    throw new Failure('usage', { where, problem: 'not a key', expected: 'one word of visible ASCII characters' });
  if (trimmed === '' && file !== undefined)
    throw new Failure('usage', { where, problem: 'the file holds no key', got: file });
  return trimmed === '' ? undefined : new Secret(trimmed);
}

async function readKey(file: string): Promise<string> {
  const refuse = (problem: string, hint: string): Failure =>
    new Failure('usage', { where: '--api-key-file', problem, got: file, hint });
  const info = await stat(file).catch(() => undefined);
  if (info?.isFile() !== true || info.size > 4096)
    throw refuse('not a file with a key', 'One line with the key, and nothing else.');
  // Windows has no such bits.
  if (process.platform !== 'win32' && (info.mode & 0o077) !== 0)
    throw refuse('others may read this file', `chmod 600 ${file}`);
  return readFile(file, 'utf8').catch(() => {
    throw refuse('the file cannot be read', 'Give yourself the right to read it.');
  });
}
