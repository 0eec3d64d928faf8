import type { RandomStream } from '../../src/core/random.js';
import { traitDomains } from '../../src/psychometrics/inventory.js';
import type { PopulationJoint } from '../../src/population/joint.js';
import { referencePeople, type People } from '../../src/population/people.js';
import type { TraitNorms } from '../../src/psychometrics/inventory.js';

/** How a pool is bent: what language models do to personas. */
export interface Bias {
  /** Shift of each domain's mean in score units, in the order of the domains. */
  readonly shift: readonly number[];
  /** Factor on the spread of most personas. */
  readonly spread: number;
  /** Share of personas that are not bent at all: the tail of full spread. */
  readonly tail: number;
}

/** Shifts E+.5 A+.4 C+.5 N-.6 O+.3 and spread x 0.7, with a tail of 15 % who have the spread and the means of people. */
export const standardBias: Bias = { shift: [0.5, 0.4, 0.5, -0.6, 0.3], spread: 0.7, tail: 0.15 };
/** The same shifts, spread x 0.5 with a tail of 5 %. */
export const harshBias: Bias = { ...standardBias, spread: 0.5, tail: 0.05 };
/** The same shifts, spread x 0.4 and no tail: the target is out of reach. */
export const hopelessBias: Bias = { ...standardBias, spread: 0.4, tail: 0 };

/** How much likelier a category is to be in the pool: young, female, schooled, well-off, coastal. */
const skew: Readonly<Record<string, readonly number[]>> = {
  sex: [1.3, 1],
  age: [2.2, 2, 1.5, 1, 0.7, 0.5, 0.3],
  education: [0.4, 0.6, 1.2, 1, 1.7, 2.2],
  household_income: [0.8, 0.8, 0.9, 1, 1, 1.1, 1.3, 1.5, 1.5],
  region: [1.4, 0.8, 0.8, 1.3],
};

/** A pool of measured personas, no attribute imputed: demographics skewed, traits bent. */
export function biasedPool(
  joint: PopulationJoint,
  norms: TraitNorms,
  size: number,
  { shift, spread, tail }: Bias,
  random: RandomStream,
): People {
  const candidates = referencePeople(joint, norms, 4 * size, random.fork('candidates'));
  const { variables } = joint.target;
  const width = variables.length;
  const d = traitDomains.length;
  const draw = random.fork('bend');
  const codes = new Uint8Array(size * width);
  const traits = new Float64Array(size * d);
  const highest = Object.values(skew).reduce((p, factors) => p * Math.max(...factors), 1);
  const mean = Float64Array.from({ length: d }, (_, k) => {
    let total = 0;
    for (let i = 0; i < candidates.size; i++) total += candidates.traits![i * d + k]!;
    return total / candidates.size;
  });
  for (let taken = 0; taken < size;) {
    const i = draw.below(candidates.size);
    const odds = variables.reduce((p, { name }, v) => p * (skew[name]?.[candidates.codes[i * width + v]!] ?? 1), 1);
    if (draw.uniform() * highest * 0.25 > odds) continue;
    codes.set(candidates.codes.subarray(i * width, (i + 1) * width), taken * width);
    const plain = draw.uniform() < tail;
    for (let k = 0; k < d; k++) {
      const score = candidates.traits![i * d + k]!;
      const bent = plain ? score : mean[k]! + shift[k]! + spread * (score - mean[k]!);
      // Scores are means of ten whole answers.
      traits[taken * d + k] = Math.round(10 * Math.min(5, Math.max(1, bent))) / 10;
    }
    taken++;
  }
  return { size, codes, traits };
}
