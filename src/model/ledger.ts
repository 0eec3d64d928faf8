import { existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { writeAtomically } from '../core/atomic-file.js';
import { Failure } from '../core/failure.js';
import { type ChatReply, noTokens, plusTokens, type TokenUsage } from './chat-model.js';
import { eachLedgerLine, type LedgerEntry, ledgerLine, ledgerSchema, readLedgerLine } from './ledger-lines.js';

/** What was made out when a ledger was opened. */
export interface LedgerState {
  /** Calls with a reply that can be given again. */
  readonly calls: number;
  /** Tokens that count as spent, those of requests included whose end nobody saw. */
  readonly spent: Readonly<TokenUsage>;
  /** Lines that were cut off at the end because they were never completely written. No reply in them was handed on. */
  readonly lost: { readonly lines: number; readonly bytes: number };
}

/** Replies by call key, as they lie in a file. */
export interface LedgerReader {
  readonly state: LedgerState;
  /**
   * The reply to a call, or undefined when there is none. `unavailable` is none: whoever resumes wants to ask again.
   *
   * @throws {Failure} `integrity` when the file changed since it was opened
   */
  find(key: string): Promise<ChatReply | undefined>;
  close(): Promise<void>;
}

/** A ledger that is written to. One writer at a time: that is for the caller to see to. */
export interface Ledger extends LedgerReader {
  /** Notes before a request is sent what it may cost. @throws {Failure} as `append` */
  reserve(key: string, most: Readonly<TokenUsage>): Promise<void>;
  /**
   * Writes down what became of a call; on return it is on disk. Of two replies to one call the first is given again.
   *
   * @throws {Failure} `integrity` when the system refuses; nothing is written from then on
   */
  append(key: string, reply: ChatReply): Promise<void>;
  /** Lets calls be asked again: replies until now stay in the file and count as spent, but are not given again. @throws {Failure} as `append` */
  forget(keys: readonly string[]): Promise<void>;
}

/** Answers about people are for their owner's eyes. */
export const ledgerMode = 0o600;

/**
 * Opens a ledger for writing; makes it when it is missing.
 *
 * Lines are appended and never changed. Those that wait are written together and synced once, and only then is any of them
 * done, so the price of a sync is shared by all that ask at a time. What a kill or a power cut left half written at the end
 * is cut off. Kept in memory: key and place of each reply, not the reply.
 *
 * @throws {Failure} `integrity` on damage to what was safely on disk, or on a file that is no ledger; `invalid-input` on a ledger
 *   of another version
 */
export async function openLedger(path: string): Promise<Ledger> {
  if (!existsSync(path)) await writeAtomically(path, ledgerLine({ schema: ledgerSchema }, 0), ledgerMode);
  const file = await open(path, 'r+').catch((error: unknown) => Promise.reject(refused(path, 'opened', error)));
  const index = await readIndex(path, file).catch(async (error: unknown) => {
    await file.close();
    throw error;
  });
  const { find, state, places } = index;
  let size = index.end;
  let broken: Failure | undefined;
  let flushing: Promise<void> | undefined;
  let queue: { entry: LedgerEntry; resolve: () => void; reject: (error: Failure) => void }[] = [];

  function write(entry: LedgerEntry): Promise<void> {
    if (broken !== undefined) return Promise.reject(broken);
    const written = new Promise<void>((resolve, reject) => queue.push({ entry, resolve, reject }));
    // Whatever is asked for at the same moment goes together.
    flushing ??= Promise.resolve().then(flush);
    return written;
  }

  async function flush(): Promise<void> {
    while (queue.length > 0 && broken === undefined) {
      const batch = queue;
      queue = [];
      const lines = batch.map(({ entry }) => ledgerLine(entry, size));
      try {
        await writeWhole(file, Buffer.concat(lines), size);
        await file.datasync();
      } catch (error) {
        // After a failed sync the system may have dropped what it held: to try again would be to believe it.
        broken = refused(path, 'written', error);
        for (const { reject } of [...batch, ...queue]) reject(broken);
        break;
      }
      batch.forEach(({ entry, resolve }, i) => {
        places.add(entry, size, lines[i]!.length);
        size += lines[i]!.length;
        resolve();
      });
    }
    flushing = undefined;
  }

  if (state.lost.bytes > 0) await file.truncate(size);
  await write({ schema: ledgerSchema });
  return {
    state,
    find,
    reserve: (key, { inputTokens, outputTokens }) => write({ key, reserved: { inputTokens, outputTokens } }),
    append: (key, reply) => write({ key, billed: reply.billed ?? reply.usage ?? noTokens, reply }),
    forget: (keys) => Promise.all(keys.map((key) => write({ key, forgotten: true }))).then(() => undefined),
    async close() {
      await flushing;
      await file.close();
    },
  };
}

/**
 * Opens a ledger for reading only; nothing is cut off.
 *
 * @throws {Failure} as {@link openLedger}, and `invalid-input` when the file cannot be opened
 */
export async function readLedger(path: string): Promise<LedgerReader> {
  const file = await open(path, 'r').catch((error: unknown) => Promise.reject(refused(path, 'opened', error)));
  try {
    const { find, state } = await readIndex(path, file);
    return { find, state, close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Where each reply lies, and what is on the file in all. */
async function readIndex(path: string, file: FileHandle) {
  const places = replyPlaces();
  let spent: Readonly<TokenUsage> = noTokens;
  // Reservations of calls of which the end is not known yet.
  const pending = new Map<string, Readonly<TokenUsage>>();
  const settle = (): void => {
    for (const tokens of pending.values()) spent = plusTokens(spent, tokens);
    pending.clear();
  };
  let [end, writeStart, lines, bytes] = [0, 0, 0, 0];
  let firstBad: number | undefined;

  await eachLedgerLine(file, ({ start, length, content }) => {
    if (firstBad === undefined && content !== undefined && (content.at === start || content.at === writeStart)) {
      const { entry } = content;
      if (start === 0 && !('schema' in entry)) throw noLedger(path);
      if ('schema' in entry) settle();
      else if ('reserved' in entry)
        pending.set(entry.key, plusTokens(pending.get(entry.key) ?? noTokens, entry.reserved));
      else if ('reply' in entry) {
        pending.delete(entry.key);
        spent = plusTokens(spent, entry.billed);
      }
      places.add(entry, start, length);
      [end, writeStart] = [start + length, content.at];
      return;
    }
    if (start === 0) throw noLedger(path);
    firstBad ??= start;
    lines++;
    bytes += length;
    // A later write was begun only after this place was safely on disk, so this is no torn end.
    if (content !== undefined && content.at > firstBad)
      throw new Failure('integrity', {
        where: `${path}, byte ${firstBad}`,
        problem: 'the ledger is damaged in the middle',
        hint: 'Restore the file from a copy, or move it away: the calls in it are then asked and paid again.',
      });
  });
  if (end === 0) throw noLedger(path);
  settle();

  async function find(key: string): Promise<ChatReply | undefined> {
    const place = places.of(key);
    if (place === undefined) return undefined;
    const line = Buffer.alloc(place.length);
    await file.read(line, 0, place.length, place.start);
    const entry = readLedgerLine(line)?.entry;
    if (entry !== undefined && 'reply' in entry && entry.key === key) return entry.reply;
    throw new Failure('integrity', {
      where: `${path}, byte ${place.start}`,
      problem: 'the ledger changed while it was in use',
    });
  }
  const state: LedgerState = { calls: places.count(), spent, lost: { lines, bytes } };
  return { places, find, state, end };
}

/** The place of the first reply to each call since it was last forgotten. Numbers in arrays, because there may be millions. */
function replyPlaces() {
  const numbers = new Map<string, number>();
  const starts: number[] = [];
  const lengths: number[] = [];
  return {
    add(entry: LedgerEntry, start: number, length: number): void {
      if ('forgotten' in entry) numbers.delete(entry.key);
      if (!('reply' in entry) || entry.reply.kind === 'unavailable' || numbers.has(entry.key)) return;
      numbers.set(entry.key, starts.push(start) - 1);
      lengths.push(length);
    },
    of(key: string): { readonly start: number; readonly length: number } | undefined {
      const number = numbers.get(key);
      return number === undefined ? undefined : { start: starts[number]!, length: lengths[number]! };
    },
    count: () => numbers.size,
  };
}

/** A write may take only part of what it is given. */
async function writeWhole(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;)
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}

const noLedger = (path: string): Failure =>
  new Failure('integrity', {
    where: path,
    problem: 'not a ledger of calls',
    hint: 'Give another folder, or move the file.',
  });

function refused(path: string, what: 'opened' | 'written', error: unknown): Failure {
  const got = error instanceof Error ? error.message : String(error);
  return new Failure(
    what === 'opened' ? 'invalid-input' : 'integrity',
    {
      where: path,
      problem: `cannot be ${what}`,
      got,
      ...(what === 'written' && { hint: 'What was answered before is kept: see to the disk, then resume the run.' }),
    },
    { cause: error },
  );
}
