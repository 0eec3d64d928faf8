import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/core/canonical-json.js';
import { readRecords } from '../../src/io/files.js';
import { readRawPosts } from '../../src/io/histories.js';
import { writeTable } from '../../src/io/parquet.js';
import { readColumns } from '../../src/io/read-columns.js';
import { parseAnswer } from '../../src/model/json-answer.js';
import { Evidence } from '../../src/persona/narrative-persona.js';
import { all, fileMaker, rowsOrFailure, temporaryFolder } from './temporary.js';

const file = fileMaker(temporaryFolder());
const poison = fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty');

/** JSON text of objects in one another, each under a name that means something to objects. */
const nested = fc
  .array(poison, { minLength: 1, maxLength: 6 })
  .map((keys) => keys.reduceRight((inner, key) => `{"${key}":${inner},"polluted":"yes"}`, '{"polluted":"yes"}'));

const plainKeys = Object.getOwnPropertyNames(Object.prototype).sort();
afterEach(() => {
  expect(({} as { polluted?: string }).polluted).toBeUndefined();
  expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(plainKeys);
});

describe('names that mean something to objects', () => {
  it('are ordinary keys of JSON at every depth', async () => {
    await fc.assert(
      fc.asyncProperty(nested, async (json) => {
        const [source] = await all(readRecords(file('p.jsonl', `${json}\n`)));
        expect(JSON.stringify(source!.record)).toBe(json);
        expect(Object.getPrototypeOf(source!.record)).toBe(Object.prototype);
        expect(JSON.parse(canonicalJson(source!.record))).toEqual(JSON.parse(json));
        await rowsOrFailure(
          readRawPosts(file('q.jsonl', `${json}\n`), { author: '__proto__.polluted', text: 'polluted' }),
        );
        expect(({} as { polluted?: string }).polluted).toBeUndefined();
      }),
      { seed: 20260101, numRuns: 100 },
    );
  });

  it('are ordinary columns of CSV and Parquet, for every reader', async () => {
    const names = ['__proto__', 'constructor', 'prototype'];
    const paths = [
      file('p.csv', `${names.join()}\na,b,c\n`),
      file(
        'p.parquet',
        writeTable({ schema: 'x/1', rows: 1, columns: Object.fromEntries(names.map((n, k) => [n, ['abc'[k]!]])) }),
      ),
    ];
    for (const path of paths) {
      const [source] = await all(readRecords(path));
      expect(Object.entries(source!.record)).toEqual([
        ['__proto__', 'a'],
        ['constructor', 'b'],
        ['prototype', 'c'],
      ]);
      const { columns } = await readColumns(path, () => true);
      expect(Object.keys(columns)).toEqual(names);
    }
  });

  it('are refused in the answer of a model', () => {
    fc.assert(
      fc.property(nested, (json) => {
        expect(parseAnswer(json, Evidence).kind).toBe('unusable');
      }),
      { seed: 20260101, numRuns: 100 },
    );
  });
});

describe('values that are nested too deep', () => {
  it.each([
    ['arrays', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['arrays with half a character', `{"a":${'['.repeat(100_000)}"\\ud800"${']'.repeat(100_000)}}`],
    ['objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ])('end as rows or as a failure, never as a crash: %s', async (_, json) => {
    const path = file('deep.jsonl', `${json}\n`);
    expect(['rows', 'failure']).toContain(await rowsOrFailure(readRecords(path)));
    expect(['rows', 'failure']).toContain(await rowsOrFailure(readRawPosts(path, { author: 'a', text: 'a' })));
  });
});
