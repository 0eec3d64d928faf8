import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/core/random.js';
import { moments, sum } from '../../../src/numerics/statistics.js';
import { buildConstraints } from '../../../src/population/align/constraints.js';
import { alignJointly, scoreLattice } from '../../../src/population/align/joint-pool.js';
import { populationJoint } from '../../../src/population/joint.js';
import { referencePeople, type People } from '../../../src/population/people.js';
import { traitDomains } from '../../../src/psychometrics/inventory.js';
import { semiRelaxedTransport } from '../../../src/transport/semi-relaxed.js';
import { mildBias, norms, target } from '../../stages/alignment-fixture.js';
import { biasedPool } from '../../support/biased-pool.js';

const d = traitDomains.length;
const joint = populationJoint(target);
/** Scores in halves: a small lattice. */
const inHalves = (own: People): People => ({ ...own, traits: own.traits!.map((x) => Math.round(2 * x) / 2) });
const pool = inHalves(biasedPool(joint, norms, 300, mildBias, randomStream('pool')));
const people = inHalves(referencePeople(joint, norms, 600, randomStream('people')));
const base = Float64Array.from({ length: pool.size }, (_, i) => 1 + (i % 3));
const options = { epsilon: 0.2, rho: 0.2, tolerance: 1e-6 };

describe('alignJointly', () => {
  const found = alignJointly(target, pool, people, base, options);

  it('meets margins and moments together', () => {
    expect(found.status).toBe('converged');
    const { margins, numbers } = buildConstraints(target, pool, people);
    for (const { codes, asked } of margins)
      asked.forEach((share, c) => expect(sum(found.weights.filter((_, i) => codes[i] === c))).toBeCloseTo(share, 6));
    const wanted = new Set(found.constraints.filter(({ kind }) => kind === 'trait-moment').map(({ name }) => name));
    const met = numbers.filter(({ name }) => wanted.has(name));
    expect(met).toHaveLength(d + (d * (d + 1)) / 2);
    for (const { name, values, asked } of met)
      expect(sum(found.weights.map((w, i) => w * values[i]!)), name).toBeCloseTo(asked, 5);
    expect(found.marginPrices).toHaveLength(found.constraints.length);
  });

  it('without margins is the semi-relaxed transport of the dense solver', async () => {
    const alone = alignJointly(target, pool, people, base, options, false);
    const equal = new Float64Array(people.size).fill(1 / people.size);
    const dense = await semiRelaxedTransport(
      {
        dimensions: d,
        source: { points: pool.traits!, masses: base.map((w) => w / sum(base)) },
        target: { points: people.traits!, masses: equal },
        scale: moments(people.traits!, d, equal).sd,
      },
      options,
    );
    expect([alone.status, dense.status]).toEqual(['converged', 'converged']);
    expect(sum(alone.weights.map((w, i) => Math.abs(w - dense.rowMasses[i]!)))).toBeLessThan(1e-4);
    expect(alone.constraints).toEqual([]);
    expect(sum(alone.weights.map((w, i) => Math.abs(w - found.weights[i]!)))).toBeGreaterThan(0.05);
  });

  it('reads scores between levels at the nearest one, and says how many and how far', () => {
    expect([found.offLattice, found.largestMove]).toEqual([0, 0]);
    const moved = pool.traits!.map((x, at) => (at === 7 ? x + 0.13 : x));
    const near = alignJointly(target, { ...pool, traits: moved }, people, base, options, false);
    expect(near.offLattice).toBeCloseTo(1 / pool.traits!.length, 12);
    const { sd } = moments(people.traits!, d, new Float64Array(people.size).fill(1));
    expect(near.largestMove).toBeCloseTo(0.13 / sd[7 % d]!, 9);
    expect(near.weights).toStrictEqual(alignJointly(target, pool, people, base, options, false).weights);
  });
});

describe('scoreLattice', () => {
  it.each([
    { scores: [1, 1.1, 1.3, 5], step: 0.1 },
    { scores: [10, 50, 12], step: 2 },
    { scores: [3, 3], step: 1 },
    // Too fine for a lattice: 41 levels.
    { scores: [0, 0.001, 4], step: 0.1 },
  ])('of $scores', ({ scores, step }) => {
    const lattice = scoreLattice(Float64Array.from(scores));
    expect(lattice.origin).toBe(Math.min(...scores));
    expect(lattice.step).toBeCloseTo(step, 12);
  });
});
