import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { sha256 } from '../../src/core/canonical-json.js';
import { Failure } from '../../src/core/failure.js';
import type { ChatReply } from '../../src/model/chat-model.js';
import { ledgerLine } from '../../src/model/ledger-lines.js';
import { type Ledger, type LedgerReader, openLedger, readLedger } from '../../src/model/ledger.js';
import { failureOf, temporaryFolder } from '../io/temporary.js';

const folder = temporaryFolder();
let made = 0;
const newPath = (): string => join(folder, `${made++}.jsonl`);
const keyOf = (n: number): string => sha256(String(n));
const replyOf = (n: number): ChatReply => ({
  kind: 'text',
  text: `reply ${n} – “é” \u2028 😀`,
  usage: { inputTokens: n, outputTokens: 1 },
});

/** A ledger with one write for each list of numbers. */
async function written(...writes: readonly (readonly number[])[]): Promise<string> {
  const path = newPath();
  const ledger = await openLedger(path);
  for (const numbers of writes) await Promise.all(numbers.map((n) => ledger.append(keyOf(n), replyOf(n))));
  await ledger.close();
  return path;
}

/** What happens to somebody who opens a file: the state and all replies, or the failure. */
async function opened(path: string): Promise<{ state: Ledger['state']; found: number[] } | string> {
  try {
    const ledger = await readLedger(path);
    const found: number[] = [];
    for (let n = 0; n < 20; n++) {
      const reply = await ledger.find(keyOf(n));
      if (reply !== undefined) {
        expect(reply).toEqual(replyOf(n));
        found.push(n);
      }
    }
    await ledger.close();
    return { state: ledger.state, found };
  } catch (error) {
    if (error instanceof Failure) return error.message.replaceAll(`${folder}/`, '');
    throw error;
  }
}

/** What somebody is told who opens a file. */
async function outcomeOf(path: string): Promise<string> {
  const ledger = await readLedger(path).catch((error: unknown) => error);
  if (ledger instanceof Failure) return ledger.code;
  const reader = ledger as LedgerReader;
  await reader.close();
  return reader.state.lost.lines > 0 ? 'cut' : 'intact';
}

afterEach(() => vi.restoreAllMocks());

describe('openLedger', () => {
  it('writes lines that any JSON reader reads, with the CRC-32 of what follows', () => {
    // Sum computed with Python: zlib.crc32(b'"at":0,"schema":"call-ledger/1"}\n') == 0x893b484f.
    expect(ledgerLine({ schema: 'call-ledger/1' }, 0).toString()).toBe(
      '{"crc32":"893b484f","at":0,"schema":"call-ledger/1"}\n',
    );
  });

  it('gives back after closing what was written, and only that', async () => {
    const path = await written([0, 1], [2]);
    expect(await opened(path)).toEqual({
      state: { calls: 3, spent: { inputTokens: 3, outputTokens: 3 }, lost: { lines: 0, bytes: 0 } },
      found: [0, 1, 2],
    });
    for (const line of readFileSync(path, 'utf8').trim().split('\n')) expect(() => void JSON.parse(line)).not.toThrow();
  });

  it('finds a reply as soon as it is written', async () => {
    const ledger = await openLedger(newPath());
    expect(await ledger.find(keyOf(1))).toBeUndefined();
    await ledger.append(keyOf(1), replyOf(1));
    expect(await ledger.find(keyOf(1))).toEqual(replyOf(1));
    await ledger.close();
  });

  it('gives the first of two replies to one call, before and after closing', async () => {
    const path = newPath();
    const ledger = await openLedger(path);
    await ledger.append(keyOf(1), replyOf(1));
    await ledger.append(keyOf(1), { kind: 'truncated' });
    expect(await ledger.find(keyOf(1))).toEqual(replyOf(1));
    await ledger.close();
    expect(await opened(path)).toMatchObject({ found: [1] });
  });

  it('never gives an answer that nobody got', async () => {
    const path = newPath();
    const ledger = await openLedger(path);
    await ledger.append(keyOf(1), { kind: 'unavailable', reason: 'off' });
    expect(await ledger.find(keyOf(1))).toBeUndefined();
    await ledger.append(keyOf(1), replyOf(1));
    await ledger.close();
    expect(await opened(path)).toMatchObject({ found: [1], state: { calls: 1 } });
  });

  it('syncs the replies of many callers together, and all before they are handed on', async () => {
    const path = newPath();
    const ledger = await openLedger(path);
    const handle = await open(path);
    const sync = vi.spyOn(Object.getPrototypeOf(handle) as typeof handle, 'datasync');
    await handle.close();
    await Promise.all(
      Array.from({ length: 500 }, async (_, n) => {
        await ledger.append(keyOf(n), replyOf(n));
        expect(readFileSync(path, 'utf8')).toContain(keyOf(n));
      }),
    );
    expect(sync).toHaveBeenCalledOnce();
    await ledger.close();
  });

  it('cuts off what was never completely written, wherever the cut is, and goes on', async () => {
    const path = await written([0], [1, 2], [3]);
    const whole = readFileSync(path);
    const ends = [...whole.entries()].filter(([, byte]) => byte === 10).map(([i]) => i + 1);
    for (let size = ends[2]!; size < whole.length; size++) {
      const copy = newPath();
      writeFileSync(copy, whole.subarray(0, size));
      const kept = ends.filter((end) => end <= size);
      const found = Array.from({ length: kept.length - 2 }, (_, n) => n);
      const torn = size - kept.at(-1)!;
      const state = { calls: found.length, lost: { lines: torn === 0 ? 0 : 1, bytes: torn } };
      expect(await opened(copy)).toMatchObject({ found, state });
      if (torn > 1 && size % 29 > 0) continue;
      const ledger = await openLedger(copy);
      expect(ledger.state).toMatchObject(state);
      await ledger.append(keyOf(9), replyOf(9));
      await ledger.close();
      expect(await opened(copy)).toMatchObject({ found: [...found, 9], state: { lost: { lines: 0 } } });
    }
  });

  it('cuts off a write of which a power cut left a hole, with all after the hole', async () => {
    const path = await written([0, 1], [2, 3, 4, 5]);
    const whole = readFileSync(path);
    const lines = whole.toString().split('\n');
    const hole = whole.indexOf(lines[5]!);
    expect(lines[5]).toContain(keyOf(3));
    whole.fill(0, hole, hole + Buffer.byteLength(lines[5]!) + 1);
    writeFileSync(path, whole);
    const ledger = await openLedger(path);
    expect(ledger.state).toEqual({
      calls: 3,
      spent: { inputTokens: 3, outputTokens: 3 },
      // The hole has no line feed: it runs on into the next line.
      lost: { lines: 2, bytes: whole.length - hole },
    });
    await ledger.close();
    expect(await opened(path)).toMatchObject({ found: [0, 1, 2], state: { lost: { lines: 0 } } });
  });

  it('refuses damage to what was safely on disk, and leaves the file alone', async () => {
    const path = await written([0], [1], [2], [3]);
    const whole = readFileSync(path);
    const middle = whole.indexOf(keyOf(1));
    const start = whole.lastIndexOf(10, middle) + 1;
    whole[middle]! ^= 1;
    writeFileSync(path, whole);
    const message =
      `${path}, byte ${start}: the ledger is damaged in the middle. ` +
      'Restore the file from a copy, or move it away: the calls in it are then asked and paid again.';
    await expect(openLedger(path)).rejects.toMatchObject({ code: 'integrity', message });
    expect(readFileSync(path)).toEqual(whole);
  });

  it('notices a line that is missing, repeated or moved', async () => {
    const path = await written([0], [1], [2], [3]);
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    const orders = [
      [0, 1, 3, 4, 5],
      [0, 1, 2, 2, 3, 4, 5],
      [0, 1, 3, 2, 4, 5],
    ];
    for (const order of orders) {
      writeFileSync(path, order.map((i) => `${lines[i]!}\n`).join(''));
      expect(await opened(path)).toContain('the ledger is damaged in the middle');
    }
  });

  it('reports every flipped bit', async () => {
    const path = await written([0], [1, 2], [3]);
    const whole = readFileSync(path);
    expect(await outcomeOf(path)).toBe('intact');
    for (let byte = 0; byte < whole.length; byte++) {
      const bit = (byte * 5 + 3) % 8;
      const flipped = Buffer.from(whole);
      flipped[byte]! ^= 1 << bit;
      writeFileSync(path, flipped);
      if ((await outcomeOf(path)) === 'intact') throw new Error(`bit ${bit} of byte ${byte} went unnoticed`);
    }
  });

  it('keeps every reply that was handed on, whatever of the last write reached the disk', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 1, max: 6 }),
        fc.nat(),
        async (before, last, cut) => {
          const range = (from: number, n: number): number[] => Array.from({ length: n }, (_, i) => from + i);
          const safe = await written(...range(0, before).map((n) => [n]));
          const size = readFileSync(safe).length;
          const path = newPath();
          copyFileSync(safe, path);
          const ledger = await openLedger(path);
          await Promise.all(range(before, last).map((n) => ledger.append(keyOf(n), replyOf(n))));
          await ledger.close();
          const whole = readFileSync(path);
          truncateSync(path, size + (cut % (whole.length - size)));
          await (await openLedger(path)).close();
          const outcome = await opened(path);
          if (typeof outcome === 'string') throw new Error(outcome);
          expect(outcome.found).toEqual(range(0, outcome.found.length));
          expect(outcome.found.length).toBeGreaterThanOrEqual(before);
        },
      ),
      { seed: 20260101, numRuns: 60 },
    );
  });

  it('counts as spent what replies say, and requests of which nobody saw the end', async () => {
    const path = newPath();
    const most = { inputTokens: 100, outputTokens: 10 };
    const first = await openLedger(path);
    await first.reserve(keyOf(1), most);
    await first.reserve(keyOf(1), most);
    await first.append(keyOf(1), {
      ...replyOf(1),
      billed: { inputTokens: 101, outputTokens: 11 },
    });
    await first.reserve(keyOf(2), most);
    await first.append(keyOf(2), { kind: 'refusal', reason: 'no', usage: { inputTokens: 5, outputTokens: 1 } });
    // Killed while the third was under way.
    await first.reserve(keyOf(3), most);
    await first.close();

    const second = await openLedger(path);
    expect(second.state.spent).toEqual({ inputTokens: 206, outputTokens: 22 });
    await second.reserve(keyOf(3), most);
    await second.append(keyOf(3), replyOf(3));
    await second.close();
    // The lost request of the first part is not forgotten because the call was answered in the second.
    const third = await readLedger(path);
    expect(third.state.spent).toEqual({ inputTokens: 209, outputTokens: 23 });
    await third.close();
  });

  it.each([
    { fault: 'a failed sync', method: 'datasync' as const, error: 'EIO: i/o error, fdatasync' },
    { fault: 'a full disk', method: 'write' as const, error: 'ENOSPC: no space left on device, write' },
  ])('hands nothing on and writes nothing more after $fault', async ({ method, error }) => {
    const path = newPath();
    const ledger = await openLedger(path);
    await ledger.append(keyOf(1), replyOf(1));
    const handle = await open(path);
    const spy = vi.spyOn(Object.getPrototypeOf(handle) as typeof handle, method);
    await handle.close();
    spy.mockRejectedValueOnce(new Error(error));
    const message = `${path.slice(folder.length + 1)}: cannot be written; got ${error}. What was answered before is kept: see to the disk, then resume the run.`;
    for (const n of [2, 3]) expect(await failureOf(ledger.append(keyOf(n), replyOf(n)), folder)).toBe(message);
    expect(spy).toHaveBeenCalledTimes(1);
    expect(await ledger.find(keyOf(1))).toEqual(replyOf(1));
    await ledger.close();
    expect(await opened(path)).toMatchObject({ found: method === 'write' ? [1] : [1, 2] });
  });

  it.each([
    {
      what: 'a text',
      content: 'dear diary\n',
      message: 'not a ledger of calls. Give another folder, or move the file.',
    },
    { what: 'an empty file', content: '', message: 'not a ledger of calls. Give another folder, or move the file.' },
    {
      what: 'zeros',
      content: '\0'.repeat(9000),
      message: 'not a ledger of calls. Give another folder, or move the file.',
    },
    {
      what: 'a line that is no beginning',
      content: ledgerLine({ key: keyOf(1), billed: { inputTokens: 0, outputTokens: 0 }, reply: replyOf(1) }, 0),
      message: 'not a ledger of calls. Give another folder, or move the file.',
    },
    {
      what: 'a later version',
      content: ledgerLine({ schema: 'call-ledger/9' as 'call-ledger/1' }, 0),
      message: 'written by another version of this program; got call-ledger/9, expected call-ledger/1.',
    },
  ])('refuses $what and leaves it alone', async ({ content, message }) => {
    const path = newPath();
    writeFileSync(path, content);
    for (const attempt of [openLedger, readLedger]) expect(await failureOf(attempt(path), folder)).toContain(message);
    expect(readFileSync(path)).toEqual(Buffer.from(content));
  });

  it('says which file cannot be opened', async () => {
    expect(await failureOf(readLedger(join(folder, 'none')), folder)).toMatch(/^none: cannot be opened; got "ENOENT/);
    expect(await failureOf(openLedger(folder), `${folder}x`)).toMatch(/cannot be opened; got "EISDIR/);
  });

  it('reads lines that are longer than a chunk of the file', async () => {
    const path = newPath();
    const long: ChatReply = { kind: 'text', text: 'ä'.repeat(1_500_000) };
    const ledger = await openLedger(path);
    await ledger.append(keyOf(1), long);
    await ledger.append(keyOf(2), replyOf(2));
    await ledger.close();
    const reader = await readLedger(path);
    expect(await reader.find(keyOf(1))).toEqual(long);
    expect(await reader.find(keyOf(2))).toEqual(replyOf(2));
    await reader.close();
  });
});
