import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Root of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));
const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** How a process ended and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
  readonly seconds: number;
}

export interface CliOptions {
  /** Added to the environment, without a key for models unless given here. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Ctrl-C as soon as this file exists. */
  readonly interruptAt?: string;
}

/** Runs the built program as a user does: `npm test` builds it first. */
export function runCli(
  args: readonly string[],
  { env = {}, cwd = root, interruptAt }: CliOptions = {},
): Promise<Ended> {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'OPENAI_API_KEY'));
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], { cwd, env: { ...inherited, NO_COLOR: '1', ...env } });
    let [out, error] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (error += text));
    const timer = setInterval(() => {
      if (interruptAt === undefined || !existsSync(interruptAt)) return;
      clearInterval(timer);
      child.kill('SIGINT');
    }, 50);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(timer);
      resolve({ code, out, error, seconds: (performance.now() - began) / 1000 });
    });
  });
}
