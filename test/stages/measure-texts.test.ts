import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import type { Table } from '../../src/core/table.js';
import { textQuality } from '../../src/persona/filter/text-figures.js';
import type { NarrativePersona } from '../../src/persona/narrative-persona.js';
import { measureTexts } from '../../src/stages/index.js';
import { traitDomains } from '../../src/psychometrics/inventory.js';
import { reader } from '../persona/evidence-fixture.js';
import { shippedScorer } from '../persona/filter/blind-fixture.js';
import { rowsOf, runStage } from '../support/stage-context.js';
import { historyOf, personaOf } from './people-fixture.js';

const people = Array.from({ length: 12 }, (_, n) => n);
const histories = people.map((n) => historyOf(n, `Post ${n}. I keep bees behind the garage and sell the honey.`));
const tScores = people.map((n) => traitDomains.map((_, k) => 30 + 40 * ((n * (k + 3)) % 2) + n));
const personas: NarrativePersona[] = people.map((n) =>
  personaOf(n, 1, {}, tScores[n]![0]! > 50 ? 'She is outgoing.' : 'She is shy.'),
);

/** Two of three were rejected because they contradict their fields. */
const rejected = ['contradictions', 'trait-contradictions', 'language'].map((criterion, i) => ({
  persona: `r.${i}`,
  person: 'r',
  criterion,
  score: 1,
  threshold: 0,
  detail: '',
}));

/** A pool of the persons with these numbers, in this order. */
const poolOf = (order: readonly number[]): Table => ({
  schema: 'persona-pool/1',
  rows: order.length,
  columns: {
    persona: order.map((n) => personas[n]!.id),
    ...Object.fromEntries(
      traitDomains.map((domain, k) => [`${domain}_t`, Float64Array.from(order, (n) => tScores[n]![k]!)]),
    ),
  },
});
const run = async (order: readonly number[], config = {}) =>
  (
    await runStage(
      measureTexts,
      { kept: rowsOf(personas), rejected: rowsOf(rejected), histories: rowsOf(histories), pool: poolOf(order) },
      config,
      { reader, blindScorer: shippedScorer },
    )
  ).outputs.texts;

describe('measure-texts', () => {
  it('measures the texts beside the T-scores of the same persona, in whatever order the pool is', async () => {
    const texts = await run(people);
    expect(texts.own.coupling[0]).toMatchObject({ domain: 'extraversion', administered: { signAgreement: 1 } });
    expect(texts.own.coupling[0]!.administered.r).toBeGreaterThan(0.9);
    expect(await run(people.toReversed())).toEqual(texts);
  });

  it('leaves out kept personas that were not measured', async () => {
    const texts = await run([3, 5, 8]);
    expect(texts.own).toMatchObject({ personas: 3, people: 3 });
  });

  it('says what the measuring says, with the stream of the stage', async () => {
    const random = randomStream('1', 'measure-texts');
    const tools = { reader, blindScorer: shippedScorer, random, replicates: 50 };
    expect(await run(people, { replicates: 50 })).toEqual(
      textQuality({ personas, tScores, histories, refused: 2 / 15 }, tools),
    );
  });

  it('refuses settings that do not exist', () => {
    expect(measureTexts.config.safeParse({ minCorrelation: 0.1 }).success).toBe(false);
    expect(measureTexts.config.parse({})).toEqual({ replicates: 400 });
  });
});
