import { createHash } from 'node:crypto';
import { Failure } from './failure.js';

/**
 * JSON with sorted keys, for hashing and for files that must not change between identical runs.
 * Maps with texts as keys become objects. Line separators inside texts are escaped, so that one value without indent is one line.
 *
 * As in any JSON, a property that is undefined is left out. Whatever else JSON would lose or change without a word is
 * refused: NaN and ±Infinity, undefined in an array or by itself, functions, symbols, big integers, Sets, Dates, typed
 * arrays and instances of classes.
 *
 * @param indent spaces of indentation; 0 (the default) gives one line
 * @throws {Failure} `invalid-input` naming the place (`a.b[2]`; `value` for the whole)
 */
export function canonicalJson(value: unknown, indent = 0): string {
  const json = JSON.stringify(withSortedKeys(value, []), null, indent);
  return json.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

/** SHA-256 of a text (as UTF-8) or of bytes, as 64 hexadecimal digits. */
export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** The same value from plain objects with sorted keys. `path` is where it stands; it is the same again on return. */
function withSortedKeys(value: unknown, path: (string | number)[]): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw refused(path, 'JSON has no such number', value);
    return value;
  }
  if (Array.isArray(value))
    return Array.from(value as unknown[], (element, index) => {
      path.push(index);
      const copy = withSortedKeys(element, path);
      path.pop();
      return copy;
    });
  const entries: [string, unknown][] = [];
  for (const [key, property] of entriesOf(value, path)) {
    if (property === undefined) continue;
    path.push(key);
    entries.push([key, withSortedKeys(property, path)]);
    path.pop();
  }
  // By code unit, never by locale: the order must not depend on the machine.
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

function entriesOf(value: unknown, path: readonly (string | number)[]): Iterable<[string, unknown]> {
  if (value instanceof Map) {
    const wrong = [...(value as Map<unknown, unknown>).keys()].find((key) => typeof key !== 'string');
    if (wrong === undefined) return value as Map<string, unknown>;
    throw refused(path, 'JSON has no such key', kindOf(wrong), 'texts as the keys of a Map');
  }
  if (typeof value === 'object' && value !== null) {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) return Object.entries(value);
  }
  throw refused(path, 'JSON has no such value', kindOf(value), 'plain objects, Maps, arrays, texts, numbers');
}

/** `Set`, `Float64Array`, `Function`, `undefined`. */
const kindOf = (value: unknown): string =>
  (value as { constructor?: { name: string } } | null | undefined)?.constructor?.name ?? String(value);

function refused(path: readonly (string | number)[], problem: string, got: unknown, expected?: string): Failure {
  const where = path.map((key) =>
    typeof key === 'number' ? `[${key}]` : /^[\w-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`,
  );
  return new Failure('invalid-input', {
    where: where.length === 0 ? 'value' : where.join('').replace(/^\./, ''),
    problem,
    got,
    ...(expected !== undefined && { expected }),
  });
}
