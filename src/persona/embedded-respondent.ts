import { Failure } from '../core/failure.js';
import { answered } from '../model/answer.js';
import type { Inventory } from '../psychometrics/inventory.js';
import { drawAnswers, type ResponseModel } from '../psychometrics/response-model.js';
import type { Respondent } from './ports.js';

/**
 * Answers an inventory from the persona's latent traits by the response model, without a language model.
 * Every item is answered; the same stream gives the same answers.
 *
 * `answer` rejects with a Failure `invalid-input` when the inventory is not the one that the model was fitted to, item by
 * item: instrument, norms and correlations travel together.
 */
export function embeddedRespondent(model: ResponseModel): Respondent {
  return {
    name: 'embedded@1',
    answer: (persona, inventory, random) =>
      new Promise((resolve) => {
        checkSameInventory(model.inventory, inventory);
        resolve(answered(drawAnswers(model, persona.disposition.traits, random)));
      }),
  };
}

function checkSameInventory(fitted: Inventory, given: Inventory): void {
  if (fitted === given) return;
  const describe = ({ name, response, items }: Inventory): string[] => [
    `${name} with ${items.length} items answered 1 to ${response.max}`,
    ...items.map(({ id, domain, keying }) => `${name}.${id} (${domain}, keyed ${keying})`),
  ];
  const [expected, got] = [describe(fitted), describe(given)];
  const wrong = expected.findIndex((line, i) => line !== got[i]);
  if (wrong >= 0)
    throw new Failure('invalid-input', {
      where: 'embedded@1.inventory',
      problem: 'another inventory than the response model was fitted to',
      got: got[wrong],
      expected: expected[wrong]!,
      hint: 'Instrument, norms and correlations travel together.',
    });
}
