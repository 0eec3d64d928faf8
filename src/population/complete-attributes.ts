import { Failure } from '../core/failure.js';
import type { RandomStream } from '../core/random.js';
import type { Attribute } from '../persona/narrative-persona.js';
import type { CategoryCodes, PopulationJoint } from './joint.js';
import { drawAge } from './people.js';
import { ageCategory, leastAge } from './target.js';

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
  const age = target.variables.findIndex(({ name }) => name === 'age');
  const isAgeKnown = known.ageYears !== undefined || (codes[age] ?? -1) >= 0;

  const categoriesOf = (donor: CategoryCodes, axes: 'all' | 'imputed'): Record<string, string> =>
    Object.fromEntries(
      target.variables.flatMap(({ name, categories }, axis) => {
        const code = codes[axis]! >= 0 ? codes[axis]! : donor[axis]!;
        return axes === 'imputed' && codes[axis]! >= 0 ? [] : [[name, categories[code]!]];
      }),
    );
  const oldest = ({ age: band }: Record<string, string>): number =>
    age < 0 ? Infinity : target.variables[age]!.bounds![target.variables[age]!.categories.indexOf(band!)]![1];
  // Bands of age hide who is too young for what. Known facts that exclude each other are not for imputation to settle.
  const isPossible = (donor: CategoryCodes): boolean =>
    isAgeKnown
      ? leastAge(target, categoriesOf(donor, 'imputed')) <= (known.ageYears ?? oldest(categoriesOf(donor, 'all')))
      : Math.max(minimumAge, leastAge(target, categoriesOf(donor, 'all'))) <= oldest(categoriesOf(donor, 'all'));

  let donor = sampler(random);
  for (let tries = 0; !isPossible(donor); tries++) {
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
  const everything = categoriesOf(donor, 'all');
  target.variables.forEach(({ name, categories }, axis) => {
    // An age outside all bands has none; nothing that is known is ever overwritten.
    if (name === 'age' && known.ageYears !== undefined) return;
    attributes[name] ??= { value: categories[donor[axis]!]!, status: 'imputed' };
  });
  const from = Math.max(minimumAge, Math.min(leastAge(target, everything), oldest(everything)));
  const ageYears = known.ageYears ?? (age >= 0 ? drawAge(target, attributes['age']!.value, from, random) : minimumAge);
  return { ageYears, attributes, relaxed };
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
