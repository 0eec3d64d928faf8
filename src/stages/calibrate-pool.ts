import { z } from 'zod';
import { numberColumn, textColumn } from '../core/table.js';
import { columns, value } from '../pipeline/artifact.js';
import { calibratePool as calibrateToTarget } from '../population/align/calibrate-pool.js';
import { buildConstraints } from '../population/align/constraints.js';
import { foldOf, peopleOf, personaPoolColumns } from '../population/persona-pool.js';
import { Target } from '../population/target.js';
import { peopleDiagnostics, weightDiagnostics } from '../survey/diagnostics.js';
import { defineStage } from './services.js';

/** What the last weighting step met and what it did not. */
export const CalibrationSummary = z.strictObject({
  schema: z.literal('calibration/1'),
  status: z.string(),
  iterations: z.number().int(),
  maxError: z.number(),
  constraints: z.number().int(),
  unsupported: z.array(z.string()),
  unmet: z.array(z.string()),
});

/** Stage `calibrate-pool`: set the weights: Census margins and trait moments met together, or a proof that they cannot be. */
export const calibratePool = defineStage({
  name: 'calibrate-pool',
  version: 1,
  summary: 'Set the weights: Census margins and trait moments met together, or a proof that they cannot be.',
  config: z.strictObject({
    tolerance: z.number().positive().default(1e-8).describe('largest error of a constraint, in shares or SD units'),
    minEffectiveSampleSize: z
      .number()
      .min(1)
      .default(30)
      .describe('refuse weights that rest on fewer personas than this'),
    allowUnmet: z.boolean().default(false).describe('complete with what can be met instead of failing'),
  }),
  inputs: {
    pool: columns('persona-pool/1', personaPoolColumns),
    transported: columns('transport/1', ['persona', 'weight']),
    reference: columns('reference/1', ['fold']),
    target: value(Target),
  },
  outputs: { calibrated: columns('calibrated-pool/1', ['persona', 'weight']), summary: value(CalibrationSummary) },
  uses: [],

  run({ pool, transported, reference, target }, config, { record }) {
    const fit = foldOf(reference, target, 'fit');
    const people = peopleOf(pool, target, fit.traits !== null);
    const constraints = buildConstraints(target, people, fit);
    const base = numberColumn(transported, 'weight');
    const { weights, solution, unmet } = calibrateToTarget(base, constraints, config);
    const { status, iterations, maxError } = solution;
    const { effectiveSampleSize, designEffect } = weightDiagnostics(weights);
    const { effectivePeople } = peopleDiagnostics(textColumn(pool, 'person'), weights);
    record({
      level: unmet.length === 0 ? 'info' : 'caution',
      code: unmet.length === 0 ? 'pool-calibrated' : 'target-unmet',
      message:
        unmet.length === 0
          ? `${constraints.constraints.length} constraints met together in ${iterations} Newton steps`
          : `${unmet.length} things asked for were not met: ${unmet.slice(0, 12).join('; ')}`,
      values: { status, iterations, maxError, effectiveSampleSize, effectivePeople, designEffect },
    });
    return {
      calibrated: {
        schema: 'calibrated-pool/1',
        rows: pool.rows,
        columns: { persona: textColumn(pool, 'persona'), weight: weights },
      },
      summary: {
        schema: 'calibration/1' as const,
        status,
        iterations,
        maxError,
        constraints: constraints.constraints.length,
        unsupported: [...constraints.unsupported],
        unmet: [...unmet],
      },
    };
  },
});
