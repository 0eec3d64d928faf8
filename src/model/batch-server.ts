import { z } from 'zod';
import { Failure } from '../core/failure.js';
import type { RandomStream } from '../core/random.js';
import { configurationFailure, type DoorOptions, type Exchange, openDoor } from './openai.js';
import { type Attempt, defaultRetryPolicy, retry, type RetryPolicy, type Sleep, sleep } from './retry.js';

/** How far a batch is. */
export interface BatchState {
  readonly id: string;
  readonly status:
    'validating' | 'failed' | 'in_progress' | 'finalizing' | 'completed' | 'expired' | 'cancelling' | 'cancelled';
  readonly outputFile: string | undefined;
  readonly errorFile: string | undefined;
  readonly done: number;
  /** Why it failed before anything was asked. */
  readonly errors: readonly { readonly code: string; readonly message: string }[];
}

/** What a server can do with batches. Every step is tried again as questions are; what cannot work at all is thrown. */
export interface BatchServer {
  /** Uploads an input file and makes a batch of it, unless one with that hash turns up after a try whose end nobody saw. */
  submit(hash: string, input: string, signal: AbortSignal): Promise<BatchState>;
  /** The batch of an input file with that hash; the newest one that may still give answers, where there are several. */
  find(hash: string, signal: AbortSignal): Promise<BatchState | undefined>;
  state(id: string, signal: AbortSignal): Promise<BatchState>;
  /** All of a file. */
  content(file: string, signal: AbortSignal): Promise<string>;
}

export interface BatchServerOptions extends DoorOptions {
  /** Jitter of the waits between requests; never touches a result. */
  readonly random: RandomStream;
  readonly retryPolicy?: RetryPolicy;
  readonly sleep?: Sleep;
}

const BatchObject = z.object({
  id: z.string().min(1).max(200),
  status: z.enum([
    'validating',
    'failed',
    'in_progress',
    'finalizing',
    'completed',
    'expired',
    'cancelling',
    'cancelled',
  ]),
  created_at: z.number().catch(0),
  output_file_id: z.string().nullish(),
  error_file_id: z.string().nullish(),
  request_counts: z.object({ completed: z.number(), failed: z.number() }).nullish().catch(null),
  metadata: z.record(z.string(), z.unknown()).nullish().catch(null),
  errors: z
    .object({ data: z.array(z.object({ code: z.string().nullish(), message: z.string().nullish() })).nullish() })
    .nullish()
    .catch(null),
});
const FileObject = z.object({ id: z.string().min(1).max(200) });
const BatchList = z.object({ data: z.array(z.unknown()), has_more: z.boolean().catch(false) });

/** What the hash is called in the metadata of a batch. */
const hashName = 'populace_input_sha256';
/** Pages of a listing that are looked through: a batch that is looked for was made lately, and the newest come first. */
const mostPages = 20;

/**
 * Batches of an OpenAI-compatible server.
 *
 * @throws {Failure} from its methods: `usage` when it can never work, `model-unavailable` when the server gives no answer,
 *   `interrupted`
 * @see https://platform.openai.com/docs/api-reference/batch
 */
export function batchServer(options: BatchServerOptions): BatchServer {
  const { random, retryPolicy = defaultRetryPolicy, sleep: wait = sleep } = options;
  const where = 'batch server';
  // Answers of fifty thousand questions.
  const send = openDoor(options, where, 480 << 20);

  async function persist<T>(act: () => Promise<Attempt<T>>, signal: AbortSignal): Promise<T> {
    const outcome = await retry(act, retryPolicy, random, wait, signal, where);
    if (outcome.kind === 'done') return outcome.value;
    throw unavailable(outcome.reason);
  }

  /** One request as an attempt. */
  async function attempt<T>(
    [path, body, isText]: readonly [string, (object | undefined)?, boolean?],
    read: (body: unknown) => T | undefined,
    signal: AbortSignal,
  ): Promise<Attempt<T>> {
    const exchange: Exchange = await send(path, body, signal, isText);
    if (exchange.kind === 'rejected')
      throw exchange.status === 404 && path.startsWith('/batches')
        ? noBatches(path)
        : configurationFailure(exchange, where);
    if (exchange.kind === 'broken') throw unavailable(exchange.reason);
    if (exchange.kind !== 'body') return exchange;
    const value = read(exchange.body);
    return value === undefined
      ? { kind: 'transient', reason: `the server sent something else for ${path}` }
      : { kind: 'done', value };
  }

  async function find(hash: string, signal: AbortSignal): Promise<BatchState | undefined> {
    const found = new Map<string, z.infer<typeof BatchObject>>();
    let after = '';
    for (let page = 0; page < mostPages; page++) {
      const path = `/batches?limit=100${after}`;
      const { data, has_more } = await persist(
        () => attempt([path], (body) => BatchList.safeParse(body).data, signal),
        signal,
      );
      const batches = data.flatMap((one) => BatchObject.safeParse(one).data ?? []);
      // A batch may be listed twice when others are made meanwhile.
      for (const batch of batches) if (batch.metadata?.[hashName] === hash) found.set(batch.id, batch);
      if (!has_more || batches.length === 0 || found.size > 0) break;
      after = `&after=${encodeURIComponent(batches.at(-1)!.id)}`;
    }
    const usable = [...found.values()].filter(({ status }) => !/^(?:failed|expired|cancell)/.test(status));
    usable.sort((a, b) => b.created_at - a.created_at || (a.id < b.id ? -1 : 1));
    return usable[0] && stateOf(usable[0]);
  }

  return {
    find,
    async submit(hash, input, signal) {
      const form = (): FormData => {
        const data = new FormData();
        data.append('purpose', 'batch');
        data.append('file', new Blob([input], { type: 'application/jsonl' }), `${hash.slice(0, 16)}.jsonl`);
        return data;
      };
      const { id } = await persist(
        () => attempt(['/files', form()], (body) => FileObject.safeParse(body).data, signal),
        signal,
      );
      const wanted = {
        input_file_id: id,
        endpoint: '/v1/chat/completions',
        completion_window: '24h',
        metadata: { [hashName]: hash },
      };
      let isUnsure = false;
      return persist<BatchState>(async () => {
        // A request that was cut off may have made the batch all the same.
        const made = isUnsure ? await find(hash, signal) : undefined;
        if (made !== undefined) return { kind: 'done', value: made };
        const tried = await attempt(['/batches', wanted], readBatch, signal);
        isUnsure ||= tried.kind === 'transient';
        return tried;
      }, signal);
    },
    state: (id, signal) => persist(() => attempt([`/batches/${encodeURIComponent(id)}`], readBatch, signal), signal),
    content: (file, signal) =>
      persist(
        () =>
          attempt(
            [`/files/${encodeURIComponent(file)}/content`, undefined, true],
            (body) => (typeof body === 'string' ? body : undefined),
            signal,
          ),
        signal,
      ),
  };
}

const readBatch = (body: unknown): BatchState | undefined => {
  const parsed = BatchObject.safeParse(body).data;
  return parsed && stateOf(parsed);
};

const stateOf = (batch: z.infer<typeof BatchObject>): BatchState => ({
  id: batch.id,
  status: batch.status,
  outputFile: batch.output_file_id ?? undefined,
  errorFile: batch.error_file_id ?? undefined,
  done: (batch.request_counts?.completed ?? 0) + (batch.request_counts?.failed ?? 0),
  errors: (batch.errors?.data ?? []).map(({ code, message }) => ({ code: code ?? '', message: message ?? '' })),
});

const unavailable = (reason: string): Failure =>
  new Failure('model-unavailable', {
    where: 'batch server',
    problem: reason,
    hint: 'What was submitted is noted: resume the run when the server is back.',
  });

const noBatches = (path: string): Failure =>
  new Failure('usage', {
    where: 'batch server',
    problem:
      path === '/batches' || path.startsWith('/batches?')
        ? 'it knows no batches'
        : 'it does not know this batch any more',
    got: path,
    hint:
      path === '/batches' || path.startsWith('/batches?')
        ? 'Run without --batch, or give the base URL of a server that has them.'
        : 'Delete the folder batches of the run and resume: what was in it is asked and paid again.',
  });
