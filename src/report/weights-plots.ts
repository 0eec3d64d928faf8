import type { WeightReport } from '../survey/weight-report.js';
import { escapeHtml, fitWidth } from './safe-text.js';
import { capName, cellTitle, type WeightHistogram } from './weights-content.js';
import { count, decimal, effective } from './wording.js';

/** Width in CSS pixels, that of all plots of the reports. */
const width = 328;
/** Most cells of a love plot: the table has them all. */
const mostCells = 30;

const round = (x: number): string => String(Number(x.toFixed(2)));

const svg = (height: number, parts: readonly string[]): string =>
  `<svg class="plot" aria-hidden="true" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" fill="currentColor">${parts.join('')}</svg>`;

const line = (x1: number, y1: number, x2: number, y2: number, stroke: string, more = ''): string =>
  `<path d="M${round(x1)},${round(y1)}L${round(x2)},${round(y2)}" stroke="${stroke}"${more}/>`;

const label = (
  x: number,
  y: number,
  text: string,
  {
    anchor = 'start',
    fill = 'currentColor',
  }: { readonly anchor?: 'start' | 'middle' | 'end'; readonly fill?: string } = {},
): string => `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${fill}">${escapeHtml(text)}</text>`;

/** Upper end of an axis that holds `largest`: 1, 2 or 5 times a power of ten. */
function axisEnd(largest: number): number {
  if (!(largest > 0)) return 1;
  let power = 1;
  while (power * 10 <= largest) power *= 10;
  while (power > largest) power /= 10;
  return [1, 2, 5, 10].map((step) => step * power).find((end) => end >= largest * (1 - 1e-12))!;
}

/** The cells of a love plot: those furthest off before weighting, categories that nobody has left out. */
export const loveCells = ({ balance }: WeightReport): WeightReport['balance']['rows'] =>
  balance.rows
    .filter(({ smdBefore, smdAfter }) => smdBefore !== null && smdAfter !== null)
    .sort((a, b) => Math.abs(b.smdBefore!) - Math.abs(a.smdBefore!))
    .slice(0, mostCells);

/**
 * Love plot: the size of the standardized mean difference of each cell before (ring) and after weighting (dot), furthest
 * off before first; the dashed line is 0.1, above which a difference counts as large.
 */
export function lovePlot(cells: WeightReport['balance']['rows']): string {
  const [left, right, top, rowHeight] = [158, 322, 20, 20];
  const bottom = top + cells.length * rowHeight;
  const sizes = cells.flatMap(({ smdBefore, smdAfter }) => [Math.abs(smdBefore!), Math.abs(smdAfter!)]);
  const end = axisEnd(Math.max(0.1, ...sizes));
  const at = (size: number): number => left + ((right - left) * size) / end;
  return svg(bottom + 36, [
    ...[0, end / 2, end].flatMap((tick) => [
      line(at(tick), top, at(tick), bottom, 'var(--line)'),
      label(at(tick), bottom + 14, String(Number(tick.toPrecision(3))), {
        anchor: tick === 0 ? 'start' : tick === end ? 'end' : 'middle',
        fill: 'var(--muted)',
      }),
    ]),
    line(at(0.1), top, at(0.1), bottom, 'currentColor', ' stroke-dasharray="2 3"'),
    label((left + right) / 2, bottom + 30, 'standardized mean difference', { anchor: 'middle', fill: 'var(--muted)' }),
    ...cells.flatMap(({ margin, category, smdBefore, smdAfter }, k) => {
      const y = top + (k + 0.5) * rowHeight;
      const [before, after] = [at(Math.abs(smdBefore!)), at(Math.abs(smdAfter!))];
      const title = `${cellTitle(margin, category)}: ${decimal(smdBefore!)} before, ${decimal(smdAfter!)} after`;
      return [
        label(0, y + 4, fitWidth(cellTitle(margin, category), 24)),
        line(before, y, after, y, 'var(--before)', ' stroke-opacity="0.6"'),
        `<circle cx="${round(before)}" cy="${round(y)}" r="3.5" fill="var(--page)" stroke="var(--before)" stroke-width="1.75"/>`,
        `<circle cx="${round(after)}" cy="${round(y)}" r="4" fill="var(--after)"><title>${escapeHtml(title)}</title></circle>`,
      ];
    }),
  ]);
}

/** Histogram of weights in multiples of their mean; the last bar holds all beyond the axis. */
export function histogramPlot({ end, counts }: WeightHistogram): string {
  const [left, right, top, bottom] = [4, 324, 18, 150];
  const step = (right - left) / counts.length;
  const most = Math.max(1, ...counts);
  const axis = right - step;
  const at = (weight: number): number => left + ((axis - left) * weight) / end;
  const above = counts[counts.length - 1]!;
  return svg(188, [
    ...counts.map((records, k) => {
      const height = ((bottom - top) * records) / most;
      return `<rect x="${round(left + k * step + 0.5)}" y="${round(bottom - height)}" width="${round(step - 1)}" height="${round(height)}" fill="var(--after)"/>`;
    }),
    line(left, bottom, right, bottom, 'var(--muted)'),
    line(at(1), top, at(1), bottom, 'currentColor', ' stroke-dasharray="2 3"'),
    label(at(1) + 4, top - 4, 'mean'),
    ...[0, end / 2, end].map((tick) =>
      label(at(tick), bottom + 15, `${Number(tick.toPrecision(3))}×`, {
        anchor: tick === 0 ? 'start' : 'middle',
        fill: 'var(--muted)',
      }),
    ),
    ...(above > 0
      ? [label(right, bottom - ((bottom - top) * above) / most - 5, `${count(above)} above`, { anchor: 'end' })]
      : []),
    label((left + right) / 2, bottom + 33, `weight; the highest bar has ${count(most)} records`, {
      anchor: 'middle',
      fill: 'var(--muted)',
    }),
  ]);
}

/** Effective sample size under each cap, as bars; a cap under which the margins cannot be met has none. */
export function frontierPlot(frontier: WeightReport['frontier']): string {
  const [left, right, top, rowHeight] = [56, 262, 6, 26];
  const met = frontier.filter(({ status }) => status === 'converged');
  const most = Math.max(1, ...met.map(({ effectiveSampleSize }) => effectiveSampleSize));
  return svg(top + frontier.length * rowHeight + 26, [
    ...frontier.flatMap(({ cap, status, effectiveSampleSize }, k) => {
      const y = top + k * rowHeight;
      const isMet = status === 'converged';
      const length = isMet ? ((right - left) * effectiveSampleSize) / most : 0;
      return [
        label(0, y + 17, capName(cap)),
        ...(isMet
          ? [
              `<rect x="${left}" y="${y + 4}" width="${round(length)}" height="18" fill="var(--after)"/>`,
              label(left + length + 5, y + 17, effective(effectiveSampleSize)),
            ]
          : [label(left, y + 17, 'margins cannot be met', { fill: 'var(--before)' })]),
      ];
    }),
    label(left, top + frontier.length * rowHeight + 18, 'effective sample size', { fill: 'var(--muted)' }),
  ]);
}
