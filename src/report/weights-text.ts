import type { WeightDocument } from '../survey/weigh-zones.js';
import type { WeightReport } from '../survey/weight-report.js';
import { oneLine } from './safe-text.js';
import { factor, slackOf } from './weights-content.js';
import { count, counted, effective, figure, percent } from './wording.js';

/** Zones named in a summary. */
const namedZones = 30;

/** What became of the weights, for the terminal: findings that need caution first read, then the figures. */
export function weightSummary(document: WeightDocument): string[] {
  const isZoned = 'zones' in document;
  const reports = isZoned ? document.zones : [document];
  const cautions = [...document.findings, ...(isZoned ? reports.flatMap(({ findings }) => findings) : [])].filter(
    ({ level }) => level === 'caution',
  );
  return [
    ...(isZoned ? zoneLines(reports) : figureLines(reports[0]!)),
    ...(cautions.length > 0 ? ['', ...cautions.slice(0, namedZones).map(cautionLine)] : []),
    ...(cautions.length > namedZones ? [`  and ${cautions.length - namedZones} more, in weights.json`] : []),
  ];
}

const cautionLine = ({ code, message }: WeightReport['findings'][number]): string =>
  `  ${oneLine(code)}: ${oneLine(message, 400)}`;

function figureLines(report: WeightReport): string[] {
  const { records, status, method, iterations, maxMarginError, maxRelaxedError, designEffect, balance, gates } = report;
  return [
    `${counted(records, 'record')}: ${status} after ${counted(iterations, 'iteration')} of ${method}, largest error ${figure(maxMarginError)}${maxRelaxedError === null ? '' : `; of margins that may give way ${figure(maxRelaxedError)}`}`,
    `Effective sample size ${effective(report.effectiveSampleSize)}, design effect ${designEffect === null ? 'none' : factor(designEffect)}, largest weight ${figure(report.maxRelativeWeight)} times the mean; the largest 1% have ${percent(report.topShare)}`,
    ...(balance.absent > 0 ? [`${counted(balance.absent, 'category', 'categories')} that nobody has`] : []),
    ...gates.misses.map(({ message }) => `Limit missed: ${oneLine(message)}`),
  ];
}

function zoneLines(zones: readonly WeightReport[]): string[] {
  const met = zones.filter(({ status }) => status === 'converged');
  const failed = zones.filter(({ status }) => status !== 'converged');
  return [
    `${count(met.length)} of ${counted(zones.length, 'zone')} are met`,
    ...failed.slice(0, namedZones).map((zone) => {
      const slack = slackOf(zone);
      return `  ${oneLine(zone.zone)}: ${zone.status}${slack === null ? '' : `, slack ${figure(slack)} of ${figure(zone.total)}`}`;
    }),
    ...(failed.length > namedZones ? [`  and ${failed.length - namedZones} more`] : []),
  ];
}
