import { canonicalJson, sha256 } from '../core/canonical-json.js';
import { Failure } from '../core/failure.js';
import type { Gate } from './call-loop.js';
import type { ChatModel, ChatReply, ChatRequest } from './chat-model.js';
import type { Ledger, LedgerReader } from './ledger.js';

/** Version of the way keys are made; part of every key. */
const keySchema = 'call-key/1';

/**
 * Key of one call: SHA-256 over the canonical JSON of everything that may change the answer, the address of the server and
 * the number of the asking included. As JSON, parts cannot run into each other ("ab", "c" is not "a", "bc").
 *
 * The body that is sent follows from these parts. How a server wants it worded does not belong to the key: that is found out
 * while asking, and would give one question two keys.
 */
export const callKey = (endpoint: string, model: string, { attempt = 1, ...request }: ChatRequest): string =>
  sha256(canonicalJson([keySchema, endpointOf(endpoint), model, request, attempt]));

/** An address in the one way of writing it: origin and path. Other names of a provider stay as they are. */
function endpointOf(address: string): string {
  if (!URL.canParse(address)) return address;
  const { origin, pathname } = new URL(address);
  return origin === 'null' ? address : origin + pathname.replace(/\/+$/, '');
}

/**
 * A model whose replies are in the ledger before they are answered. A call that the ledger knows is answered from it and asked
 * nobody; a call that is asked twice at a time is made once. A call without a usable answer (`unavailable`) is written down, and
 * asked again the next time.
 *
 * @throws {Failure} from `complete`, what the model and the ledger throw
 */
export function ledgered(model: ChatModel, endpoint: string, ledger: Ledger): ChatModel {
  const underWay = new Map<string, Promise<ChatReply>>();

  async function answer(key: string, request: ChatRequest, signal: AbortSignal): Promise<ChatReply> {
    const known = await ledger.find(key);
    if (known !== undefined) return known;
    const reply = await model.complete(request, signal);
    await ledger.append(key, reply);
    return reply;
  }
  const keyOf = (request: ChatRequest): string => callKey(endpoint, model.name, request);
  return {
    name: model.name,
    keyOf,
    complete(request, signal) {
      const key = keyOf(request);
      const made = underWay.get(key);
      if (made !== undefined) return made;
      const call = answer(key, request, signal).finally(() => underWay.delete(key));
      underWay.set(key, call);
      return call;
    },
  };
}

/** A gate that notes in the ledger what a request may cost before it is sent, so that no kill hides what was spent. */
export const noted =
  (model: string, endpoint: string, ledger: Ledger): Gate =>
  async (outgoing, signal) => {
    await ledger.reserve(callKey(endpoint, model, outgoing.request), outgoing.most);
    return outgoing.send(signal);
  };

/** Where a model is reached and which one; only calls to the same place have the same keys. */
export interface ModelPlace {
  /** Base address of the server, or another fixed name of the provider. */
  readonly endpoint: string;
  readonly name: string;
}

/**
 * A model that answers from a ledger and from nothing else.
 *
 * @throws {Failure} from `complete`, `invalid-input` on a call without an answer in the ledger
 */
export const replayModel = ({ endpoint, name }: ModelPlace, ledger: LedgerReader): ChatModel => ({
  name,
  async complete(request) {
    const key = callKey(endpoint, name, request);
    const reply = await ledger.find(key);
    if (reply !== undefined) return reply;
    throw new Failure('invalid-input', {
      where: `replay of ${name}`,
      problem: 'a call without an answer in the ledger',
      got: key,
      expected: `one of ${ledger.state.calls} calls`,
      hint: 'The prompt, the model, its settings or the inputs changed since the recording.',
    });
  },
});
