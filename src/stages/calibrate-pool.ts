import { z } from 'zod';
import { numberColumn, textColumn } from '../core/table.js';
import { columns, optional, value } from '../pipeline/artifact.js';
import {
  calibratePool as calibrateToTarget,
  mostForCosts,
  type PoolCalibration,
} from '../population/align/calibrate-pool.js';
import { buildConstraints } from '../population/align/constraints.js';
import { missingPersonas } from '../population/align/missing-personas.js';
import { foldOf, peopleOf, personaPoolColumns } from '../population/persona-pool.js';
import { Target } from '../population/target.js';
import { peopleDiagnostics, weightDiagnostics } from '../survey/diagnostics.js';
import { loadSlackSolver } from '../survey/feasibility.js';
import { GapList } from '../survey/gap-list.js';
import { defineStage } from './services.js';

/** What the last weighting step met, what it did not, and what it cost. */
export const CalibrationSummary = z.strictObject({
  schema: z.literal('calibration/2'),
  status: z.string(),
  iterations: z.number().int(),
  maxError: z.number(),
  constraints: z.number().int(),
  unsupported: z.array(z.string()),
  unmet: z.array(z.string()),
  /** Why the weights are not to be used unless gaps are accepted; null where everything is met on enough personas. */
  refusal: z
    .strictObject({
      code: z.enum(['infeasible', 'not-converged']),
      problem: z.string(),
      got: z.number().optional(),
      expected: z.string().optional(),
    })
    .nullable(),
  /** Kish's, of the weights. */
  effectiveSampleSize: z.number(),
  designEffect: z.number(),
  /** Effective personas gained if a variable or domain were not asked for, dearest first; empty unless all is met. */
  costs: z.array(z.strictObject({ subject: z.string(), status: z.string(), gained: z.number(), without: z.number() })),
  /** Every number asked for, in shares or SD; `price`: what a unit of it adds to the logarithm of a persona's weight. */
  cells: z.array(
    z.strictObject({
      name: z.string(),
      asked: z.number(),
      achieved: z.number(),
      price: z.number(),
      exact: z.boolean(),
    }),
  ),
});
export type CalibrationSummary = z.infer<typeof CalibrationSummary>;

/** Stage `calibrate-pool`: set the weights: Census margins and trait moments met together, or what keeps them from it. */
export const calibratePool = defineStage({
  name: 'calibrate-pool',
  version: 4,
  summary: 'Set the weights: Census margins and trait moments met together, or what keeps them from it.',
  config: z.strictObject({
    tolerance: z
      .number()
      .positive()
      .default(1e-8)
      .describe('largest error of a constraint, in shares or units of its largest value'),
    minEffectiveSampleSize: z
      .number()
      .min(1)
      .default(30)
      .describe('refuse weights that rest on fewer personas than this'),
  }),
  inputs: {
    pool: columns('persona-pool/1', personaPoolColumns),
    transported: columns('transport/1', ['persona', 'weight']),
    reference: columns('reference/1', ['fold']),
    target: value(Target),
  },
  outputs: {
    calibrated: columns('calibrated-pool/1', ['persona', 'weight']),
    summary: value(CalibrationSummary),
    /** Only when personas are missing. */
    gaps: optional(value(GapList)),
  },
  conserves: [{ of: 'pool', by: 'persona', kept: { calibrated: 'persona' } }],
  uses: [],

  async run({ pool, transported, reference, target }, config, { record }) {
    const fit = foldOf(reference, target, 'fit');
    const people = peopleOf(pool, target, fit.traits !== null);
    const constraints = buildConstraints(target, people, fit);
    const base = numberColumn(transported, 'weight');
    const calibration = calibrateToTarget(base, constraints, config);
    const { weights, solution, unmet, refusal } = calibration;
    const { effectiveSampleSize, designEffect } = weightDiagnostics(weights);
    const { effectivePeople } = peopleDiagnostics(textColumn(pool, 'person'), weights);
    const { status, iterations } = solution;
    const isMet = refusal === null && unmet.length === 0;
    record({
      level: isMet ? 'info' : 'caution',
      code: isMet ? 'pool-calibrated' : 'target-unmet',
      message: isMet
        ? `${constraints.constraints.length} constraints met together in ${iterations} Newton steps`
        : unmet.length > 0
          ? `${unmet.length} things asked for were not met: ${unmet.slice(0, 12).join('; ')}`
          : refusal!.problem,
      values: {
        status,
        iterations,
        maxError: solution.maxMarginError,
        effectiveSampleSize,
        effectivePeople,
        designEffect,
      },
    });
    if (calibration.costs.length > 0 && pool.rows > mostForCosts)
      record({
        level: 'info',
        code: 'costs-estimated',
        message: `what each variable costs was measured on ${mostForCosts} of the ${pool.rows} personas, evenly spread`,
      });
    const gaps =
      refusal === null
        ? null
        : missingPersonas(target, people, fit, config.minEffectiveSampleSize, await loadSlackSolver());
    return {
      calibrated: {
        schema: 'calibrated-pool/1',
        rows: pool.rows,
        columns: { persona: textColumn(pool, 'persona'), weight: weights },
      },
      summary: {
        schema: 'calibration/2' as const,
        status,
        iterations,
        maxError: solution.maxMarginError,
        constraints: constraints.constraints.length,
        unsupported: [...constraints.unsupported],
        unmet: [...unmet],
        refusal,
        effectiveSampleSize,
        designEffect,
        costs: costsOf(calibration),
        cells: solution.cells.map(({ asked, achieved, exact }, k) => ({
          name: constraints.constraints[k]!.name,
          asked,
          achieved,
          price: solution.multipliers[k]!,
          exact,
        })),
      },
      gaps: gaps ?? undefined,
    };
  },
});

const costsOf = ({ costs }: PoolCalibration): CalibrationSummary['costs'] =>
  costs.map(({ margin, status, gained, effectiveSampleSizeWithout }) => ({
    subject: margin,
    status,
    gained,
    without: effectiveSampleSizeWithout,
  }));
