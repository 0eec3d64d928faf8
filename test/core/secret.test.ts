import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/core/secret.js';

const key = 'sk-CANARY/7Qz9+3kLmXw0';
const secret = new Secret(key);
const base64 = (before: string, after: string): string => Buffer.from(before + key + after).toString('base64');
/** Every character as JSON may write it. */
const escaped = (text: string, slashes = '\\'): string =>
  Array.from(text, (c) => `${slashes}u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');

describe('Secret', () => {
  it.each([
    ['a text', String(secret)],
    ['a list as text', [secret, secret].join()],
    ['JSON', JSON.stringify({ secret, list: [secret] })],
    ['inspect', inspect({ secret }, { depth: 9, showHidden: true })],
    ['inspect with getters', inspect(secret, { getters: true, showHidden: true, customInspect: false })],
    ['a message', new Error(`with ${String(secret)}`).stack ?? ''],
    ['an object of its own properties', JSON.stringify(Object.assign({}, secret))],
    ['a clone', inspect(structuredClone(Object.assign({}, secret)))],
  ])('is not in %s', (_, text) => {
    expect(text).not.toContain('CANARY');
  });

  it('gives itself away only when asked to', () => expect(secret.reveal()).toBe(key));

  it.each([
    ['plain', `a ${key} b`, 'a *** b'],
    ['twice', key + key, '******'],
    ['in another case', key.toUpperCase(), '***'],
    ['in an address', `?k=${encodeURIComponent(key)}&`, '?k=***&'],
    ['in an address within an address', encodeURIComponent(encodeURIComponent(key)), '***'],
    ['every character by percent', key.replace(/./g, (c) => `%${c.charCodeAt(0).toString(16)}`), '***'],
    ['as escapes of JSON', `"${escaped(key)}"`, '"***"'],
    ['as escapes within a text of JSON', escaped(key, '\\\\'), '***'],
    ['partly escaped', `sk-${escaped('CANARY')}/7Qz9+3kLmXw0`, '***'],
    ['with its slash escaped', 'sk-CANARY\\/7Qz9+3kLmXw0', '***'],
    ['in hexadecimal digits', Buffer.from(key).toString('hex').toUpperCase(), '***'],
  ])('finds itself %s', (_, text, expected) => expect(secret.redact(text)).toBe(expected));

  it('finds itself in base64 wherever it begins there, in both alphabets', () => {
    for (const before of ['', 'a', 'Be', 'Bearer ', 'x'.repeat(10)])
      for (const after of ['', '!', '!!', ' end'])
        for (const text of [base64(before, after), base64(before, after).replace(/\+/g, '-').replace(/\//g, '_')]) {
          const left = secret.redact(text);
          expect(left).toContain('***');
          // What is left of the coded key are the characters that it shares with its neighbours.
          expect(left.replace('***', '').length).toBeLessThanOrEqual(
            Math.ceil(((before.length + after.length) * 4) / 3) + 7,
          );
        }
  });

  it('leaves every other text alone', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        expect(secret.redact(text)).toBe(text);
      }),
      { seed: 20260101, numRuns: 300 },
    );
  });

  it('takes time in proportion to the text', () => {
    const timeOf = (n: number): number => {
      const text = 'sk-CANARY/'.repeat(n);
      const once = (): number => {
        const before = process.cpuUsage().user;
        secret.redact(text);
        return process.cpuUsage().user - before;
      };
      return Math.min(once(), once(), once());
    };
    expect(timeOf(100_000)).toBeLessThan(30 * Math.max(timeOf(10_000), 2_000));
  });

  it.each([
    ['', false],
    ['none', false],
    ['1234567', false],
    ['12345678', true],
  ])('tells a key %j from words: %j', (text, distinct) => expect(new Secret(text).isDistinct).toBe(distinct));

  it('does nothing when it is empty', () => expect(new Secret('').redact('abc')).toBe('abc'));
});
