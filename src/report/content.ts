import { type Grid, number, text } from './grid.js';
import type { PopulationReport } from './population-report.js';
import { oneLine, visible } from './safe-text.js';
import { errorPoints, marginsTable, metricNames, rejectionsTable, stepsTable, type VariableRow } from './tables.js';
import {
  count,
  counted,
  effective,
  figure,
  marginSentence,
  metricWords,
  missing,
  percent,
  points,
  range,
  ratio,
  stepWords,
  variableTitle,
} from './wording.js';

/** One row a variable: how it came out and where its values come from. */
export const variablesGrid = ({ diagnostics }: PopulationReport): Grid => ({
  caption: 'Margins by variable. Errors in percentage points; stated, inferred and imputed are shares of the agents.',
  columns: [
    text('Variable'),
    text('Result'),
    number('Largest error'),
    number('Before'),
    number('Stated'),
    number('Inferred'),
    number('Imputed'),
    number('Fewest personas'),
  ],
  rows: marginsTable(diagnostics).map((row) => [
    variableTitle(row.variable),
    marginSentence(row),
    points(row.largestErrorPoints),
    points(row.largestErrorBeforePoints),
    percent(row.statedShare),
    percent(row.inferredShare),
    percent(row.imputedShare),
    count(row.smallestSupport),
  ]),
});

/** What an interval is about, so that nobody takes it for the sampling error of a survey. */
export const intervalNote =
  'Intervals of 95% take in which authors were found and what was drawn for them; weights are not fitted again, so they are rather too wide than too narrow.';

/** One row a category of one variable. */
export const categoriesGrid = ({ variable, categories }: VariableRow): Grid => ({
  caption: `${variableTitle(variable)}: shares, errors in percentage points, and personas that could carry the category.`,
  columns: [
    text('Category'),
    number('Before'),
    number('Asked'),
    number('Now'),
    number('95% interval'),
    number('Error'),
    number('Personas'),
  ],
  rows: categories.map((margin) => [
    oneLine(margin.category),
    percent(margin.before),
    percent(margin.target),
    percent(margin.after),
    range(margin.interval, percent),
    points(errorPoints(margin)),
    count(margin.support),
  ]),
});

/** One row a step, every distance with its multiple of the floor, and the floors themselves in the last two rows. */
export function stepsGrid({ diagnostics }: PopulationReport): Grid {
  const { traits } = diagnostics;
  const blank = ['', '', ''];
  return {
    caption:
      traits === null
        ? 'The population after each step.'
        : 'The population after each step. In brackets: multiples of the 95th percentile of the noise floor.',
    columns: [
      text('Step'),
      number('Largest margin error, points'),
      ...(traits === null ? [] : metricNames.map((name) => number(metricWords[name].short))),
      number('Effective personas'),
      number('Effective people'),
      number('Largest share of one person'),
    ],
    rows: [
      ...stepsTable(diagnostics).map((row) => [
        stepWords[row.step],
        points(row.maxMarginErrorPoints),
        ...(traits === null
          ? []
          : metricNames.map((name) => {
              const [value, over] = [row[name], row.overFloor[name]];
              return value === null ? missing : over === null ? figure(value) : `${figure(value)}\n(${ratio(over)}×)`;
            })),
        effective(row.effectiveSampleSize),
        effective(row.effectivePeople),
        percent(row.maxAuthorShare),
      ]),
      ...(traits === null
        ? []
        : [
            ['Noise floor, median', '', ...metricNames.map((name) => figure(traits[name].noiseFloorMedian)), ...blank],
            [
              'Noise floor, 95th percentile',
              '',
              ...metricNames.map((name) => figure(traits[name].noiseFloorP95)),
              ...blank,
            ],
          ]),
    ],
  };
}

/** Rejections by criterion, with the kept in the last row: the counts add up to all candidates. */
export const rejectionsGrid = ({ diagnostics: d }: PopulationReport): Grid => ({
  caption: `What became of ${counted(d.personas, 'candidate persona')}.`,
  columns: [text('Criterion'), number('Personas'), number('Share')],
  rows: [
    ...rejectionsTable(d).map((row) => [
      `Rejected: ${oneLine(row.criterion)}`,
      count(row.personas),
      percent(row.share),
    ]),
    ['Kept', count(d.kept), percent(d.personas === 0 ? 0 : d.kept / d.personas)],
  ],
});

/** Where each margin and the trait norms come from. */
export const sourcesGrid = ({ sources, traitSource }: PopulationReport): Grid => ({
  caption: 'What the population was compared with.',
  columns: [text('Variable'), text('Source'), text('Period'), text('Universe'), text('Kind'), text('Flags')],
  rows: [
    ...sources.map(({ variable, title, period, universe, derived, flags }) => [
      variableTitle(variable),
      oneLine(title),
      oneLine(period),
      oneLine(universe),
      derived ? 'derived' : 'as published',
      flagsText(flags),
    ]),
    ...(traitSource === null
      ? []
      : [
          [
            'Traits',
            oneLine(traitSource.title),
            oneLine(traitSource.period),
            oneLine(traitSource.universe),
            'norms',
            flagsText(traitSource.flags),
          ],
        ]),
  ],
});

const flagsText = (flags: readonly string[]): string =>
  flags.length === 0 ? 'none' : flags.map((flag) => oneLine(flag, 400)).join('; ');

/** Cautions first, then the rest, each in the order in which it was recorded. */
export const findingsGrid = ({ findings }: PopulationReport): Grid => ({
  caption: 'What the steps had to say.',
  columns: [text('Level'), text('Stage'), text('Code'), text('Message')],
  rows: [
    ...findings.filter(({ level }) => level === 'caution'),
    ...findings.filter(({ level }) => level !== 'caution'),
  ].map(({ level, stage, code, message }) => [level, oneLine(stage), oneLine(code), oneLine(message, 600)]),
});

/** What people of each fold of the reference people are used for. */
const foldUses: Readonly<Record<string, string>> = {
  prior: 'the answers of the personas are checked against them, before any fitting',
  fit: 'the weights are fitted to them',
  tune: 'settings of the weighting are chosen on them',
  test: 'the result is judged on them; nothing is fitted to them',
  floor: 'the noise floor is measured on them; nothing is fitted to them',
};

/** One row a fold: how many reference people, and what for. */
export const foldsGrid = ({ diagnostics: { folds } }: PopulationReport): Grid => ({
  caption: 'Reference people by use. Nobody is in two folds.',
  columns: [text('Fold'), number('People'), text('Use')],
  rows: Object.keys(foldUses)
    .filter((fold) => Object.hasOwn(folds, fold))
    .concat(
      Object.keys(folds)
        .filter((fold) => !Object.hasOwn(foldUses, fold))
        .sort(),
    )
    .map((fold) => [oneLine(fold), count(folds[fold]!), Object.hasOwn(foldUses, fold) ? foldUses[fold]! : missing]),
});

/** What made this result: enough to make it again. */
export const provenanceGrid = ({ target, diagnostics, provenance: p }: PopulationReport): Grid => ({
  caption: 'The same version, seed and inputs give the same population.',
  columns: [text('What'), text('Value')],
  rows: [
    ['Populace version', oneLine(p.version)],
    ['Seed', oneLine(p.seed)],
    ['Target', oneLine(target.name)],
    ['Inventory', oneLine(diagnostics.instrument)],
    ['Personas written by', oneLine(p.writer)],
    ['Inventory answered by', oneLine(p.respondent)],
    ...p.inputs.map(({ name, sha256 }) => [`Input ${oneLine(name)} (sha256)`, oneLine(sha256)]),
  ],
});

/** Variables and domains whose price in effective personas is named. */
const namedCosts = 3;

/** How the weights are spread, in sentences; only what the report has numbers for. */
export function weightSentences({ diagnostics: d, weights }: PopulationReport): string[] {
  const quantiles = weights.calibrationQuantiles;
  const unused = weights.multiplicities[0] ?? 0;
  const dear = weights.costs.filter(({ gained }) => gained >= 0.5).slice(0, namedCosts);
  return [
    `The weights of the ${counted(d.kept, 'kept persona')} are worth ${effective(d.effectiveSampleSize)} equally weighted ones (design effect ${d.designEffect.toFixed(2)}), but only ${effective(d.effectivePeople)} effective people: personas of one author are not independent.`,
    ...(quantiles.length === 0
      ? []
      : [
          `Calibration weights run from ${figure(quantiles[0]!)} to ${figure(quantiles[quantiles.length - 1]!)} times the mean (design effect ${weights.calibrationDesignEffect.toFixed(2)}).`,
        ]),
    ...(dear.length === 0
      ? []
      : [
          `Most precision goes into ${dear.map(({ subject, gained }) => `${variableTitle(subject)} (without it ${effective(gained)} effective personas more)`).join(', ')}.`,
        ]),
    `${counted(d.distinctPersonas, 'persona')} became agents, none more than ${counted(d.maxMultiplicity, 'time')}; ${count(unused)} of the kept were not used.`,
  ];
}

/** Who dominates: the first person, the first ten, and how many people make up half of the agents. */
export function peopleSentences(agentsByPerson: readonly number[]): string[] {
  const total = agentsByPerson.reduce((sum, agents) => sum + agents, 0);
  if (total === 0) return [];
  let [held, people] = [0, 0];
  while (held * 2 < total) held += agentsByPerson[people++]!;
  const ten = agentsByPerson.slice(0, 10).reduce((sum, agents) => sum + agents, 0);
  return [
    `The person used most is behind ${counted(agentsByPerson[0]!, 'agent')} of ${count(total)} (${percent(agentsByPerson[0]! / total)})` +
      (agentsByPerson.length > 10 ? `, the ten used most behind ${percent(ten / total)}.` : '.'),
    `Half of all agents come from ${counted(people, 'person', 'people')} of ${count(agentsByPerson.length)}.`,
  ];
}

/** Who dominates the kept personas: how many became 0, 1, 2, ... agents. */
export const multiplicitiesGrid = ({ weights }: PopulationReport): Grid => ({
  caption: 'How many agents were made from each kept persona.',
  columns: [text('Agents'), number('Personas')],
  rows: weights.multiplicities.flatMap((personas, agents) =>
    personas === 0 ? [] : [[count(agents), count(personas)]],
  ),
});

/** Said where a report lists no exclusions. */
export const noExclusions = 'The report lists no exclusions. That is a gap in the report, not a promise.';

/** Characters of an example text that a report shows; the rest is cut with a notice. */
const exampleLength = 1200;

/** An example text as a report shows it: visible characters, cut where it is long; `notice` says what was cut. */
export function exampleText(story: string): { readonly text: string; readonly notice: string | null } {
  const characters = Array.from(story);
  if (characters.length <= exampleLength) return { text: visible(story), notice: null };
  return {
    text: visible(characters.slice(0, exampleLength).join('')),
    notice: `Cut: the first ${count(exampleLength)} of ${count(characters.length)} characters are shown.`,
  };
}

/** The posts and what may be done with them, in a sentence; null where there are none. */
export function postsSentence({ posts }: PopulationReport): string | null {
  if (posts === undefined) return null;
  const { title, licence, inferences, retainUntil, publication } = posts;
  const inferred =
    inferences === null ? 'everything may be inferred' : `only ${inferences.join(', ') || 'nothing'} may be inferred`;
  return `Posts: ${oneLine(title)}; licence: ${oneLine(licence)}; ${inferred} from them; to be used ${retainUntil === null ? 'without an end' : `until ${oneLine(retainUntil)}`}; ${publication === 'no' ? 'not to be quoted, so no example is shown' : 'short quotations may be published'}.`;
}

/** Said above the example agents. */
export const examplesNote = 'These show what an agent looks like. They are not a sample to draw conclusions from.';
