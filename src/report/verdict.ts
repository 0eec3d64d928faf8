import type { Diagnostics } from '../population/diagnostics.js';
import type { PopulationReport } from './population-report.js';
import { oneLine } from './safe-text.js';
import { errorPoints, marginsTable, metricNames, type VariableRow, worstMetric } from './tables.js';
import { byAssumption, count, counted, metricWords, metWithin, noiseSentence, variableTitle } from './wording.js';

/** Below this many agents a comparison of distributions has little power, and the verdict says so. */
const fewAgents = 100;

/** What a reader must know first: a headline, then sentences in order of weight. */
export interface Verdict {
  readonly aligned: boolean;
  readonly headline: string;
  readonly sentences: readonly string[];
  /** What was missed, gates on numbers first. */
  readonly unmet: readonly string[];
}

/**
 * The verdict in plain language. A report that lists unmet requirements, on numbers or on texts, is never called aligned;
 * nor is one in which every margin that was asked for is set by assumption.
 */
export function verdict({ status, target, diagnostics }: PopulationReport): Verdict {
  const { unmet, unmetTexts, agents, unsupported } = diagnostics;
  const met = status === 'aligned' && unmet.length === 0 && unmetTexts.length === 0;
  const variables = marginsTable(diagnostics);
  const assumed = variables.filter(byAssumption);
  const asked = variables.filter(({ controlledCategories }) => controlledCategories > 0);
  const allAssumed = asked.length > 0 && asked.every(byAssumption);
  return {
    aligned: met && !allAssumed,
    headline: met ? alignedHeadline(allAssumed, assumed.length, variables.length) : missedHeadline(diagnostics),
    unmet: [...unmet, ...unmetTexts],
    sentences: [
      ...(met ? [] : [missedSentence(diagnostics)]),
      marginsVerdict(diagnostics.maxMarginErrorPoints, oneLine(target.title), asked),
      traitsVerdict(diagnostics),
      ...overfitVerdict(diagnostics),
      ...(unsupported.length === 0
        ? []
        : [`${counted(unsupported.length, 'category', 'categories')} of the target cannot be filled by any persona.`]),
      ...(assumed.length === 0
        ? []
        : [
            `${assumed.length} of ${counted(variables.length, 'variable')} ${assumed.length === 1 ? 'is' : 'are'} set by assumption (${assumed.map(({ variable }) => variableTitle(variable)).join(', ')}): ` +
              'for most agents the value was drawn from the target, not read in what anybody wrote.',
          ]),
      ...(agents < fewAgents
        ? [`With ${counted(agents, 'agent')}, agreement says little: chance alone moves every share and mean.`]
        : []),
    ],
  };
}

function alignedHeadline(allAssumed: boolean, assumed: number, variables: number): string {
  if (allAssumed) return 'Set by assumption';
  return assumed === 0 ? 'Aligned' : `Aligned, with ${assumed} of ${counted(variables, 'variable')} set by assumption`;
}

const missedHeadline = ({ unmet, unmetTexts }: Diagnostics): string =>
  unmet.length === 0 && unmetTexts.length > 0 ? 'Texts fail their checks' : 'Not aligned';

function missedSentence({ unmet, unmetTexts }: Diagnostics): string {
  const missed = [
    ...(unmet.length === 0 ? [] : [`${counted(unmet.length, 'requirement')} on numbers`]),
    ...(unmetTexts.length === 0 ? [] : [`${counted(unmetTexts.length, 'requirement')} on texts`]),
  ];
  if (missed.length === 0) return 'The run ended without meeting every requirement; it does not say which.';
  const verb = unmet.length + unmetTexts.length === 1 ? 'is' : 'are';
  return `${missed.join(' and ')} ${verb} not met. Use this population only with the list below in hand.`;
}

function marginsVerdict(errorOfAll: number, target: string, asked: readonly VariableRow[]): string {
  if (asked.length === 0) return `No margin of “${target}” was asked for.`;
  const [were, are] = asked.length === 1 ? ['was', 'is'] : ['were', 'are'];
  const start = `${counted(asked.length, 'margin')} of “${target}” ${were} asked for`;
  const known = asked.filter((row) => !byAssumption(row));
  if (known.length === asked.length) return `${start} and ${are} ${metWithin(errorOfAll)}.`;
  if (known.length === 0) return `${start} and ${are} set by assumption.`;
  const controlled = known.flatMap(({ categories }) => categories.filter((margin) => margin.controlled));
  const error = Math.max(...controlled.map(errorPoints));
  const set = asked.length - known.length;
  return `${start}: ${known.length} ${known.length === 1 ? 'is' : 'are'} ${metWithin(error)}, ${set} ${set === 1 ? 'is' : 'are'} set by assumption.`;
}

function traitsVerdict(diagnostics: Diagnostics): string {
  if (diagnostics.traits === null)
    return 'Personality was not compared: the target has no trait norms for this inventory.';
  const worst = worstMetric(diagnostics);
  if (worst === null) return 'Personality was compared with people not used for fitting, but no noise floor is known.';
  const metric = diagnostics.traits[worst.name];
  return (
    'Personality was compared with people not used for fitting: ' +
    `${worst.over <= 1 ? 'even the worst' : 'the worst'} of ${count(metricNames.length)} distances (${metricWords[worst.name].title}) is ${noiseSentence(metric.after, metric)}.`
  );
}

function overfitVerdict({ traits }: Diagnostics): string[] {
  if (traits === null) return [];
  const names = metricNames.filter((name) => traits[name].overfit);
  if (names.length === 0) return [];
  return [
    `The agents are closer to the people used for fitting than to others by more than chance (${names.map((name) => metricWords[name].title).join(', ')}): the fit will not carry over in full.`,
  ];
}
