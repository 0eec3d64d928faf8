import { z } from 'zod';
import { Failure } from '../core/failure.js';
import { numberColumn, textColumn } from '../core/table.js';
import type { RecordFinding } from '../core/findings.js';
import { moments } from '../numerics/statistics.js';
import { columns, value } from '../pipeline/artifact.js';
import { alignJointly, type JointPool } from '../population/align/joint-pool.js';
import { firstPeople, foldOf, peopleOf, personaPoolColumns } from '../population/persona-pool.js';
import type { People } from '../population/people.js';
import { Target } from '../population/target.js';
import { traitDomains } from '../psychometrics/inventory.js';
import { semiRelaxedTransport } from '../transport/semi-relaxed.js';
import { defineStage } from './services.js';

/** Stage `transport-pool`: move the importance weights toward the people of the target by entropic transport. */
export const transportPool = defineStage({
  name: 'transport-pool',
  version: 4,
  summary: 'Move the importance weights toward the people of the target by entropic transport.',
  config: z.strictObject({
    epsilon: z
      .number()
      .positive()
      .default(0.2)
      .describe('regularisation, in squared standard deviations of the traits'),
    rho: z.number().min(0).default(0.2).describe('how strongly the importance weights are held, same unit'),
    tolerance: z.number().positive().default(1e-3).describe('largest row error (L1)'),
    people: z.number().int().positive().default(1_500).describe('people of the fit fold that stand for the target'),
    jointFrom: z
      .number()
      .int()
      .min(1)
      .nullable()
      .default(20_000)
      .describe(
        'from so many personas on, transport, margins and trait moments are met at once, against all people of the fit fold; null: never',
      ),
    jointTolerance: z.number().positive().default(1e-5).describe('largest error of margins and of people (L1) then'),
  }),
  inputs: {
    pool: columns('persona-pool/1', personaPoolColumns),
    weighted: columns('weighted-pool/1', ['persona', 'weight']),
    reference: columns('reference/1', ['fold']),
    target: value(Target),
  },
  outputs: { transported: columns('transport/1', ['persona', 'weight']) },
  conserves: [{ of: 'pool', by: 'persona', kept: { transported: 'persona' } }],
  uses: ['workers'],

  async run({ pool, weighted, reference, target }, config, { record, services: { workers } }) {
    const masses = numberColumn(weighted, 'weight');
    const fit = foldOf(reference, target, 'fit');
    const { jointFrom } = config;
    const weight =
      fit.traits === null
        ? masses
        : jointFrom !== null && pool.rows >= jointFrom
          ? jointWeights(target, peopleOf(pool, target, true), fit, masses, { ...config, workers }, record)
          : await transportedWeights(
              peopleOf(pool, target, true),
              firstPeople(fit, config.people),
              masses,
              config,
              record,
            );
    return {
      transported: {
        schema: 'transport/1',
        rows: pool.rows,
        columns: { persona: textColumn(pool, 'persona'), weight },
      },
    };
  },
});

const d = traitDomains.length;

interface TransportConfig {
  readonly epsilon: number;
  readonly rho: number;
  readonly tolerance: number;
}

/** Transport alone, of every persona to some of the people. */
async function transportedWeights(
  pool: People,
  fit: People,
  masses: Float64Array,
  { epsilon, rho, tolerance }: TransportConfig,
  record: RecordFinding,
): Promise<Float64Array> {
  const equal = new Float64Array(fit.size).fill(1 / fit.size);
  const { status, iterations, rowError, columnError, rowMasses } = await semiRelaxedTransport(
    {
      dimensions: d,
      source: { points: pool.traits!, masses },
      target: { points: fit.traits!, masses: equal },
      scale: moments(fit.traits!, d, equal).sd,
    },
    { epsilon, rho, tolerance },
  );
  if (status !== 'converged') throw unsolved(status, iterations, rowError, `a row error ≤ ${tolerance}`);
  record({
    level: 'info',
    code: 'pool-transported',
    message: `transport converged in ${iterations} iterations`,
    values: { status, iterations, epsilon, rho, rowError, columnError, people: fit.size },
  });
  return rowMasses;
}

/** How many prices a finding names. */
const namedPrices = 8;

/** Transport, margins and moments at once; transport alone where they cannot be met. */
function jointWeights(
  target: Target,
  pool: People,
  fit: People,
  masses: Float64Array,
  { epsilon, rho, jointTolerance, workers }: TransportConfig & { jointTolerance: number; workers: number },
  record: RecordFinding,
): Float64Array {
  const solve = (withTargets: boolean): JointPool =>
    alignJointly(target, pool, fit, masses, { epsilon, rho, tolerance: jointTolerance, workers }, withTargets);
  let found = solve(true);
  if (found.status !== 'converged') {
    record({
      level: 'caution',
      code: 'joint-unsolved',
      message: `transport, margins and moments at once ended as ${found.status}; transport goes alone, and calibration says what cannot be met`,
      values: { marginError: found.marginError, referenceError: found.referenceError },
    });
    found = solve(false);
  }
  const { status, iterations, marginError, referenceError, effectiveSampleSize, value } = found;
  if (status !== 'converged')
    throw unsolved(status, iterations, referenceError, `an error of the people ≤ ${jointTolerance}`);
  const { offLattice, largestMove, constraints, marginPrices } = found;
  record({
    level: 'info',
    code: 'pool-transported',
    message: `transport to ${fit.size} people and ${constraints.length} margins and moments met at once in ${iterations} iterations`,
    values: {
      ...{ status, iterations, epsilon, rho, marginError, referenceError, effectiveSampleSize, value },
      ...{ people: fit.size, offLattice, largestMove },
      dearest: dearest(constraints.map(({ name }, k) => ({ name, price: marginPrices[k]! }))),
    },
  });
  return found.weights;
}

const dearest = (prices: readonly { readonly name: string; readonly price: number }[]) =>
  [...prices].sort((a, b) => Math.abs(b.price) - Math.abs(a.price)).slice(0, namedPrices);

const unsolved = (status: string, iterations: number, got: number, expected: string): Failure =>
  new Failure('not-converged', {
    where: 'transport-pool',
    problem: `transport ended as ${status} after ${iterations} iterations`,
    got,
    expected,
    hint: 'Raise epsilon or lower rho.',
  });
