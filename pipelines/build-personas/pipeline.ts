import type { Pipeline, Wire } from '../../src/pipeline/plan.js';
import { value } from '../../src/pipeline/artifact.js';
import {
  administerInventory,
  filterPersonas,
  ingestHistories,
  measureTexts,
  minePersonas,
  shuffleTexts,
  sourceSchemas,
} from '../../src/stages/index.js';
import { alignmentWires, closingWires, referenceWire } from '../alignment.js';

const { Target, TraitNorms, Inventory, Rubric, Models, InputFile } = sourceSchemas;

/** The inventory, administered to the personas of one branch. */
const inventoryWire = (personas: string, folder: string): Wire => ({
  stage: administerInventory,
  inputs: {
    kept: personas,
    inventory: 'inventory',
    norms: 'norms',
    target: 'target',
    models: 'models',
    reference: 'stages/reference.parquet',
  },
  outputs: {
    pool: `${folder}persona-pool.parquet`,
    unmeasured: `${folder}unmeasured.jsonl`,
    quality: `${folder}inventory-quality.json`,
  },
});

/**
 * The run repeated with texts that changed owners: figures that stay as they were are not evidence about the texts.
 */
const controlWires: readonly Wire[] = [
  {
    stage: shuffleTexts,
    inputs: { kept: 'stages/kept.jsonl' },
    outputs: { shuffled: 'control/shuffled.jsonl' },
  },
  inventoryWire('control/shuffled.jsonl', 'control/'),
  ...alignmentWires({
    folder: 'control/',
    diagnostics: 'control/diagnostics.json',
    gaps: 'control/gap-list.json',
    texts: 'stages/text-quality.json',
  }),
].map((wire) => ({ ...wire, branch: 'control' }));

/** From post histories to an aligned agent pool. Inputs -> outputs are files below the run folder, or sources. */
export const buildPersonas = (shuffleControl: boolean): Pipeline => ({
  name: 'build-personas',
  summary:
    'Write personas from post histories, reject the bad ones with reasons, and align the rest to a target population.',
  sources: {
    posts: value(InputFile),
    models: value(Models),
    target: value(Target),
    norms: value(TraitNorms),
    inventory: value(Inventory),
    rubric: value(Rubric),
  },
  wires: [
    {
      stage: ingestHistories,
      inputs: { posts: 'posts' },
      outputs: { histories: 'stages/histories.jsonl', tally: 'stages/ingest-tally.json' },
    },
    {
      stage: minePersonas,
      inputs: {
        histories: 'stages/histories.jsonl',
        target: 'target',
        inventory: 'inventory',
        norms: 'norms',
        models: 'models',
      },
      outputs: { personas: 'stages/personas.jsonl', failures: 'stages/mining-failures.jsonl' },
    },
    {
      stage: filterPersonas,
      inputs: {
        personas: 'stages/personas.jsonl',
        histories: 'stages/histories.jsonl',
        rubric: 'rubric',
        models: 'models',
      },
      outputs: { kept: 'stages/kept.jsonl', rejected: 'rejected.jsonl' },
    },
    referenceWire,
    inventoryWire('stages/kept.jsonl', 'stages/'),
    {
      stage: measureTexts,
      inputs: {
        kept: 'stages/kept.jsonl',
        rejected: 'rejected.jsonl',
        histories: 'stages/histories.jsonl',
        pool: 'stages/persona-pool.parquet',
      },
      outputs: { texts: 'stages/text-quality.json' },
    },
    ...alignmentWires({
      folder: 'stages/',
      diagnostics: 'diagnostics.json',
      gaps: 'gap-list.json',
      texts: 'stages/text-quality.json',
    }),
    ...(shuffleControl ? controlWires : []),
    ...closingWires(shuffleControl ? 'control/diagnostics.json' : undefined),
  ],
});
