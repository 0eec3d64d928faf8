import { numberColumn, textColumn, type Table } from '../core/table.js';
import type { AgentRecord } from '../population/agent-pool.js';
import type { DataUse } from '../persona/data-use.js';
import type { Diagnostics } from '../population/diagnostics.js';
import type { Target } from '../population/target.js';
import type { TraitNorms } from '../psychometrics/inventory.js';
import type { MarginSource, PopulationReport, PostsSource, TraitDensity } from '../report/population-report.js';
import { byAssumption } from '../report/wording.js';
import type { CalibrationSummary } from './calibrate-pool.js';
import type { Services } from './services.js';

/** Weights by persona before and after, and what the norms call the levels of a score. */
export function traitDensities(
  norms: TraitNorms,
  pool: Table,
  test: Table,
  final: Float64Array,
  isTest: (row: number) => boolean,
): TraitDensity[] {
  const { min, max, levels } = norms.scale;
  const step = (max - min) / (levels - 1);
  const equal = new Float64Array(pool.rows).fill(1);
  const testWeights = Float64Array.from({ length: test.rows }, (_, i) => (isTest(i) ? 1 : 0));
  const histogram = (scores: Float64Array, weights: Float64Array): number[] => {
    const shares = new Float64Array(levels);
    let total = 0;
    scores.forEach((score, i) => {
      shares[Math.min(levels - 1, Math.max(0, Math.round((score - min) / step)))]! += weights[i]!;
      total += weights[i]!;
    });
    return Array.from(shares, (s) => s / total);
  };
  return norms.domains.map((domain) => ({
    domain,
    levels: Array.from({ length: levels }, (_, level) => Number((min + level * step).toFixed(4))),
    target: histogram(numberColumn(test, domain), testWeights),
    before: histogram(numberColumn(pool, domain), equal),
    after: histogram(numberColumn(pool, domain), final),
  }));
}

/** At most this many quantiles of the weights are drawn. */
const maxQuantiles = 200;

/** Relative calibration weights at evenly spaced ranks, what they cost, and how often personas are taken. */
export function weightSummary(
  calibration: Float64Array,
  counts: Float64Array,
  { designEffect, costs }: Pick<CalibrationSummary, 'designEffect' | 'costs'>,
): PopulationReport['weights'] {
  const sorted = calibration.map((w) => w * calibration.length).sort();
  const shown = Math.min(maxQuantiles, sorted.length);
  const multiplicities: number[] = [];
  for (const count of counts) {
    while (multiplicities.length <= count) multiplicities.push(0);
    multiplicities[count]!++;
  }
  return {
    calibrationQuantiles: Array.from(
      { length: shown },
      (_, q) => sorted[Math.floor(((q + 0.5) / shown) * sorted.length)]!,
    ),
    multiplicities,
    calibrationDesignEffect: designEffect,
    costs: costs.flatMap(({ subject, status, gained }) => (status === 'converged' ? [{ subject, gained }] : [])),
  };
}

/** Agents of each real author, largest first. */
export function agentsByPerson(pool: Table, counts: Float64Array): number[] {
  const agents = new Map<string, number>();
  textColumn(pool, 'person').forEach((person, i) => {
    if (counts[i]! > 0) agents.set(person, (agents.get(person) ?? 0) + counts[i]!);
  });
  return [...agents.values()].sort((a, b) => b - a);
}

/** What the source of the posts says of itself. */
export const postsSource = ({ title, licence, inferences, retainUntil, publication }: DataUse): PostsSource => ({
  title,
  licence,
  inferences: inferences === 'all' ? null : inferences,
  retainUntil,
  publication,
});

/** Where each margin comes from. */
export const marginSources = (target: Target): MarginSource[] =>
  target.margins.map(({ variable, source, period, universe, derived, flags }) => ({
    variable,
    title: titleOf(source),
    period,
    universe,
    derived,
    flags,
  }));

/** Title of a source, for people. */
export const titleOf = (source: Readonly<Record<string, unknown>>): string =>
  typeof source['title'] === 'string' ? source['title'] : 'untitled source';

/** What the origin of the texts means for their use, by kind of writer: both write from what was drawn. */
const drawnFirst = [
  'Traits are drawn from norms with weak evidence: the norms of sex and age decide for most people. What authors explicitly say of themselves enters like the answer to one item of an inventory, and a text model of low validity moves the draw by little.',
  'The texts are written from the drawn numbers, so their agreement shows that the writer did its job, not that the authors have these traits. Do not study here how texts go with traits.',
];
const writerNotes: Readonly<Record<string, readonly string[]>> = { embedded: drawnFirst, model: drawnFirst };

/** What the origin of the answers means for their use, by kind of respondent. */
const answerNotes: Readonly<Record<string, readonly string[]>> = {
  embedded: [
    'No language model was asked for answers: a response model answered the inventory from the drawn traits and never read the texts.',
  ],
  model: [
    'A language model answered the inventory in the role of each persona; its habits of answering are in the scores.',
  ],
  imported: ['Attributes and scores were imported as they are; how they were measured is not known here.'],
};

/** What the result does not contain or does not mean. */
export function exclusionsOf(target: Target, diagnostics: Diagnostics, makers: Services['makers']): string[] {
  const { effectivePeople, distinctPeople, agents, margins, traits, unsupported } = diagnostics;
  const assumed = [...new Set(margins.filter(byAssumption).map(({ variable }) => variable))];
  return [
    `The ${agents} agents are built from ${distinctPeople} real authors and carry the variety of about ${effectivePeople.toFixed(0)} of them; ${agents} agents are not ${agents} independent people.`,
    ...(assumed.length > 0
      ? [
          `Set by assumption, because more than half of the values were drawn from the target itself: ${assumed.join(', ')}. Agreement with the target on these says nothing about the authors.`,
        ]
      : []),
    ...(unsupported.length > 0
      ? [
          `Nobody in the pool could stand for: ${unsupported.join('; ')}. These people are missing, not small in number.`,
        ]
      : []),
    'Nothing outside the listed variables is aligned: not politics, religion, health, language, birthplace, household composition, nor place below the region.',
    'Two variables are aligned together only where a margin joins them; other combinations follow from the pool.',
    ...(traits === null
      ? ['Personality is not aligned: the target has no trait norms for this inventory.']
      : [
          'Personality is aligned to sex and age only; how it goes with education, income, region or origin follows from the pool.',
          'The trait norms come from volunteers who chose to take a test online; conditioning on sex and age does not undo that.',
        ]),
    'The reference people that the result is judged on are drawn from the published aggregates; they are not respondents.',
    ...(writerNotes[kindOf(makers.writer)] ?? []),
    ...(answerNotes[kindOf(makers.respondent)] ?? []),
    ...target.notes,
  ];
}

/** `embedded` of `embedded@2`, `model` of `model:name`. */
const kindOf = (maker: string): string => maker.split(/[@:]/)[0]!;

/** Agents spread evenly over the pool, to read. */
export const examplesOf = (agents: readonly AgentRecord[], wanted: number): PopulationReport['examples'] =>
  Array.from(
    { length: Math.min(wanted, agents.length) },
    (_, k) => agents[Math.floor(((k + 0.5) / wanted) * agents.length)],
  )
    .filter((agent) => agent !== undefined)
    .map(({ agent, attributes, ageYears, text }) => ({
      id: agent,
      attributes: {
        age: String(ageYears),
        ...Object.fromEntries(
          Object.entries(attributes)
            .filter(([name]) => name !== 'age')
            .map(([name, { value, status }]) => [name, `${value} (${status})`]),
        ),
      },
      text,
    }));
