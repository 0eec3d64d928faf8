import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLedger } from '../../src/model/ledger.js';
import { ledgerName, unusedLedger } from '../../src/model/run-ledger.js';
import { temporaryFolder } from '../io/temporary.js';

const root = temporaryFolder();
const keyOf = (letter: string): string => letter.repeat(64);
const most = { inputTokens: 3, outputTokens: 1 };

/** A folder with a ledger that was opened, and used in some way. */
async function used(name: string, use?: (path: string) => void | Promise<void>): Promise<string> {
  const folder = join(root, name);
  mkdirSync(folder);
  await use?.(join(folder, ledgerName));
  return folder;
}
const opened = async (path: string): Promise<void> => (await openLedger(path)).close();

describe('what a run leaves that was killed before it began', () => {
  it.each<[string, ((path: string) => void | Promise<void>)?]>([
    ['nothing'],
    ['a ledger that was opened', opened],
    ['a ledger that was opened twice', async (path) => (await opened(path), opened(path))],
  ])('may be found by a new run: %s', async (name, use) => {
    expect(await unusedLedger(await used(name, use))).toEqual(['calls.jsonl', 'calls.jsonl.part']);
  });

  it.each<[string, (path: string) => void | Promise<void>]>([
    [
      'something asked',
      async (path) => {
        const ledger = await openLedger(path);
        await ledger.reserve(keyOf('a'), most);
        await ledger.close();
      },
    ],
    [
      'something answered',
      async (path) => {
        const ledger = await openLedger(path);
        await ledger.append(keyOf('a'), { kind: 'text', text: '', usage: { inputTokens: 0, outputTokens: 0 } });
        await ledger.close();
      },
    ],
    ['a file that is no ledger', (path) => writeFileSync(path, 'mine')],
  ])('is not a ledger with %s', async (name, use) => {
    expect(await unusedLedger(await used(name, use))).toEqual([]);
  });
});
