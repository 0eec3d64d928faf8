import { existsSync } from 'node:fs';
import { mkdtemp, open, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Failure } from '../core/failure.js';
import type { Secret } from '../core/secret.js';
import { readCatalog, readCatalogFile } from './catalog.js';
import { checkEndpoint } from './endpoint.js';

/** What one look found: fine, worth knowing, or in the way; with what to do. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'note' | 'problem';
  readonly found: string;
  readonly advice?: string;
}

/** The machine as it is; tests give a broken one. */
export interface Machine {
  readonly node: string;
  readonly threads: number;
  readonly memoryBytes: number;
  readonly freeBytes: number;
  /** Which kernels run: see the README of the kernels. */
  readonly kernels: () => string;
  readonly hasSharedMemory: boolean;
  /** Bytes that may still be written below a folder. */
  readonly diskBytes: (folder: string) => Promise<number>;
  readonly catalog: typeof readCatalog;
}

/** This machine. */
export const thisMachine = (kernels: () => string): Machine => ({
  node: process.versions.node,
  threads: availableParallelism(),
  memoryBytes: totalmem(),
  freeBytes: freemem(),
  kernels,
  hasSharedMemory: typeof SharedArrayBuffer === 'function',
  diskBytes: async (folder) => {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  },
  catalog: readCatalog,
});

const check = (name: string, state: Check['state'], found: string, advice?: string): Check => ({
  ...{ name, state, found },
  ...(advice !== undefined && { advice }),
});
const gib = (bytes: number): string => `${(bytes / 1073741824).toFixed(1)} GiB`;
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Node, processor and memory. */
export function machineChecks(machine: Machine): Check[] {
  const [major = 0, minor = 0] = machine.node.split('.').map(Number);
  const isNew = major > 20 || (major === 20 && minor >= 19);
  const kernels = ((): Check => {
    try {
      const build = machine.kernels();
      return build === 'twin'
        ? check('kernels', 'note', 'no WebAssembly SIMD', 'Results are the same, and take several times as long.')
        : check('kernels', 'ok', build === 'relaxed' ? 'WebAssembly SIMD, relaxed too' : 'WebAssembly SIMD');
    } catch (error) {
      return check('kernels', 'problem', reasonOf(error), 'Reinstall the package, or run npm run build.');
    }
  })();
  const { memoryBytes, freeBytes } = machine;
  const memory = `${gib(memoryBytes)}, ${gib(freeBytes)} free`;
  return [
    isNew
      ? check('node', 'ok', machine.node)
      : check('node', 'problem', machine.node, 'Install Node 20.19 or newer: https://nodejs.org'),
    kernels,
    machine.hasSharedMemory
      ? check('threads', 'ok', `${machine.threads}, with shared memory`)
      : check('threads', 'note', 'no shared memory', 'Long computations use one thread.'),
    memoryBytes < 2 * 1073741824
      ? check('memory', 'note', memory, 'Enough for thousands of personas; a million records want 4 GiB.')
      : check('memory', 'ok', memory),
    // Nothing that is computed, sorted or written depends on either.
    check('locale', 'ok', 'results depend on no locale and no time zone'),
  ];
}

/** The files that ship with the package. */
export async function packageChecks({ catalog }: Pick<Machine, 'catalog'>): Promise<Check[]> {
  try {
    const entries = await catalog();
    const read = await Promise.all(
      entries.map((entry) =>
        readCatalogFile(entry).then(
          () => undefined,
          () => entry.file,
        ),
      ),
    );
    const bad = read.filter((file) => file !== undefined);
    return [
      bad.length === 0
        ? check('package data', 'ok', `${entries.length} files have their hashes`)
        : check('package data', 'problem', `missing or changed: ${bad.join(', ')}`, 'Reinstall the package.'),
    ];
  } catch (error) {
    return [check('package data', 'problem', reasonOf(error), 'Reinstall the package.')];
  }
}

/** The disk below the folder where a run would be: room, and whether what is written and renamed is there. */
export async function diskChecks(out: string, { diskBytes }: Pick<Machine, 'diskBytes'>): Promise<Check[]> {
  let folder = resolve(out);
  while (!existsSync(folder)) folder = dirname(folder);
  if (!(await stat(folder)).isDirectory())
    return [check('folder', 'problem', `${folder} is a file`, 'Choose another --out.')];
  const checks: Check[] = [];
  try {
    const bytes = await diskBytes(folder);
    const found = `${gib(bytes)} free below ${folder}`;
    if (bytes < 104857600) checks.push(check('disk', 'problem', found, 'Make room, or choose another --out.'));
    else if (bytes < 2 * 1073741824) checks.push(check('disk', 'note', found, 'Large runs want more.'));
    else checks.push(check('disk', 'ok', found));
  } catch (error) {
    checks.push(check('disk', 'note', `free space is not known (${reasonOf(error)})`));
  }
  return [...checks, await writeCheck(folder)];
}

async function writeCheck(folder: string): Promise<Check> {
  let probe: string | undefined;
  try {
    probe = await mkdtemp(join(folder, '.populace-doctor-'));
    const [part, whole] = [join(probe, 'file.part'), join(probe, 'file')];
    await writeFile(whole, 'old');
    const file = await open(part, 'w');
    try {
      await file.writeFile('new');
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, whole);
    return (await readFile(whole, 'utf8')) === 'new' && !existsSync(part)
      ? check('writing', 'ok', 'files are synced and renamed over one another')
      : check('writing', 'problem', 'a file renamed over another one is not there', 'Choose a local disk for --out.');
  } catch (error) {
    return check('writing', 'problem', reasonOf(error), 'Choose an --out that you may write to, on a local disk.');
  } finally {
    if (probe !== undefined) await rm(probe, { recursive: true, force: true });
  }
}

/** The server of language models, as far as it can be seen without asking a question. */
export async function endpointChecks(
  baseUrl: string,
  {
    key,
    model,
    allowPrivate,
  }: { readonly key: Secret | undefined; readonly model: string | undefined; readonly allowPrivate: boolean },
): Promise<Check[]> {
  const present = key === undefined ? 'not given' : 'given (not shown)';
  try {
    const { origin, network } = await checkEndpoint(baseUrl, { allowPrivate });
    const keyCheck =
      key === undefined && network === 'public'
        ? check('key', 'note', present, 'Put it into OPENAI_API_KEY, or name a file with --api-key-file.')
        : check('key', 'ok', present);
    const address = check('address', 'ok', `${origin} (${network})`);
    return [address, keyCheck, ...(await listChecks(baseUrl, key, model))];
  } catch (error) {
    if (error instanceof Failure) return [check('address', 'problem', error.message)];
    throw error;
  }
}

async function listChecks(baseUrl: string, key: Secret | undefined, model: string | undefined): Promise<Check[]> {
  const hide = (text: string): string => key?.redact(text) ?? text;
  try {
    const response = await fetch(`${baseUrl.replace(/\/+$/, '')}/models`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(10_000),
      headers: key === undefined ? {} : { authorization: `Bearer ${key.reveal()}` },
    });
    const { status } = response;
    if (status >= 300 && status < 400)
      return [
        check('server', 'problem', `it redirects (${status})`, 'Give the final base URL: prompts are not sent on.'),
      ];
    if (status === 401 || status === 403)
      return [check('server', 'problem', `it refuses the key (${status})`, 'Check the key and what it may use.')];
    if (status === 404)
      return [
        check(
          'server',
          'note',
          'it has no list of models (404)',
          'Check that the base URL ends as it should, often in /v1.',
        ),
      ];
    if (!response.ok) return [check('server', 'problem', `it fails (${status})`, 'Try again later.')];
    const body = JSON.parse(await response.text()) as { data?: { id?: unknown }[] };
    const names = (Array.isArray(body.data) ? body.data : []).map(({ id }) => String(id));
    const reached = check('server', 'ok', `it answers, with ${names.length} models`);
    if (model === undefined) return [reached];
    return [
      reached,
      names.includes(model)
        ? check('model', 'ok', `${model} is there`)
        : check('model', 'problem', `${model} is not in its list`, hide(`It has: ${names.slice(0, 10).join(', ')}.`)),
    ];
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const found =
      cause instanceof SyntaxError
        ? 'it sends something that is no list of models'
        : `it cannot be reached (${hide(reasonOf(cause))})`;
    return [check('server', 'problem', found, 'Check the base URL, the certificate, and whether the server runs.')];
  }
}
