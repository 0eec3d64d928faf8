import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { readCsv, type CsvRow } from '../../src/io/csv.js';
import { weightDiagnostics } from '../../src/survey/diagnostics.js';
import { fitWeights, type WeightingMethod, type WeightingResult } from '../../src/survey/fit-weights.js';
import type { WeightingProblem } from '../../src/survey/weighting-problem.js';
import { largestDifference } from './weighting-fixture.js';

const folder = new URL('../../../shared/data/nationscape/', import.meta.url);
const here = existsSync(folder);

async function rows(file: string): Promise<CsvRow['record'][]> {
  const out: CsvRow['record'][] = [];
  for await (const { record } of readCsv(fileURLToPath(new URL(file, folder)))) out.push(record);
  return out;
}

const oneWay = ['gender', 'region', 'hispanic', 'race', 'education', 'age', 'urban'];
const joints = [
  'region',
  'age',
  'urban',
  'education_x_gender',
  'race_x_hispanic',
  'race_x_education',
  'hispanic_x_education',
];

// Reference: R package survey 4.1.1, rake(), converged to 2e-8 and 4e-9, on the respondents of the package autumn (MIT).
describe.skipIf(!here)(
  `weights for 6,703 respondents${here ? '' : ' (skipped: no ../shared/data/nationscape)'}`,
  () => {
    let respondents: CsvRow['record'][];
    let targets: CsvRow['record'][];
    let reference: number[];
    beforeAll(async () => {
      respondents = await rows('respondents.csv');
      targets = await rows('targets.csv');
      reference = (await rows('weights_oneway_reference.csv')).map(({ weight }) => Number(weight));
    });

    const problem = (variables: readonly string[]): WeightingProblem => ({
      records: respondents.length,
      base: new Float64Array(respondents.length).fill(1),
      margins: variables.map((name) => {
        const cells = targets.filter(({ variable }) => variable === name);
        const categories = cells.map(({ level }) => level!);
        const position = new Map(categories.map((level, c) => [level, c]));
        return {
          name,
          categories,
          codes: Int32Array.from(respondents, (r) => position.get(r[name]!) ?? -1),
          asked: Float64Array.from(cells, ({ proportion }) => Number(proportion)),
          unit: 'share',
        };
      }),
    });
    const expectFit = (result: WeightingResult, designEffect: number, size: number, largest: number): void => {
      expect(result.status).toBe('converged');
      expect(result.maxMarginError).toBeLessThanOrEqual(1e-10);
      const found = weightDiagnostics(result.weights);
      expect(Math.abs(found.designEffect - designEffect)).toBeLessThan(1e-5);
      expect(Math.abs(found.effectiveSampleSize - size)).toBeLessThan(0.01);
      expect(Math.abs(found.maxRelativeWeight - largest)).toBeLessThan(1e-3);
    };

    it.each<WeightingMethod>(['maxent', 'rake'])('%s: seven margins, every weight as in R survey', (method) => {
      const result = fitWeights(problem(oneWay), { method });
      expect(result.weights.length).toBe(6703);
      expect(result.cells.length).toBe(31);
      expectFit(result, 1.242293, 5395.67, 5.4246);
      expect(
        largestDifference(
          result.weights.map((w, i) => w / reference[i]!),
          reference.map(() => 1),
        ),
      ).toBeLessThan(1e-6);
    });

    it.each<WeightingMethod>(['maxent', 'rake'])('%s: three margins and four joints that overlap', (method) => {
      expectFit(fitWeights(problem(joints), { method }), 1.449935, 4622.97, 17.307);
    });

    it('bounded and linear methods meet the same margins', () => {
      for (const options of [
        { method: 'linear' },
        { method: 'logit', bounds: { lower: 0.1, upper: 6 } },
        { cap: 3 },
      ] as const) {
        const { status, weights } = fitWeights(problem(oneWay), options);
        expect(status).toBe('converged');
        if ('cap' in options) expect(weightDiagnostics(weights).maxRelativeWeight).toBeLessThanOrEqual(3 + 1e-9);
      }
    });

    it('weights incomes among those who state theirs', () => {
      const { status, cells } = fitWeights(problem([...oneWay, 'household_income']));
      expect(status).toBe('converged');
      const incomes = cells.filter(({ margin }) => margin === 'household_income');
      expect(incomes.length).toBe(9);
      for (const { asked, achieved } of incomes) expect(achieved).toBeCloseTo(asked, 9);
    });
  },
);
