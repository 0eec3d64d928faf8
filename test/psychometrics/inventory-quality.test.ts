import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { InventoryQuality, inventoryQuality, qualityFindings } from '../../src/psychometrics/inventory-quality.js';
import { drawAnswers, drawLatent, responseModel } from '../../src/psychometrics/response-model.js';
import { shipped, tiny, tinyNorms } from './fixtures.js';

const { inventory, norms } = shipped('ipip-50', 'ipip-50-us-adults');
const model = responseModel(inventory, norms);

/** Answers of people as the norms have them, each passed through a habit of answering. */
function peopleWith(habit: (x: number, i: number, p: number) => number, people = 300): Uint8Array {
  const random = randomStream('habit');
  return Uint8Array.from(
    Array.from({ length: people }, (_, p) =>
      Array.from(drawAnswers(model, drawLatent(model, model.cells[p % 12]!, random), random), (x, i) => habit(x, i, p)),
    ).flat(),
  );
}
const codesOf = (responses: Uint8Array): string[] =>
  qualityFindings(inventoryQuality(inventory, norms, responses, null)).map(({ code }) => code);

describe('inventoryQuality', () => {
  it('is a value of its schema, with the people of the norms beside the personas', () => {
    const quality = inventoryQuality(
      inventory,
      norms,
      peopleWith((x) => x),
      { people: 3, domains: [] },
    );
    expect(InventoryQuality.parse(quality)).toEqual(quality);
    expect(quality).toMatchObject({ inventory: 'ipip-50', personas: 300, straightLined: 0, inconsistent: 0 });
    expect(quality.humanStyle!.extremeShare).toBeCloseTo(0.359, 3);
    quality.alpha.forEach((alpha, d) => expect(Math.abs(alpha! - norms.alpha![d]!)).toBeLessThan(0.04));
  });

  it('takes nobody, and norms without items', () => {
    const quality = inventoryQuality(tiny, tinyNorms(), new Uint8Array(0), null);
    expect(InventoryQuality.parse(quality)).toMatchObject({
      personas: 0,
      style: null,
      humanStyle: null,
      alpha: [null, null, null, null, null],
    });
    expect(qualityFindings(quality)).toEqual([]);
  });
});

describe('qualityFindings', () => {
  it.each([
    { who: 'people as in the norms', habit: (x: number) => x, codes: [] },
    {
      who: 'a model that always agrees',
      habit: (x: number) => Math.max(4, x),
      codes: ['inconsistent-answers', 'response-style-unlike-people'],
    },
    {
      who: 'a model that says 5 to everything',
      habit: () => 5,
      codes: ['inconsistent-answers', 'straight-lined-answers', 'response-style-unlike-people'],
    },
    {
      who: 'a model that avoids the ends',
      habit: (x: number) => Math.min(4, Math.max(2, x)),
      codes: ['response-style-unlike-people'],
    },
    {
      who: 'a model that flees to the middle',
      habit: (x: number, i: number) => (i % 3 === 0 ? 3 : x),
      codes: ['response-style-unlike-people'],
    },
    {
      // 4 % is below the limit of 5 %, and one straight line is already worth a word.
      who: 'one in twenty-five that agrees',
      habit: (x: number, _: number, p: number) => (p % 25 === 0 ? 4 : x),
      codes: ['straight-lined-answers'],
    },
  ])('of $who: $codes', ({ habit, codes }) => {
    expect(codesOf(peopleWith(habit))).toEqual(codes);
  });

  it('says how many, and in which way', () => {
    const quality = inventoryQuality(
      inventory,
      norms,
      peopleWith(() => 5),
      null,
    );
    expect(qualityFindings(quality)).toMatchObject([
      {
        level: 'caution',
        message: '300 of 300 personas agree with items and with their reverses alike; 1 in 200 people does',
        values: { inconsistent: 300, personas: 300 },
      },
      { level: 'caution', message: '300 of 300 personas gave one and the same answer to every item' },
      {
        level: 'caution',
        message:
          'the personas use the response scale in another way than people: extreme answers +64 points, middle answers -20 points, agreeing whatever the item says +1.99 response units',
      },
    ]);
  });
});
