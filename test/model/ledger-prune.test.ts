import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/core/canonical-json.js';
import { pruneLedger } from '../../src/model/ledger-prune.js';
import { openLedger, readLedger } from '../../src/model/ledger.js';
import { temporaryFolder } from '../io/temporary.js';

const folder = temporaryFolder();
let path = '';
let n = 0;
const key = (k: number): string => sha256(`call ${k}`);
const calls = 300;

beforeEach(async () => {
  path = join(folder, `calls-${n++}.jsonl`);
  const ledger = await openLedger(path);
  await Promise.all(
    Array.from({ length: calls }, async (_, k) => {
      await ledger.reserve(key(k), { inputTokens: 50, outputTokens: 50 });
      await ledger.append(key(k), {
        kind: 'text',
        text: `answer ${k} ${'é'.repeat(k)}`,
        usage: { inputTokens: 10, outputTokens: k },
      });
    }),
  );
  // One whose end nobody saw: it counts as spent.
  await ledger.reserve(sha256('lost'), { inputTokens: 7, outputTokens: 9 });
  await ledger.close();
});
const spent = { inputTokens: 10 * calls + 7, outputTokens: (calls * (calls - 1)) / 2 + 9 };
const isOdd = new Set(Array.from({ length: calls / 2 }, (_, k) => key(2 * k + 1)));

describe('pruneLedger', () => {
  it('keeps the answers that it is told to, and of the others not a byte', async () => {
    expect(await pruneLedger(path, (k) => isOdd.has(k))).toEqual({ kept: calls / 2, removed: calls / 2 });
    const bytes = readFileSync(path, 'utf8');
    const ledger = await openLedger(path);
    expect(ledger.state).toMatchObject({ calls: calls / 2, spent, lost: { lines: 0 } });
    for (let k = 0; k < calls; k++) {
      expect(await ledger.find(key(k)), `${k}`).toEqual(
        k % 2 === 1 ? expect.objectContaining({ text: `answer ${k} ${'é'.repeat(k)}` }) : undefined,
      );
      expect(bytes.includes(key(k))).toBe(k % 2 === 1);
      expect(bytes.includes(`answer ${k} `)).toBe(k % 2 === 1);
    }
    await ledger.append(key(0), { kind: 'text', text: 'again' });
    await ledger.close();
    const again = await readLedger(path);
    expect(await again.find(key(0))).toEqual({ kind: 'text', text: 'again' });
    await again.close();
  });

  it('forgets no cost, however often it is done', async () => {
    for (const keeps of [isOdd, new Set([key(1)]), new Set<string>()]) {
      await pruneLedger(path, (k) => keeps.has(k));
      const ledger = await readLedger(path);
      expect(ledger.state.spent).toEqual(spent);
      await ledger.close();
    }
  });

  it('keeps what is to be asked again', async () => {
    const before = await openLedger(path);
    await before.forget([key(1), key(2)]);
    await before.append(key(1), { kind: 'text', text: 'another' });
    await before.close();
    await pruneLedger(path, (k) => k !== key(2));
    const ledger = await readLedger(path);
    expect(await ledger.find(key(1))).toEqual({ kind: 'text', text: 'another' });
    expect(readFileSync(path, 'utf8')).not.toContain(key(2));
    await ledger.close();
  });

  it('cuts nothing out of a damaged ledger', async () => {
    const bytes = readFileSync(path);
    bytes[1000]! ^= 1;
    writeFileSync(path, bytes);
    await expect(pruneLedger(path, () => true)).rejects.toThrow('the ledger is damaged in the middle');
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  it('leaves out an end that was never whole', async () => {
    truncateSync(path, statSync(path).size - 3);
    expect(await pruneLedger(path, () => true)).toEqual({ kept: calls, removed: 0 });
    const ledger = await readLedger(path);
    expect(ledger.state.lost.lines).toBe(0);
    await ledger.close();
  });

  it('is for the eyes of its owner, as every ledger', async () => {
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await pruneLedger(path, () => true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});
