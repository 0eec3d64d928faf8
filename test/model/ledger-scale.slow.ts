import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/core/canonical-json.js';
import type { ChatReply } from '../../src/model/chat-model.js';
import { openLedger, readLedger } from '../../src/model/ledger.js';
import { temporaryFolder } from '../io/temporary.js';

const calls = 1_000_000;
const keyOf = (n: number): string => sha256(String(n));
const text = 'A reply of about as many words as the answer to an inventory has. '.repeat(8);
const replyOf = (n: number): ChatReply => ({
  kind: 'text',
  text: `${n} ${text}`,
  usage: { inputTokens: 1000, outputTokens: 130 },
  requests: 1,
  servedBy: 'm/fp',
});

/** CPU seconds of some work, and memory in MiB after it. */
async function measured<T>(work: () => Promise<T>): Promise<{ value: T; seconds: number; mebibytes: number }> {
  const before = process.cpuUsage();
  const value = await work();
  const { user, system } = process.cpuUsage(before);
  return { value, seconds: (user + system) / 1e6, mebibytes: process.memoryUsage.rss() / 2 ** 20 };
}

describe('a ledger of a million calls', () => {
  const path = join(temporaryFolder(), 'calls.jsonl');

  it('is written, 64 at a time, in less than a millisecond of CPU a call', async () => {
    const ledger = await openLedger(path);
    let next = 0;
    async function caller(): Promise<void> {
      while (next < calls) {
        const n = next++;
        await ledger.append(keyOf(n), replyOf(n));
      }
    }
    const { seconds, mebibytes } = await measured(() => Promise.all(Array.from({ length: 64 }, caller)));
    await ledger.close();
    expect(seconds / calls).toBeLessThan(0.001);
    expect(mebibytes).toBeLessThan(1024);
  });

  it('is opened again within 30 seconds, and answers', async () => {
    const { value: ledger, seconds, mebibytes } = await measured(() => readLedger(path));
    expect(ledger.state).toEqual({
      calls,
      spent: { inputTokens: 1000 * calls, outputTokens: 130 * calls },
      lost: { lines: 0, bytes: 0 },
    });
    for (const n of [0, 123_456, calls - 1]) expect(await ledger.find(keyOf(n))).toEqual(replyOf(n));
    await ledger.close();
    expect(seconds).toBeLessThan(30);
    expect(mebibytes).toBeLessThan(1024);
  });
});
