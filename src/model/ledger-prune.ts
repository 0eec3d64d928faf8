import { type FileHandle, open } from 'node:fs/promises';
import { writeAtomically } from '../core/atomic-file.js';
import { sha256 } from '../core/canonical-json.js';
import { noTokens, plusTokens, type TokenUsage } from './chat-model.js';
import { eachLedgerLine, type LedgerEntry, ledgerLine, ledgerSchema, readLedgerLine } from './ledger-lines.js';
import { ledgerMode, readLedger } from './ledger.js';

/** Under this key stands what calls took that are not there any more; no call has it. */
const takenKey = sha256('calls that were taken out of a ledger');
/** Bytes that are written at a time. */
const lump = 1 << 16;

/**
 * Takes calls out of a ledger. The file is written anew beside the old one and takes its place when it is whole; what the calls have
 * cost still counts as spent. Nobody else may have the ledger open.
 *
 * @param keeps whether a call stays, by its key
 * @returns how many replies stay and went
 * @throws {Failure} as {@link readLedger}, when the ledger is damaged; as {@link writeAtomically}
 */
export async function pruneLedger(
  path: string,
  keeps: (key: string) => boolean,
): Promise<{ readonly kept: number; readonly removed: number }> {
  const before = await readLedger(path);
  const { spent } = before.state;
  await before.close();
  const file = await open(path, 'r');
  try {
    const places: { start: number; length: number }[] = [];
    let [kept, removed] = [0, 0];
    let billed: TokenUsage = noTokens;
    await eachLedgerLine(file, ({ start, length, content }) => {
      const entry = content?.entry;
      if (entry === undefined || !('reply' in entry || 'forgotten' in entry)) return;
      const isReply = 'reply' in entry;
      if (!keeps(entry.key)) {
        if (isReply) removed++;
        return;
      }
      places.push({ start, length });
      if (!isReply) return;
      kept++;
      billed = plusTokens(billed, entry.billed);
    });
    const taken = {
      inputTokens: Math.max(0, spent.inputTokens - billed.inputTokens),
      outputTokens: Math.max(0, spent.outputTokens - billed.outputTokens),
    };
    await writeAtomically(path, linesOf(file, places, taken), ledgerMode);
    return { kept, removed };
  } finally {
    await file.close();
  }
}

/** The lines of the new ledger, some at a time. */
async function* linesOf(
  file: FileHandle,
  places: readonly { readonly start: number; readonly length: number }[],
  taken: Readonly<TokenUsage>,
): AsyncGenerator<Uint8Array> {
  let [at, pending]: [number, Buffer[]] = [0, []];
  const add = (entry: LedgerEntry): void => {
    const line = ledgerLine(entry, at);
    pending.push(line);
    at += line.length;
  };
  add({ schema: ledgerSchema });
  // Without its end it counts as spent when the ledger is opened.
  add({ key: takenKey, reserved: taken });
  let written = 0;
  for (const { start, length } of places) {
    const bytes = Buffer.alloc(length);
    await file.read(bytes, 0, length, start);
    add(readLedgerLine(bytes)!.entry);
    if (at - written < lump) continue;
    yield Buffer.concat(pending);
    [written, pending] = [at, []];
  }
  yield Buffer.concat(pending);
}
