import { z } from 'zod';
import { Failure, type FailureCode } from '../core/failure.js';
import { optional, value } from '../pipeline/artifact.js';
import { slackOf } from '../report/weights-content.js';
import { failedFit } from '../survey/fit-findings.js';
import { GapDocument, reportsOf, WeightDocument } from '../survey/weigh-zones.js';
import type { WeightReport } from '../survey/weight-report.js';
import { defineStage } from './services.js';

/** Most faults, and most zones, that one message names; the report names all. */
const [namedFaults, namedZones] = [3, 30];

/** Stage `check-weights`: fail, after everything is written, when margins are not met or weights miss a limit. */
export const checkWeights = defineStage({
  name: 'check-weights',
  version: 1,
  summary: 'Fail, after everything is written, when margins are not met or weights miss a limit.',
  config: z.strictObject({}),
  inputs: { report: value(WeightDocument), gaps: optional(value(GapDocument)) },
  outputs: {},
  uses: [],

  run({ report, gaps }) {
    const reports = reportsOf(report);
    const findings = reports.flatMap((own) => own.findings);
    const told = (code: string): string[] => findings.flatMap((own) => (own.code === code ? [own.message] : []));
    const start = zonesWithout(reports);
    const [infeasible, other] = [told(failedFit.infeasible), told(failedFit.other)];
    if (infeasible.length > 0) throw missed('infeasible', start, [...infeasible, ...other], whereToLook(gaps));
    if (other.length > 0) throw missed('not-converged', start, other, 'See weights.html.');
    const misses = reports.flatMap(({ zone, gates }) =>
      gates.misses.map(({ message }) => (zone === '' ? message : `zone ${zone}: ${message}`)),
    );
    if (misses.length > 0) throw missed('gate-failed', '', misses, 'See weights.html.');
    return {};
  },
});

/** The file that says more; the list of gaps only where it is written. */
function whereToLook(gaps: GapDocument | undefined): string {
  if (!gaps) return 'See weights.html.';
  const lists = 'zones' in gaps ? gaps.zones : [gaps];
  return lists.some(({ wanted }) => wanted > 0)
    ? 'See gap-list.json for the records that would help.'
    : 'No records would help, see gap-list.json.';
}

/** Zones without weights, with the slack of each where it is known; nothing where there is only one. */
function zonesWithout(reports: readonly WeightReport[]): string {
  if (reports.length === 1) return '';
  const failed = reports.filter(({ status }) => status !== 'converged');
  const named = failed.slice(0, namedZones).map((report) => {
    const slack = slackOf(report);
    return slack === null ? report.zone : `${report.zone} (slack ${Number(slack.toPrecision(6))})`;
  });
  const more = failed.length > namedZones ? ` and ${failed.length - namedZones} more` : '';
  return `${failed.length} of ${reports.length} zones have no weights, ${named.join(', ')}${more}: `;
}

function missed(code: FailureCode, start: string, faults: readonly string[], hint: string): Failure {
  const more = faults.length > namedFaults ? ` | and ${faults.length - namedFaults} more` : '';
  return new Failure(code, {
    where: 'check-weights',
    problem: `${start}${faults.slice(0, namedFaults).join(' | ')}${more}`,
    hint,
  });
}
