import { describe, expect, it } from 'vitest';
import { shuffleTexts } from '../../src/stages/index.js';
import { rowsOf, runStage } from '../support/stage-context.js';
import { personaOf } from './people-fixture.js';

const personas = [1, 2, 3, 4].flatMap((n) =>
  [1, 2].map((draw) => personaOf(n, draw, { traits: [n, draw, 0, 0, 0] }, `Text ${draw} of person ${n}.`)),
);

describe('shuffle-texts', () => {
  it('gives every persona a text of another person and leaves the rest as it was', async () => {
    const { rows, findings } = await runStage(shuffleTexts, { kept: rowsOf(personas) }, {}, {});
    expect(rows.shuffled).toHaveLength(personas.length);
    rows.shuffled.forEach((persona, i) => {
      const { text: own, ...before } = personas[i]!;
      const { text, ...after } = persona;
      expect(after).toEqual(before);
      expect(text.split(' of ')[1]).not.toBe(own.split(' of ')[1]);
    });
    expect(new Set(rows.shuffled.map(({ text }) => text)).size).toBe(personas.length);
    expect(findings).toEqual([]);
  });

  it('is the same for the same seed and another for another', async () => {
    const texts = async (seed: string): Promise<string[]> =>
      (await runStage(shuffleTexts, { kept: rowsOf(personas) }, {}, {}, { seed })).rows.shuffled.map(
        ({ text }) => text,
      );
    expect(await texts('1')).toEqual(await texts('1'));
    const all = await Promise.all(['1', '2', '3', '4'].map(texts));
    expect(new Set(all.map(String)).size).toBeGreaterThan(1);
  });

  it('says so when there is nobody to change with', async () => {
    const alone = personas.slice(0, 2);
    const { rows, findings } = await runStage(shuffleTexts, { kept: rowsOf(alone) }, {}, {});
    expect(rows.shuffled).toEqual(alone);
    expect(findings).toEqual([
      {
        level: 'caution',
        code: 'texts-not-shuffled',
        message: 'there is only one person, so texts cannot change owners: the control run is the run itself',
      },
    ]);
  });
});
