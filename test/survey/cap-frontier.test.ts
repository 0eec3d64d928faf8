import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { capFrontier } from '../../src/survey/cap-frontier.js';
import { weightDiagnostics } from '../../src/survey/diagnostics.js';
import { fitWeights, type WeightingOptions } from '../../src/survey/fit-weights.js';
import type { WeightingProblem } from '../../src/survey/weighting-problem.js';
import { drawnMargins } from './weighting-fixture.js';

const random = randomStream('cap frontier');
const records = 500;
const asked = [
  [0.35, 0.65],
  [0.2, 0.3, 0.5],
  [0.4, 0.6],
];
const problem: WeightingProblem = {
  records,
  // Unequal weights, so that a cap tells apart what the margins do not.
  base: Float64Array.from({ length: records }, () => [0.5, 1, 1.5][random.below(3)]!),
  margins: drawnMargins(asked, records, random),
};

describe('what caps cost and buy', () => {
  it.each<[string, Omit<WeightingOptions, 'cap'>]>([
    ['maxent', {}],
    ['linear', { method: 'linear', bounds: { lower: 0 } }],
    ['bounds', { bounds: { lower: 0.3, upper: 4 } }],
  ])('is that of each cap by itself: %s', (_, options) => {
    const caps = [9, 2.4, 2, 1.7, 1.1];
    const rows = capFrontier(problem, { ...options, caps });
    expect(rows.map(({ cap }) => cap)).toEqual([null, ...caps]);
    for (const row of rows) {
      const { status, weights } = fitWeights(problem, row.cap === null ? options : { ...options, cap: row.cap });
      expect([row.cap, row.status]).toEqual([row.cap, status]);
      if (status !== 'converged') continue;
      const { effectiveSampleSize, designEffect, maxRelativeWeight } = weightDiagnostics(weights);
      expect(row.effectiveSampleSize).toBeCloseTo(effectiveSampleSize, 6);
      expect(row.designEffect).toBeCloseTo(designEffect, 8);
      expect(row.maxRelativeWeight).toBeCloseTo(maxRelativeWeight, 8);
      expect(row.maxMarginError).toBeLessThan(1e-10);
    }
    // Some bind, the last cannot be kept.
    expect(rows.at(-1)!.status).toBe('infeasible');
    expect(rows[3]!.status).toBe('converged');
    expect(rows[3]!.maxRelativeWeight).toBeLessThan(rows[0]!.maxRelativeWeight);
  });

  it('is that without where no weight reaches the cap, or where all weights are zero', () => {
    const free = fitWeights(problem);
    const [first, loose] = capFrontier(problem, { caps: [50] }, free);
    expect(loose).toEqual({ ...first, cap: 50 });
    const nobody = capFrontier({ ...problem, total: 0 }, { caps: [2] });
    expect(nobody.map(({ cap, status, effectiveSampleSize }) => [cap, status, effectiveSampleSize])).toEqual([
      [null, 'converged', 0],
      [2, 'converged', 0],
    ]);
  });

  it('tries every cap where there are no weights without', () => {
    const clash = {
      ...problem,
      margins: [...problem.margins, { ...problem.margins[0]!, asked: Float64Array.of(0.5, 0.5) }],
    };
    expect(capFrontier(clash, { caps: [50, 2] }).map(({ status }) => status)).toEqual(Array(3).fill('infeasible'));
  });

  it('refuses a cap that is none', () => {
    expect(() => capFrontier(problem, { caps: [0.5] })).toThrow('weighting.cap: no cap; got 0.5');
  });
});
