import { Failure } from '../core/failure.js';
import { answered } from '../model/answer.js';
import type { Inventory } from '../psychometrics/inventory.js';
import { drawAnswers, type ResponseModel } from '../psychometrics/response-model.js';
import type { Respondent } from './ports.js';

/**
 * Answers an inventory from the persona's latent traits by the response model, without a language model.
 * Every item is answered; the same stream gives the same answers, in whatever order the items are put.
 *
 * `answer` rejects with a Failure `invalid-input` when the inventory is not the one that the model was fitted to, item by
 * item: instrument, norms and correlations travel together.
 */
export function embeddedRespondent(model: ResponseModel): Respondent {
  const orders = new WeakMap<Inventory, readonly number[]>();
  return {
    name: 'embedded@1',
    answer: (persona, inventory, random) =>
      new Promise((resolve) => {
        const order = orders.get(inventory) ?? itemOrder(model.inventory, inventory);
        orders.set(inventory, order);
        const answers = drawAnswers(model, persona.disposition.traits, random);
        resolve(answered(Uint8Array.from(order, (i) => answers[i]!)));
      }),
  };
}

/** Where each item of the given inventory stands in the fitted one; both must have the same items. */
function itemOrder(fitted: Inventory, given: Inventory): number[] {
  const describe = ({ name, response, items }: Inventory): string[] => [
    `${name} with ${items.length} items answered 1 to ${response.max}`,
    ...items.map(({ id, domain, keying }) => `${name}.${id} (${domain}, keyed ${keying})`),
  ];
  const [expected, got] = [describe(fitted), describe(given)];
  const place = new Map(expected.map((line, i) => [line, i]));
  const wrong = got.find((line) => !place.has(line));
  if (wrong !== undefined)
    throw new Failure('invalid-input', {
      where: 'embedded@1.inventory',
      problem: 'another inventory than the response model was fitted to',
      got: wrong,
      expected: expected[got.indexOf(wrong)]!,
      hint: 'Instrument, norms and correlations travel together.',
    });
  return got.slice(1).map((line) => place.get(line)! - 1);
}
