import { moments } from '../../src/numerics/statistics.js';
import { randomStream, type RandomStream } from '../../src/core/random.js';
import { calibratePool } from '../../src/population/align/calibrate-pool.js';
import { buildConstraints } from '../../src/population/align/constraints.js';
import { peopleMeter } from '../../src/population/align/quality.js';
import { selectFromPool } from '../../src/population/align/select-pool.js';
import { importanceWeights } from '../../src/population/align/weigh.js';
import { populationJoint } from '../../src/population/joint.js';
import { failedGates, measurePopulation, type Measured } from '../../src/population/measure.js';
import { peopleAt, referencePeople, type People } from '../../src/population/people.js';
import { firstPeople, foldRows, referenceTable, type Fold } from '../../src/population/persona-pool.js';
import { checkTarget } from '../../src/population/target.js';
import { traitDomains } from '../../src/psychometrics/inventory.js';
import { semiRelaxedTransport } from '../../src/transport/semi-relaxed.js';
import { poolOf } from '../stages/alignment-fixture.js';
import { shippedNorms, shippedTarget } from './fixture.js';

// The whole alignment on a pool that is given as people, with the gates that a run has; one fixed seed.
export const target = shippedTarget('us-adults');
export const norms = shippedNorms('ipip-50-us-adults');
checkTarget(target);
export const joint = populationJoint(target);
export const d = traitDomains.length;
export const agents = 1_000;
export const poolSize = 20_000;
export const seed = randomStream('1');

const sizes = { prior: 1_000, fit: 60_000, tune: 5_000, test: 60_000, floor: 20_000 };
const everybody = Object.values(sizes).reduce((total, size) => total + size, 0);
const people = referencePeople(joint, norms, everybody, seed.fork('people'));
const rows = foldRows(everybody, sizes);
const reference = referenceTable(target, people, rows);
const foldPeople = (fold: Fold): People => peopleAt(people, Uint32Array.from(rows[fold]));
export const fit = foldPeople('fit');
const tuneMeter = peopleMeter(foldPeople('tune'), seed.fork('tune meter'), 20)!;

/** What a run asks for by default. */
const gates = { maxMarginErrorPoints: 1, maxTraitErrorOverFloor: 2, leastKnownGroupsSlope: 0.4 };

export interface Outcome {
  readonly pool: People;
  readonly counts: Int32Array;
  readonly measured: Measured;
  /** What missed a gate; empty for an aligned population. */
  readonly unmet: readonly string[];
}

/**
 * Importance weights, transport, calibration, selection, measurement. Every persona is by an author of its own.
 *
 * @param replicates groups behind the noise floor
 */
export async function alignBiased(pool: People, random: RandomStream, replicates = 40): Promise<Outcome> {
  const importance = await importanceWeights(pool, firstPeople(fit, 1_500), tuneMeter, random.fork('importance'));
  const centres = peopleAt(
    fit,
    Uint32Array.from({ length: 600 }, (_, i) => 4_000 + i),
  );
  const transport = await semiRelaxedTransport(
    {
      dimensions: d,
      source: { points: pool.traits!, masses: importance.weights },
      target: { points: centres.traits!, masses: new Float64Array(centres.size).fill(1 / centres.size) },
      scale: moments(fit.traits!, d, new Float64Array(fit.size).fill(1)).sd,
    },
    { epsilon: 0.2, rho: 0.2, tolerance: 1e-3 },
  );
  if (transport.status !== 'converged') throw new Error(transport.status);
  const constraints = buildConstraints(target, pool, fit);
  const calibration = calibratePool(transport.rowMasses, constraints, {
    tolerance: 1e-8,
    minEffectiveSampleSize: 100,
    withCosts: false,
  });
  if (calibration.refusal !== null) throw new Error(calibration.refusal.problem);
  const chosenBy = { agents, maxMultiplicity: 5 };
  const { counts } = selectFromPool(calibration.weights, constraints, chosenBy, random.fork('selection'));
  const measured = measurePopulation(
    target,
    poolOf(pool, target, 1),
    counts,
    {
      kept: new Float64Array(pool.size).fill(1),
      importance: importance.weights,
      transport: transport.rowMasses,
      calibration: calibration.weights,
      selection: Float64Array.from(counts),
    },
    reference,
    { ...gates, meterPeople: 20_000, replicates, authorReplicates: 100 },
    random.fork('measure'),
  );
  return { pool, counts, measured, unmet: failedGates(measured, gates) };
}

/** The same personas with the traits of other personas: nothing about traits and people goes together any more. */
export function withTraitsPermuted({ size, codes, traits }: People, random: RandomStream): People {
  const order = Uint32Array.from({ length: size }, (_, i) => i);
  for (let i = size - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return { size, codes, traits: peopleAt({ size, codes: new Uint8Array(0), traits }, order).traits };
}
