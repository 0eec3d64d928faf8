import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/core/canonical-json.js';
import { ask } from '../../src/model/ask.js';
import { openLedger, readLedger } from '../../src/model/ledger.js';
import { ledgered } from '../../src/model/replay.js';
import { forgetCalls, ledgerCalls, ledgerName } from '../../src/model/run-ledger.js';
import { scriptedModel } from '../../src/model/scripted.js';
import { z } from 'zod';
import { temporaryFolder } from '../io/temporary.js';
import { mkdtempSync } from 'node:fs';

const root = temporaryFolder();
const newFolder = (): string => mkdtempSync(join(root, 'run-'));
const keyOf = (n: number): string => sha256(String(n));
const usage = { inputTokens: 10, outputTokens: 1 };
const signal = new AbortController().signal;

describe('a reply that is to be asked again', () => {
  it('is not given again; a new one is; what both cost counts, and nothing in the file changes', async () => {
    const folder = newFolder();
    const path = join(folder, ledgerName);
    const first = await openLedger(path);
    for (const n of [1, 2]) await first.append(keyOf(n), { kind: 'text', text: `old ${n}`, usage });
    await first.close();
    const bytes = readFileSync(path, 'latin1');

    await forgetCalls(folder, [keyOf(1), keyOf(9)]);
    expect(readFileSync(path, 'latin1').startsWith(bytes)).toBe(true);
    expect(await ledgerCalls(folder)).toBe(1);
    const again = await openLedger(path);
    expect(await again.find(keyOf(1))).toBeUndefined();
    expect(await again.find(keyOf(2))).toMatchObject({ text: 'old 2' });
    await again.append(keyOf(1), { kind: 'text', text: 'new 1', usage });
    expect(await again.find(keyOf(1))).toMatchObject({ text: 'new 1' });
    // Without opening the file anew, too.
    await again.forget([keyOf(1)]);
    expect(await again.find(keyOf(1))).toBeUndefined();
    await again.close();

    const reader = await readLedger(path);
    expect(reader.state).toMatchObject({ calls: 1, spent: { inputTokens: 30, outputTokens: 3 }, lost: { lines: 0 } });
    await reader.close();
  });

  it('may be forgotten where there is no ledger', async () => {
    const folder = newFolder();
    await forgetCalls(folder, [keyOf(1)]);
    expect(await ledgerCalls(folder)).toBe(0);
  });
});

describe('an answer by a model with a ledger', () => {
  const Shape = z.strictObject({ age: z.number() });
  const question = { system: 's', prompt: 'How old?', schemaName: 'age', temperature: 0, maxOutputTokens: 100 };

  it('names its calls in order, with what they took; they are the keys of the ledger', async () => {
    const ledger = await openLedger(join(newFolder(), ledgerName));
    const script = [
      { kind: 'text' as const, text: 'no idea', usage },
      { kind: 'text' as const, text: '{"age":41}', usage },
    ];
    const model = ledgered(scriptedModel(script), 'http://here', ledger);
    const answer = await ask(model, question, Shape, signal);
    expect(answer).toMatchObject({ kind: 'answered', attempts: 2, asked: { inputTokens: 20, outputTokens: 2 } });
    const { calls } = answer.asked!;
    expect(new Set(calls).size).toBe(2);
    expect(await ledger.find(calls[0]!)).toMatchObject({ text: 'no idea' });
    expect(await ledger.find(calls[1]!)).toMatchObject({ text: '{"age":41}' });
    // Given again from the ledger, it is the same answer.
    expect(await ask(model, question, Shape, signal)).toEqual(answer);
    await ledger.close();
  });
});
