import { createHash } from 'node:crypto';
import { canonicalJson, sha256 } from '../../src/core/canonical-json.js';
import type { Inventory } from '../../src/psychometrics/inventory.js';
import { sensibleAnswer } from './chat-answers.js';
import * as chat from './chat-server.js';

/** Faults of a connection or of a server: whoever asks again may get an answer. */
export const passingFaults = [
  'throttled',
  'throttled-badly',
  'server-error',
  'stall-before-headers',
  'stall-after-headers',
  'drip',
  'reset',
  'truncated-body',
  'malformed-json',
  'html-page',
  'error-with-200',
] as const;
/** What a model makes of a question, however often it is asked the same. */
export const answerFaults = ['refusal', 'content-filter', 'length', 'not-json'] as const;
/** What ends a run. */
export const fatalFaults = ['redirect', 'insufficient-quota'] as const;

/** Everything that can be made to go wrong. */
export type Fault = (typeof passingFaults | typeof answerFaults | typeof fatalFaults)[number];

/** How the server fails. */
export interface FaultServerOptions {
  readonly seed: string;
  /** Share of requests with each fault; of questions, for the faults of an answer. */
  readonly rates?: Partial<Readonly<Record<Fault, number>>>;
  /** Most passing faults in a row for one question, so that a patient client gets every answer. Default 3. */
  readonly mostInARow?: number;
  /** Waits asked for with a good 429, in milliseconds. Default 5. */
  readonly retryAfterMs?: number;
  /** How long the model thinks about each answer. Default 0. */
  readonly delayMs?: number;
  /** What the model says. Default: the sensible answer to a prompt of the project. */
  readonly answer?: (call: chat.ChatCall) => string;
  readonly inventories?: readonly Inventory[];
}

/** Tokens in and out. */
export interface Bill {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** A server that fails, and keeps the books. */
export interface FaultServer extends chat.ChatServer {
  /** What became of each request, in the order of arrival. */
  readonly log: readonly { readonly key: string; readonly fault: Fault | 'none' }[];
  /** What all requests are billed, and what each question would be if it were asked once. */
  readonly billed: () => { readonly all: Bill; readonly unique: Bill; readonly calls: number };
}

/** Key of a question: everything that was sent. */
export const questionKey = ({ path, body }: chat.ChatCall): string => sha256(canonicalJson([path, body]));

/**
 * An OpenAI-compatible server on this machine whose faults are a pure function of the seed, the question and how often the
 * question was asked. The answer to a question is a function of the seed and the question alone: whoever asks until there is one
 * gets the same answers, whatever failed on the way. A model works, and is billed, unless the server turns the request away.
 */
export async function startFaultServer(options: FaultServerOptions): Promise<FaultServer> {
  const { seed, rates = {}, mostInARow = 3, retryAfterMs = 5, delayMs = 0, inventories = [] } = options;
  const answer = options.answer ?? ((call) => sensibleTo(call, inventories));
  const asked = new Map<string, number>();
  const bills = new Map<string, { bill: Bill; times: number }>();
  const log: { key: string; fault: Fault | 'none' }[] = [];

  /** The first of the faults whose share of [0, 1) holds the draw. */
  function drawn<F extends Fault>(faults: readonly F[], ...parts: readonly unknown[]): F | undefined {
    let draw = chance(seed, ...parts);
    return faults.find((fault) => (draw -= rates[fault] ?? 0) < 0);
  }

  const server = await chat.startChatServer({
    behave(call) {
      const key = questionKey(call);
      const times = asked.get(key) ?? 0;
      asked.set(key, times + 1);
      const mayPass = times % (mostInARow + 1) < mostInARow;
      const fault =
        drawn(fatalFaults, 'fatal', key, times) ??
        (mayPass ? drawn(passingFaults, 'passing', key, times) : undefined) ??
        drawn(answerFaults, 'answer', key);
      log.push({ key, fault: fault ?? 'none' });
      const answered = completion(call, fault, answer);
      if (!turnedAway.has(fault)) bills.set(key, { bill: answered.bill, times: (bills.get(key)?.times ?? 0) + 1 });
      const behaviour =
        fault === undefined || !(fault in behaviours)
          ? answered.behaviour
          : behaviours[fault as keyof typeof behaviours](retryAfterMs, chance(seed, 'kind', key, times));
      return delayMs === 0 ? behaviour : (...given) => void setTimeout(behaviour, delayMs, ...given);
    },
  });
  return {
    ...server,
    log,
    billed: () => {
      const entries = [...bills.values()];
      return {
        all: sum(entries.map(({ bill, times }) => scaled(bill, times))),
        unique: sum(entries.map(({ bill }) => bill)),
        calls: entries.length,
      };
    },
  };
}

const turnedAway: ReadonlySet<Fault | undefined> = new Set<Fault>([
  'throttled',
  'throttled-badly',
  'server-error',
  'redirect',
  'insufficient-quota',
]);

/** Headers of 429 that nobody should believe. */
const badWaits = ['-5', '0', 'NaN', 'soon', '', '1e9', '3, 5'];

const pick = <T>(of: readonly T[], u: number): T => of[Math.floor(u * of.length)]!;

/** What the server does with the connection. `u` in [0, 1) chooses among kinds. */
const behaviours: Readonly<
  Record<(typeof passingFaults | typeof fatalFaults)[number], (retryAfterMs: number, u: number) => chat.Behaviour>
> = {
  throttled: (ms) => chat.throttled({ 'retry-after-ms': String(ms) }),
  'throttled-badly': (_, u) => chat.throttled({ 'retry-after': pick(badWaits, u) }),
  'server-error': (_, u) => chat.serverError(pick([500, 502, 503, 504, 529, 408, 409], u)),
  'stall-before-headers': () => chat.silent,
  'stall-after-headers': () => chat.stallAfterHeaders,
  drip: () => drip,
  reset: () => chat.hangsUp,
  'truncated-body': () => chat.truncatedBody,
  'malformed-json': () => chat.sends('{"choices":[{"message":', 'application/json'),
  'html-page': () => chat.htmlPage,
  'error-with-200': () => chat.errorWith200,
  redirect: () => chat.redirect('http://127.0.0.1:9/'),
  'insufficient-quota': () => chat.noQuota,
};

/** The beginning of an answer, a byte at a time, for as long as anybody listens. */
const drip: chat.Behaviour = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(timer));
};

function completion(
  call: chat.ChatCall,
  fault: Fault | undefined,
  answer: (call: chat.ChatCall) => string,
): { readonly behaviour: chat.Behaviour; readonly bill: Bill } {
  const { messages, max_tokens: room, max_completion_tokens: otherRoom } = call.body;
  const whole = answer(call);
  const content = fault === 'not-json' ? 'As you wish!' : fault === 'length' ? whole.slice(0, whole.length / 2) : whole;
  const said = fault === 'refusal' ? 'I cannot help with that.' : content;
  const bill = {
    inputTokens: Math.ceil(messages.reduce((total, { content }) => total + content.length, 0) / 4),
    // A model stops where it is told to.
    outputTokens: Math.min(room ?? otherRoom ?? Infinity, Math.ceil(said.length / 4)),
  };
  const usage = { prompt_tokens: bill.inputTokens, completion_tokens: bill.outputTokens };
  const finish = fault === 'length' ? 'length' : fault === 'content-filter' ? 'content_filter' : 'stop';
  const parts = fault === 'refusal' ? { refusal: said } : { content: said };
  return { behaviour: chat.complete({ ...parts, finish, usage }), bill };
}

function sensibleTo({ body, prompt }: chat.ChatCall, inventories: readonly Inventory[]): string {
  const [system, user] = body.messages.map(({ content }) => content) as [string, string];
  return sensibleAnswer({ prompt, system, user, seed: body.seed ?? 0 }, inventories);
}

/** A number in [0, 1) that depends on the parts only. */
const chance = (...parts: readonly unknown[]): number =>
  createHash('sha256').update(canonicalJson(parts)).digest().readUInt32LE() / 0x100000000;

const scaled = ({ inputTokens, outputTokens }: Bill, times: number): Bill => ({
  inputTokens: inputTokens * times,
  outputTokens: outputTokens * times,
});

const sum = (bills: readonly Bill[]): Bill => ({
  inputTokens: bills.reduce((total, { inputTokens }) => total + inputTokens, 0),
  outputTokens: bills.reduce((total, { outputTokens }) => total + outputTokens, 0),
});
