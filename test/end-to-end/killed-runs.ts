import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../cli/run-cli.js';
import { filesIn } from './small-run.js';

const script = fileURLToPath(new URL('tiny-run.mjs', import.meta.url));
const main = join(root, 'dist/src/cli/main.js');

/** How a process ended: its exit code, or the signal as a shell would say it, and what it complained of. */
export interface End {
  readonly code: number;
  readonly error: string;
}

/** Runs a program to its end, or until `killAt` says so (asked every few milliseconds). */
export function runToEnd(
  program: string,
  args: readonly string[],
  { env = {}, killAt = () => false }: { readonly env?: Record<string, string>; readonly killAt?: () => boolean } = {},
): Promise<End> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let error = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (error += text));
    const timer = setInterval(() => {
      if (killAt()) child.kill('SIGKILL');
    }, 2);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearInterval(timer);
      resolve({ code: code ?? (signal === 'SIGKILL' ? 137 : 1), error });
    });
  });
}

/** The built command line, or the fixture run. */
export const cli = (...args: string[]): string[] => [main, ...args];
export const tinyRun = (folder: string, ...more: string[]): string[] => [script, folder, ...more];

/** Whether a killed run got as far as writing down what it was; before that it is started again, not continued. */
export const hasBegun = (folder: string): boolean =>
  ['unfinished/run-plan.json', 'run-record.json'].some((file) => existsSync(join(folder, file)));

/** Every file with its bytes, but for the log, which holds times and breaks. */
export const bytesIn = (folder: string): Record<string, string> =>
  Object.fromEntries(
    filesIn(folder)
      .filter((file) => file !== 'run-log.jsonl')
      .map((file) => [file, readFileSync(join(folder, file), 'base64')]),
  );

/** All but the log, which alone holds times, and the ledger, whose lines are in the order of the answers. */
export const artifactsIn = (folder: string): Record<string, string> =>
  Object.fromEntries(Object.entries(bytesIn(folder)).filter(([file]) => file !== 'calls.jsonl'));

/** What a crash may leave and a finished run must not. */
export const leftovers = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.part$|^unfinished/.test(name));

/** Does some work for each item, two at a time. */
export async function twoAtATime<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all([worker(), worker()]);
}

/** Files that the fixture run writes. */
const tinyFiles = [
  'run-log.jsonl',
  'run-record.json',
  'page.md',
  'table.parquet',
  ...['stages', 'control'].flatMap((folder) => [`${folder}/list.jsonl`, `${folder}/count.json`]),
  ...['run-plan', 'lock-1', 'lock-2', ...[1, 2, 3, 4].map((n) => `stage-0${n}`)].map(
    (name) => `unfinished/${name}.json`,
  ),
];

/** Options of strace: only system calls about the files and folders of a run, all from one thread so that they can be counted. */
export const straceOf = (folder: string, log: string, ...more: string[]): string[] => [
  ...['-f', '-qq', '-o', log],
  ...[...tinyFiles.flatMap((file) => [file, `${file}.part`]), 'stages', 'control', 'unfinished', ''].flatMap((file) => [
    '-P',
    join(folder, file),
  ]),
  ...more,
  process.execPath,
];
export const oneThread = { UV_THREADPOOL_SIZE: '1' };
