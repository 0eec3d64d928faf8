import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isLogWhole, openRunLog } from '../../src/pipeline/run-log.js';
import { temporaryFolder } from '../io/temporary.js';

const root = temporaryFolder();
const path = (at: string): string => join(at, 'run-log.jsonl');

async function logged(...lines: readonly object[]): Promise<string> {
  const at = mkdtempSync(join(root, 'log-'));
  const log = await openRunLog(at);
  for (const line of lines) log.add(line as Record<string, unknown>);
  await log.close();
  return at;
}

describe('the log of a run', () => {
  it('holds lines in order, each with a check of itself and those before', async () => {
    const at = await logged(...Array.from({ length: 200 }, (_, n) => ({ n })));
    const lines = readFileSync(path(at), 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { n: number }).n)).toEqual(lines.map((_, n) => n));
    expect(await isLogWhole(at)).toBe(true);
  });

  it('goes on after a crash: half a line is cut, at whatever byte', async () => {
    const at = await logged({ n: 1 }, { n: 'é' });
    const whole = readFileSync(path(at));
    const second = whole.indexOf('\n') + 1;
    for (let length = second + 1; length < whole.length; length++) {
      writeFileSync(path(at), whole.subarray(0, length));
      expect(await isLogWhole(at), String(length)).toBe(false);
      const log = await openRunLog(at);
      log.add({ n: 'é' });
      await log.close();
      expect(readFileSync(path(at)).equals(whole), String(length)).toBe(true);
    }
  });

  it('is not whole with any bit flipped, a line lost, doubled or moved', async () => {
    const at = await logged({ n: 1 }, { n: 2 }, { text: 'é\u2028' });
    const whole = readFileSync(path(at));
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const flipped = Buffer.from(whole);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      writeFileSync(path(at), flipped);
      expect(await isLogWhole(at), `bit ${bit}`).toBe(false);
    }
    const [a, b, c] = whole.toString('utf8').split('\n') as [string, string, string];
    for (const lines of [
      [b, c],
      [a, c],
      [a, a, b, c],
      [b, a, c],
    ]) {
      writeFileSync(path(at), `${lines.join('\n')}\n`);
      expect(await isLogWhole(at)).toBe(false);
    }
  });

  it('may be missing, or empty', async () => {
    const at = await logged();
    expect(await isLogWhole(at)).toBe(true);
    expect(await isLogWhole(join(at, 'nowhere'))).toBe(true);
  });

  it('says where it cannot be written', async () => {
    const at = await logged();
    await expect(openRunLog(path(at))).rejects.toThrow(/run-log\.jsonl: cannot be written; got "ENOTDIR/);
  });
});
