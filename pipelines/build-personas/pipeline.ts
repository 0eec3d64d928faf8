import type { Pipeline } from '../../src/pipeline/plan.js';
import { value } from '../../src/pipeline/artifact.js';
import {
  administerInventory,
  filterPersonas,
  ingestHistories,
  minePersonas,
  sourceSchemas,
} from '../../src/stages/index.js';
import { alignmentWires } from '../alignment.js';

const { Target, TraitNorms, Inventory, Rubric, Models, InputFile } = sourceSchemas;

/** From post histories to an aligned agent pool. Inputs -> outputs are files below the run folder, or sources. */
export const buildPersonas: Pipeline = {
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
    {
      stage: administerInventory,
      inputs: { kept: 'stages/kept.jsonl', inventory: 'inventory', norms: 'norms', target: 'target', models: 'models' },
      outputs: { pool: 'stages/persona-pool.parquet', unmeasured: 'stages/unmeasured.jsonl' },
    },
    ...alignmentWires,
  ],
};
