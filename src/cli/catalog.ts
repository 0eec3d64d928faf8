import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { sha256 } from '../core/canonical-json.js';
import { Failure } from '../core/failure.js';
import type { Source } from '../pipeline/plan.js';

const CatalogEntry = z.strictObject({
  id: z.string(),
  /** Relative to the package. */
  file: z.string(),
  kind: z.enum(['target', 'trait-norms', 'inventory', 'rubric', 'lexicon', 'prompt', 'histories', 'data-use']),
  title: z.string(),
  source: z.string(),
  licence: z.string(),
  universe: z.string(),
  period: z.string(),
  rows: z.number().int(),
  schema: z.string(),
  sha256: z.string(),
});
export type CatalogEntry = z.infer<typeof CatalogEntry>;
const Catalog = z.strictObject({ schema: z.literal('catalog/1'), entries: z.array(CatalogEntry) });

/** Folder of the package: the nearest one above this file that has a package.json. */
export const packageRoot = ((): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
})();

/** The files that ship with the package, by kind and name; each is checked against its hash when it is read. */
export async function readCatalog(): Promise<readonly CatalogEntry[]> {
  const text = await readFile(join(packageRoot, 'data', 'catalog.json'), 'utf8');
  return Catalog.parse(JSON.parse(text)).entries;
}

/** Names of the catalog's files of one kind. */
export const namesOf = (entries: readonly CatalogEntry[], kind: CatalogEntry['kind']): string[] =>
  entries.filter((entry) => entry.kind === kind).map(({ id }) => id);

/**
 * Text of a file of the catalog.
 *
 * @throws {Failure} `integrity` when it is not the file that the catalog was made with
 */
export async function readCatalogFile({ file, sha256: expected }: CatalogEntry): Promise<string> {
  const bytes = await readFile(join(packageRoot, file));
  if (sha256(bytes) !== expected)
    throw new Failure('integrity', {
      where: file,
      problem: 'not the file that the catalog describes',
      hint: 'Reinstall the package, or pass a file of your own by its path.',
    });
  return bytes.toString('utf8');
}

/**
 * A validated value by the name of a catalog file, or by the path of a file of the user's own.
 *
 * @throws {Failure} `invalid-input` naming the file, and the field that is wrong
 */
export async function loadSource<T>(
  entries: readonly CatalogEntry[],
  kind: CatalogEntry['kind'],
  nameOrPath: string,
  schema: z.ZodType<T>,
): Promise<Source & { readonly value: T }> {
  const entry = entries.find((e) => e.kind === kind && e.id === nameOrPath);
  const text = entry ? await readCatalogFile(entry) : await readOwnFile(entries, kind, nameOrPath);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new Failure('invalid-input', {
      where: nameOrPath,
      problem: `not JSON (${error instanceof Error ? error.message : 'unreadable'})`,
    });
  }
  const parsed = schema.safeParse(content);
  if (!parsed.success)
    throw new Failure('invalid-input', {
      where: nameOrPath,
      problem: `not a ${kind} file: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`,
    });
  // Own files are known by their content only: a path would tie the record to one machine.
  return { value: parsed.data, sha256: sha256(text), origin: entry ? entry.id : 'own file' };
}

async function readOwnFile(
  entries: readonly CatalogEntry[],
  kind: CatalogEntry['kind'],
  path: string,
): Promise<string> {
  return readFile(path, 'utf8').catch(() => {
    throw new Failure('usage', {
      where: kind,
      problem: 'neither a name in the catalog nor a readable file',
      got: path,
      expected: `one of ${namesOf(entries, kind).join(', ')}, or the path of a JSON file`,
    });
  });
}
