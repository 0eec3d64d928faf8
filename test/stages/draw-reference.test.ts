import { describe, expect, it } from 'vitest';
import { numberColumn, textColumn, type Table } from '../../src/core/table.js';
import { drawReference } from '../../src/stages/index.js';
import { findingOf, runStage } from '../support/stage-context.js';
import { bareTarget, cellsOfMargin, equalWeights, norms, rowsWhere, shareOf, target } from './alignment-fixture.js';

const sizes = { fit: 1_000, tune: 300, test: 1_000, floor: 500 };
const { outputs, findings } = await runStage(drawReference, { target, norms }, sizes, {});
const { reference } = outputs;
const fold = (name: string, table: Table = reference): Table => {
  const folds = textColumn(table, 'fold');
  return rowsWhere(table, (row) => folds[row] === name);
};

describe('draw-reference', () => {
  it('draws as many people as asked for in every fold, and says what they are', () => {
    for (const [name, size] of Object.entries(sizes)) expect(fold(name).rows, name).toBe(size);
    expect(reference.rows).toBe(2_800);
    expect(findingOf(findings, 'reference-drawn')).toEqual({
      level: 'info',
      code: 'reference-drawn',
      message: 'the reference people are drawn from published aggregates; they are not respondents',
      values: sizes,
    });
  });

  it('meets every margin in every fold to one person a cell of the joint', () => {
    // Systematic sampling is off by less than one person in each of the twelve cells; a margin adds up at most six.
    for (const [name, size] of Object.entries(sizes))
      for (const { cell, share } of cellsOfMargin(target)) {
        const off = Math.abs(shareOf(fold(name), equalWeights(fold(name)), cell) - share) * size;
        expect(off, `${name} ${JSON.stringify(cell)}`).toBeLessThan(6);
      }
  });

  it('gives no two folds the same people', () => {
    const scores = (name: string): string => numberColumn(fold(name), 'openness').slice(0, 300).join();
    expect(new Set(Object.keys(sizes).map(scores)).size).toBe(4);
    // Fit and test are of one size: were they drawn from one stream, they would be one group.
    const order = (name: string): string => textColumn(fold(name), 'age').join();
    expect(order('fit')).not.toBe(order('test'));
  });

  it('draws traits on the scale of the norms, different for other seeds and the same for the same seed', async () => {
    for (const domain of norms.domains)
      for (const score of numberColumn(reference, domain)) {
        expect(score).toBeGreaterThanOrEqual(norms.scale.min);
        expect(score).toBeLessThanOrEqual(norms.scale.max);
      }
    const again = await runStage(drawReference, { target, norms }, sizes, {});
    expect(again.outputs.reference).toEqual(reference);
    const other = await runStage(drawReference, { target, norms }, sizes, {}, { seed: '2' });
    expect(other.outputs.reference.columns['openness']).not.toEqual(reference.columns['openness']);
  });

  it('draws no traits for a target without norms, and says that they are not aligned', async () => {
    const bare = await runStage(drawReference, { target: bareTarget, norms }, sizes, {});
    expect(Object.keys(bare.outputs.reference.columns)).toEqual(['fold', 'sex', 'age', 'region']);
    expect(findingOf(bare.findings, 'traits-not-aligned')).toMatchObject({
      level: 'caution',
      message: 'the target tiny has no trait norms for ipip-50: only its margins are aligned',
    });
    expect(findings.some(({ code }) => code === 'traits-not-aligned')).toBe(false);
  });

  it('refuses a target whose margins contradict each other', async () => {
    const [sex, ...others] = target.margins;
    const wrong = { ...target, margins: [{ ...sex!, shares: { female: 0.5, male: 0.5 } }, ...others] };
    await expect(runStage(drawReference, { target: wrong, norms }, sizes, {})).rejects.toThrow(
      /^tiny\.sex x age: disagrees with sex on sex = female; got 0\.6\d*, expected 0\.5\.$/,
    );
  });
});
