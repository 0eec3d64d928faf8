import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { personConstraints } from '../../src/survey/person-margin.js';
import type { WeightingProblem } from '../../src/survey/weighting-problem.js';
import { fitZones } from '../../src/survey/zones.js';

const folder = new URL('../../../shared/data/synthpop-pums/', import.meta.url);
const here = existsSync(folder);

/** Fields hold no quotes; some lines end in CR. */
const lines = (file: string): string[][] => {
  const bytes = readFileSync(new URL(file, folder));
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(',').map((field) => field.trim()));
};

/** One map of variable -> category -> total for each zone: two header lines, then a line a zone. */
function zoneMargins(file: string): Map<string, Map<string, Map<string, number>>> {
  const [variables, categories, ...zones] = lines(file);
  return new Map(
    zones.map(([zone, , ...totals]) => {
      const margins = new Map<string, Map<string, number>>();
      totals.forEach((total, k) => {
        const name = variables![k + 2]!;
        margins.set(name, (margins.get(name) ?? new Map<string, number>()).set(categories![k + 2]!, Number(total)));
      });
      return [zone!, margins];
    }),
  );
}

const column = (table: readonly string[][], name: string): string[] => {
  const at = table[0]!.indexOf(name);
  return table.slice(1).map((row) => row[at]!);
};
const totalOf = (margin: ReadonlyMap<string, number>): number => [...margin.values()].reduce((s, x) => s + x, 0);
const codesOf = (texts: readonly string[], margin: ReadonlyMap<string, number>): Int32Array => {
  const position = new Map([...margin.keys()].map((category, c) => [category, c]));
  return Int32Array.from(texts, (text) => position.get(text) ?? -1);
};

// 3,149 households and their persons in 21 zones whose household margins disagree; those are scaled to the largest. Which
// zones have a solution is known from a linear program with slack (HiGHS 1.15), solved elsewhere.
describe.skipIf(!here)(`households and persons${here ? '' : ' (skipped: no ../shared/data/synthpop-pums)'}`, () => {
  it('fits the eight zones that can be fitted and proves that the other thirteen cannot', () => {
    const households = lines('household_sample.csv.gz');
    const persons = lines('person_sample.csv.gz');
    const serials = new Map(column(households, 'serialno').map((serial, i) => [serial, i]));
    const householdOf = Int32Array.from(column(persons, 'serialno'), (serial) => serials.get(serial) ?? -1);
    const records = serials.size;
    const personMargins = zoneMargins('person_marginals.csv');
    const problems = new Map<string, WeightingProblem>();
    for (const [zone, margins] of zoneMargins('hh_marginals.csv')) {
      const largest = Math.max(...[...margins.values()].map(totalOf));
      problems.set(zone, {
        records,
        base: new Float64Array(records).fill(1),
        margins: [...margins].map(([name, margin]) => ({
          name,
          categories: [...margin.keys()],
          codes: codesOf(column(households, name), margin),
          asked: Float64Array.from(margin.values(), (x) => (x * largest) / totalOf(margin)),
          unit: 'total',
        })),
        constraints: [...personMargins.get(zone)!].flatMap(([name, margin]) =>
          personConstraints(
            {
              name,
              categories: [...margin.keys()],
              codes: codesOf(column(persons, name), margin),
              totals: Float64Array.from(margin.values()),
            },
            householdOf,
            records,
          ),
        ),
      });
    }
    expect([records, problems.size]).toEqual([3149, 21]);

    const fits = fitZones(problems, { tolerance: 1e-8 });
    const ended = (status: string): string[] =>
      fits.filter(({ result }) => result.status === status).map(({ zone }) => zone);
    expect(ended('converged').sort((a, b) => Number(a) - Number(b))).toEqual([
      '1',
      '3',
      '6',
      '12',
      '16',
      '17',
      '19',
      '21',
    ]);
    expect(ended('infeasible').length).toBe(13);
    for (const { zone, result } of fits) {
      if (result.status !== 'converged') continue;
      const wanted = personMargins.get(zone)!;
      // Counted anew, person by person.
      for (const [name, margin] of wanted) {
        const texts = column(persons, name);
        for (const [category, total] of margin) {
          const found = texts.reduce(
            (s, t, p) => s + (t === category && householdOf[p]! >= 0 ? result.weights[householdOf[p]!]! : 0),
            0,
          );
          expect(Math.abs(found - total)).toBeLessThan(2e-5);
        }
      }
    }
  });
});
