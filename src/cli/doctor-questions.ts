import { randomStream } from '../core/random.js';
import { Failure } from '../core/failure.js';
import type { Check } from './doctor-checks.js';
import type { ChatReply, ChatRequest } from './wiring.js';

/** Asks one tiny question. */
export type AskOne = (request: ChatRequest) => Promise<ChatReply>;

const base: ChatRequest = { system: 'Answer briefly.', prompt: 'Say yes.', temperature: 0, maxOutputTokens: 64 };

/** What a model can do, found out by three questions of a few tokens each. */
export async function modelChecks(ask: AskOne): Promise<Check[]> {
  const seed = randomStream('doctor').below(1000);
  const jsonSchema = {
    type: 'object',
    properties: { ok: { type: 'boolean' } },
    required: ['ok'],
    additionalProperties: false,
  };
  try {
    const plain = await ask({ ...base, seed });
    if (plain.kind !== 'text')
      return [
        {
          name: 'asking',
          state: 'problem',
          found: 'reason' in plain ? plain.reason : plain.kind,
          advice: 'Check the model.',
        },
      ];
    const again = await ask({ ...base, seed, attempt: 2 });
    const shaped = await ask({ ...base, prompt: 'Is water wet? Answer as JSON.', schemaName: 'answer', jsonSchema });
    const isJson = shaped.kind === 'text' && isOk(shaped.text);
    return [
      {
        name: 'asking',
        state: 'ok',
        found: `it answers${plain.servedBy === undefined ? '' : `, as ${plain.servedBy}`}`,
      },
      again.kind === 'text' && again.text === plain.text
        ? { name: 'seed', state: 'ok', found: 'the same question with the same seed has the same answer' }
        : {
            name: 'seed',
            state: 'note',
            found: 'the same question has another answer',
            advice: 'A run is repeated from its ledger, not by asking again.',
          },
      isJson
        ? { name: 'shape', state: 'ok', found: 'answers have the shape that is asked for' }
        : {
            name: 'shape',
            state: 'note',
            found: 'an answer had another shape',
            advice: 'It is asked again up to twice; expect more calls.',
          },
      plain.usage === undefined
        ? {
            name: 'usage',
            state: 'note',
            found: 'it does not say what an answer took',
            advice: 'A budget counts the most that it can have been.',
          }
        : { name: 'usage', state: 'ok', found: 'it says what an answer took' },
    ];
  } catch (error) {
    if (error instanceof Failure) return [{ name: 'asking', state: 'problem', found: error.message }];
    throw error;
  }
}

function isOk(text: string): boolean {
  try {
    return typeof (JSON.parse(text) as { ok?: unknown } | null)?.ok === 'boolean';
  } catch {
    return false;
  }
}
