import { z } from 'zod';
import { Failure } from '../core/failure.js';
import type { Finding } from '../core/findings.js';
import { numberColumn, type Table, textColumn } from '../core/table.js';
import { normalized } from '../numerics/statistics.js';
import { columns, optional, value } from '../pipeline/artifact.js';
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
  version: 3,
  summary: 'Importance weights by the density ratio of the traits, clipped where held-out people are met best.',
  config: z.strictObject({
    fitPeople: z.number().int().positive().default(4_000).describe('people of the fit fold behind the target density'),
    attritionWeights: z
      .boolean()
      .default(false)
      .describe('multiply by the attrition weights: who was lost more often on the way counts for more'),
  }),
  inputs: {
    pool: columns('persona-pool/1', personaPoolColumns),
    reference: columns('reference/1', ['fold']),
    target: value(Target),
    /** A pool from a file has none: what was lost before is not known. */
    attrition: optional(columns('attrition-weights/1', ['persona', 'weight'])),
  },
  outputs: { weighted: columns('weighted-pool/1', ['persona', 'weight']) },
  conserves: [{ of: 'pool', by: 'persona', kept: { weighted: 'persona' } }],
  uses: ['kernelSums'],

  async run({ pool, reference, target, attrition }, { fitPeople, attritionWeights }, { random, record, services }) {
    const tune = foldOf(reference, target, 'tune');
    const meter = peopleMeter(tune, random.fork('meter'), tuneProjections);
    const persona = textColumn(pool, 'persona');
    const base = attritionWeights ? baseWeights(attrition, persona) : undefined;
    if (base) record(baseFinding(base));
    // The ratio corrects the traits, whoever was lost; the base weights correct the groups, which it does not look at.
    const table = (ratio: Float64Array) => {
      const weight = base ? normalized(ratio.map((w, i) => w * base[i]!)) : ratio;
      return { weighted: { schema: 'weighted-pool/1', rows: pool.rows, columns: { persona, weight } } };
    };
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

/** @throws {Failure} `usage` without attrition weights, `integrity` when they are of other personas */
function baseWeights(attrition: Table | undefined, personas: readonly string[]): Float64Array {
  const where = 'weight-pool.attritionWeights';
  if (attrition === undefined)
    throw new Failure('usage', { where, problem: 'there are no attrition weights for a pool from a file' });
  const weights = numberColumn(attrition, 'weight');
  const rowOf = new Map(textColumn(attrition, 'persona').map((persona, row) => [persona, row]));
  return Float64Array.from(personas, (persona) => {
    const row = rowOf.get(persona);
    if (row === undefined) throw new Failure('integrity', { where, problem: 'no attrition weight', got: persona });
    return weights[row]!;
  });
}

function baseFinding(base: Float64Array): Finding {
  const { effectiveSampleSize, maxRelativeWeight } = weightDiagnostics(base);
  return {
    level: 'info',
    code: 'attrition-weighted',
    message: `attrition weights were taken as base weights: alone they leave ${effectiveSampleSize.toFixed(0)} effective personas of ${base.length}`,
    values: { effectiveSampleSize, maxRelativeWeight },
  };
}
