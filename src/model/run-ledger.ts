import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryName } from '../core/atomic-file.js';
import { Failure } from '../core/failure.js';
import { openLedger, readLedger } from './ledger.js';

/** What the ledger of calls is called in the folder of a run. */
export const ledgerName = 'calls.jsonl';

/**
 * Reads the ledger of a complete run again.
 *
 * @returns whether there is one
 * @throws {Failure} `integrity` when a bit of it changed, or its end is missing
 */
export async function checkCalls(folder: string): Promise<boolean> {
  const path = join(folder, ledgerName);
  if (!existsSync(path)) return false;
  const ledger = await readLedger(path);
  await ledger.close();
  const { lost } = ledger.state;
  if (lost.lines > 0)
    throw new Failure('integrity', {
      where: path,
      problem: 'the end of the ledger is damaged',
      got: `${lost.bytes} bytes that are no calls`,
    });
  return true;
}

/**
 * Lets calls be asked again: their answers stay in the ledger of a run, and are not given again. A ledger that is not there
 * has nothing to forget.
 */
export async function forgetCalls(folder: string, keys: readonly string[]): Promise<void> {
  const path = join(folder, ledgerName);
  if (!existsSync(path)) return;
  const ledger = await openLedger(path);
  try {
    await ledger.forget(keys);
  } finally {
    await ledger.close();
  }
}

/** Calls with an answer in the ledger of a run. */
export async function ledgerCalls(folder: string): Promise<number> {
  const path = join(folder, ledgerName);
  if (!existsSync(path)) return 0;
  const ledger = await readLedger(path);
  await ledger.close();
  return ledger.state.calls;
}

/**
 * What a run leaves that was killed as soon as its ledger was made, before anything said that there is a run: a new one may find it in its
 * folder. A ledger in which something was asked, or a file that is none, is not such a thing.
 *
 * @returns names that a file may have; none when there is something else
 */
export async function unusedLedger(folder: string): Promise<readonly string[]> {
  const path = join(folder, ledgerName);
  if (existsSync(path)) {
    const ledger = await readLedger(path).catch(() => undefined);
    await ledger?.close();
    if (ledger === undefined || ledger.state.calls + ledger.state.spent.inputTokens > 0) return [];
  }
  return [ledgerName, temporaryName(ledgerName)];
}
