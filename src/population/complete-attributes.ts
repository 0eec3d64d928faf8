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
  const ageBand = known.ageYears === undefined ? known.attributes['age']?.value : ageCategory(target, known.ageYears);
  const codes = Int8Array.from(target.variables, ({ name, categories }) =>
    categories.indexOf(name === 'age' ? (ageBand ?? '') : (known.attributes[name]?.value ?? '')),
  );
  const { sampler, relaxed } = samplerFor(joint, codes);
  const ageAxis = target.variables.findIndex(({ name }) => name === 'age');
  const drawsAge = ageAxis >= 0 && codes[ageAxis]! < 0;
  let donor = sampler(random);
  for (let tries = 0; drawsAge && tooYoung(donor); tries++) {
    if (tries === maxTries)
      throw new Failure('infeasible', {
        where: `${target.name}.age`,
        problem: 'nobody of the minimum age in the target',
        got: minimumAge,
      });
    donor = sampler(random);
  }
  const attributes: Record<string, Attribute> = { ...known.attributes };
  // A band that follows from a known age is known in the same way.
  if (known.ageYears !== undefined && ageBand !== undefined)
    attributes['age'] = { ...(known.attributes['age'] ?? { status: 'stated' as const }), value: ageBand };
  target.variables.forEach(({ name, categories }, axis) => {
    // An age outside all bands has none; nothing that is known is ever overwritten.
    if (name === 'age' && known.ageYears !== undefined) return;
    attributes[name] ??= { value: categories[donor[axis]!]!, status: 'imputed' };
  });
  const ageYears =
    known.ageYears ?? (ageAxis >= 0 ? drawAge(target, attributes['age']!.value, minimumAge, random) : minimumAge);
  return { ageYears, attributes, relaxed };

  function tooYoung(person: Uint8Array): boolean {
    return target.variables[ageAxis]!.bounds![person[ageAxis]!]![1] < minimumAge;
  }
}

/** A sampler for all that is known; if nobody is like that, without one variable; if need be, without more, from the last. */
function samplerFor(joint: PopulationJoint, codes: Int8Array) {
  const names = joint.target.variables.map(({ name }) => name);
  const known = [...codes.keys()].filter((axis) => codes[axis]! >= 0).reverse();
  const attempts = [[], ...known.map((axis) => [axis]), ...known.map((_, k) => known.slice(0, k + 1))];
  for (const dropped of attempts) {
    const sampler = joint.given(codes.map((code, axis) => (dropped.includes(axis) ? -1 : code)));
    if (sampler !== undefined) return { sampler, relaxed: dropped.map((axis) => names[axis]!) };
  }
  throw new Failure('infeasible', { where: joint.target.name, problem: 'the joint of the target is empty' });
}
