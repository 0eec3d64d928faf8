import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { MarginDiagnostics } from '../population/diagnostics.js';
import type { ShuffleRow, TraitDensity } from './population-report.js';
import { fitWidth, oneLine, wrap } from './safe-text.js';
import { shuffleFigure } from './text-content.js';
import { count, percent } from './wording.js';

/** Width of every plot in CSS pixels: the content of a 360-pixel screen, so that no text shrinks there. */
const width = 328;
/** At most so many points in a line of densities: finer scales are averaged over neighbouring levels. */
const densityPoints = 24;
/** Bars for 0, 1, ... times; the last one holds everybody above. */
const multiplicityBars = 10;

/** Colours come from the page, so that one plot serves light, dark and print. */
const colour = {
  ink: 'currentColor',
  muted: 'var(--muted)',
  line: 'var(--line)',
  before: 'var(--before)',
  after: 'var(--after)',
  target: 'var(--target)',
};

/** Draws with a document of its own; the style element goes, because the page has one for all plots. */
function draw(height: number, options: Omit<Plot.PlotOptions, 'width' | 'height' | 'document' | 'className'>): string {
  // `never`: the types of the DOM are not part of this project, and Plot wants one of them.
  const { document } = parseHTML('<!doctype html><html><body></body></html>') as unknown as {
    readonly document: never;
  };
  const svg = Plot.plot({ document, width, height, className: 'plot', ...options }) as unknown as {
    readonly outerHTML: string;
    querySelector(selector: string): { remove(): void } | null;
    setAttribute(name: string, value: string): void;
  };
  svg.querySelector('style')?.remove();
  // The figure around it carries role and label.
  svg.setAttribute('aria-hidden', 'true');
  return svg.outerHTML;
}

/** Upper end of an axis that holds `largest`: 1, 2, 3, 4, 5, 6, 8 or 10 times a power of ten. */
function roundUp(largest: number): number {
  if (!(largest > 0)) return 1;
  let power = 1;
  while (power * 10 <= largest) power *= 10;
  while (power > largest) power /= 10;
  return [1, 2, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((end) => end >= largest * (1 - 1e-12))!;
}

/** What is drawn of a category: shares in [0, 1]. */
export type PlottedMargin = Pick<MarginDiagnostics, 'category' | 'target' | 'before' | 'after' | 'interval'>;

/**
 * Shares of the categories of one variable: a bar where it was asked to be, a full dot where it is with its interval
 * as a thin line, a hollow dot where it was before. Percentages asked and achieved stand at the right.
 */
export function marginPlot(margins: readonly PlottedMargin[]): string {
  const rows = margins.map((margin, i) => ({ ...margin, row: String(i), label: twoLines(oneLine(margin.category)) }));
  const end = roundUp(
    Math.max(
      ...margins.flatMap(({ target, before, after, interval }) => [target, before, after, interval?.upper ?? 0]),
    ),
  );
  const intervals = rows.filter(({ interval }) => interval !== null);
  const [left, right, top, rowHeight] = [116, 90, 18, 30];
  const values = (title: string, dx: number, shown: (row: PlottedMargin) => string, fill: string): Plot.Markish[] => [
    Plot.text(rows, { y: 'row', text: shown, frameAnchor: 'right', textAnchor: 'end', dx, fill }),
    Plot.text([title], { frameAnchor: 'top-right', textAnchor: 'end', dx, dy: -13, fill: colour.muted }),
  ];
  return draw(top + 22 + rows.length * rowHeight, {
    marginLeft: left,
    marginRight: right,
    marginTop: top,
    marginBottom: 22,
    x: { domain: [0, end] },
    y: { domain: rows.map(({ row }) => row), padding: 0, axis: null },
    marks: [
      Plot.ruleX([0, end / 2, end], { stroke: colour.line }),
      Plot.axisX([0, end / 2, end], { tickSize: 0, label: null, fill: colour.muted, tickFormat: axisPercent }),
      Plot.text(rows, { y: 'row', text: 'label', frameAnchor: 'left', textAnchor: 'start', dx: -left }),
      Plot.link(rows, { x1: 'before', x2: 'after', y: 'row', stroke: colour.before, strokeOpacity: 0.6 }),
      Plot.dot(rows, { x: 'before', y: 'row', r: 3.5, stroke: colour.before, strokeWidth: 1.75, fill: 'var(--page)' }),
      Plot.tickX(rows, { x: 'target', y: 'row', stroke: colour.ink, strokeWidth: 2.5, inset: 6 }),
      Plot.link(intervals, {
        x1: ({ interval }: PlottedMargin) => interval!.lower,
        x2: ({ interval }: PlottedMargin) => interval!.upper,
        y: 'row',
        stroke: colour.after,
        strokeWidth: 1.5,
      }),
      Plot.dot(rows, { x: 'after', y: 'row', r: 4, fill: colour.after, title: marginTitle }),
      ...values('asked', right - 44, ({ target }) => percent(target), colour.muted),
      ...values('now', right, ({ after }) => percent(after), colour.ink),
    ],
  });
}

const marginTitle = ({ category, target, before, after }: PlottedMargin): string =>
  `${oneLine(category)}: asked ${percent(target)}, now ${percent(after)}, before ${percent(before)}`;

const axisPercent = (share: number): string => `${Number((share * 100).toPrecision(3))}%`;

/** A name in at most two lines of about 18 columns. */
function twoLines(label: string): string {
  const [first = '', ...rest] = wrap(label, 18);
  return rest.length === 0 ? first : `${first}\n${fitWidth(rest.join(' '), 17)}`;
}

/** Keeps words readable where they cross a line. */
const halo = { stroke: 'var(--page)', strokeWidth: 4 };

/** One value of a row of {@link shufflePlot} in its place on the axis. */
interface ShuffleEnd {
  readonly row: string;
  readonly x: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * Figures with own texts (full dot) and with texts of other people (ring), thin lines their intervals. Shares and
 * correlations lie on their own scale up to 1, all others on a scale from 0 to the larger of their two values. Each row
 * says what the figure is evidence for; both values stand at the right.
 */
export function shufflePlot(rows: readonly ShuffleRow[]): string {
  const names = rows.map((_, i) => String(i));
  const ends = (at: 'own' | 'shuffled'): ShuffleEnd[] =>
    rows.flatMap((row, i) => {
      const value = row[at];
      if (value === null) return [];
      const scale = shuffleScale(row);
      const { lower, upper } = row[`${at}Interval`] ?? { lower: value, upper: value };
      return { row: names[i]!, x: value / scale, lower: lower / scale, upper: upper / scale };
    });
  const [own, shuffled] = [ends('own'), ends('shuffled')];
  const links = own.flatMap(({ row, x }) => {
    const other = shuffled.find((end) => end.row === row);
    return other === undefined ? [] : { row, x1: x, x2: other.x };
  });
  const low = Math.min(0, ...[...own, ...shuffled].map(({ lower }) => Math.floor(lower * 5 + 1e-9) / 5));
  const [right, top, rowHeight, above, below] = [112, 20, 46, -12, 6];
  const onOwnScale = rows.some(endsAtOne);
  const interval = (data: readonly ShuffleEnd[], stroke: string): Plot.Markish =>
    Plot.link(data, { x1: 'lower', x2: 'upper', y: 'row', stroke, strokeWidth: 1.5, dy: below });
  const column = (title: string, dx: number, at: 'own' | 'shuffled', fill: string): Plot.Markish[] => [
    Plot.text(names, {
      y: names,
      text: rows.map((row) => shuffleFigure(row, row[at])),
      frameAnchor: 'right',
      textAnchor: 'end',
      dx,
      dy: below,
      fill,
    }),
    Plot.text([title], { frameAnchor: 'top-right', textAnchor: 'end', dx, dy: -15, fill: colour.muted }),
  ];
  const bottom = onOwnScale ? 22 : 4;
  return draw(top + bottom + rows.length * rowHeight, {
    marginLeft: 6,
    marginRight: right,
    marginTop: top,
    marginBottom: bottom,
    x: { domain: [low, 1] },
    y: { type: 'band', domain: names, padding: 0, axis: null },
    marks: [
      Plot.ruleX([low, 0, 1], { stroke: colour.line }),
      Plot.axisX(onOwnScale ? [...new Set([low, 0, 1])] : [], {
        tickSize: 0,
        label: null,
        fill: colour.muted,
        tickFormat: (x: number) => String(x).replace('-', '−'),
      }),
      Plot.text(names, {
        y: names,
        text: rows.map(({ title }) => fitWidth(oneLine(title), 30)),
        frameAnchor: 'left',
        textAnchor: 'start',
        dx: -6,
        dy: above,
        ...halo,
        fill: colour.ink,
      }),
      Plot.text(names, {
        y: names,
        text: rows.map(({ evidence }) => evidence),
        frameAnchor: 'right',
        textAnchor: 'end',
        dx: right,
        dy: above,
        ...halo,
        fill: rows.map(({ evidence }) => (evidence === 'evidence about the texts' ? colour.after : colour.before)),
      }),
      Plot.link(links, { x1: 'x1', x2: 'x2', y: 'row', stroke: colour.before, strokeOpacity: 0.6, dy: below }),
      interval(shuffled, colour.before),
      interval(own, colour.after),
      Plot.dot(shuffled, {
        x: 'x',
        y: 'row',
        r: 5.5,
        stroke: colour.before,
        strokeWidth: 1.75,
        fill: 'var(--page)',
        dy: below,
      }),
      Plot.dot(own, { x: 'x', y: 'row', r: 3.5, fill: colour.after, dy: below }),
      ...column('own', right - 52, 'own', colour.ink),
      ...column('others’', right, 'shuffled', colour.muted),
    ],
  });
}

/** Whether a figure lies on a scale that ends at 1 whatever it is. */
const endsAtOne = ({ unit }: ShuffleRow): boolean => unit === 'share' || unit === 'correlation';

/** What a value is divided by to lie on the axis. */
const shuffleScale = (row: ShuffleRow): number => (endsAtOne(row) ? 1 : Math.max(row.own ?? 0, row.shuffled ?? 0) || 1);

/** The largest density of several domains, for one vertical scale over all of them. */
export const densityCeiling = (densities: readonly TraitDensity[]): number =>
  Math.max(0, ...densities.flatMap(({ target, before, after }) => [target, before, after].flatMap((s) => coarsen(s))));

/** Target as a filled shape, before as a dashed line, after as a solid line. `ceiling`: see {@link densityCeiling}. */
export function densityPlot({ levels, target, before, after }: TraitDensity, ceiling: number): string {
  const at = coarsen(levels);
  const points = (shares: readonly number[]): { x: number; y: number }[] =>
    coarsen(shares).map((y, i) => ({ x: at[i]!, y }));
  const [low, high] = [levels[0]!, levels[levels.length - 1]!];
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((t) => low + t * (high - low));
  return draw(170, {
    marginLeft: 10,
    marginRight: 10,
    marginTop: 8,
    marginBottom: 26,
    x: { domain: [low, high] },
    y: { domain: [0, ceiling > 0 ? ceiling : 1], axis: null },
    marks: [
      Plot.areaY(points(target), { x: 'x', y1: 0, y2: 'y', fill: colour.target }),
      Plot.ruleY([0], { stroke: colour.muted }),
      Plot.axisX(ticks, {
        tickSize: 4,
        label: null,
        fill: colour.muted,
        stroke: colour.muted,
        tickFormat: (x: number) => String(Number(x.toFixed(2))),
      }),
      Plot.lineY(points(before), { x: 'x', y: 'y', stroke: colour.before, strokeWidth: 1.75, strokeDasharray: '5 3' }),
      Plot.lineY(points(after), { x: 'x', y: 'y', stroke: colour.after, strokeWidth: 2.25 }),
    ],
  });
}

/** Means of runs of neighbouring values, so that at most {@link densityPoints} remain. */
function coarsen(values: readonly number[]): number[] {
  const run = Math.ceil(values.length / densityPoints);
  return Array.from({ length: Math.ceil(values.length / run) }, (_, i) => {
    const part = values.slice(i * run, (i + 1) * run);
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}

/** Calibration weights from the smallest to the largest, in multiples of the mean; the line at 1 is equal weight. */
export function weightsPlot(quantiles: readonly number[]): string {
  const last = Math.max(1, quantiles.length - 1);
  const points = (quantiles.length === 1 ? [quantiles[0]!, quantiles[0]!] : quantiles).map((y, i) => ({
    x: i / last,
    y,
  }));
  const end = roundUp(Math.max(1.5, ...quantiles));
  return draw(210, {
    marginLeft: 30,
    marginRight: 12,
    marginTop: 14,
    marginBottom: 38,
    x: { domain: [0, 1] },
    y: { domain: [0, end] },
    marks: [
      Plot.ruleY([0, end / 2, end], { stroke: colour.line }),
      ...axes('personas, smallest weight first', [0, 0.5, 1], axisPercent, [0, end / 2, end]),
      Plot.areaY(points, { x: 'x', y1: 0, y2: 'y', fill: colour.after, fillOpacity: 0.18 }),
      Plot.lineY(points, { x: 'x', y: 'y', stroke: colour.after, strokeWidth: 2 }),
      Plot.ruleY([1], { stroke: colour.ink, strokeDasharray: '2 3' }),
      Plot.text([1], {
        y: 1,
        text: () => 'mean',
        frameAnchor: 'left',
        textAnchor: 'start',
        dx: 4,
        dy: -7,
        fill: colour.ink,
      }),
    ],
  });
}

/** How many personas became 0, 1, 2, ... agents, with the counts above the bars. */
export function multiplicityPlot(multiplicities: readonly number[]): string {
  const shown = multiplicities.slice(0, multiplicityBars);
  const above = multiplicities.slice(multiplicityBars).reduce((sum, personas) => sum + personas, 0);
  const bars = [
    ...shown.map((personas, times) => ({ times: String(times), personas })),
    ...(multiplicities.length > multiplicityBars ? [{ times: `${multiplicityBars}+`, personas: above }] : []),
  ];
  const end = Math.max(1, ...bars.map(({ personas }) => personas));
  return draw(210, {
    marginLeft: 10,
    marginRight: 10,
    marginTop: 18,
    marginBottom: 38,
    x: { domain: bars.map(({ times }) => times), padding: 0.2 },
    y: { domain: [0, end], axis: null },
    color: { type: 'identity' },
    marks: [
      Plot.barY(bars, {
        x: 'times',
        y1: 0,
        y2: 'personas',
        fill: (bar: { times: string }) => (bar.times === '0' ? colour.target : colour.after),
      }),
      Plot.text(bars, {
        x: 'times',
        y: 'personas',
        dy: -8,
        text: ({ personas }: { personas: number }) => count(personas),
        fill: colour.ink,
      }),
      Plot.ruleY([0], { stroke: colour.muted }),
      Plot.axisX({ tickSize: 0, label: null, fill: colour.muted }),
      axisTitle('agents made from one persona'),
    ],
  });
}

/** Agents behind each person, largest first, as steps. */
export function peoplePlot(agentsByPerson: readonly number[]): string {
  const [people, end] = [agentsByPerson.length, roundUp(Math.max(...agentsByPerson))];
  // Equal neighbours make one step: only its two ends are drawn.
  const steps = agentsByPerson.flatMap((agents, i) => [
    ...(agents === agentsByPerson[i - 1] ? [] : [{ x: i, y: agents }]),
    ...(agents === agentsByPerson[i + 1] ? [] : [{ x: i + 1, y: agents }]),
  ]);
  return draw(210, {
    marginLeft: 36,
    marginRight: 16,
    marginTop: 14,
    marginBottom: 38,
    x: { domain: [0, people] },
    y: { domain: [0, end] },
    marks: [
      Plot.ruleY([0, end / 2, end], { stroke: colour.line }),
      ...axes(
        'people, most used first',
        [...new Set([0, Math.round(people / 2), people])],
        count,
        [0, end / 2, end].filter(Number.isInteger),
      ),
      Plot.areaY(steps, { x: 'x', y1: 0, y2: 'y', fill: colour.after, fillOpacity: 0.18 }),
      Plot.lineY(steps, { x: 'x', y: 'y', stroke: colour.after, strokeWidth: 2 }),
    ],
  });
}

const axisTitle = (title: string): Plot.Markish =>
  Plot.text([title], { frameAnchor: 'bottom', lineAnchor: 'bottom', dy: 34, fill: colour.muted });

const axes = (
  title: string,
  x: readonly number[],
  format: (x: number) => string,
  y: readonly number[],
): Plot.Markish[] => [
  Plot.axisX([...x], { tickSize: 4, label: null, fill: colour.muted, stroke: colour.muted, tickFormat: format }),
  Plot.axisY([...y], {
    tickSize: 0,
    label: null,
    fill: colour.muted,
    tickFormat: (value: number) => String(Number(value.toPrecision(3))),
  }),
  axisTitle(title),
];
