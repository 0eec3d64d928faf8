import { describe, expect, it } from 'vitest';
import { numberColumn, textColumn } from '../../src/core/table.js';
import type { Diagnostics } from '../../src/population/diagnostics.js';
import { measurePopulationStage } from '../../src/stages/index.js';
import { rowsOf, runStage } from '../support/stage-context.js';
import {
  bareReference,
  bareTarget,
  cellsOfMargin,
  equalWeights,
  meanOf,
  norms,
  reference,
  rowsWhere,
  shareOf,
  sumOf,
  target,
} from './alignment-fixture.js';
import { aligned, counts, diagnostics, measureInputs, pool, weights, wideGates } from './measured-fixture.js';

const measure = async (inputs: Partial<typeof measureInputs>, gates: object = {}): Promise<Diagnostics> =>
  (await runStage(measurePopulationStage, { ...measureInputs, ...inputs }, { ...wideGates, ...gates }, {})).outputs
    .diagnostics;

/** Sums of weights by author, the slow way. */
function byAuthor(w: ArrayLike<number>): number[] {
  const sums: Record<string, number> = {};
  textColumn(pool, 'person').forEach((person, i) => (sums[person] = (sums[person] ?? 0) + w[i]!));
  return Object.values(sums).filter((sum) => sum > 0);
}
const total = sumOf(counts);
const authors = byAuthor(counts);

describe('measure-population', () => {
  it('counts everybody: kept and rejected, unmeasured ones included, are the candidates', () => {
    const { personas, kept, rejected, histories, people } = diagnostics;
    expect(rejected).toEqual({ language: 2, grounding: 1, 'inventory-refused': 1, 'inventory-malformed': 1 });
    expect(kept).toBe(pool.rows);
    expect(kept + sumOf(Object.values(rejected))).toBe(personas);
    expect([histories, people, personas]).toEqual([26, 25, 245]);
  });

  it('counts agents, personas and people from the multiplicities', () => {
    expect(diagnostics.agents).toBe(180);
    expect(diagnostics.maxMultiplicity).toBe(2);
    expect(diagnostics.distinctPersonas).toBe(120);
    expect(diagnostics.distinctPeople).toBe(authors.length);
  });

  it('has effective people 1 / Σ shares², and the precision of the multiplicities', () => {
    const shares = authors.map((agents) => agents / total);
    expect(diagnostics.effectivePeople).toBeCloseTo(1 / sumOf(shares.map((s) => s * s)), 9);
    expect(diagnostics.maxAuthorShare).toBeCloseTo(Math.max(...shares), 12);
    // Kish: 180² / (60 · 2² + 60 · 1²) = 108.
    expect(diagnostics.effectiveSampleSize).toBeCloseTo(108, 9);
    expect(diagnostics.designEffect).toBeCloseTo(180 / 108, 9);
  });

  it('has the margins of personas and agents, counted from the texts', () => {
    const cells = cellsOfMargin(target);
    expect(diagnostics.margins).toHaveLength(cells.length);
    cells.forEach(({ cell, share }, at) => {
      const found = diagnostics.margins[at]!;
      expect(found.variable.split(' x ')).toEqual(Object.keys(cell));
      expect(found.category.split(' x ')).toEqual(Object.values(cell));
      expect(found.target).toBe(share);
      expect(found.before).toBeCloseTo(shareOf(pool, equalWeights(pool), cell), 12);
      expect(found.after).toBeCloseTo(shareOf(pool, counts, cell), 12);
      expect(found.support).toBe(Math.round(shareOf(pool, equalWeights(pool), cell) * pool.rows));
      expect(found.controlled).toBe(found.support > 0);
      expect(found.statedShare + found.inferredShare + found.imputedShare).toBeCloseTo(1, 12);
      const names = Object.keys(cell);
      if (names.length === 1)
        expect(found.imputedShare).toBeCloseTo(shareOf(pool, counts, { [`${names[0]!}_status`]: 'imputed' }), 12);
    });
    const errors = diagnostics.margins.map(({ after, target: asked }) => 100 * Math.abs(after - asked));
    expect(diagnostics.maxMarginErrorPoints).toBeCloseTo(Math.max(...errors), 9);
  });

  it('measures every step with the weights of that step', () => {
    const own = { kept: equalWeights(pool), importance: weights.weighted, transport: weights.transported };
    const all = { ...own, calibration: weights.calibrated, selection: Float64Array.from(counts) };
    expect(diagnostics.steps.map(({ step }) => step)).toEqual(Object.keys(all));
    for (const step of diagnostics.steps) {
      const w = all[step.step];
      const shares = byAuthor(w).map((sum) => sum / sumOf(w));
      expect(step.effectiveSampleSize, step.step).toBeCloseTo(sumOf(w) ** 2 / sumOf(w.map((x) => x * x)), 6);
      expect(step.effectivePeople, step.step).toBeCloseTo(1 / sumOf(shares.map((s) => s * s)), 9);
      const errors = cellsOfMargin(target).map(({ cell, share }) => 100 * Math.abs(shareOf(pool, w, cell) - share));
      expect(step.maxMarginErrorPoints, step.step).toBeCloseTo(Math.max(...errors), 9);
    }
  });

  it('compares traits before and after with the noise floor of as many people as agents', () => {
    const [kept, selected] = [diagnostics.steps[0]!, diagnostics.steps.at(-1)!];
    for (const [name, metric] of Object.entries(diagnostics.traits!)) {
      expect(metric.before, name).toBe(kept[name as 'amw']);
      expect(metric.after, name).toBe(selected[name as 'amw']);
      expect(metric.noiseFloorMedian, name).toBeLessThanOrEqual(metric.noiseFloorP95);
    }
    expect(diagnostics.noiseFloor).toEqual({ agents: 180, testPeople: 1_000, replicates: 20 });
  });

  it('compares the means of traits by sex and age with test people', () => {
    const folds = textColumn(reference, 'fold');
    for (const { cell, domain, target: wanted, achieved } of diagnostics.traitCells) {
      const [sex, age] = cell.split(' x ') as [string, string];
      const inCell = (table: typeof pool, row: number): boolean =>
        textColumn(table, 'sex')[row] === sex && textColumn(table, 'age')[row] === age;
      const test = rowsWhere(reference, (row) => folds[row] === 'test' && inCell(reference, row));
      expect(wanted).toBeCloseTo(meanOf(test, equalWeights(test), domain), 9);
      const own = counts.map((n, row) => (inCell(pool, row) ? n : 0));
      expect(achieved).toBeCloseTo(meanOf(pool, own, domain), 9);
    }
    expect(diagnostics.traitCells).toHaveLength(6 * 5);
  });

  it('looks at no people who were used for fitting', async () => {
    const folds = textColumn(reference, 'fold');
    const columns = { ...reference.columns };
    for (const domain of norms.domains)
      columns[domain] = numberColumn(reference, domain).map((x, row) => (/fit|tune/.test(folds[row]!) ? 1 : x));
    expect(await measure({ reference: { ...reference, columns } })).toEqual(diagnostics);
  });

  it('has a noise floor that falls with the number of agents, also beyond the people of its fold', async () => {
    // 300 people are left in the fold that the floor is drawn from; then there are 180 agents, and then 900.
    const folds = textColumn(reference, 'fold');
    const first = folds.indexOf('floor');
    const scarce = rowsWhere(reference, (row) => row < first + 300);
    const times5 = { ...aligned, columns: { ...aligned.columns, count: counts.map((n) => n * 5) } };
    const some = await measure({ reference: scarce });
    const many = await measure({ reference: scarce, aligned: times5 });
    expect([some.agents, many.agents]).toEqual([180, 900]);
    for (const name of ['amw', 'frechet', 'slicedWasserstein'] as const)
      expect(many.traits![name].noiseFloorP95, name).toBeLessThan(some.traits![name].noiseFloorP95);
  });

  it('lists what misses a gate, in words, after what calibration could not meet', async () => {
    const summary = { ...measureInputs.summary, unmet: ['openness spread (off by 0.31)'] };
    const { unmet, margins, traits } = await measure(
      { summary },
      { maxMarginErrorPoints: 1, maxTraitErrorOverFloor: 0.5 },
    );
    const missed = margins.filter(({ after, target: asked }) => 100 * Math.abs(after - asked) > 1);
    const apart = Object.entries(traits!).filter(([, metric]) => metric.after > 0.5 * metric.noiseFloorP95);
    expect(missed.length).toBeGreaterThan(0);
    expect(apart.length).toBeGreaterThan(0);
    expect(unmet).toEqual([
      'openness spread (off by 0.31)',
      ...missed.map(
        ({ variable, category, after, target: asked }) =>
          `${variable} = ${category} is ${(100 * after).toFixed(1)} %, asked ${(100 * asked).toFixed(1)} %`,
      ),
      ...apart.map(
        ([name, { after, noiseFloorP95 }]) => `${name} is ${(after / noiseFloorP95).toFixed(1)} times its noise floor`,
      ),
    ]);
    expect(diagnostics.unmet).toEqual([]);
  });

  it('has no figures of traits for a target without norms', async () => {
    const bare = await measure({ target: bareTarget, reference: bareReference });
    expect([bare.traits, bare.noiseFloor, bare.traitCells]).toEqual([null, null, []]);
    expect(bare.steps.every(({ amw, frechet }) => amw === null && frechet === null)).toBe(true);
    expect(bare.margins).toEqual(diagnostics.margins);
  });

  it('takes the weights of all personas as they are when none was selected', async () => {
    const all = await measure({
      aligned: {
        ...aligned,
        columns: {
          ...aligned.columns,
          count: new Int32Array(pool.rows).fill(1),
          weight: weights.calibrated.map((w) => w * pool.rows),
        },
      },
      rejected: rowsOf([]),
    });
    expect(all.agents).toBe(pool.rows);
    expect(all.rejected).toEqual({ 'inventory-refused': 1, 'inventory-malformed': 1 });
    const kish = 1 / sumOf(weights.calibrated.map((w) => w * w));
    expect(all.effectiveSampleSize).toBeCloseTo(kish, 6);
    expect(all.margins[0]!.after).toBeCloseTo(shareOf(pool, weights.calibrated, { sex: 'female' }), 12);
  });
});
