import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Pilot } from '../stages/extrapolate-pilot.js';
import type { AskingOptions } from './asking.js';

type Total = Pilot['totals']['calls'];

/** Lines on what a pilot says about the whole run; or its figures as JSON. */
export async function pilotLines(folder: string, json: boolean, prices: AskingOptions): Promise<string[]> {
  const text = await readFile(join(folder, 'pilot.json'), 'utf8');
  if (json) return [text.trimEnd()];
  const { people, calls, totals, lost } = Pilot.parse(JSON.parse(text));
  const seconds = await secondsOfStages(folder);
  const wall = calls > 0 ? scaled(totals.calls, seconds / calls) : flat((seconds * people.of) / people.drawn);
  const { priceInput, priceOutput } = prices;
  const cost =
    priceInput !== undefined && priceOutput !== undefined
      ? plus(scaled(totals.inputTokens, priceInput / 1e6), scaled(totals.outputTokens, priceOutput / 1e6))
      : undefined;
  const line = (title: string, total: Total, show: (value: number) => string = whole): string =>
    `  ${title.padEnd(22)}${show(total.estimate).padStart(14)}   ${show(total.lower)} to ${show(total.upper)}`;
  return [
    `Pilot: ${people.drawn} of ${people.of} people, drawn at random. All of them would take (95% intervals):`,
    line('calls', totals.calls),
    line('tokens read', totals.inputTokens),
    line('tokens written', totals.outputTokens),
    ...(cost ? [line('US dollars', cost, (usd) => usd.toFixed(2))] : []),
    line('wall clock, minutes', scaled(wall, 1 / 60), (minutes) => minutes.toFixed(1)),
    line('candidate personas', totals.candidates),
    line('measured personas', totals.measured),
    `  ${'lost on the way'.padEnd(22)}${percent(lost.rate).padStart(14)}   ${percent(lost.lower)} to ${percent(lost.upper)}`,
    ...(cost ? [] : ['Give --price-input and --price-output to see what it would cost.']),
    'Wall clock: as in the pilot, with as many calls at a time; aligning and the report come on top.',
    '',
    `See ${join(folder, 'pilot.json')}`,
  ];
}

const whole = (value: number): string => String(Math.round(value));
const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
const flat = (value: number): Total => ({ estimate: value, lower: value, upper: value });
const scaled = ({ estimate, lower, upper }: Total, by: number): Total => ({
  estimate: estimate * by,
  lower: lower * by,
  upper: upper * by,
});
const plus = (a: Total, b: Total): Total => ({
  estimate: a.estimate + b.estimate,
  lower: a.lower + b.lower,
  upper: a.upper + b.upper,
});

/** Stages whose time goes with the number of people. */
const perPerson: ReadonlySet<string> = new Set(['mine-personas', 'filter-personas', 'administer-inventory']);
const Line = z.looseObject({ kind: z.string(), at: z.string(), stage: z.string().optional() });

/** Seconds that those stages took, by the log of the run; those of an attempt that was broken off do not count. */
async function secondsOfStages(folder: string): Promise<number> {
  const text = await readFile(join(folder, 'run-log.jsonl'), 'utf8').catch(() => '');
  let [total, began] = [0, NaN];
  for (const row of text.split('\n').filter(Boolean)) {
    const { kind, at, stage = '' } = Line.parse(JSON.parse(row));
    if (!perPerson.has(stage)) continue;
    if (kind === 'stage-started') began = Date.parse(at);
    if (kind === 'stage-completed' && began >= 0) total += (Date.parse(at) - began) / 1000;
  }
  return total;
}
