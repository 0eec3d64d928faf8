import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { moments } from '../../src/numerics/statistics.js';
import { embeddedRespondent } from '../../src/persona/embedded-respondent.js';
import { NarrativePersona } from '../../src/persona/narrative-persona.js';
import type { Inventory, TraitNorms } from '../../src/psychometrics/inventory.js';
import { cellShares } from '../../src/psychometrics/norms.js';
import { reliability } from '../../src/psychometrics/reliability.js';
import { assumedAlpha, drawLatent, responseModel, type ResponseModel } from '../../src/psychometrics/response-model.js';
import { scoreInventory } from '../../src/psychometrics/scoring.js';
import { shipped, tiny, tinyNorms } from '../psychometrics/fixtures.js';

const { signal } = new AbortController();
const noCues = Array.from({ length: 5 }, () => ({ score: 0, words: 0 }));

const personaWith = (traits: readonly number[]): NarrativePersona =>
  NarrativePersona.parse({
    id: 'p-000000000000.1',
    person: 'p-000000000000',
    draw: 1,
    text: 'A person.',
    evidence: {
      attributes: {},
      claims: [],
      topics: [],
      tone: 0,
      words: 0,
      language: 'und',
      traitCues: noCues,
      traitStatements: [],
    },
    disposition: { ageYears: 40, attributes: {}, traits },
    lineage: { writer: 'embedded@1', prompts: [], historySha256: '' },
  });

describe('embeddedRespondent', () => {
  const model = responseModel(tiny, tinyNorms());
  const respondent = embeddedRespondent(model);

  it('answers every item from the latent traits, the same for the same stream', async () => {
    const persona = personaWith([30, 30, -30, 0, 0]);
    const answer = await respondent.answer(persona, tiny, randomStream('answer'), signal);
    expect(answer).toMatchObject({ kind: 'answered', attempts: 1 });
    const again = await respondent.answer(persona, structuredClone(tiny), randomStream('answer'), signal);
    expect(again).toEqual(answer);
    if (answer.kind !== 'answered') return;
    expect(Array.from(answer.value.subarray(0, 6))).toEqual([5, 1, 5, 1, 1, 1]);
    expect(respondent.name).toBe('embedded@1');
  });

  it('gives the same answers to the same items in another order', async () => {
    const persona = personaWith([1, 0, 0, -1, 0]);
    const order = [3, 0, 9, 1, 8, 2, 7, 4, 6, 5];
    const shuffled = { ...tiny, items: order.map((i) => tiny.items[i]!) };
    const [own, other] = await Promise.all(
      [tiny, shuffled].map((given) => respondent.answer(persona, given, randomStream('answer'), signal)),
    );
    if (own?.kind !== 'answered' || other?.kind !== 'answered') throw new Error('not answered');
    expect(Array.from(other.value)).toEqual(order.map((i) => own.value[i]!));
    expect(Array.from(other.value)).not.toEqual(Array.from(own.value));
  });

  it.each([
    {
      fault: 'another instrument',
      given: { ...tiny, name: 'ipip-50' },
      message:
        'embedded@1.inventory: another inventory than the response model was fitted to; got ipip-50 with 10 items answered 1 to 5, expected tiny with 10 items answered 1 to 5. Instrument, norms and correlations travel together.',
    },
    {
      fault: 'another key',
      given: { ...tiny, items: tiny.items.map((item) => ({ ...item, keying: 1 as const })) },
      message: 'got tiny.E2 (extraversion, keyed 1), expected tiny.E2 (extraversion, keyed -1).',
    },
    { fault: 'a missing item', given: { ...tiny, items: tiny.items.slice(1) }, message: 'got tiny with 9 items' },
  ])('rejects $fault', async ({ given, message }) => {
    await expect(respondent.answer(personaWith([0, 0, 0, 0, 0]), given, randomStream('x'), signal)).rejects.toThrow(
      message,
    );
  });
});

/** Answers of people of the given cells, drawn from the prior without any text. */
async function administer(model: ResponseModel, cellOf: Uint8Array, seed: string): Promise<Uint8Array> {
  const { inventory } = model;
  const respondent = embeddedRespondent(model);
  const random = randomStream(seed);
  const persona = personaWith([0, 0, 0, 0, 0]);
  const responses = new Uint8Array(cellOf.length * inventory.items.length);
  for (const [p, c] of cellOf.entries()) {
    const disposition = { ...persona.disposition, traits: Array.from(drawLatent(model, model.cells[c]!, random)) };
    const answer = await respondent.answer({ ...persona, disposition }, inventory, random, signal);
    if (answer.kind === 'answered') responses.set(answer.value, p * inventory.items.length);
  }
  return responses;
}

/** Domain scores minus the mean of the person's cell: what correlations within cells are about. */
function withinCells(domains: Float64Array, cellOf: Uint8Array, norms: TraitNorms): Float64Array {
  return domains.map((x, at) => x - norms.cells[cellOf[Math.floor(at / 5)]!]!.mean[at % 5]!);
}

/** People by cell in the shares of the norm sample. */
function proportionalCells(norms: TraitNorms, people: number): Uint8Array {
  const shares = cellShares(norms);
  let [c, upper] = [0, shares[0]!];
  return Uint8Array.from({ length: people }, (_, p) => {
    while ((p + 0.5) / people > upper) upper += shares[++c]!;
    return c;
  });
}

describe.each([
  ['ipip-50', 'ipip-50-us-adults'],
  ['ipip-neo-120', 'ipip-neo-120-johnson'],
])('%s: people drawn from the prior and asked', (name, target) => {
  const { inventory, norms } = shipped(name, target);
  const model = responseModel(inventory, norms);

  // 6,000 a cell: the limits are at least 3.8 standard errors of a mean (SD up to 1) and 5.4 of a ratio of SDs.
  it('give the mean and SD of every cell', async () => {
    const people = 6000;
    const cellOf = Uint8Array.from({ length: people * norms.cells.length }, (_, p) => Math.floor(p / people));
    const { domains } = scoreInventory(inventory, await administer(model, cellOf, 'cells'));
    norms.cells.forEach((cell, c) => {
      const own = domains.subarray(c * people * 5, (c + 1) * people * 5);
      const { mean, sd } = moments(own, 5, new Float64Array(people).fill(1));
      for (let d = 0; d < 5; d++) {
        expect(Math.abs(mean[d]! - cell.mean[d]!), `mean ${c} ${d}`).toBeLessThan(0.05);
        expect(Math.abs(sd[d]! / cell.sd[d]! - 1), `sd ${c} ${d}`).toBeLessThan(0.05);
      }
    });
  });

  it('give the correlations, alphas, item means and category shares of the norm sample', async () => {
    const people = 20_000;
    const cellOf = proportionalCells(norms, people);
    const responses = await administer(model, cellOf, 'pooled');
    const { domains } = scoreInventory(inventory, responses);
    const ones = new Float64Array(people).fill(1);
    const { correlation } = moments(withinCells(domains, cellOf, norms), 5, ones);
    for (let i = 0; i < 5; i++)
      for (let j = 0; j < i; j++)
        expect(Math.abs(correlation[i * 5 + j]! - norms.correlation[i]![j]!), `r ${i} ${j}`).toBeLessThan(0.04);
    const { alpha } = reliability(inventory, responses);
    alpha.forEach((a, d) => expect(Math.abs(a - (norms.alpha?.[d] ?? assumedAlpha)), `alpha ${d}`).toBeLessThan(0.03));
    checkItems(inventory, norms, responses);
  });
});

function checkItems(inventory: Inventory, norms: TraitNorms, responses: Uint8Array): void {
  const width = inventory.items.length;
  for (const { id, mean, shares } of norms.items) {
    const i = inventory.items.findIndex((item) => item.id === id);
    const counts = new Float64Array(inventory.response.max + 1);
    for (let at = i; at < responses.length; at += width) counts[responses[at]!]! += width / responses.length;
    const drawn = counts.reduce((total, share, x) => total + share * x, 0);
    expect(Math.abs(drawn - mean), `mean ${id}`).toBeLessThan(0.15);
    shares.forEach((share, c) => expect(Math.abs(counts[c + 1]! - share), `${id} = ${c + 1}`).toBeLessThan(0.03));
  }
}
