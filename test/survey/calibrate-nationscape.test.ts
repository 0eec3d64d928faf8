import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readCsv, type CsvRow } from '../../src/io/csv.js';
import { calibrate } from '../../src/survey/calibrate.js';
import { weightDiagnostics } from '../../src/survey/diagnostics.js';
import { sparse } from './fixture.js';

const folder = new URL('../../../shared/data/nationscape/', import.meta.url);
const here = existsSync(folder);
async function rows(file: string): Promise<CsvRow['record'][]> {
  const out: CsvRow['record'][] = [];
  for await (const { record } of readCsv(fileURLToPath(new URL(file, folder)))) out.push(record);
  return out;
}

/** The seven margins that the reference weights meet; incomes, a fourteenth of which are missing, are not among them. */
const variables = ['gender', 'region', 'hispanic', 'race', 'education', 'age', 'urban'];

// Reference: R package survey 4.1.1, rake(), converged to 2e-8, on the respondents of the package autumn (MIT).
describe.skipIf(!here)(
  `calibrate on 6,703 respondents${here ? '' : ' (skipped: no ../shared/data/nationscape)'}`,
  () => {
    it('gives the weights of R survey', async () => {
      const respondents = await rows('respondents.csv');
      const cells = (await rows('targets.csv')).filter(({ variable }) => variables.includes(variable!));
      const reference = (await rows('weights_oneway_reference.csv')).map(({ weight }) => Number(weight));
      const solution = calibrate({
        base: new Float64Array(respondents.length).fill(1),
        features: sparse(respondents.map((r) => cells.map(({ variable, level }) => (r[variable!] === level ? 1 : 0)))),
        targets: Float64Array.from(cells, ({ proportion }) => Number(proportion)),
      });
      expect(respondents.length).toBe(6703);
      expect(cells.length).toBe(31);
      expect(solution.status).toBe('converged');
      expect(solution.iterations).toBeLessThanOrEqual(6);
      const { designEffect, effectiveSampleSize, maxRelativeWeight } = weightDiagnostics(solution.weights);
      expect(Math.abs(designEffect - 1.242293)).toBeLessThan(1e-5);
      expect(Math.abs(effectiveSampleSize - 5395.67)).toBeLessThan(0.01);
      expect(Math.abs(maxRelativeWeight - 5.4246)).toBeLessThan(1e-4);
      expect(Math.min(...solution.weights) * 6703).toBeCloseTo(0.2517, 4);
      const relative = reference.map((w, i) => Math.abs((solution.weights[i]! * 6703) / w - 1));
      expect(Math.max(...relative)).toBeLessThan(1e-6);
    });
  },
);
