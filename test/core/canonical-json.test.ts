import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, sha256 } from '../../src/core/canonical-json.js';
import { Failure } from '../../src/core/failure.js';

const startingWith = (text: string): RegExp => new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);

describe('canonicalJson', () => {
  it.each<{ name: string; value: unknown; json: string }>([
    { name: 'keys are sorted', value: { b: 1, a: 2 }, json: '{"a":2,"b":1}' },
    {
      name: 'at every depth',
      value: { z: { b: 1, a: [{ d: 1, c: 2 }] }, a: 0 },
      json: '{"a":0,"z":{"a":[{"c":2,"d":1}],"b":1}}',
    },
    { name: 'by code unit, not by locale', value: { ä: 1, a: 2, Z: 3 }, json: '{"Z":3,"a":2,"ä":1}' },
    { name: 'arrays keep their order', value: [3, 1, [2, [0]]], json: '[3,1,[2,[0]]]' },
    {
      name: 'maps become objects',
      value: new Map([
        ['b', 1],
        ['a', 2],
      ]),
      json: '{"a":2,"b":1}',
    },
    { name: 'maps inside maps', value: new Map([['m', new Map([['k', [1]]])]]), json: '{"m":{"k":[1]}}' },
    { name: 'undefined is left out', value: { a: undefined, b: 1 }, json: '{"b":1}' },
    { name: 'undefined is left out of maps', value: new Map([['a', undefined]]), json: '{}' },
    {
      name: 'an object without a prototype',
      value: Object.assign(Object.create(null), { b: 1, a: 2 }),
      json: '{"a":2,"b":1}',
    },
    { name: 'the same object twice is no cycle', value: ((a) => [a, a])({ b: 1 }), json: '[{"b":1},{"b":1}]' },
    { name: 'zero has no sign', value: -0, json: '0' },
    { name: 'a text', value: 'a"b', json: '"a\\"b"' },
    { name: 'nothing', value: null, json: 'null' },
    { name: 'empty', value: [{}, []], json: '[{},[]]' },
    { name: 'a key named like a prototype', value: JSON.parse('{"b":1,"__proto__":2}'), json: '{"__proto__":2,"b":1}' },
  ])('$name', ({ value, json }) => expect(canonicalJson(value)).toBe(json));

  it('indents on request', () =>
    expect(canonicalJson({ b: [1], a: 2 }, 2)).toBe('{\n  "a": 2,\n  "b": [\n    1\n  ]\n}'));

  it.each([
    { name: 'NaN', value: { share: NaN }, message: 'share: JSON has no such number; got NaN.' },
    { name: 'by itself', value: NaN, message: 'value: JSON has no such number; got NaN.' },
    { name: 'infinity', value: { a: { b: Infinity } }, message: 'a.b: JSON has no such number; got Infinity.' },
    { name: 'in an array', value: [0, -Infinity], message: '[1]: JSON has no such number; got -Infinity.' },
    { name: 'in a map', value: new Map([['share', NaN]]), message: 'share: JSON has no such number; got NaN.' },
    {
      name: 'deep',
      value: { a: { b: [0, [1], { 'c d': NaN }] } },
      message: 'a.b[2]["c d"]: JSON has no such number; ',
    },
    {
      name: 'after what was fine',
      value: { a: [{ x: 1 }, 2], b: { y: NaN } },
      message: 'b.y: JSON has no such number',
    },
    {
      name: 'undefined by itself',
      value: undefined,
      message: 'value: JSON has no such value; got undefined, expected ',
    },
    {
      name: 'undefined in an array',
      value: { a: [1, undefined] },
      message: 'a[1]: JSON has no such value; got undefined',
    },
    { name: 'a hole', value: new Array<number>(1), message: '[0]: JSON has no such value; got undefined' },
    { name: 'a function', value: { a: () => 1 }, message: 'a: JSON has no such value; got Function' },
    { name: 'a symbol', value: { a: Symbol('s') }, message: 'a: JSON has no such value; got Symbol' },
    { name: 'a big integer', value: [10n], message: '[0]: JSON has no such value; got BigInt' },
    {
      name: 'a set',
      value: { a: new Set([1]) },
      message: 'a: JSON has no such value; got Set, expected plain objects, Maps, arrays, texts, numbers.',
    },
    { name: 'a date', value: new Date(0), message: 'value: JSON has no such value; got Date' },
    {
      name: 'a typed array',
      value: { a: new Float64Array(2) },
      message: 'a: JSON has no such value; got Float64Array',
    },
    { name: 'an error', value: new RangeError('x'), message: 'value: JSON has no such value; got RangeError' },
    {
      name: 'a map with other keys',
      value: { a: new Map([[1, 2]]) },
      message: 'a: JSON has no such key; got Number, expected texts as the keys of a Map.',
    },
    { name: 'a map with no key', value: new Map([[null, 2]]), message: 'value: JSON has no such key; got null' },
  ])('refuses what JSON would lose or change: $name', ({ value, message }) => {
    const act = () => canonicalJson(value);
    expect(act).toThrow(Failure);
    // From its first character: `b` is not the place of what stands at `a.b`.
    expect(act).toThrow(startingWith(message));
  });

  const entries = fc.uniqueArray(fc.tuple(fc.string(), fc.jsonValue()), { selector: ([key]) => key, maxLength: 8 });

  it('does not depend on the order of insertion', () => {
    fc.assert(
      fc.property(entries, (pairs) => {
        const backwards = [...pairs].reverse();
        expect(canonicalJson(Object.fromEntries(backwards))).toBe(canonicalJson(Object.fromEntries(pairs)));
        expect(canonicalJson(new Map(backwards))).toBe(canonicalJson(Object.fromEntries(pairs)));
      }),
      { seed: 20260101, numRuns: 300 },
    );
  });

  it('can be read back, and written again to the same bytes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = canonicalJson(value);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(json))).toBe(json);
      }),
      { seed: 20260101, numRuns: 300 },
    );
  });

  it('does not touch the value', () => {
    const value = Object.freeze({ b: Object.freeze([2, 1]), a: 1 });
    canonicalJson(value);
    expect(Object.keys(value)).toEqual(['b', 'a']);
  });
});

// FIPS 180-4 examples: the empty text and "abc".
describe('sha256', () => {
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ])('of "%s"', (text, hash) => expect(sha256(text)).toBe(hash));

  it('reads a text as UTF-8', () => expect(sha256('é')).toBe(sha256(Uint8Array.of(0xc3, 0xa9))));
});
