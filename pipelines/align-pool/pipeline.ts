import { value } from '../../src/pipeline/artifact.js';
import type { Pipeline } from '../../src/pipeline/plan.js';
import { importPool, sourceSchemas } from '../../src/stages/index.js';
import { alignmentWires, closingWires, referenceWire } from '../alignment.js';

const { Target, TraitNorms, Inventory, InputFile } = sourceSchemas;

/** From personas that are already measured to an aligned agent pool: nothing is written, imputed or asked. */
export const alignPool: Pipeline = {
  name: 'align-pool',
  summary: 'Align personas of your own, with attributes and trait scores, to a target population.',
  sources: {
    file: value(InputFile),
    target: value(Target),
    norms: value(TraitNorms),
    inventory: value(Inventory),
  },
  wires: [
    {
      stage: importPool,
      inputs: { file: 'file', target: 'target', inventory: 'inventory', norms: 'norms' },
      outputs: {
        pool: 'stages/persona-pool.parquet',
        personas: 'stages/personas.jsonl',
        texts: 'stages/kept.jsonl',
        rejected: 'rejected.jsonl',
        unmeasured: 'stages/unmeasured.jsonl',
        tally: 'stages/ingest-tally.json',
      },
    },
    referenceWire,
    ...alignmentWires({ folder: 'stages/', diagnostics: 'diagnostics.json', gaps: 'gap-list.json' }),
    ...closingWires(),
  ],
};
