import { z } from 'zod';
import { textColumn } from '../core/table.js';
import { columns, value } from '../pipeline/artifact.js';
import { peopleMeter } from '../population/align/quality.js';
import { importanceWeights } from '../population/align/weigh.js';
import { firstPeople, foldOf, peopleOf, personaPoolColumns } from '../population/persona-pool.js';
import { Target } from '../population/target.js';
import { peopleDiagnostics, weightDiagnostics } from '../survey/diagnostics.js';
import { defineStage } from './services.js';

/** Projections of the sliced distance that chooses the clip: fewer than for the final judgement, many times over. */
const tuneProjections = 25;

/** Stage `weight-pool`: importance weights by the density ratio of the traits, clipped where held-out people are met best. */
export const weightPool = defineStage({
  name: 'weight-pool',
  version: 2,
  summary: 'Importance weights by the density ratio of the traits, clipped where held-out people are met best.',
  config: z.strictObject({
    fitPeople: z.number().int().positive().default(4_000).describe('people of the fit fold behind the target density'),
  }),
  inputs: {
    pool: columns('persona-pool/1', personaPoolColumns),
    reference: columns('reference/1', ['fold']),
    target: value(Target),
  },
  outputs: { weighted: columns('weighted-pool/1', ['persona', 'weight']) },
  uses: ['kernelSums'],

  async run({ pool, reference, target }, { fitPeople }, { random, record, services }) {
    const tune = foldOf(reference, target, 'tune');
    const meter = peopleMeter(tune, random.fork('meter'), tuneProjections);
    const persona = textColumn(pool, 'persona');
    const table = (weight: Float64Array) => ({
      weighted: { schema: 'weighted-pool/1', rows: pool.rows, columns: { persona, weight } },
    });
    if (meter === null) return table(new Float64Array(pool.rows).fill(1 / pool.rows));
    const fit = firstPeople(foldOf(reference, target, 'fit'), fitPeople);
    const { weights, clipQuantile, trials, smoothed, classifierAgreement } = await importanceWeights(
      peopleOf(pool, target, true),
      fit,
      meter,
      random.fork('centres'),
      services.kernelSums,
    );
    const { paretoK, paretoKLimit } = smoothed;
    const tail =
      paretoK === null
        ? ''
        : `; Pareto k of the ratios ${paretoK.toFixed(2)}, ${paretoK > paretoKLimit ? 'above' : 'within'} ${paretoKLimit.toFixed(2)}`;
    record({
      level: 'info',
      code: 'pool-weighted',
      message: `importance weights clipped at their ${clipQuantile} quantile, chosen on ${tune.size} held-out people${tail}`,
      values: {
        clipQuantile,
        trials,
        smoothed,
        classifierAgreement,
        effectiveSampleSize: weightDiagnostics(weights).effectiveSampleSize,
        effectivePeople: peopleDiagnostics(textColumn(pool, 'person'), weights).effectivePeople,
      },
    });
    return table(weights);
  },
});
