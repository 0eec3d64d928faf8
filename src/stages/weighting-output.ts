import type { Finding } from '../core/findings.js';
import type { Column, Table } from '../core/table.js';
import { csvField } from '../io/csv-field.js';
import { sum } from '../numerics/statistics.js';
import { slackOf, type WeightHistogram } from '../report/weights-content.js';
import { svrepdesignCode } from '../survey/replicate-fits.js';
import type { WeightReport } from '../survey/weight-report.js';
import { zoneOverview } from '../survey/zone-overview.js';
import type { GapDocument, WeighedZone, WeightDocument } from '../survey/weigh-zones.js';

/** Findings that say what the weights do not speak of. */
const leavesOut = (finding: Finding): boolean =>
  ['dead-margin', 'orphans', 'untargeted-category'].includes(finding.code) ||
  (finding.code === 'missing-values' && finding.values?.['policy'] === 'exclude');

/**
 * What is written about the zones as a whole: one report and list, or all of them in one file.
 *
 * @param sampleSha256 hash of the file of records, which the weights hold for
 */
export function documentsOf(
  weighed: readonly WeighedZone[],
  findings: readonly Finding[],
  sampleSha256: string,
): { readonly report: WeightDocument; readonly gaps: GapDocument | undefined } {
  const [first] = weighed;
  const copies = (some: readonly Finding[]): WeightReport['findings'] => some.map((finding) => ({ ...finding }));
  const described = (report: WeightReport, own: readonly Finding[]): WeightReport => ({
    ...report,
    findings: copies(own),
    excluded: [...own.filter(leavesOut).map(({ message }) => message), ...report.excluded],
  });
  if (first!.zone === '')
    return { report: { ...described(first!.report, findings), sampleSha256 }, gaps: first!.gaps ?? undefined };
  const names = new Set(weighed.map(({ zone }) => zone));
  const zoneOf = ({ values }: Finding): unknown =>
    names.has(values?.['zone'] as string) ? values!['zone'] : undefined;
  const zones = weighed.map(({ zone, report }) =>
    described(
      report,
      findings.filter((finding) => zoneOf(finding) === zone),
    ),
  );
  const lists = weighed.flatMap(({ gaps }) => gaps ?? []);
  return {
    report: {
      schema: 'zone-weights/1',
      sampleSha256,
      ...zoneOverview(weighed, slackOf),
      findings: copies(findings.filter((finding) => zoneOf(finding) === undefined)),
      zones,
    },
    gaps: lists.length > 0 ? { schema: 'zone-gap-lists/1', zones: lists } : undefined,
  };
}

/**
 * The weights of all zones that converged, below each other; of the others there are none, so that nobody can use them. With
 * zones there is a column `zone`, with whole records `copies`, with replicates `replicate_1`, `replicate_2`, ...
 *
 * @param ids (rows of the sample)
 * @param scale `mean1`: mean 1 over the records of a zone; `population`: the sum that the margins ask for
 */
export function weightsTable(
  weighed: readonly WeighedZone[],
  ids: readonly string[],
  scale: 'mean1' | 'population',
): Table {
  const usable = weighed.filter(({ fit }) => fit.status === 'converged');
  const size = sum(usable.map(({ rows }) => rows.length));
  const stacked = (of: (zone: WeighedZone) => Float64Array): Float64Array => {
    const out = new Float64Array(size);
    let next = 0;
    for (const zone of usable) {
      const weights = of(zone);
      // One factor for weights and replicates: every replicate has the sum of the weights.
      const total = sum(weights);
      const factor = scale === 'population' || total === 0 ? 1 : weights.length / total;
      for (let i = 0; i < weights.length; i++) out[next++] = weights[i]! * factor;
    }
    return out;
  };
  const id: string[] = [];
  for (const { rows } of usable) for (const row of rows) id.push(ids[row]!);
  const hasZones = weighed[0]!.zone !== '';
  // Replicates that could not be fitted are left out in every zone alike; where nobody lives there are none.
  const sets = usable.flatMap(({ replicates }) => replicates?.weights.length ?? []);
  const replicates = Array.from({ length: sets.reduce((least, n) => Math.min(least, n), sets[0] ?? 0) }, (_, r) => r);
  const columns: [string, Column][] = [
    ...(hasZones
      ? [['zone', usable.flatMap(({ zone, rows }) => Array.from(rows, () => zone))] as [string, Column]]
      : []),
    ['id', id],
    ['weight', stacked(({ fit }) => fit.weights)],
    ...(usable.some(({ whole }) => whole !== null)
      ? [['copies', Int32Array.from(usable.flatMap(({ whole }) => Array.from(whole!.counts)))] as [string, Column]]
      : []),
    ...replicates.map((r): [string, Column] => [
      `replicate_${r + 1}`,
      stacked((own) => own.replicates?.weights[r] ?? own.fit.weights),
    ]),
  ];
  return { schema: 'weight-table/1', rows: size, columns: Object.fromEntries(columns) };
}

/**
 * A page with R code that reads the table with its replicates; of the bootstrap, so that the scale is one over their number.
 *
 * @returns undefined where no replicate could be fitted
 */
export function replicateCode({ columns }: Table): string | undefined {
  const count = Object.keys(columns).filter((name) => name.startsWith('replicate_')).length;
  if (count === 0) return undefined;
  const fits = { kind: 'bootstrap', scale: 1 / count, rscales: new Float64Array(count) } as const;
  const lines = [
    '# Replicate weights',
    '',
    `${count} bootstrap replicates are in weights.parquet. Variances with the packages survey and nanoparquet of R:`,
    '',
    ...['```r', svrepdesignCode(fits, 'weights.parquet').trimEnd(), '```', ''],
    ...('zone' in columns ? ['Zones stand below each other: take `subset(design, zone == "...")` for one.', ''] : []),
  ];
  return lines.join('\n');
}

/** Lines that are put together at a time: a million short texts at once would need more memory than the text. */
const linesAtOnce = 4_096;

/** The columns before the replicates as CSV. */
export function weightsCsv({ rows, columns }: Table): string {
  const own = Object.entries(columns).filter(([name]) => !name.startsWith('replicate_'));
  const blocks = [`${own.map(([name]) => name).join()}\n`];
  for (let from = 0; from < rows; from += linesAtOnce) {
    const size = Math.min(linesAtOnce, rows - from);
    const lines = Array.from({ length: size }, (_, k) => own.map(([, column]) => csvField(column[from + k]!)).join());
    blocks.push(`${lines.join('\n')}\n`);
  }
  return blocks.join('');
}

/** Bars of a histogram, besides the last. */
const bars = 24;

/** How the weights of a zone are spread, up to four times the mean or the largest, whichever is less. */
export function histogramOf({ zone, fit: { weights } }: WeighedZone): WeightHistogram {
  const mean = sum(weights) / weights.length;
  const largest = weights.reduce((most, w) => Math.max(most, w), 0);
  const end = mean > 0 ? Math.min(4, Math.ceil((largest / mean) * 2) / 2) : 1;
  const counts = new Array<number>(bars + 1).fill(0);
  if (mean > 0)
    for (const weight of weights) counts[Math.max(0, Math.min(bars, Math.floor((weight / mean / end) * bars)))]!++;
  return { zone, end, counts };
}
