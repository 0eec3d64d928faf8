import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { canonicalJson, sha256 } from '../core/canonical-json.js';
import { join } from 'node:path';
import { refusable } from '../core/atomic-file.js';

/** What varies between two runs of the same thing, line by line: times, and that a run was continued. */
export interface RunLog {
  /** Adds a line; it is written soon, in order. */
  add(line: Readonly<Record<string, unknown>>): void;
  /** When every line is on its way to the disk. @throws {Failure} when the disk refuses */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Where the log of a run lies. */
export const runLogFile = (folder: string): string => join(folder, 'run-log.jsonl');

const Line = z.looseObject({ check: z.string() });

/** Hash over a line and all lines before it, short: it is there against accidents, not against people. */
const checkOf = (before: string, line: object): string => sha256(before + canonicalJson(line)).slice(0, 16);

/** Opens the log of a run for adding lines; half a line at its end, left by a crash, is cut off. */
export async function openRunLog(folder: string): Promise<RunLog> {
  const path = runLogFile(folder);
  const file = await refusable(path, () => open(path, 'a+'));
  const before = await file.readFile();
  const whole = before.subarray(0, before.lastIndexOf('\n') + 1);
  if (whole.length < before.length) await file.truncate(whole.length);
  let check = lastCheck(whole.toString('utf8'));
  // One after the other: lines written at once could change places.
  let written: Promise<void> = Promise.resolve();
  return {
    add(line) {
      check = checkOf(check, line);
      const text = `${canonicalJson({ ...line, check })}\n`;
      written = written.then(() => file.appendFile(text));
      // Whoever waits hears of it; until then it is no unhandled rejection.
      written.catch(() => undefined);
    },
    flush: () => refusable(path, () => written),
    async close() {
      await written.catch(() => undefined);
      await file.close();
    },
  };
}

/** Whether every line is what was written, and the last one whole; a log that is not there is not wrong. */
export async function isLogWhole(folder: string): Promise<boolean> {
  const bytes = await readFile(runLogFile(folder)).catch(() => undefined);
  if (bytes === undefined) return true;
  let before = '';
  for (const text of bytes.toString('utf8').split('\n').slice(0, -1)) {
    const line = parsed(text);
    if (line === undefined) return false;
    const { check, ...rest } = line;
    if (check !== checkOf(before, rest) || canonicalJson(line) !== text) return false;
    before = check;
  }
  // Ends with a line break, and holds no byte that is no text.
  return bytes.equals(Buffer.from(bytes.toString('utf8'))) && (bytes.length === 0 || bytes.at(-1) === 10);
}

const lastCheck = (text: string): string => parsed(text.trimEnd().split('\n').at(-1) ?? '')?.check ?? '';

function parsed(text: string): z.infer<typeof Line> | undefined {
  try {
    return Line.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
