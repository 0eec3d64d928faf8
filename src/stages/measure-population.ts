import { z } from 'zod';
import { numberColumn } from '../core/table.js';
import { textGates, TextGates, TextQuality } from '../persona/filter/text-quality.js';
import { columns, optional, rows, value } from '../pipeline/artifact.js';
import { Diagnostics } from '../population/diagnostics.js';
import { failedGates, measurePopulation } from '../population/measure.js';
import { personaPoolColumns } from '../population/persona-pool.js';
import { Target } from '../population/target.js';
import { Inventory } from '../psychometrics/inventory.js';
import { Unmeasured } from './administer-inventory.js';
import { CalibrationSummary } from './calibrate-pool.js';
import { Rejection } from './filter-personas.js';
import { IngestTally } from './ingest-histories.js';
import { defineStage } from './services.js';

/** Stage `measure-population`: judge every step on people who were not used for fitting, over its noise floor. */
export const measurePopulationStage = defineStage({
  name: 'measure-population',
  version: 3,
  summary: 'Judge every step on people who were not used for fitting, over its noise floor.',
  config: z.strictObject({
    meterPeople: z.number().int().positive().default(20_000).describe('test people that distances are taken from'),
    replicates: z.number().int().min(20).default(100).describe('groups of people behind the noise floor'),
    authorReplicates: z
      .number()
      .int()
      .min(20)
      .default(200)
      .describe('bootstrap samples of the authors behind the intervals'),
    maxMarginErrorPoints: z
      .number()
      .positive()
      .default(1)
      .describe('largest error of any margin that passes, in points'),
    maxTraitErrorOverFloor: z
      .number()
      .positive()
      .default(2)
      .describe('largest trait distance that passes, as a multiple of the 95th percentile of its noise floor'),
    leastKnownGroupsSlope: z
      .number()
      .default(0.4)
      .describe(
        'how much groups of sex and age must differ in traits, as a multiple of the target, before any weighting',
      ),
    minEffectivePeople: z.number().positive().optional().describe('fewest effective people that pass'),
    maxAuthorShare: z.number().positive().max(1).optional().describe('largest share of one author that passes'),
    texts: TextGates.prefault({}).describe('what the texts must reach to count as evidence'),
  }),
  inputs: {
    tally: value(IngestTally),
    personas: rows(z.object({ id: z.string() })),
    rejected: rows(Rejection),
    unmeasured: rows(Unmeasured),
    pool: columns('persona-pool/1', personaPoolColumns),
    weighted: columns('weighted-pool/1', ['weight']),
    transported: columns('transport/1', ['weight']),
    calibrated: columns('calibrated-pool/1', ['weight']),
    aligned: columns('aligned-pool/1', ['count', 'weight']),
    summary: value(CalibrationSummary),
    reference: columns('reference/1', ['fold']),
    target: value(Target),
    inventory: value(Inventory),
    /** Personas that came without histories have none. */
    texts: optional(value(TextQuality)),
  },
  outputs: { diagnostics: value(Diagnostics) },
  uses: [],

  async run(inputs, options, { random }) {
    const { tally, personas, pool, aligned, summary, target, inventory, reference } = inputs;
    const counts = numberColumn(aligned, 'count');
    const agentWeight = numberColumn(aligned, 'weight');
    const weights = {
      kept: new Float64Array(pool.rows).fill(1),
      importance: numberColumn(inputs.weighted, 'weight'),
      transport: numberColumn(inputs.transported, 'weight'),
      calibration: numberColumn(inputs.calibrated, 'weight'),
      selection: counts.map((count, i) => count * agentWeight[i]!),
    };
    const rejected: Record<string, number> = {};
    const count = (reason: string): void => void (rejected[reason] = (rejected[reason] ?? 0) + 1);
    for await (const { criterion } of inputs.rejected) count(criterion);
    for await (const { kind } of inputs.unmeasured) count(`inventory-${kind}`);
    const measured = measurePopulation(target, pool, counts, weights, reference, options, random);
    return {
      diagnostics: {
        schema: 'diagnostics/1' as const,
        target: target.name,
        instrument: inventory.name,
        histories: tally.people,
        people: tally.keptPeople,
        personas: personas.count,
        kept: pool.rows,
        rejected,
        unsupported: summary.unsupported,
        unmet: [...summary.unmet, ...failedGates(measured, options)],
        ...measured,
        texts: inputs.texts ?? null,
        unmetTexts: inputs.texts ? textGates(inputs.texts, options.texts) : [],
      },
    };
  },
});
