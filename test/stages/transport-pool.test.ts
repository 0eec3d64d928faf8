import { describe, expect, it } from 'vitest';
import { numberColumn, textColumn, type Table } from '../../src/core/table.js';
import { transportPool } from '../../src/stages/index.js';
import { failedStage, findingOf, runStage } from '../support/stage-context.js';
import {
  bareReference,
  bareTarget,
  bentPool,
  equalWeights,
  meanOf,
  norms,
  reference,
  rowsWhere,
  shareOf,
  sumOf,
  target,
  weightTable,
} from './alignment-fixture.js';

const pool = bentPool(300);
const masses = equalWeights(pool);
const weighted = weightTable('weighted-pool/1', pool, masses);
const services = { workers: 1 };
const inputs = { pool, weighted, reference, target };

/** A gentle problem: few iterations, whatever the defaults are. */
const gentle = { epsilon: 0.5, rho: 0.125, tolerance: 1e-4, people: 300 };

describe('transport-pool', async () => {
  const { outputs, findings } = await runStage(transportPool, inputs, gentle, services);
  const weights = numberColumn(outputs.transported, 'weight');

  it('gives every persona of the pool one weight, in order; the weights sum to 1', () => {
    expect(textColumn(outputs.transported, 'persona')).toEqual(textColumn(pool, 'persona'));
    expect(sumOf(weights)).toBeCloseTo(1, 9);
    expect(Math.min(...weights)).toBeGreaterThanOrEqual(0);
  });

  it('moves mass: the means of the traits go toward the people of the target', () => {
    expect(weights).not.toEqual(masses);
    for (const domain of norms.domains) {
      const wanted = meanOf(reference, equalWeights(reference), domain);
      const off = (w: Float64Array): number => Math.abs(meanOf(pool, w, domain) - wanted);
      expect(off(weights), domain).toBeLessThan(off(masses));
    }
  });

  it('says that it converged, with the errors that prove it', () => {
    const { message, values } = findingOf(findings, 'pool-transported');
    const { status, iterations, rowError, columnError, people, epsilon, rho } = values as Record<string, number>;
    expect([status, people, epsilon, rho]).toEqual(['converged', 300, 0.5, 0.125]);
    expect(message).toBe(`transport converged in ${iterations!} iterations`);
    expect(rowError).toBeLessThanOrEqual(1e-4);
    expect(columnError).toBeLessThanOrEqual(1e-4);
  });

  /** Scores in halves: a small lattice. */
  const inHalves = (table: Table): Table => ({
    ...table,
    columns: {
      ...table.columns,
      ...Object.fromEntries(
        norms.domains.map((domain) => [domain, numberColumn(table, domain).map((x) => Math.round(2 * x) / 2)]),
      ),
    },
  });
  const coarse = { ...inputs, pool: inHalves(pool), reference: inHalves(reference) };

  it('meets margins and moments at once from a size on, with the prices that cost most', async () => {
    const joint = { epsilon: 0.5, rho: 0.125, jointFrom: 300 };
    const { outputs: both, findings: said } = await runStage(transportPool, coarse, joint, services);
    const { message, values } = findingOf(said, 'pool-transported');
    const { status, people, offLattice, dearest } = values as Record<string, unknown>;
    expect([status, people, offLattice]).toEqual(['converged', 2_000, 0]);
    expect(message).toMatch(/^transport to 2000 people and \d+ margins and moments met at once in \d+ iterations$/);
    expect(dearest).toHaveLength(8);
    const own = numberColumn(both.transported, 'weight');
    for (const [category, share] of Object.entries({ north: 0.4, south: 0.6 }))
      expect(shareOf(pool, own, { region: category }), category).toBeCloseTo(share, 4);
    const alone = await runStage(transportPool, coarse, { ...joint, jointFrom: 301 }, services);
    expect(findingOf(alone.findings, 'pool-transported').message).toMatch(/^transport converged/);
    const never = await runStage(transportPool, coarse, { ...joint, jointFrom: null }, services);
    expect(never.outputs).toEqual(alone.outputs);
  });

  it('goes alone where margins and moments cannot be met, and says so', async () => {
    const women = rowsWhere(coarse.pool, (row) => textColumn(pool, 'sex')[row] === 'female' && row % 12 === 0);
    const few = weightTable('weighted-pool/1', women, equalWeights(women));
    const { findings: said } = await runStage(
      transportPool,
      { ...coarse, pool: women, weighted: few },
      { epsilon: 0.5, rho: 0.125, jointFrom: 1 },
      services,
    );
    expect(findingOf(said, 'joint-unsolved').message).toMatch(
      /^transport, margins and moments at once ended as (infeasible|stalled|iteration-limit); transport goes alone, and calibration says what cannot be met$/,
    );
    expect(findingOf(said, 'pool-transported').message).toMatch(/ people and 0 margins and moments met at once/);
  });

  it('holds on to the weights that it got, the more the larger rho is', async () => {
    const held = await runStage(transportPool, inputs, { ...gentle, rho: 50 }, services);
    const moved = (w: Float64Array): number => sumOf(w.map((x, i) => Math.abs(x - masses[i]!)));
    expect(moved(numberColumn(held.outputs.transported, 'weight'))).toBeLessThan(0.3 * moved(weights));
  });

  it('fails when it does not converge, however little is missing', async () => {
    const { failure } = await failedStage(
      transportPool,
      inputs,
      { ...gentle, people: 20, tolerance: 1e-300 },
      services,
    );
    expect(failure.code).toBe('not-converged');
    expect(failure.message).toMatch(
      /^transport-pool: transport ended as stalled after \d+ iterations; got [\d.e-]+, expected a row error ≤ 1e-300\. Raise epsilon or lower rho\.$/,
    );
  });

  it('passes the weights on when the target has no traits', async () => {
    const plain = await runStage(
      transportPool,
      { pool, weighted, reference: bareReference, target: bareTarget },
      {},
      services,
    );
    expect(numberColumn(plain.outputs.transported, 'weight')).toEqual(masses);
  });
});
