import { z } from 'zod';
import { Failure } from '../core/failure.js';
import { numberColumn, textColumn } from '../core/table.js';
import { moments } from '../numerics/statistics.js';
import { columns, value } from '../pipeline/artifact.js';
import { firstPeople, foldOf, peopleOf, personaPoolColumns } from '../population/persona-pool.js';
import { Target } from '../population/target.js';
import { traitDomains } from '../psychometrics/inventory.js';
import { semiRelaxedTransport } from '../transport/semi-relaxed.js';
import { defineStage } from './services.js';

/** Stage `transport-pool`: move the importance weights toward the people of the target by semi-relaxed entropic transport. */
export const transportPool = defineStage({
  name: 'transport-pool',
  version: 2,
  summary: 'Move the importance weights toward the people of the target by semi-relaxed entropic transport.',
  config: z.strictObject({
    epsilon: z
      .number()
      .positive()
      .default(0.2)
      .describe('regularisation, in squared standard deviations of the traits'),
    rho: z.number().min(0).default(0.2).describe('how strongly the importance weights are held, same unit'),
    tolerance: z.number().positive().default(1e-3).describe('largest row error (L1)'),
    people: z.number().int().positive().default(1_500).describe('people of the fit fold that stand for the target'),
  }),
  inputs: {
    pool: columns('persona-pool/1', personaPoolColumns),
    weighted: columns('weighted-pool/1', ['persona', 'weight']),
    reference: columns('reference/1', ['fold']),
    target: value(Target),
  },
  outputs: { transported: columns('transport/1', ['persona', 'weight']) },
  uses: [],

  async run({ pool, weighted, reference, target }, { epsilon, rho, tolerance, people }, { record }) {
    const masses = numberColumn(weighted, 'weight');
    const table = (weight: Float64Array) => ({
      transported: {
        schema: 'transport/1',
        rows: pool.rows,
        columns: { persona: textColumn(pool, 'persona'), weight },
      },
    });
    const fit = firstPeople(foldOf(reference, target, 'fit'), people);
    if (fit.traits === null) return table(masses);
    const d = traitDomains.length;
    const equal = new Float64Array(fit.size).fill(1 / fit.size);
    const solution = await semiRelaxedTransport(
      {
        dimensions: d,
        source: { points: peopleOf(pool, target, true).traits!, masses },
        target: { points: fit.traits, masses: equal },
        scale: moments(fit.traits, d, equal).sd,
      },
      { epsilon, rho, tolerance },
    );
    const { status, iterations, rowError, columnError, rowMasses } = solution;
    if (status !== 'converged')
      throw new Failure('not-converged', {
        where: 'transport-pool',
        problem: `transport ended as ${status} after ${iterations} iterations`,
        got: rowError,
        expected: `a row error ≤ ${tolerance}`,
        hint: 'Raise epsilon or lower rho.',
      });
    record({
      level: 'info',
      code: 'pool-transported',
      message: `transport converged in ${iterations} iterations`,
      values: { status, iterations, epsilon, rho, rowError, columnError, people: fit.size },
    });
    return table(rowMasses);
  },
});
