import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/findings.js';
import { randomStream } from '../../src/core/random.js';
import { readCsv } from '../../src/io/csv.js';
import { readMarginCells } from '../../src/io/margins.js';
import { weightDiagnostics } from '../../src/survey/diagnostics.js';
import { checkFeasibility, loadSlackSolver } from '../../src/survey/feasibility.js';
import { fitWeights } from '../../src/survey/fit-weights.js';
import { groupMargins } from '../../src/survey/margins.js';
import { prepareZones, type MarginPolicies } from '../../src/survey/prepare-zones.js';

const folder = fileURLToPath(new URL('../../../shared/data/nationscape/', import.meta.url));
const here = existsSync(folder);

/** All 17 variables of the file of targets, or those named, against the 6,703 respondents. */
async function prepared(policies: MarginPolicies, only?: readonly string[]) {
  const findings: Finding[] = [];
  const record = (finding: Finding): void => void findings.push(finding);
  const cells = await readMarginCells(`${folder}targets.csv`, record);
  const columns: Record<string, string[]> = {};
  for await (const { record: row } of readCsv(`${folder}respondents.csv`))
    for (const [name, value] of Object.entries(row)) (columns[name] ??= []).push(value);
  const own = cells.filter(({ variable }) => only?.includes(variable) ?? true);
  const sample = { records: columns['id']!.length, columns };
  const { problems, rows } = prepareZones(groupMargins(own, record), sample, policies, randomStream('1'), record);
  return { problem: problems.get('')!, rows, findings };
}

describe.skipIf(!here)(
  `17 margins of 6,703 respondents${here ? '' : ' (skipped: no ../shared/data/nationscape)'}`,
  () => {
    it('finds 652 missing incomes and nothing else to complain of', async () => {
      await expect(prepared({})).rejects.toThrow(
        'sample: missing values; got household_income 652, expected a value for each of 6703 records.',
      );
      const { problem, rows, findings } = await prepared({ missing: 'exclude' });
      expect([problem.margins.length, problem.records, rows.length]).toEqual([17, 6051, 6051]);
      expect(findings.map(({ code }) => code)).toEqual(['missing-values']);
    });

    // Design effect of R survey 4.1.1 rake() on the seven one-way margins.
    it('makes of seven margins the problem whose weights are known', async () => {
      const oneWay = ['gender', 'region', 'hispanic', 'race', 'education', 'age', 'urban'];
      const { problem, findings } = await prepared({}, oneWay);
      expect(findings).toEqual([]);
      expect(checkFeasibility(problem, await loadSlackSolver()).feasible).toBe(true);
      const { status, weights } = fitWeights(problem);
      expect(status).toBe('converged');
      expect(Math.abs(weightDiagnostics(weights).designEffect - 1.242293)).toBeLessThan(1e-5);
    });

    it('keeps the 652 as a category, or gives them incomes of others', async () => {
      const kept = await prepared({ missing: 'own-level' });
      const income = kept.problem.margins.find(({ name }) => name === 'household_income')!;
      expect(income.categories.at(-1)).toBe('(missing)');
      expect(income.asked.at(-1)).toBeCloseTo(652 / 6703, 12);
      const { problem } = await prepared({ missing: 'impute' });
      const imputed = problem.margins.find(({ name }) => name === 'household_income')!;
      expect(imputed.categories).toHaveLength(9);
      expect(imputed.codes.every((code) => code >= 0)).toBe(true);
    });

    it('says whether all 132 cells can be met at once', async () => {
      const { problem } = await prepared({ missing: 'impute' });
      const { feasible, slack, clashes } = checkFeasibility(problem, await loadSlackSolver());
      expect({ feasible, slack, clashes }).toEqual({ feasible: true, slack: 0, clashes: [] });
      expect(problem.margins.reduce((count, { categories }) => count + categories.length, 0)).toBe(132);
      expect(fitWeights(problem).status).toBe('converged');
    });
  },
);
