import type { Diagnostics, MarginDiagnostics } from '../population/diagnostics.js';
import type { PopulationReport } from './population-report.js';
import { oneLine } from './safe-text.js';
import { marginsTable, metricNames, worstMargin, worstMetric } from './tables.js';
import {
  byAssumption,
  count,
  counted,
  effective,
  metricWords,
  percent,
  points,
  ratio,
  variableTitle,
} from './wording.js';

/** One of the few numbers that a reader takes home. */
export interface KeyFigure {
  readonly label: string;
  readonly value: string;
  readonly note: string;
}

/** The key figures, each computed from the report alone. */
export function keyFigures({ diagnostics: d }: PopulationReport): KeyFigure[] {
  const worst = worstMargin(d.margins.filter(({ controlled }) => controlled));
  const trait = worstMetric(d);
  return [
    {
      label: 'Agents',
      value: count(d.agents),
      note: `made from ${counted(d.distinctPersonas, 'persona')}; no persona is used more than ${counted(d.maxMultiplicity, 'time')}`,
    },
    {
      label: 'Candidates kept',
      value: `${count(d.kept)} of ${count(d.personas)}`,
      note: `${count(d.personas - d.kept)} rejected, each with a reason`,
    },
    {
      label: 'Real people behind it',
      value: count(d.distinctPeople),
      note: `of ${count(d.people)} whose posts gave personas; ${counted(d.histories, 'history', 'histories')} read`,
    },
    {
      label: 'Effective people',
      value: effective(d.effectivePeople),
      note: `as varied as this many people with equal say, although the weights are worth ${effective(d.effectiveSampleSize)} personas; one person is behind at most ${percent(d.maxAuthorShare)} of the agents`,
    },
    {
      label: 'Largest margin error',
      value: `${points(d.maxMarginErrorPoints)} points`,
      note: worst === null ? 'no margin was asked for' : marginNote(worst, d),
    },
    trait === null
      ? {
          label: 'Trait distance over noise',
          value: 'not measured',
          note: 'the target gives no trait norms to compare with',
        }
      : {
          label: 'Trait distance over noise',
          value: `${ratio(trait.over)}×`,
          note: `worst of ${metricNames.length} distances (${metricWords[trait.name].title}); up to 1× is what chance leaves between groups drawn from the target`,
        },
  ];
}

/** Which category is worst, and how many of the margins agree by assumption and not by evidence. */
function marginNote(worst: MarginDiagnostics, diagnostics: Diagnostics): string {
  const asked = marginsTable(diagnostics).filter(({ controlledCategories }) => controlledCategories > 0);
  const assumed = asked.filter(byAssumption).length;
  return (
    `${variableTitle(worst.variable)}: ${oneLine(worst.category)}${byAssumption(worst) ? ', set by assumption' : ''}` +
    (assumed === 0 ? '' : `; ${assumed} of ${counted(asked.length, 'margin')} set by assumption`)
  );
}
