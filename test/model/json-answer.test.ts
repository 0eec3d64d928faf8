import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { maxAnswerLength, parseAnswer } from '../../src/model/json-answer.js';

const Shape = z.strictObject({ name: z.string(), age: z.number().int().min(0).max(120) });
const right = { name: 'Ann', age: 41 };
const json = JSON.stringify(right);

const unusable = (reason: string): object => ({ kind: 'unusable', reason });

describe('parseAnswer', () => {
  it.each([
    ['as it is', json],
    ['white space around', ` \n${json}\n `],
    ['byte order mark', `\uFEFF${json}`],
    ['fence', `\`\`\`json\n${json}\n\`\`\``],
    ['fence without a language', `\`\`\`\n${json}\n\`\`\``],
    ['fence and prose', `Here you are:\n\`\`\`json\n${json}\n\`\`\`\nHope it helps!`],
    ['prose', `Sure! ${json} Done.`],
    ['thoughts with braces', `<think>{"name": 1} or [x]?</think>\n${json}`],
  ])('takes off the wrapping: %s', (_, text) => {
    expect(parseAnswer(text, Shape)).toEqual({ kind: 'value', value: right });
  });

  // Nothing of this may be repaired: every repair would be a guess.
  it.each([
    ['nothing', '', 'it is not valid JSON'],
    ['prose only', 'I would rather not say.', 'it is not valid JSON'],
    ['a cut answer', json.slice(0, -3), 'it is not valid JSON'],
    ['two answers', `${json}\n${json}`, 'it is not valid JSON'],
    ['two fences', `\`\`\`\n${json}\n\`\`\`\nor\n\`\`\`\n${json}\n\`\`\``, 'it is not valid JSON'],
    ['a trailing comma', '{"name":"Ann","age":41,}', 'it is not valid JSON'],
    ['single quotes', "{'name':'Ann','age':41}", 'it is not valid JSON'],
    ['NaN', '{"name":"Ann","age":NaN}', 'it is not valid JSON'],
    ['a key twice', '{"name":"Ann","age":41,"age":14}', 'it gives the key "age" twice'],
    ['a key twice, spelt differently', '{"name":"Ann","age":41,"\\u0061ge":14}', 'it gives the key "age" twice'],
    ['__proto__', '{"name":"Ann","age":41,"__proto__":{"polluted":1}}', 'it has a key "__proto__"'],
    ['__proto__ in disguise', '{"name":"Ann","age":41,"_\\u005fproto__":1}', 'it has a key "__proto__"'],
    ['deep nesting', '['.repeat(50_000) + ']'.repeat(50_000), 'it is nested deeper than 32 levels'],
    ['too long', `${json}${' '.repeat(maxAnswerLength)}`, 'it is longer than 200000 characters'],
    ['an escape sequence', '{"name":"\\u001b[31mAnn","age":41}', 'it contains control characters or hidden characters'],
    ['a zero byte', '{"name":"A\\u0000","age":41}', 'it contains control characters or hidden characters'],
    [
      'a bidirectional override',
      '{"name":"A\u202Enn","age":41}',
      'it contains control characters or hidden characters',
    ],
    ['half a surrogate pair', '{"name":"\\ud83d","age":41}', 'it contains control characters or hidden characters'],
    ['invisible tags', '{"name":"A\u{E0041}","age":41}', 'it contains control characters or hidden characters'],
    ['an extra key', '{"name":"Ann","age":41,"id":1}', '✖ Unrecognized key: "id"'],
    ['a number as text', '{"name":"Ann","age":"41"}', '✖ Invalid input: expected number, received string\n  → at age'],
    ['out of range', '{"name":"Ann","age":200}', '✖ Too big: expected number to be <=120\n  → at age'],
    [
      'out of all ranges',
      '{"name":"Ann","age":1e400}',
      '✖ Invalid input: expected number, received Infinity\n  → at age',
    ],
    ['an array', `[${json}]`, '✖ Invalid input: expected object, received array'],
    ['null', 'null', '✖ Invalid input: expected object, received null'],
  ])('refuses %s', (_, text, reason) => {
    expect(parseAnswer(text, Shape)).toEqual(unusable(reason));
  });

  it('lets honest characters pass', () => {
    const name = 'Zoë 👩‍👩‍👧 🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F} نمی‌خواهم "a" \\ {"a":1,"a":2}\tb\nc';
    expect(parseAnswer(JSON.stringify({ name, age: 1 }), Shape)).toEqual({ kind: 'value', value: { name, age: 1 } });
  });

  it('allows the same key in different objects', () => {
    const text = '[{"a":[{"a":1},{"a":2}],"b":{"a":3}},{"a":[]}]';
    expect(parseAnswer(text, z.unknown())).toEqual({ kind: 'value', value: JSON.parse(text) as unknown });
  });

  it('leaves no trace on prototypes', () => {
    parseAnswer('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}', z.unknown());
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('keeps its reasons short', () => {
    const result = parseAnswer(
      JSON.stringify(Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`k${i}`, i]))),
      Shape,
    );
    expect(result.kind === 'unusable' && result.reason.length).toBeLessThan(1600);
  });

  it('reads back any flat JSON, wrapped or not', () => {
    const value = fc.dictionary(
      fc.string({ unit: 'grapheme-ascii' }).map((key) => `k${key}`),
      fc.oneof(fc.integer(), fc.string(), fc.boolean()),
    );
    fc.assert(
      fc.property(value, fc.boolean(), (value, wrapped) => {
        const text = JSON.stringify(value);
        const expected = JSON.parse(text) as unknown;
        expect(parseAnswer(wrapped ? `Here:\n\`\`\`json\n${text}\n\`\`\`` : text, z.unknown())).toEqual({
          kind: 'value',
          value: expected,
        });
      }),
      { seed: 20260101, numRuns: 300 },
    );
  });
});
