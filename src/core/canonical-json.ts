import { createHash } from 'node:crypto';
import { Failure } from './failure.js';

/**
 * JSON with sorted keys, for hashing and for files that must not change between identical runs.
 * Maps become sorted entries. Line separators inside texts are escaped, so that one value without indent is one line.
 * NaN and ±Infinity are refused: JSON would turn them into null without a word.
 *
 * @param indent spaces of indentation; 0 (the default) gives one line
 * @throws {Failure} `invalid-input` on a number that JSON does not have
 */
export function canonicalJson(value: unknown, indent = 0): string {
  const json = JSON.stringify(
    value,
    (key, v: unknown) => {
      if (typeof v === 'number' && !Number.isFinite(v))
        throw new Failure('invalid-input', { where: key, problem: 'JSON has no such number', got: v });
      if (v instanceof Map) return Object.fromEntries(sorted([...(v as Map<string, unknown>)]));
      return v !== null && typeof v === 'object' && !Array.isArray(v)
        ? Object.fromEntries(sorted(Object.entries(v)))
        : v;
    },
    indent,
  );
  return json.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

/** By code unit, never by locale: the order must not depend on the machine. */
const sorted = <T>(entries: readonly [string, T][]): [string, T][] =>
  [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

/** SHA-256 of a text (as UTF-8) or of bytes, as 64 hexadecimal digits. */
export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
