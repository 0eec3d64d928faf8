import { existsSync, readdirSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';

/** Parses a whole number above zero. */
export function positiveInteger(text: string): number {
  if (!/^[1-9]\d*$/.test(text) || !Number.isSafeInteger(Number(text)))
    throw new InvalidArgumentError('expected a positive whole number.');
  return Number(text);
}

/** Parses a number above zero, also with a power of ten as in 1e4. */
export function positiveNumber(text: string): number {
  if (!/^\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) || !(Number(text) > 0 && Number(text) < Infinity))
    throw new InvalidArgumentError('expected a number above 0.');
  return Number(text);
}

/** Parses a price: 0 for a model of one's own, or above. */
export function price(text: string): number {
  return text === '0' ? 0 : positiveNumber(text);
}

/** Parses a share above 0 and at most 1. */
export function positiveShare(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text) || !(Number(text) > 0 && Number(text) <= 1))
    throw new InvalidArgumentError('expected a share above 0 and at most 1.');
  return Number(text);
}

/** Parses a number of agents, or `all`. */
export const agentCount = (text: string): number | 'all' => (text === 'all' ? 'all' : positiveInteger(text));

/** The folder asked for, or the first `runs/<name>-<n>` that does not exist. */
export function outFolder(asked: string | undefined, name: string): string {
  if (asked !== undefined) return asked;
  for (let n = 1; ; n++) {
    const folder = `runs/${name}-${n}`;
    if (!existsSync(folder) || readdirSync(folder).length === 0) return folder;
  }
}
