import { z } from 'zod';
import { numberColumn, textColumn } from '../core/table.js';
import { columns, value } from '../pipeline/artifact.js';
import { buildConstraints } from '../population/align/constraints.js';
import { selectFromPool } from '../population/align/select-pool.js';
import { foldOf, peopleOf, personaPoolColumns } from '../population/persona-pool.js';
import { Target } from '../population/target.js';
import { defineStage } from './services.js';

/** Stage `select-agents`: take whole personas so that the sample itself meets margins and traits, or keep all with their weights. */
export const selectAgents = defineStage({
  name: 'select-agents',
  version: 4,
  summary: 'Take whole personas so that the sample itself meets margins and traits, or keep all with their weights.',
  config: z.strictObject({
    agents: z
      .union([z.number().int().positive(), z.literal('all')])
      .default(500)
      .describe('agents to take, or "all" personas with their calibration weights'),
    maxMultiplicity: z.number().int().positive().default(5).describe('how often one persona may be taken'),
  }),
  inputs: {
    pool: columns('persona-pool/1', personaPoolColumns),
    calibrated: columns('calibrated-pool/1', ['persona', 'weight']),
    reference: columns('reference/1', ['fold']),
    target: value(Target),
  },
  outputs: { aligned: columns('aligned-pool/1', ['persona', 'count', 'weight']) },
  conserves: [{ of: 'pool', by: 'persona', kept: { aligned: 'persona' } }],
  uses: [],

  run({ pool, calibrated, reference, target }, { agents, maxMultiplicity }, { random, record }) {
    const weights = numberColumn(calibrated, 'weight');
    const table = (count: Int32Array, weight: Float64Array) => ({
      aligned: {
        schema: 'aligned-pool/1',
        rows: pool.rows,
        columns: { persona: textColumn(pool, 'persona'), count, weight },
      },
    });
    // Mean 1 over the agents.
    if (agents === 'all')
      return table(
        new Int32Array(pool.rows).fill(1),
        weights.map((w) => w * pool.rows),
      );
    const fit = foldOf(reference, target, 'fit');
    const constraints = buildConstraints(target, peopleOf(pool, target, fit.traits !== null), fit);
    const selection = selectFromPool(weights, constraints, { agents, maxMultiplicity }, random.fork('selection'));
    const { cells, numbers, errors, swaps } = selection;
    const off = cells.flatMap(({ margin, category, asked, count }) => {
      const heads = count - asked * agents;
      return Math.abs(heads) > 1 + 1e-9 ? [`${margin} = ${category} by ${heads.toFixed(1)}`] : [];
    });
    if (off.length > 0)
      record({
        level: 'caution',
        code: 'cells-off-by-an-agent',
        message: `${off.length} categories are off by more than one agent: ${off.slice(0, 12).join('; ')}`,
        values: { cells: off },
      });
    record({
      level: 'info',
      code: 'agents-selected',
      message: `${agents} agents taken by the cube method, balanced on ${cells.length + numbers.length} constraints, ${swaps} swaps after it`,
      values: { maxMarginErrorPoints: 100 * errors.counts, distinct: selection.distinct, swaps },
    });
    return table(selection.counts, new Float64Array(pool.rows).fill(1));
  },
});
