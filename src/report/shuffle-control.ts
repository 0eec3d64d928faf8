import type { Diagnostics, Interval } from '../population/diagnostics.js';
import type { TextFigures } from '../persona/filter/text-quality.js';
import type { ShuffleRow } from './population-report.js';
import { variableTitle } from './wording.js';

/** Shares move only by more than this, however many people there are. */
const leastShareChange = 0.01;
/** Correlations without an interval move only by more than this. */
const leastCorrelationChange = 0.1;
/** Margin errors move only by more than this, in percentage points. */
const leastPointsChange = 0.1;
/** Effective people move only by more than this share of the larger figure. */
const leastRelativeChange = 0.1;

/**
 * Figures of a run beside the same figures with texts permuted over people. What does not move says nothing about the texts.
 *
 * A figure has changed when it moves by more than chance and by more than matters:
 * - correlations, when their 95 % intervals do not overlap; without intervals, by more than 0.1;
 * - shares, by more than 0.01 and more than two standard errors of a difference of two shares, with one observation a
 *   person, because personas of one person are alike;
 * - trait distances, by more than lies between the median and the 95th percentile of their noise floor;
 * - the largest margin error, by more than 0.1 points; effective people, by more than a tenth.
 *
 * A figure about texts that is clearly better with the texts of others is evidence against them.
 *
 * @param control diagnostics of the run repeated with permuted texts; undefined where that was not done
 * @returns figures about texts, then about numbers; no rows of a kind that was not measured with other texts
 */
export function shuffleControl(diagnostics: Diagnostics, control: Diagnostics | undefined): ShuffleRow[] {
  const { texts } = diagnostics;
  return [
    ...(texts?.shuffled ? textRows(texts.own, texts.shuffled) : []),
    ...(control === undefined ? [] : numberRows(diagnostics, control)),
  ];
}

function textRows(own: TextFigures, shuffled: TextFigures): ShuffleRow[] {
  const people = Math.min(own.people, shuffled.people);
  const share = (name: 'grounding' | 'contradictions', title: string, better: Direction): ShuffleRow =>
    row({ name, title, about: 'texts', unit: 'share', own: own[name], shuffled: shuffled[name] }, better, (a, b) =>
      sharesDiffer(a, b, people),
    );
  return [
    share('grounding', 'Grounded claims', 'higher'),
    ...own.coupling.map((mine, d) => {
      const theirs = shuffled.coupling[d]!;
      const [ownInterval, shuffledInterval] = [intervalOf(mine), intervalOf(theirs)];
      return row(
        {
          name: `coupling-${mine.domain}`,
          title: `${variableTitle(mine.domain)}: r`,
          about: 'texts',
          unit: 'correlation',
          own: mine.r,
          shuffled: theirs.r,
          ownInterval,
          shuffledInterval,
        },
        'higher',
        (a, b) =>
          ownInterval && shuffledInterval
            ? ownInterval.lower > shuffledInterval.upper || shuffledInterval.lower > ownInterval.upper
            : Math.abs(a - b) > leastCorrelationChange,
      );
    }),
    share('contradictions', 'Contradictions', 'lower'),
  ];
}

function numberRows(own: Diagnostics, shuffled: Diagnostics): ShuffleRow[] {
  const distances = (
    [
      ['amw', 'Trait distance (AMW)'],
      ['slicedWasserstein', 'Trait distance (sliced W.)'],
    ] as const
  ).flatMap(([name, title]) => {
    const metric = own.traits?.[name];
    if (metric === undefined) return [];
    const chance = metric.noiseFloorP95 - metric.noiseFloorMedian;
    const figures = { own: metric.after, shuffled: shuffled.traits?.[name].after ?? null };
    return row(
      { name, title, about: 'numbers', unit: 'distance', ...figures },
      null,
      (a, b) => Math.abs(a - b) > chance,
    );
  });
  return [
    ...distances,
    row(
      {
        name: 'maxMarginErrorPoints',
        title: 'Largest margin error',
        about: 'numbers',
        unit: 'points',
        own: own.maxMarginErrorPoints,
        shuffled: shuffled.maxMarginErrorPoints,
      },
      null,
      (a, b) => Math.abs(a - b) > leastPointsChange,
    ),
    row(
      {
        name: 'effectivePeople',
        title: 'Effective people',
        about: 'numbers',
        unit: 'people',
        own: own.effectivePeople,
        shuffled: shuffled.effectivePeople,
      },
      null,
      (a, b) => Math.abs(a - b) > leastRelativeChange * Math.max(a, b),
    ),
  ];
}

/** Which way a figure about texts is better; null where moving is all that counts. */
type Direction = 'higher' | 'lower' | null;

function row(
  figures: Pick<ShuffleRow, 'name' | 'title' | 'about' | 'unit' | 'own' | 'shuffled'> &
    Partial<Pick<ShuffleRow, 'ownInterval' | 'shuffledInterval'>>,
  better: Direction,
  differ: (own: number, shuffled: number) => boolean,
): ShuffleRow {
  const { own, shuffled } = figures;
  const comparable = own !== null && shuffled !== null;
  const changed = comparable && differ(own, shuffled);
  const worse = comparable && better !== null && (better === 'higher' ? own < shuffled : own > shuffled);
  return {
    ownInterval: null,
    shuffledInterval: null,
    ...figures,
    changed,
    evidence: !comparable
      ? 'nothing to compare'
      : !changed
        ? 'not evidence about the texts'
        : worse
          ? 'evidence against the texts'
          : 'evidence about the texts',
  };
}

/** Difference of two shares beyond two standard errors, pooled as under no difference, and beyond what matters. */
function sharesDiffer(a: number, b: number, people: number): boolean {
  const pooled = (a + b) / 2;
  const standardError = Math.sqrt((2 * pooled * (1 - pooled)) / people);
  return Math.abs(a - b) > Math.max(leastShareChange, 2 * standardError);
}

const intervalOf = ({ lower, upper }: { lower: number | null; upper: number | null }): Interval | null =>
  lower === null || upper === null ? null : { lower, upper };
