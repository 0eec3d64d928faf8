import type { Table } from '../../src/core/table.js';
import type { TextQuality } from '../../src/persona/filter/text-quality.js';
import { measurePopulationStage } from '../../src/stages/index.js';
import { rowsOf, runStage } from '../support/stage-context.js';
import { bentPool, equalWeights, inventory, reference, target, weightTable } from './alignment-fixture.js';

// An alignment that was made by hand, so that everything measured on it can be worked out again.

export const pool = bentPool(240);
/** 180 agents: every fourth persona twice, the next one once, two not at all. */
export const counts = Int32Array.from({ length: pool.rows }, (_, i) => [2, 1, 0, 0][i % 4]!);
export const aligned: Table = {
  schema: 'aligned-pool/1',
  rows: pool.rows,
  columns: { persona: pool.columns['persona']!, count: counts, weight: new Float64Array(pool.rows).fill(1) },
};
const uneven = (period: number): Float64Array => {
  const weights = equalWeights(pool).map((w, i) => w * (1 + (i % period)));
  const total = weights.reduce((s, w) => s + w, 0);
  return weights.map((w) => w / total);
};
export const weights = { weighted: uneven(3), transported: uneven(5), calibrated: uneven(7) };
export const ipip = inventory('ipip-50');

/** What stands before the measuring: 245 candidates, three rejected by two criteria, two without answers. */
export const measureInputs = {
  tally: {
    schema: 'ingest-tally/1' as const,
    posts: 300,
    people: 26,
    keptPeople: 25,
    droppedPeople: { 'declared to be under 18': 1 },
    read: {},
    grouped: {},
  },
  personas: rowsOf(Array.from({ length: 245 }, (_, i) => ({ id: String(i) }))),
  rejected: rowsOf(
    ['language', 'grounding', 'language'].map((criterion, i) => ({
      persona: `x.${i}`,
      person: 'x',
      criterion,
      score: 0,
      threshold: 1,
      detail: '',
    })),
  ),
  unmeasured: rowsOf([
    { persona: 'y.1', kind: 'refused', reason: 'no' },
    { persona: 'y.2', kind: 'malformed', reason: 'no' },
  ]),
  pool,
  weighted: weightTable('weighted-pool/1', pool, weights.weighted),
  transported: weightTable('transport/1', pool, weights.transported),
  calibrated: weightTable('calibrated-pool/1', pool, weights.calibrated),
  aligned,
  summary: {
    schema: 'calibration/2' as const,
    status: 'converged',
    iterations: 3,
    maxError: 1e-9,
    constraints: 7,
    unsupported: [] as string[],
    unmet: [] as string[],
    refusal: null,
    effectiveSampleSize: 150,
    designEffect: 1.6,
    costs: [{ subject: 'sex x age', status: 'converged', gained: 31.4, without: 181.4 }],
    cells: [],
  },
  reference,
  target,
  inventory: ipip,
  texts: undefined as TextQuality | undefined,
};

/** Measured with gates so wide that nothing misses them. */
export const wideGates = {
  meterPeople: 1_000,
  replicates: 20,
  authorReplicates: 40,
  maxMarginErrorPoints: 100,
  maxTraitErrorOverFloor: 1_000,
  leastKnownGroupsSlope: -1_000,
};
export const { diagnostics } = (await runStage(measurePopulationStage, measureInputs, wideGates, {})).outputs;
