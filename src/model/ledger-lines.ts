import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { canonicalJson } from '../core/canonical-json.js';
import { Failure } from '../core/failure.js';
import { ChatReply, TokenUsage } from './chat-model.js';

/** Version of the lines of a ledger. */
export const ledgerSchema = 'call-ledger/1';

const key = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * What a line says: that a writer began, what a request may cost, what became of a call and what it did cost, or that what
 * became of it is to be asked again.
 */
export const LedgerEntry = z.union([
  z.strictObject({ key, billed: TokenUsage, reply: ChatReply }),
  z.strictObject({ key, reserved: TokenUsage }),
  z.strictObject({ key, forgotten: z.literal(true) }),
  z.strictObject({ schema: z.literal(ledgerSchema) }),
]);
export type LedgerEntry = z.infer<typeof LedgerEntry>;

/**
 * One line: JSON, with the CRC-32 of what follows it, and where in the file the lines begin that were written together with it
 * (everything before that was safely on disk). CRC-32 finds every single flipped bit, and every burst of up to 32.
 *
 * @param at offset in bytes of the first line of the same write
 */
export function ledgerLine(entry: LedgerEntry, at: number): Buffer {
  const rest = `"at":${at},${canonicalJson(entry).slice(1)}\n`;
  return Buffer.from(prefix + hex(crc32(rest)) + '",' + rest);
}

const prefix = '{"crc32":"';
const restStart = prefix.length + 10;
const hex = (sum: number): string => sum.toString(16).padStart(8, '0');

/** A line of a ledger as it was read. */
export interface ReadLine {
  /** Offset in bytes. */
  readonly start: number;
  /** With the line feed. */
  readonly length: number;
  /** What it says, and where the lines of its write begin; undefined when it is damaged or cut off. */
  readonly content: { readonly at: number; readonly entry: LedgerEntry } | undefined;
}

/**
 * What a line says; undefined when it is damaged.
 *
 * @param line with its line feed
 * @throws {Failure} `invalid-input` on the first line of a ledger of another version
 */
export function readLedgerLine(line: Buffer): ReadLine['content'] {
  const rest = line.subarray(restStart);
  if (line.at(-1) !== lineFeed || line.toString('latin1', 0, restStart) !== `${prefix}${hex(crc32(rest))}",`)
    return undefined;
  const [, at, properties] = /^"at":(\d{1,15}),(.*)\n$/s.exec(rest.toString('utf8')) ?? [];
  const value = jsonOf(`{${properties ?? ''}`);
  const entry = LedgerEntry.safeParse(value);
  if (entry.success) return { at: Number(at), entry: entry.data };
  const other = AnyOpening.safeParse(value).data?.schema;
  if (other === undefined) return undefined;
  throw new Failure('invalid-input', {
    where: 'ledger',
    problem: 'written by another version of this program',
    got: other,
    expected: ledgerSchema,
  });
}

const AnyOpening = z.object({ schema: z.string() });

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const lineFeed = 10;
const chunkBytes = 1 << 18;
/** No honest line is longer; a file without line feeds must not fill the memory. */
const longestLine = 64 << 20;

/** Reads all lines in order, one chunk of the file at a time. */
export async function eachLedgerLine(file: FileHandle, see: (line: ReadLine) => void): Promise<void> {
  const chunk = Buffer.allocUnsafe(chunkBytes);
  // The beginning of a line that goes on in the next chunk.
  let begun: Buffer[] = [];
  let begunBytes = 0;
  let start = 0;
  const end = (part: Buffer): void => {
    const line = begunBytes === 0 ? part : Buffer.concat([...begun, part]);
    [begun, begunBytes] = [[], 0];
    see({ start, length: line.length, content: readLedgerLine(line) });
    start += line.length;
  };
  for (let position = 0; ;) {
    const { bytesRead } = await file.read(chunk, 0, chunkBytes, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    let from = 0;
    while (from < bytesRead) {
      const feed = chunk.subarray(0, bytesRead).indexOf(lineFeed, from);
      const to = feed < 0 ? bytesRead : feed + 1;
      if (feed >= 0) end(chunk.subarray(from, to));
      else {
        begun.push(Buffer.from(chunk.subarray(from, to)));
        begunBytes += to - from;
        // What is this long is damaged; its parts are as damaged as the whole.
        if (begunBytes > longestLine) end(Buffer.alloc(0));
      }
      from = to;
    }
  }
  if (begunBytes > 0) end(Buffer.alloc(0));
}
