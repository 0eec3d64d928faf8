import { expect } from 'vitest';
import type { Finding } from '../../src/core/findings.js';
import { randomStream } from '../../src/core/random.js';
import { fitWeights } from '../../src/survey/fit-weights.js';
import { groupMargins, type MarginCell } from '../../src/survey/margins.js';
import { prepareZones, type MarginPolicies, type WeightingSample } from '../../src/survey/prepare-zones.js';

/** `variable = category: value`, one a line; `where` counts from 2 as in a file with a header. */
export const cells = (lines: string, more: Partial<MarginCell> = {}): MarginCell[] =>
  lines
    .trim()
    .split('\n')
    .map((line, i) => {
      const [, variable, category, value] = /^ *([^=]*?) ?= ?(.*): ?(\S+)$/s.exec(line)!;
      return { where: `m.csv:${i + 2}`, variable: variable!, category: category!, value: Number(value), ...more };
    });
export const shares = (lines: string): MarginCell[] => cells(lines, { kind: 'share' });
export const counts = (lines: string): MarginCell[] => cells(lines, { kind: 'count' });
export const inZones = (...zones: MarginCell[][]): MarginCell[] =>
  zones.flatMap((own, z) => own.map((cell) => ({ ...cell, zone: String(z + 1) })));

export function group(given: readonly MarginCell[]) {
  const findings: Finding[] = [];
  return { zones: groupMargins(given, (finding) => findings.push(finding)), findings };
}
export function prepare(
  given: readonly MarginCell[],
  sample: WeightingSample,
  policies: MarginPolicies = {},
  seed = '1',
) {
  const findings: Finding[] = [];
  const record = (finding: Finding): void => void findings.push(finding);
  const prepared = prepareZones(groupMargins(given, record), sample, policies, randomStream(seed), record);
  return { ...prepared, problem: prepared.problems.values().next().value!, findings };
}
export const sampleOf = (
  columns: WeightingSample['columns'],
  more: Partial<WeightingSample> = {},
): WeightingSample => ({
  records: Object.values(columns)[0]!.length,
  columns,
  ...more,
});
export const codesOf = (findings: readonly Finding[]): string[] => findings.map(({ code }) => code);
/** Weight of each category, as a share. */
export const fitted = (problem: Parameters<typeof fitWeights>[0]): Record<string, number> => {
  const result = fitWeights(problem);
  expect(result.status).toBe('converged');
  return Object.fromEntries(
    result.cells.map(({ margin, category, achieved }) => [
      `${margin}=${category ?? ''}`,
      Number(achieved.toPrecision(9)),
    ]),
  );
};

export const sexes = sampleOf({ sex: ['f', 'f', 'm', 'm'] });
export const half = 'sex = f: 0.5\nsex = m: 0.5';
