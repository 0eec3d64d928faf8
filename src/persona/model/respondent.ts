import { z } from 'zod';
import { type Asked, askedTogether } from '../../model/answer.js';
import { ask } from '../../model/ask.js';
import type { ChatModel } from '../../model/chat-model.js';
import { type Inventory, traitDomains } from '../../psychometrics/inventory.js';
import type { Respondent } from '../ports.js';
import { fenced, fillPrompt, type Prompt } from './prompt.js';

/** Most items in one question. */
const largestBatch = 50;

export interface ModelRespondentOptions {
  readonly model: ChatModel;
  readonly prompt: Prompt;
  /** Default 0.7: answers vary as those of a person asked again would. */
  readonly temperature?: number;
}

/**
 * Answers an inventory by role-play. The model sees the text of the persona and the items, never traits, keys or domains.
 * Items come in batches that each mix domains and keys, so that agreeing with everything shows; every item must be answered,
 * so an answer that leaves one out is asked again. If one batch fails, so does the persona: half an inventory is no measurement.
 */
export function modelRespondent({ model, prompt, temperature = 0.7 }: ModelRespondentOptions): Respondent {
  const batchesOf = new WeakMap<Inventory, readonly Batch[]>();
  return {
    name: `model:${model.name}`,
    async answer(persona, inventory, random, signal) {
      const batches = batchesOf.get(inventory) ?? makeBatches(inventory);
      batchesOf.set(inventory, batches);
      const responses = new Uint8Array(inventory.items.length);
      let attempts = 0;
      let asked: Asked | undefined;
      for (const { places, ids, items, schema } of batches) {
        const filled = fillPrompt(prompt, {
          persona: fenced('persona', [persona.text]),
          items,
          labels: inventory.response.labels.map((label, i) => `${i + 1} = ${label}`).join('\n'),
          highest: String(inventory.response.max),
        });
        const question = {
          ...filled,
          schemaName: 'responses',
          temperature,
          maxOutputTokens: 200 + 20 * ids.length,
          seed: random.below(0x80000000),
        };
        const answer = await ask(model, question, schema, signal);
        attempts += answer.attempts;
        asked = askedTogether(asked, answer.asked);
        if (answer.kind !== 'answered') return { ...answer, attempts, ...(asked && { asked }) };
        ids.forEach((id, i) => (responses[places[i]!] = answer.value[id]!));
      }
      return { kind: 'answered', value: responses, attempts, ...(asked && { asked }) };
    },
  };
}

/** Items of one question with the shape of its answer. */
interface Batch {
  /** Where each item stands in the inventory, ascending. */
  readonly places: readonly number[];
  readonly ids: readonly string[];
  readonly items: string;
  readonly schema: z.ZodType<Record<string, number>>;
}

function makeBatches({ items, stem, response }: Inventory): Batch[] {
  const choice = z.literal(Array.from({ length: response.max }, (_, i) => i + 1));
  return deal(items).map((places) => {
    const batch = places.map((place) => items[place]!);
    return {
      places,
      ids: batch.map(({ id }) => id),
      items: fenced(
        'items',
        batch.map(({ id, text }) => ({ id, text: `${stem} ${text.charAt(0).toLowerCase()}${text.slice(1)}` })),
      ),
      schema: z.strictObject(Object.fromEntries(batch.map(({ id }) => [id, choice]))),
    };
  });
}

/** Deals the items of each domain and key out in turn, as cards, so that every batch gets its share of each. */
function deal(items: Inventory['items']): number[][] {
  const batches = Array.from({ length: Math.ceil(items.length / largestBatch) }, (): number[] => []);
  const kindOf = ({ domain, keying }: Inventory['items'][number]): number =>
    2 * traitDomains.indexOf(domain) + (keying === 1 ? 0 : 1);
  items
    .map((item, place) => ({ place, kind: kindOf(item) }))
    .sort((a, b) => a.kind - b.kind || a.place - b.place)
    .forEach(({ place }, turn) => batches[turn % batches.length]!.push(place));
  return batches.map((places) => places.sort((a, b) => a - b));
}
