import { Failure } from '../core/failure.js';
import type { ByteLimits } from './gzip.js';
import { readText, wellFormed } from './utf8.js';

/** How to read a file of JSON lines. */
export interface JsonLinesOptions extends ByteLimits {
  /** Most characters of one line. Default 10 Mi. */
  readonly maxLineLength?: number;
}

/** One JSON object and where it stands. */
export interface JsonRow {
  readonly record: Readonly<Record<string, unknown>>;
  /** Line of the file from 1; for a JSON array, the number of the element from 1. */
  readonly line: number;
}

/**
 * Reads JSON objects, one a line, as a stream. Blank lines hold no record but count as lines.
 * A key `__proto__` is an ordinary key of its own; halves of surrogate pairs (`"\ud800"`) become U+FFFD.
 *
 * @throws {Failure} `invalid-input` on a line that is broken, not an object or too long, and as {@link readText}
 */
export async function* readJsonLines(path: string, options: JsonLinesOptions = {}): AsyncGenerator<JsonRow> {
  let line = 0;
  for await (const text of readLines(path, options)) {
    line++;
    if (text.trim() !== '') yield { record: parseObject(`${path}:${line}`, text), line };
  }
}

/**
 * Reads a file that holds one JSON array of objects. It stands in memory whole: 256 MiB at most.
 *
 * @throws {Failure} `invalid-input` when it is broken, too large, not an array, or holds something that is no object
 */
export async function* readJsonArray(
  path: string,
  { maxBytes = 268_435_456 }: ByteLimits = {},
): AsyncGenerator<JsonRow> {
  const parts: string[] = [];
  let length = 0;
  for await (const part of readText(path, { maxBytes })) {
    length += part.length;
    if (length > maxBytes)
      throw new Failure('invalid-input', {
        where: path,
        problem: 'JSON array too large',
        expected: `at most ${maxBytes} characters`,
        hint: 'Write one object a line (.jsonl): such a file is read as a stream.',
      });
    parts.push(part);
  }
  const rows = parseJson(path, parts.join(''), 'a JSON array of objects');
  if (!Array.isArray(rows)) throw notObjects(path, rows, 'a JSON array of objects');
  for (const [k, row] of (rows as readonly unknown[]).entries()) {
    if (!isObject(row)) throw notObjects(`${path}[${k}]`, row, 'a JSON object');
    yield { record: row, line: k + 1 };
  }
}

async function* readLines(path: string, options: JsonLinesOptions): AsyncGenerator<string> {
  const { maxLineLength = 10_485_760 } = options;
  let [line, rest] = [1, ''];
  const check = (text: string): void => {
    if (text.length > maxLineLength)
      throw new Failure('invalid-input', {
        where: `${path}:${line}`,
        problem: 'line too long',
        expected: `at most ${maxLineLength} characters`,
      });
  };
  for await (const text of readText(path, options)) {
    const lines = text.split('\n');
    lines[0] = rest + lines[0]!;
    rest = lines.pop()!;
    for (const complete of lines) {
      check(complete);
      yield complete;
      line++;
    }
    check(rest);
  }
  if (rest !== '') yield rest;
}

function parseObject(where: string, text: string): Record<string, unknown> {
  const value = parseJson(where, text, 'one JSON object a line');
  if (isObject(value)) return value;
  throw notObjects(where, value, 'a JSON object');
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const notObjects = (where: string, value: unknown, expected: string): Failure =>
  new Failure('invalid-input', {
    where,
    problem: `not ${expected}`,
    got: value === null ? 'null' : Array.isArray(value) ? 'an array' : isObject(value) ? 'an object' : value,
  });

function parseJson(where: string, text: string, expected: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    // Text that was UTF-8 holds no half pairs; only escapes can bring them in.
    return /\\u[dD][89a-fA-F]/.test(text) ? deepWellFormed(value) : value;
  } catch (error) {
    throw new Failure(
      'invalid-input',
      { where, problem: 'broken JSON', got: text.trim().slice(0, 60), expected },
      { cause: error },
    );
  }
}

function deepWellFormed(value: unknown): unknown {
  if (typeof value === 'string') return wellFormed(value);
  if (Array.isArray(value)) return value.map(deepWellFormed);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [wellFormed(key), deepWellFormed(v)]));
}
