import { type Grid, number, text } from './grid.js';
import type { PopulationReport } from './population-report.js';
import { oneLine } from './safe-text.js';
import { count, counted, effective, percent, range, ratio, variableTitle } from './wording.js';

type Attrition = NonNullable<PopulationReport['attrition']>;

/** Groups shown where none is flagged: the first ones of the losses over all steps. */
const wholeWay = ({ step }: { readonly step: string }): boolean => step === 'all';

const stepTitles: Readonly<Record<string, string>> = {
  evidence: 'Reading the posts',
  narrative: 'Writing the narrative',
  judge: 'Judging it',
  filter: 'Passing the rubric',
  inventory: 'Answering the inventory',
  all: 'From draw to measured persona',
};
const titleOf = (step: string): string => stepTitles[step] ?? oneLine(step);

/** Who was lost, in a sentence or two, and what can be done about it. */
export function attritionSentences({ groups, weights, level }: Attrition): string[] {
  const flagged = groups.filter((group) => group.flagged);
  const cost = `they would leave ${effective(weights.effectiveSampleSize)} effective personas of ${count(weights.personas)}`;
  return [
    flagged.length === 0
      ? `No group was lost, refused or asked again more often than others by more than chance: flags have a chance of ${percent(level)} in all where nothing differs.`
      : `${counted(flagged.length, 'rate')} of a group ${flagged.length === 1 ? 'stands' : 'stand'} out by more than chance. A population built from what is left differs from the one that was drawn in more than its margins; attrition weights that undo it are offered (--attrition-weights): ${cost}.`,
  ];
}

/** One row a step and outcome. */
export const attritionStepsGrid = ({ steps }: Attrition): Grid => ({
  caption: 'What was lost at each step. Intervals take units of one person together.',
  columns: [
    text('Step'),
    text('Outcome'),
    number('Of'),
    number('People'),
    number('Times'),
    number('Rate'),
    number('95% interval'),
  ],
  rows: steps.map((row) => [
    titleOf(row.step),
    row.outcome,
    count(row.units),
    count(row.people),
    count(row.events),
    percent(row.rate),
    range(row, percent),
  ]),
});

/** One row a group: those that stand out, then all groups over the whole way. */
export const attritionGroupsGrid = ({ groups }: Attrition): Grid => ({
  caption: 'Rates by group: those that stand out first, then the losses of all groups over the whole way.',
  columns: [
    text('Group'),
    text('Step'),
    text('Outcome'),
    number('Of'),
    number('Rate'),
    number('95% interval'),
    number('Times the rate of all'),
    text('Stands out'),
  ],
  rows: [
    ...groups.filter(({ flagged }) => flagged),
    ...groups.filter((group) => wholeWay(group) && !group.flagged),
  ].map((row) => [
    `${variableTitle(row.variable)}: ${oneLine(row.category)}`,
    titleOf(row.step),
    row.outcome,
    count(row.units),
    percent(row.rate),
    range(row, percent),
    ratio(row.ratio),
    row.flagged ? 'yes' : 'no',
  ]),
});
