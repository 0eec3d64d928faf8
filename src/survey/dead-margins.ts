import { Failure } from '../core/failure.js';
import type { RecordFinding } from '../core/findings.js';
import { sum } from '../numerics/statistics.js';
import { inZone, type Margin } from './margins.js';
import type { Variable } from './variables.js';

/** A category that is merged into another, in the margin and in the sample. */
export interface CollapseRule {
  readonly variable: string;
  readonly from: string;
  readonly to: string;
}

/**
 * What becomes of a category of which something is asked and nobody has it: it fails (`error`); it is taken out and the other
 * categories take over its share in proportion (`drop`); or rules merge categories first and what is still dead fails.
 */
export type DeadMarginPolicy = 'error' | 'drop' | { readonly collapse: readonly CollapseRule[] };

/**
 * Reads a policy as it is written on a command line: `error`, `drop` or `collapse=variable:from->to`, several rules with `;`.
 *
 * @throws {Failure} `usage`
 */
export function readDeadMarginPolicy(text: string): DeadMarginPolicy {
  if (text === 'error' || text === 'drop') return text;
  const rules = /^collapse=(.+)$/s.exec(text)?.[1]?.split(';');
  const collapse = rules?.map((rule) =>
    /^([^:]+):(.+)->(.+)$/s
      .exec(rule)
      ?.slice(1)
      .map((part) => part.trim()),
  );
  if (collapse?.every((parts) => parts !== undefined))
    return { collapse: collapse.map(([variable, from, to]) => ({ variable: variable!, from: from!, to: to! })) };
  throw new Failure('usage', {
    where: 'dead-margins',
    problem: 'unknown policy',
    got: text,
    expected: 'error, drop or collapse=variable:from->to',
  });
}

/** Merges the categories of a margin by the rules of its variable; what is asked of them is added up. */
export function collapseMargin(margin: Margin, rules: readonly CollapseRule[]): Margin {
  const own = rules.filter(({ variable }) => variable === margin.name);
  if (own.length === 0) return margin;
  const asked = new Map<string, number>();
  margin.categories.forEach((category, c) => {
    const label = collapsedLabel(category, own);
    asked.set(label, (asked.get(label) ?? 0) + margin.asked[c]!);
  });
  return { ...margin, categories: [...asked.keys()], asked: Float64Array.from(asked.values()) };
}

/** Merges the categories of a variable by its rules. */
export function collapseVariable(variable: Variable, rules: readonly CollapseRule[]): Variable {
  const own = rules.filter((rule) => rule.variable === variable.name);
  if (own.length === 0) return variable;
  const merged = variable.labels.map((label) => collapsedLabel(label, own));
  const labels = [...new Set(merged)];
  return { ...variable, labels, codes: variable.codes.map((code) => (code < 0 ? -1 : labels.indexOf(merged[code]!))) };
}

/** Rules are carried out in their order: what one merges, a later one may merge further. */
const collapsedLabel = (label: string, rules: readonly CollapseRule[]): string =>
  rules.reduce((now, { from, to }) => (now === from ? to : now), label);

/**
 * Checks that every rule does something, and records them.
 *
 * @param categoriesOf the categories of a margin in all zones, undefined for no margin
 * @throws {Failure} `invalid-input` on a margin or a category that does not exist
 */
export function checkCollapseRules(
  rules: readonly CollapseRule[],
  categoriesOf: (variable: string) => ReadonlySet<string> | undefined,
  labelsOf: (variable: string) => readonly string[],
  record: RecordFinding,
): void {
  for (const { variable, from, to } of rules) {
    const where = `dead-margins.collapse=${variable}:${from}->${to}`;
    const categories = categoriesOf(variable);
    if (categories === undefined)
      throw new Failure('invalid-input', { where, problem: 'no such margin', got: variable });
    const expected = [...categories].join(', ');
    if (!categories.has(to))
      throw new Failure('invalid-input', { where, problem: 'no such category', got: to, expected });
    if (!categories.has(from) && !labelsOf(variable).includes(from))
      throw new Failure('invalid-input', { where, problem: 'no such category', got: from, expected });
    record({
      level: 'caution',
      code: 'categories-collapsed',
      message: `${variable}: ${from} was merged into ${to}`,
      values: { variable, from, to },
    });
  }
}

/**
 * Carries out the policy on one margin; dead categories are listed in any case.
 *
 * @param present labels that somebody with base weight has
 * @throws {Failure} `invalid-input` naming margin, category and what is asked; when no category is left
 */
export function settleDeadCells(
  zone: string,
  margin: Margin,
  present: ReadonlySet<string>,
  policy: DeadMarginPolicy,
  record: RecordFinding,
): Margin {
  const isDead = (c: number): boolean => margin.asked[c]! > 0 && !present.has(margin.categories[c]!);
  const dead = [...margin.categories.keys()].filter(isDead);
  if (dead.length === 0) return margin;
  const total = sum(margin.asked);
  const lost = dead.reduce((s, c) => s + margin.asked[c]!, 0);
  const listed = dead.map((c) => `${margin.categories[c]!} (${Number(margin.asked[c]!.toPrecision(6))})`).join(', ');
  const where = inZone(zone, `${margin.name} = ${margin.categories[dead[0]!]!}`);
  if (policy !== 'drop')
    throw new Failure('invalid-input', {
      where,
      problem: `nobody in the sample has ${dead.length === 1 ? 'this category' : `${dead.length} categories of the margin`}`,
      got: `${listed} asked`,
      expected: `a category of the sample: ${[...present].slice(0, 12).join(', ')}`,
      hint: 'Add records, or choose for dead margins drop or collapse=variable:from->to.',
    });
  if (!(lost < total))
    throw new Failure('invalid-input', {
      where: inZone(zone, margin.name),
      problem: 'nobody in the sample has any of its categories',
      got: `${listed} asked`,
    });
  record({
    level: 'caution',
    code: 'dead-margin',
    message: `${inZone(zone, margin.name)}: dropped ${listed}, which nobody in the sample has`,
    values: { zone, margin: margin.name, categories: dead.map((c) => margin.categories[c]), shareLost: lost / total },
  });
  const alive = [...margin.categories.keys()].filter((c) => !isDead(c));
  return {
    ...margin,
    categories: alive.map((c) => margin.categories[c]!),
    asked: Float64Array.from(alive, (c) => margin.asked[c]! * (total / (total - lost))),
  };
}
