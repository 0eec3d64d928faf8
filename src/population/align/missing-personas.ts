import type { CategoryMargin } from '../../survey/weighting-problem.js';
import { valueScale } from '../../survey/cells.js';
import type { SlackSolver } from '../../survey/feasibility.js';
import type { GapList } from '../../survey/gap-list.js';
import { knownGaps, type GapKind } from '../../survey/known-gaps.js';
import { traitDomains } from '../../psychometrics/inventory.js';
import { moments } from '../../numerics/statistics.js';
import { peopleAt, type People } from '../people.js';
import { variablesOf, type Target } from '../target.js';
import { buildConstraints, weightingProblem, type Constraint, type ConstraintSet } from './constraints.js';

/** Reference people who are tried as newcomers: enough for every category of a Census margin, few enough for a linear program. */
const newcomers = 1_500;

/** Edges of the ranges that traits are told in, in SD from the mean of the reference people. */
const rangeEdges = [-1.5, -0.5, 0.5, 1.5];

/** What makes up less than this share of the worth of a newcomer goes without saying. */
const worthSaying = 0.1;

/**
 * Which personas the pool lacks, and how many: the least weight of reference people that would have to join it for Census
 * margins and trait moments to be met, no persona carrying more than its part. Only what makes them worth having is named.
 *
 * @param people reference people of the fit fold
 * @param minEffectiveSampleSize no persona may carry more than one part in so many, which makes it the least that is reached
 * @returns null where nobody is missing
 * @throws {Failure} as {@link knownGaps}
 */
export function missingPersonas(
  target: Target,
  pool: People,
  people: People,
  minEffectiveSampleSize: number,
  solve: SlackSolver,
): GapList | null {
  const some = peopleAt(
    people,
    Uint32Array.from({ length: Math.min(newcomers, people.size) }, (_, i) => i),
  );
  const set = withoutQuantiles(buildConstraints(target, pool, people, { more: some }));
  const base = new Float64Array(pool.size + some.size).fill(1);
  const list = knownGaps(
    weightingProblem(set, base, () => undefined),
    solve,
    {
      present: pool.size,
      maxShare: 1 / minEffectiveSampleSize,
      describe: describer(set, pool, people),
    },
  );
  return list.wanted > 0 || list.contradiction > 0 ? list : null;
}

/** Quantiles need not be met. */
function withoutQuantiles({ constraints, numbers, ...rest }: ConstraintSet): ConstraintSet {
  const cells = constraints.length - numbers.length;
  const isKept = ({ kind }: Constraint): boolean => kind !== 'trait-quantile';
  return {
    ...rest,
    constraints: constraints.filter(isKept),
    numbers: numbers.filter((_, k) => isKept(constraints[cells + k]!)),
  };
}

/** What is to be said of a newcomer: the categories and the domains that make up its worth under the prices. */
function describer(
  { constraints, margins, numbers }: ConstraintSet,
  pool: People,
  people: People,
): (record: number, prices: Float64Array) => GapKind {
  const present = margins.map(({ codes }) => new Set(codes.subarray(0, pool.size)));
  const cells = constraints.length - numbers.length;
  const scales = numbers.map(valueScale);
  const rangeOf = rangesOf(people);
  return (record, prices) => {
    let first = 0;
    const categories = margins.map(({ name, categories, codes }, m) => {
      const code = codes[record]!;
      const worth = prices[first + code]!;
      first += categories.length;
      return { worth, attributes: attributesOf(name, categories[code]!), isNew: !present[m]!.has(code) };
    });
    const domains = traitDomains.map((domain, d) => {
      const worth = numbers.reduce((s, { values }, k) => {
        const isOwn = constraints[cells + k]!.subject === domain;
        return isOwn ? s + (prices[cells + k]! * values[record]!) / scales[k]! : s;
      }, 0);
      return { worth, domain, d };
    });
    const whole = [...categories, ...domains].reduce((s, { worth }) => s + Math.max(0, worth), 0);
    const isSaid = ({ worth }: { readonly worth: number }): boolean => worth > 0 && worth >= worthSaying * whole;
    return {
      reason: categories.some(({ isNew }) => isNew) ? 'no-record' : 'clash',
      attributes: Object.assign({}, ...categories.filter(isSaid).map(({ attributes }) => attributes)) as Record<
        string,
        string
      >,
      traits: Object.fromEntries(
        domains.filter(isSaid).map(({ domain, d }) => [domain, rangeOf(record - pool.size, d)]),
      ),
    };
  };
}

/** Category by variable of a cell of a margin. */
function attributesOf(margin: CategoryMargin['name'], cell: string): Record<string, string> {
  const names = variablesOf(margin);
  const labels = names.length === 1 ? [cell] : cell.split(' x ');
  return Object.fromEntries(names.map((name, i) => [name, labels[i]!]));
}

/** For a reference person and a domain the range of scores that their score is in; ends are those of the people in it. */
function rangesOf({ size, traits }: People): (person: number, domain: number) => { from: number; to: number } {
  const d = traitDomains.length;
  if (!traits) return () => ({ from: 0, to: 0 });
  const { mean, sd } = moments(traits, d, new Float64Array(size).fill(1));
  const bandOf = (person: number, k: number): number => {
    const z = (traits[person * d + k]! - mean[k]!) / sd[k]!;
    return rangeEdges.filter((edge) => z > edge).length;
  };
  const ranges = traitDomains.map((_, k) => {
    const own = Array.from({ length: rangeEdges.length + 1 }, () => ({ from: Infinity, to: -Infinity }));
    for (let i = 0; i < size; i++) {
      const [range, score] = [own[bandOf(i, k)]!, traits[i * d + k]!];
      range.from = Math.min(range.from, score);
      range.to = Math.max(range.to, score);
    }
    return own;
  });
  return (person, k) => ranges[k]![bandOf(person, k)]!;
}

/** Gaps in words, most wanted first: `12 with sex = male, age = 18-24, openness 4.2 to 5`. */
export const gapSentences = ({ gaps }: GapList): string[] =>
  gaps.map(({ records, attributes, traits }) => {
    const parts = [
      ...Object.entries(attributes).map(([name, category]) => `${name} = ${category}`),
      ...Object.entries(traits).map(([name, { from, to }]) => `${name} ${shown(from)} to ${shown(to)}`),
    ];
    return `${records}${parts.length === 0 ? ' of any kind' : ` with ${parts.join(', ')}`}`;
  });

const shown = (x: number): number => Number(x.toPrecision(3));
