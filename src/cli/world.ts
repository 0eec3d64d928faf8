import { Failure } from '../core/failure.js';
import { sourceSchemas } from '../stages/index.js';
import { loadSource, readCatalog, type CatalogEntry } from './catalog.js';
import { withSettings, type RunConfig } from './config.js';

/** Target, inventory and the norms that belong to both, by name or file. */
export async function loadWorld({ target: targetName, inventory: inventoryName }: RunConfig) {
  const entries = await readCatalog();
  const { Target, TraitNorms, Inventory } = sourceSchemas;
  const target = await loadSource(entries, 'target', targetName, Target);
  const inventory = await loadSource(entries, 'inventory', inventoryName, Inventory);
  const norms = await loadNorms(entries, target.value.traits, inventory.value.name, TraitNorms);
  return { target, inventory, norms };
}

/** Options of the command line that set stages of the alignment. */
export interface AlignmentOptions {
  readonly agents?: number | 'all';
  readonly minEffectivePeople?: number;
  readonly maxAuthorShare?: number;
  readonly allowUnmet?: boolean;
}

/** The settings of the stages with the options of the command line on top. */
export function alignmentSettings(
  config: Pick<RunConfig, 'stages'>,
  { agents, minEffectivePeople, maxAuthorShare, allowUnmet }: AlignmentOptions,
): RunConfig['stages'] {
  const settings: readonly (readonly [stage: string, values: Readonly<Record<string, unknown>>])[] = [
    ['select-agents', { agents }],
    ['measure-population', { minEffectivePeople, maxAuthorShare }],
    // Only the option accepts gaps; its absence leaves what the file says.
    ...(['check-calibration', 'check-gates'] as const).map(
      (stage) => [stage, allowUnmet ? { allowUnmet } : {}] as const,
    ),
  ];
  return settings.reduce((stages, [stage, values]) => {
    const given = Object.fromEntries(Object.entries(values).filter(([, v]) => v !== undefined));
    return Object.keys(given).length > 0 ? withSettings({ stages }, stage, given) : stages;
  }, config.stages);
}

/** The target's norms for the inventory; else any norms for it, which then serve the generator but not the alignment. */
async function loadNorms(
  entries: readonly CatalogEntry[],
  ofTarget: readonly string[],
  inventory: string,
  schema: typeof sourceSchemas.TraitNorms,
) {
  const names = [...ofTarget, ...entries.filter(({ kind }) => kind === 'trait-norms').map(({ id }) => id)];
  for (const name of names) {
    const norms = await loadSource(entries, 'trait-norms', name, schema);
    if (norms.value.instrument === inventory) return norms;
  }
  throw new Failure('usage', {
    where: '--inventory',
    problem: 'there are no norms for this inventory',
    got: inventory,
    hint: 'Instrument, norms and correlations travel together.',
  });
}
