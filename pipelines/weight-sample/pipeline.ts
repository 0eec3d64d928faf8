import { value } from '../../src/pipeline/artifact.js';
import type { Pipeline } from '../../src/pipeline/plan.js';
import { checkWeights, sourceSchemas, weightSample } from '../../src/stages/index.js';

const { InputFile } = sourceSchemas;

/** Files that weights are made from, besides sample and margins. */
export type WeightingFile = 'persons' | 'personMargins' | 'zones' | 'labels' | 'earlier';

/**
 * From records and margins to weights. Everything is written before limits are checked.
 *
 * @param more files that there are, besides sample and margins
 */
export const weightSamplePipeline = (more: readonly WeightingFile[]): Pipeline => {
  const files = ['sample', 'margins', ...more];
  return {
    name: 'weight-sample',
    summary: 'Weight records of any kind so that they meet the margins of a population.',
    sources: Object.fromEntries(files.map((file) => [file, value(InputFile)])),
    wires: [
      {
        stage: weightSample,
        inputs: Object.fromEntries(files.map((file) => [file, file])),
        outputs: {
          weights: 'weights.csv',
          table: 'weights.parquet',
          report: 'weights.json',
          gaps: 'gap-list.json',
          html: 'weights.html',
          code: 'replicates.md',
        },
      },
      { stage: checkWeights, inputs: { report: 'weights.json', gaps: 'gap-list.json' }, outputs: {} },
    ],
  };
};
