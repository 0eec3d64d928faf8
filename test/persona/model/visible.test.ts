import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { quoteFinder, visible } from '../../../src/persona/model/quote.js';

const codes = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, k) => String.fromCodePoint(from + k));

describe('visible', () => {
  // Unicode 16, DerivedCoreProperties: Default_Ignorable_Code_Point, and the interlinear annotations.
  const ignorable = [
    ...codes(0x00, 0x08),
    ...codes(0x0e, 0x1f),
    '\u007f',
    ...codes(0x80, 0x84),
    ...codes(0x86, 0x9f),
    '\u00ad',
    '\u034f',
    '\u061c',
    ...codes(0x115f, 0x1160),
    ...codes(0x17b4, 0x17b5),
    ...codes(0x180b, 0x180f),
    ...codes(0x200b, 0x200f),
    ...codes(0x202a, 0x202e),
    ...codes(0x2060, 0x206f),
    '\u3164',
    ...codes(0xfe00, 0xfe0f),
    '\ufeff',
    '\uffa0',
    ...codes(0xfff9, 0xfffb),
    ...codes(0x1d173, 0x1d17a),
    ...codes(0xe0000, 0xe007f),
    ...codes(0xe0100, 0xe01ef),
  ];

  it('takes out every character that nobody sees', () => {
    for (const character of ignorable)
      expect(visible(`a${character}b`), character.codePointAt(0)!.toString(16)).toBe('ab');
  });

  it('keeps white space', () => {
    expect(visible('a\tb\nc\u00a0d\u3000e\u2028f')).toBe('a\tb\nc\u00a0d\u3000e\u2028f');
  });

  test.each([
    ['a family', '👨‍👩‍👧‍👦'],
    ['a couple with a selector', '👩‍❤️‍👨'],
    ['a rainbow flag', '🏳️‍🌈'],
    ['a skin tone with a profession', '👩🏽‍🚒'],
    ['a keycap', '1️⃣'],
    ['a red heart', '❤️'],
    ['Scotland', '🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}'],
    ['Persian', 'می‌خواهم کتاب‌ها'],
    ['Hindi', 'क्‍ष और र्‍य'],
    ['Sinhala', 'ශ්‍රී ලංකා'],
    ['a name with a Han variant', '葛\u{E0100}城'],
    ['accents', 'Zoë façade'],
  ])('keeps %s', (_, text) => {
    expect(visible(text)).toBe(text);
    expect(quoteFinder(`so ${text} it is`)(`so ${text} it is`)).toBeDefined();
  });

  it('keeps one joiner at a place, so that no bits can be written with them', () => {
    expect(visible('می\u200c\u200c\u200d\u200cخواهم')).toBe('می\u200cخواهم');
    expect(visible('😀\ufe0f\ufe0f\ufe0f\ufe0e')).toBe('😀\ufe0f');
  });

  it('leaves nothing of a sentence that is hidden in tags, selectors, or characters without width', () => {
    const { attacks } = JSON.parse(readFileSync(new URL('injections.json', import.meta.url), 'utf8')) as {
      attacks: { style: string; text: string }[];
    };
    const shown = (style: string): Set<string> =>
      new Set(attacks.filter((attack) => attack.style === style).map(({ text }) => visible(text)));
    expect([...shown('unicode tags')]).toEqual(['Lovely weather today.']);
    expect([...shown('zero-width bits')]).toEqual(['Coffee first.']);
    expect([...shown('variation selectors')]).toEqual(['Good morning 😀']);
    expect([...shown('zero width')].every((text) => /^[\x20-\x7e]+$/.test(text))).toBe(true);
  });
});
