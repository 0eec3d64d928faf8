import type { Diagnostics, TraitCell } from '../population/diagnostics.js';
import type { PopulationReport, TraitDensity } from './population-report.js';
import { oneLine, visible } from './safe-text.js';
import {
  cellsTable,
  errorPoints,
  marginsTable,
  metricNames,
  rejectionsTable,
  stepsTable,
  type VariableRow,
} from './tables.js';
import {
  count,
  counted,
  effective,
  figure,
  marginSentence,
  missing,
  metricWords,
  noiseSentence,
  originSentence,
  percent,
  points,
  ratio,
  stepWords,
  variableTitle,
} from './wording.js';

/** A table of raw texts: each renderer escapes them for its own format. The first column names the row. */
export interface Grid {
  readonly caption: string;
  readonly columns: readonly { readonly title: string; readonly numeric: boolean }[];
  readonly rows: readonly (readonly string[])[];
}

const text = (title: string): Grid['columns'][number] => ({ title, numeric: false });
const number = (title: string): Grid['columns'][number] => ({ title, numeric: true });

/** One row a variable: how it came out and where its values come from. */
export const variablesGrid = ({ diagnostics }: PopulationReport): Grid => ({
  caption: 'Margins by variable. Errors in percentage points.',
  columns: [
    text('Variable'),
    text('Result'),
    number('Largest error'),
    number('Before'),
    text('Origin of the values'),
    number('Fewest personas'),
  ],
  rows: marginsTable(diagnostics).map((row) => [
    variableTitle(row.variable),
    marginSentence(row),
    points(row.largestErrorPoints),
    points(row.largestErrorBeforePoints),
    originSentence(row),
    count(row.smallestSupport),
  ]),
});

/** One row a category of one variable. */
export const categoriesGrid = ({ variable, categories }: VariableRow): Grid => ({
  caption: `${variableTitle(variable)}: shares, errors in percentage points, and personas that could carry the category.`,
  columns: [text('Category'), number('Before'), number('Asked'), number('Now'), number('Error'), number('Personas')],
  rows: categories.map((margin) => [
    oneLine(margin.category),
    percent(margin.before),
    percent(margin.target),
    percent(margin.after),
    points(errorPoints(margin)),
    count(margin.support),
  ]),
});

/** One row a distance, with its floor and a sentence; null without trait norms. */
export function metricsGrid({ diagnostics: { traits } }: PopulationReport): Grid | null {
  if (traits === null) return null;
  return {
    caption:
      'Distances between the agents and people not used for fitting. Floor: the same distance between two disjoint groups of such people.',
    columns: [
      text('Distance'),
      number('Before'),
      number('Agents'),
      number('Floor, median'),
      number('Floor, 95th percentile'),
      text('Reading'),
      text('What it sees'),
    ],
    rows: metricNames.map((name) => {
      const metric = traits[name];
      return [
        metricWords[name].title,
        figure(metric.before),
        figure(metric.after),
        figure(metric.noiseFloorMedian),
        figure(metric.noiseFloorP95),
        noiseSentence(metric.after, metric),
        metricWords[name].sees,
      ];
    }),
  };
}

/** Mean and standard deviation of a histogram on score levels. */
export function moments(
  levels: readonly number[],
  shares: readonly number[],
): { readonly mean: number; readonly sd: number } {
  const mean = levels.reduce((sum, level, i) => sum + level * shares[i]!, 0);
  const variance = levels.reduce((sum, level, i) => sum + (level - mean) * (level - mean) * shares[i]!, 0);
  return { mean, sd: Math.sqrt(Math.max(0, variance)) };
}

/** `mean (sd)` of target, before and after of one domain. */
export const densityFigures = ({
  levels,
  target,
  before,
  after,
}: TraitDensity): { target: string; before: string; after: string } => {
  const show = (shares: readonly number[]): string => {
    const { mean, sd } = moments(levels, shares);
    return `${mean.toFixed(2)} (${sd.toFixed(2)})`;
  };
  return { target: show(target), before: show(before), after: show(after) };
};

/** One row a domain: mean and standard deviation before, asked and achieved. */
export const densitiesGrid = ({ densities }: PopulationReport): Grid => ({
  caption: 'Domain scores on the response scale: mean (standard deviation).',
  columns: [text('Domain'), number('Before'), number('Asked'), number('Now')],
  rows: densities.map((density) => {
    const shown = densityFigures(density);
    return [variableTitle(density.domain), shown.before, shown.target, shown.after];
  }),
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

/** Signed difference in standard deviations, `+0.12`; a real minus sign, so that columns align. */
export const signed = (value: number): string => {
  const shown = Math.abs(value).toFixed(2);
  return shown === '0.00' ? shown : `${value < 0 ? '−' : '+'}${shown}`;
};

/**
 * Whether a difference of means in SD is larger than two standard errors of the agents alone (2/√n).
 * The test people have an error of their own, so this flags too many cells rather than too few.
 */
export const beyondChance = ({ differenceSd, effectiveSampleSize }: TraitCell): boolean =>
  effectiveSampleSize > 0 && Math.abs(differenceSd) > 2 / Math.sqrt(effectiveSampleSize);

/** Domains of the trait cells in order of first appearance. */
export const cellDomains = ({ traitCells }: Diagnostics): string[] => [
  ...new Set(traitCells.map(({ domain }) => domain)),
];

/** One row a cell of sex x age, one column a domain: agents minus test people in SD, `*` where beyond chance. */
export function cellsGrid({ diagnostics }: PopulationReport): Grid {
  const domains = cellDomains(diagnostics);
  return {
    caption: `Mean trait of the agents minus test people, in standard deviations. ${cellLegend}`,
    columns: [text('Cell'), ...domains.map((domain) => number(variableTitle(domain))), number('Effective agents')],
    rows: cellsTable(diagnostics).map(({ cell, effectiveSampleSize, byDomain }) => [
      oneLine(cell),
      ...domains.map((domain) => {
        const entry = byDomain.get(domain);
        return entry === undefined ? missing : cellText(entry);
      }),
      effective(effectiveSampleSize),
    ]),
  };
}

/** How to read the table of traits within groups. */
export const cellLegend =
  'An asterisk marks differences above two standard errors of the agents; all others can be chance.';

/** The difference of one cell, `*` where it is beyond chance, `-` where the cell has no agents. */
export const cellText = (cell: TraitCell): string =>
  cell.effectiveSampleSize > 0 ? `${signed(cell.differenceSd)}${beyondChance(cell) ? '*' : ''}` : missing;

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

/** How the weights are spread, in sentences; only what the report has numbers for. */
export function weightSentences({ diagnostics: d, weights }: PopulationReport): string[] {
  const quantiles = weights.calibrationQuantiles;
  const unused = weights.multiplicities[0] ?? 0;
  return [
    `The weights of the ${counted(d.kept, 'kept persona')} are worth ${effective(d.effectiveSampleSize)} equally weighted ones (design effect ${d.designEffect.toFixed(2)}).`,
    ...(quantiles.length === 0
      ? []
      : [
          `Calibration weights run from ${figure(quantiles[0]!)} to ${figure(quantiles[quantiles.length - 1]!)} times the mean.`,
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

/** Said in place of all trait figures when the target has no trait norms. */
export const noTraits = ({ diagnostics }: PopulationReport): string =>
  `The target has no trait norms for the inventory ${oneLine(diagnostics.instrument)}, so traits were neither aligned nor compared. Nothing is known about how well they fit.`;

/** The sizes behind the noise floor, in a sentence; null where none was measured. */
export const noiseSizes = ({ diagnostics: { noiseFloor } }: PopulationReport): string | null =>
  noiseFloor === null
    ? null
    : `The noise floor was measured ${counted(noiseFloor.replicates, 'time')}, between groups the size of ${counted(noiseFloor.agents, 'agent')} and ${counted(noiseFloor.testPeople, 'test person', 'test people')}.`;

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

/** Said above the example agents. */
export const examplesNote = 'These show what an agent looks like. They are not a sample to draw conclusions from.';
