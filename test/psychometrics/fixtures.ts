import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Inventory, TraitNorms, traitDomains, type TraitDomain } from '../../src/psychometrics/inventory.js';

const root = new URL('../../', import.meta.url);
const json = (path: string): unknown => JSON.parse(readFileSync(new URL(path, root), 'utf8'));

/** The inventory and the norms that ship with the project. */
export const shipped = (inventory: string, norms: string): { inventory: Inventory; norms: TraitNorms } => ({
  inventory: Inventory.parse(json(`personas/inventories/${inventory}.json`)),
  norms: TraitNorms.parse(json(`data/traits/${norms}.json`)),
});

/** Items written as `+E1`, `-A2`: the key, the first letter of the domain, a number. */
export function inventoryOf(name: string, items: readonly string[], max = 5): Inventory {
  const domainOf = (letter: string): TraitDomain => traitDomains.find((d) => d.startsWith(letter.toLowerCase()))!;
  return Inventory.parse({
    schema: 'inventory/1',
    name,
    title: name,
    licence: 'none',
    source: {},
    stem: 'I',
    response: { min: 1, max, labels: [] },
    domains: [...traitDomains],
    facets: [],
    items: items.map((item) => ({
      id: item.slice(1),
      text: item,
      domain: domainOf(item[1]!),
      keying: item.startsWith('-') ? -1 : 1,
    })),
  });
}

/** Two items a domain, the second of E and A reverse keyed. */
export const tiny = inventoryOf('tiny', ['+E1', '-E2', '+A1', '-A2', '+C1', '+C2', '+N1', '+N2', '+O1', '+O2']);

/** Norms of `tiny`: men with two ages, women with one; no item shares unless given. */
export const tinyNorms = (edit: Partial<TraitNorms> = {}): TraitNorms =>
  TraitNorms.parse({
    schema: 'trait-target/1',
    name: 'tiny-norms',
    instrument: 'tiny',
    title: 'made up',
    universe: 'nobody',
    period: 'never',
    source: {},
    flags: [],
    domains: [...traitDomains],
    scale: { min: 1, max: 5, levels: 9 },
    smoothing: 'none',
    cells: [cell('female', [18, 120], 3.2), cell('male', [18, 39], 3), cell('male', [49, 120], 3.4)],
    correlation: traitDomains.map((_, i) => traitDomains.map((__, j) => (i === j ? 1 : 0.1))),
    correlationBasis: 'made up',
    alpha: [0.6, 0.6, 0.6, 0.6, 0.6],
    items: [],
    ...edit,
  });

const cell = (sex: 'female' | 'male', ages: [number, number], mean: number): TraitNorms['cells'][number] => ({
  sex,
  ages,
  n: 100,
  smoothed: false,
  mean: [mean, mean, mean, mean, mean],
  sd: [0.8, 0.8, 0.8, 0.8, 0.8],
  histogram: traitDomains.map(() => Array.from({ length: 9 }, () => 1 / 9)),
});

/** Rows of a gzipped CSV of real answers beside the repository, as texts by column; undefined where it is absent. */
export function sharedRows(path: string): Record<string, string>[] | undefined {
  const file = new URL(`../shared/data/${path}`, root);
  if (!existsSync(file)) return undefined;
  const [header, ...lines] = gunzipSync(readFileSync(file)).toString('utf8').trim().split(/\r?\n/);
  const names = header!.split(',').map((name) => name.replaceAll('"', ''));
  return lines.map((line) => {
    const values = line.split(',');
    return Object.fromEntries(names.map((name, i) => [name, values[i]!]));
  });
}

/** JSON beside the repository; undefined where it is absent. */
export function sharedJson(path: string): unknown {
  const file = new URL(`../shared/data/${path}`, root);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** The openpsychometrics file: its columns, its keys (their codebook). */
export const openpsych = inventoryOf(
  'openpsych',
  ['E', 'N', 'A', 'C', 'O'].flatMap((letter) => {
    const reversed = { E: [2, 4, 6, 8, 10], N: [2, 4], A: [1, 3, 5, 7], C: [2, 4, 6, 8], O: [2, 4, 6] }[letter]!;
    return Array.from({ length: 10 }, (_, i) => `${reversed.includes(i + 1) ? '-' : '+'}${letter}${i + 1}`);
  }),
);

/** Responses of rows in the order of the inventory; an empty field or NA is missing. */
export const responsesOf = (inventory: Inventory, rows: readonly Record<string, string>[]): Uint8Array =>
  Uint8Array.from(rows.flatMap((row) => inventory.items.map(({ id }) => Number(row[id]) || 0)));
