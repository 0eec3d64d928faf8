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
export function alignmentSettings(
  config: Pick<RunConfig, 'stages'>,
  { agents, allowUnmet }: { readonly agents?: number | 'all'; readonly allowUnmet?: boolean },
): RunConfig['stages'] {
  const selected = agents === undefined ? config.stages : withSettings(config, 'select-agents', { agents });
  if (!allowUnmet) return selected;
  const calibrated = withSettings({ stages: selected }, 'calibrate-pool', { allowUnmet });
  return withSettings({ stages: calibrated }, 'check-gates', { allowUnmet });
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
