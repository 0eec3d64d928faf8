import { Failure } from '../core/failure.js';
import type { RandomStream } from '../core/random.js';
import type { Attribute } from '../persona/narrative-persona.js';
import type { PopulationJoint } from './joint.js';
import { drawAge } from './people.js';
import { ageCategory } from './target.js';

/** A full set of attributes: what was known as it was, the rest imputed. */
export interface CompletedAttributes {
  readonly ageYears: number;
  readonly attributes: Record<string, Attribute>;
  /** Known variables that had to be left out of the condition, because the joint has nobody with all of them. */
  readonly relaxed: readonly string[];
}

/** Draws tried to find somebody of an allowed age. */
const maxTries = 10_000;

/**
 * Imputation by donor: the unknown attributes are taken together from one whole person of the synthetic joint who
 * agrees with everything known, so that associations are kept and impossible people never occur.
 *
 * @param known attributes of the person by variable; those that the target does not have are kept and not conditioned on
 * @throws {Failure} `infeasible` when the target has nobody of the minimum age
 */
export function completeAttributes(
  joint: PopulationJoint,
  known: { readonly ageYears?: number | undefined; readonly attributes: Readonly<Record<string, Attribute>> },
  minimumAge: number,
  random: RandomStream,
): CompletedAttributes {
  const { target } = joint;
  const ageBand = known.ageYears === undefined ? undefined : ageCategory(target, known.ageYears);
  const codes = Int8Array.from(target.variables, ({ name, categories }) =>
    categories.indexOf(name === 'age' ? (ageBand ?? '') : (known.attributes[name]?.value ?? '')),
  );
  const { sampler, relaxed } = samplerFor(joint, codes);
  const ageAxis = target.variables.findIndex(({ name }) => name === 'age');
  let donor = sampler(random);
  for (let tries = 0; ageAxis >= 0 && codes[ageAxis]! < 0 && tooYoung(donor); tries++) {
    if (tries === maxTries)
      throw new Failure('infeasible', {
        where: `${target.name}.age`,
        problem: 'nobody of the minimum age in the target',
        got: minimumAge,
      });
    donor = sampler(random);
  }
  const attributes: Record<string, Attribute> = { ...known.attributes };
  target.variables.forEach(({ name, categories }, axis) => {
    if (codes[axis]! < 0) attributes[name] = { value: categories[donor[axis]!]!, status: 'imputed' };
  });
  // A band that follows from a known age is known in the same way.
  if (ageAxis >= 0 && codes[ageAxis]! >= 0)
    attributes['age'] = { ...(known.attributes['age'] ?? { status: 'stated' as const }), value: ageBand! };
  const ageYears =
    known.ageYears ?? (ageAxis >= 0 ? drawAge(target, attributes['age']!.value, minimumAge, random) : minimumAge);
  return { ageYears, attributes, relaxed };

  function tooYoung(person: Uint8Array): boolean {
    return target.variables[ageAxis]!.bounds![person[ageAxis]!]![1] < minimumAge;
  }
}

/** Drops known variables from the last until somebody agrees with the rest. */
function samplerFor(joint: PopulationJoint, codes: Int8Array) {
  const condition = Int8Array.from(codes);
  const relaxed: string[] = [];
  for (let axis = codes.length; ; axis--) {
    if (axis < codes.length) {
      if (condition[axis]! < 0) continue;
      condition[axis] = -1;
      relaxed.push(joint.target.variables[axis]!.name);
    }
    const sampler = joint.given(condition);
    if (sampler !== undefined) return { sampler, relaxed };
  }
}
