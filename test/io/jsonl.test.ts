import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/core/canonical-json.js';
import { readJsonArray, readJsonLines } from '../../src/io/jsonl.js';
import { all, failureOf, fileMaker, rowsOrFailure, temporaryFolder } from './temporary.js';

const folder = temporaryFolder();
const file = fileMaker(folder);
const run = { seed: 20260101, numRuns: 200 };

describe('readJsonLines', () => {
  it.each([
    {
      name: 'plain',
      text: '{"a":1}\n{"a":2}\n',
      rows: [
        [1, { a: 1 }],
        [2, { a: 2 }],
      ],
    },
    { name: 'no break at the end', text: '{"a":1}', rows: [[1, { a: 1 }]] },
    {
      name: 'byte order mark and CRLF',
      text: '\ufeff{"a":1}\r\n{"a":2}\r\n',
      rows: [
        [1, { a: 1 }],
        [2, { a: 2 }],
      ],
    },
    {
      name: 'blank lines count as lines',
      text: '\n \n{"a":1}\n\t\n{"a":2}\n\n',
      rows: [
        [3, { a: 1 }],
        [5, { a: 2 }],
      ],
    },
    {
      name: 'line separators within a text are not line breaks',
      text: '{"a":"x\u2028y"}\n',
      rows: [[1, { a: 'x\u2028y' }]],
    },
    {
      name: 'half pairs become U+FFFD, whole pairs stay',
      text: '{"\\ud800":["\\ude00x","\\ud83d\\ude00"]}\n',
      rows: [[1, { '\ufffd': ['\ufffdx', '😀'] }]],
    },
    { name: 'nothing', text: '', rows: [] },
  ])('$name', async ({ text, rows }) => {
    const read = await all(readJsonLines(file('t.jsonl', text)));
    expect(read.map(({ line, record }) => [line, record])).toEqual(rows);
  });

  it('keeps __proto__ an ordinary key', async () => {
    const [row] = await all(readJsonLines(file('p.jsonl', '{"__proto__":{"polluted":true},"x":"\\ud800"}\n')));
    expect(Object.keys(row!.record)).toEqual(['__proto__', 'x']);
    expect(Object.getPrototypeOf(row!.record)).toBe(Object.prototype);
    expect((row!.record as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it.each([
    {
      fault: 'a broken line',
      text: '{"a":1}\n\n{"a":\n',
      message: 'f.jsonl:3: broken JSON; got "{\\"a\\":", expected one JSON object a line.',
    },
    {
      fault: 'a long broken line',
      text: `{"a": oops ${'x'.repeat(500)}`,
      message: `f.jsonl:1: broken JSON; got "{\\"a\\": oops ${'x'.repeat(49)}", expected one JSON object a line.`,
    },
    { fault: 'an array', text: '[1,2]\n', message: 'f.jsonl:1: not a JSON object; got an array.' },
    { fault: 'a number', text: '{}\n7\n', message: 'f.jsonl:2: not a JSON object; got 7.' },
    { fault: 'null', text: 'null\n', message: 'f.jsonl:1: not a JSON object; got null.' },
    {
      fault: 'a long line',
      text: `{}\n{"a":"${'x'.repeat(100)}"}\n`,
      message: 'f.jsonl:2: line too long; expected at most 50 characters.',
    },
    {
      fault: 'a long last line',
      text: `{}\n{}\n{"a":"${'x'.repeat(100)}`,
      message: 'f.jsonl:3: line too long; expected at most 50 characters.',
    },
  ])('names the fault: $fault', async ({ fault, text, message }) => {
    const options = fault.startsWith('a long ') && !fault.includes('broken') ? { maxLineLength: 50 } : {};
    expect(await failureOf(all(readJsonLines(file('f.jsonl', text), options)), folder)).toBe(message);
  });

  it('stops at a line without end before it fills the memory', async () => {
    const path = file('endless.jsonl', `{"a":"${'x'.repeat(11_000_000)}`);
    expect(await failureOf(all(readJsonLines(path)), folder)).toBe(
      'endless.jsonl:1: line too long; expected at most 10485760 characters.',
    );
  });

  it('survives nesting deeper than the stack', async () => {
    const deep = `{"a":"\\ud800","b":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    expect(['rows', 'failure']).toContain(await rowsOrFailure(readJsonLines(file('deep.jsonl', deep))));
  });

  it('never crashes or hangs on random bytes', async () => {
    const shape = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .string({ unit: fc.constantFrom('{', '}', '"', ':', '\n', '\\', 'u', 'd', '8', '0', 'a'), maxLength: 40 })
        .map((text) => Buffer.from(text)),
      fc.array(fc.json(), { maxLength: 3 }).map((lines) => Buffer.from(lines.join('\n'))),
    );
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(shape, async (bytes) => {
        seen.add(await rowsOrFailure(readJsonLines(file('z.jsonl', bytes))));
        seen.add(await rowsOrFailure(readJsonArray(file('z.json', bytes))));
      }),
      { ...run, numRuns: 400 },
    );
    expect([...seen].sort()).toEqual(['failure', 'rows']);
  });
});

describe('readJsonArray', () => {
  it('numbers its elements from 1', async () => {
    expect(await all(readJsonArray(file('a.json', ' [{"a":1},\n{"a":2}]')))).toEqual([
      { record: { a: 1 }, line: 1 },
      { record: { a: 2 }, line: 2 },
    ]);
  });

  it.each([
    { fault: 'no array', text: '{"a":1}', message: 'f.json: not a JSON array of objects; got an object.' },
    { fault: 'an element that is no object', text: '[{},3]', message: 'f.json[1]: not a JSON object; got 3.' },
    {
      fault: 'a broken end',
      text: '[{}',
      message: 'f.json: broken JSON; got "[{}", expected a JSON array of objects.',
    },
  ])('names the fault: $fault', async ({ text, message }) => {
    expect(await failureOf(all(readJsonArray(file('f.json', text))), folder)).toBe(message);
  });

  it('refuses more than it may hold', async () => {
    const path = file('large.json', '[{},{},{},{}]');
    expect(await failureOf(all(readJsonArray(path, { maxBytes: 10 })), folder)).toBe(
      'large.json: JSON array too large; expected at most 10 characters. ' +
        'Write one object a line (.jsonl): such a file is read as a stream.',
    );
  });
});

describe('lines of canonicalJson', () => {
  it('are read back as they were', async () => {
    const value = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ stringUnit: 'grapheme' }));
    await fc.assert(
      fc.asyncProperty(fc.array(value, { maxLength: 5 }), async (rows) => {
        const path = file('w.jsonl', rows.map((row) => `${canonicalJson(row)}\n`).join(''));
        const read = await all(readJsonLines(path));
        // JSON has no -0: what is written is the same as through JSON itself.
        expect(read.map(({ record }) => record)).toEqual(JSON.parse(JSON.stringify(rows)));
      }),
      run,
    );
  });
});
