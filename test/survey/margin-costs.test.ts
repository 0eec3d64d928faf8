import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { weightDiagnostics } from '../../src/survey/diagnostics.js';
import { fitWeights } from '../../src/survey/fit-weights.js';
import { marginCosts } from '../../src/survey/margin-costs.js';
import type { WeightingProblem } from '../../src/survey/weighting-problem.js';
import { drawnMargins } from './weighting-fixture.js';

const random = randomStream('margin costs');
const records = 400;
const asked = [
  [0.4, 0.6],
  [0.2, 0.3, 0.5],
  [0.45, 0.55],
];
const problem: WeightingProblem = {
  records,
  // Unequal weights within signatures, and some records that nobody asked for.
  base: Float64Array.from({ length: records }, (_, i) => (i % 50 === 0 ? 0 : 0.2 + 2 * random.uniform())),
  margins: drawnMargins(asked, records, random),
};

describe('what a margin costs', () => {
  it.each([
    ['maxent', {}],
    ['linear', { method: 'linear' }],
    ['bounds', { bounds: { lower: 0.2, upper: 4 } }],
    ['a cap', { cap: 3.5 }],
  ] as const)('is that of all records fitted without it: %s', (_, options) => {
    const sizeWithout = (dropped: string | null): number => {
      const margins = problem.margins.filter(({ name }) => name !== dropped);
      return weightDiagnostics(fitWeights({ ...problem, margins, total: records }, options).weights)
        .effectiveSampleSize;
    };
    const costs = marginCosts(problem, options);
    expect(costs.map(({ margin }) => margin).sort()).toEqual(['v0', 'v1', 'v2']);
    for (const { margin, status, effectiveSampleSizeWithout, gained } of costs) {
      expect(status).toBe('converged');
      expect(effectiveSampleSizeWithout).toBeCloseTo(sizeWithout(margin), 6);
      expect(gained).toBeCloseTo(sizeWithout(margin) - sizeWithout(null), 6);
    }
    expect(costs.map(({ gained }) => gained)).toEqual([...costs.map(({ gained }) => gained)].sort((a, b) => b - a));
  });
});
