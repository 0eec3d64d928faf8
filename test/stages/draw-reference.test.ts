import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { numberColumn, textColumn, type Table } from '../../src/core/table.js';
import { drawReference } from '../../src/stages/index.js';
import { failedStage, findingOf, runStage } from '../support/stage-context.js';
import { bareTarget, cellsOfMargin, equalWeights, norms, rowsWhere, shareOf, target } from './alignment-fixture.js';

const sizes = { prior: 400, fit: 1_000, tune: 300, test: 1_000, floor: 500 };
const { outputs, findings } = await runStage(drawReference, { target, norms }, sizes, {});
const { reference } = outputs;
const fold = (name: string, table: Table = reference): Table => {
  const folds = textColumn(table, 'fold');
  return rowsWhere(table, (row) => folds[row] === name);
};
const peopleIn = (name: string, table: Table = reference): number[] => [...numberColumn(fold(name, table), 'person')];

/** The slow way: the hash as a whole number, not as a share. */
function foldByHash(person: number): string {
  const hash = BigInt(`0x${createHash('sha256').update(`person-${person}`).digest('hex').slice(0, 12)}`);
  let edge = 0;
  for (const [name, size] of Object.entries(sizes)) {
    edge += size;
    if (hash * 3_200n < BigInt(edge) << 48n) return name;
  }
  throw new Error('no fold');
}

describe('draw-reference', () => {
  it('draws as many people as asked for in all, and splits them about as asked', () => {
    expect(reference.rows).toBe(3_200);
    // Five SDs of a share.
    for (const [name, size] of Object.entries(sizes))
      expect(Math.abs(fold(name).rows - size), name).toBeLessThan(5 * Math.sqrt(size * (1 - size / 3_200)));
  });

  it('puts every person into one fold, by the hash of the name alone', () => {
    const all = Object.keys(sizes).flatMap((name) => peopleIn(name));
    expect(new Set(all).size).toBe(3_200);
    expect([Math.min(...all), Math.max(...all)]).toEqual([1, 3_200]);
    for (const name of Object.keys(sizes))
      for (const person of peopleIn(name)) expect(foldByHash(person), `${person}`).toBe(name);
  });

  it('holds out the same people whatever the seed is', async () => {
    const other = await runStage(drawReference, { target, norms }, sizes, {}, { seed: '2' });
    for (const name of Object.keys(sizes)) expect(peopleIn(name, other.outputs.reference)).toEqual(peopleIn(name));
    expect(other.outputs.reference.columns['age']).not.toEqual(reference.columns['age']);
  });

  it('records the rule, and which rows went where', () => {
    const { values, ...said } = findingOf(findings, 'reference-drawn');
    expect(said).toEqual({
      level: 'info',
      code: 'reference-drawn',
      message: 'the reference people are drawn from published aggregates; they are not respondents',
    });
    expect(values!['people']).toBe(3_200);
    expect(values!['rule']).toBe(
      'the first 48 bits of the sha256 of "person-1" and so on, as a share, cut at the cumulated sizes; no seed',
    );
    const rows = textColumn(reference, 'fold');
    for (const name of Object.keys(sizes))
      expect((values!['folds'] as Record<string, unknown>)[name]).toEqual({
        people: fold(name).rows,
        firstRow: rows.indexOf(name),
        lastRow: rows.lastIndexOf(name),
        sha256: createHash('sha256')
          .update(
            peopleIn(name)
              .map((person) => `person-${person}`)
              .join('\n'),
          )
          .digest('hex'),
      });
  });

  it('meets every margin in all people to one person a cell of the joint, in every fold within chance', () => {
    // Systematic sampling is off by less than one person in each of the twelve cells; a margin adds up at most six.
    for (const { cell, share } of cellsOfMargin(target)) {
      const off = (table: Table): number => Math.abs(shareOf(table, equalWeights(table), cell) - share) * table.rows;
      expect(off(reference), JSON.stringify(cell)).toBeLessThan(6);
      for (const name of Object.keys(sizes))
        expect(off(fold(name)), `${name} ${JSON.stringify(cell)}`).toBeLessThan(
          5 * Math.sqrt(fold(name).rows * share * (1 - share)),
        );
    }
  });

  it('refuses sizes at which a fold stays empty', async () => {
    // Of the first five hashes none is from 2/5 to 3/5 of the range.
    const { failure } = await failedStage(
      drawReference,
      { target, norms },
      { prior: 1, fit: 1, tune: 1, test: 1, floor: 1 },
      {},
    );
    expect([failure.code, failure.message]).toEqual([
      'invalid-input',
      'draw-reference.tune: none of the 5 people falls into this fold; got 1, expected more people.',
    ]);
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
    expect(Object.keys(bare.outputs.reference.columns)).toEqual(['fold', 'person', 'sex', 'age', 'region']);
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
