import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cut,
  displayWidth,
  escapeHtml,
  escapeMarkdown,
  fenced,
  fitWidth,
  oneLine,
  visible,
  wrap,
} from '../../src/report/safe-text.js';

const texts = fc.string({ unit: 'binary', maxLength: 200 });

describe('visible', () => {
  it.each([
    ['a bell and an escape', 'a\u0007b\u001b[31m', 'a␇b␛[31m'],
    ['delete', '\u007f', '\u2421'],
    ['C1 controls', '\u009b', '‹U+009B›'],
    ['right-to-left override', 'a\u202ecod.exe', 'a‹U+202E›cod.exe'],
    ['isolates and marks', '\u2066\u2069\u200e\u200f\u061c', '‹U+2066›‹U+2069›‹U+200E›‹U+200F›‹U+061C›'],
    ['zero-width space and byte order mark', '\u200b\ufeff', '‹U+200B›‹U+FEFF›'],
    ['tag characters', '\u{e0041}', '‹U+E0041›'],
    ['a lone surrogate', 'a\ud800b', 'a\ufffdb'],
    ['what stays: tab, newline, joiners, Arabic, emoji', 'a\tb\nم\u200d👩\u200d🔬', 'a\tb\nم\u200d👩\u200d🔬'],
    ['Windows newlines', 'a\r\nb\rc', 'a\nb␍c'],
  ])('%s', (_, text, expected) => expect(visible(text)).toBe(expected));

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(visible(visible(text))).toBe(visible(text));
      }),
      { seed: 20260101 },
    );
  });
});

describe('one line', () => {
  it('joins white space and cuts with an ellipsis', () => {
    expect(oneLine(' a\n\n b\u2028c ')).toBe('a b‹U+2028›c');
    expect(oneLine('x'.repeat(300))).toBe(`${'x'.repeat(199)}…`);
    expect(oneLine('abc', 2)).toBe('a…');
  });

  it('cuts between characters, never inside one', () => {
    expect(cut('👩👩👩', 2)).toBe('👩…');
    expect(cut('👩👩', 2)).toBe('👩👩');
  });
});

describe('escapes', () => {
  it('writes the five characters of HTML as entities', () => {
    expect(escapeHtml(`<a href="x" id='y'>&`)).toBe('&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;');
  });

  it('leaves nothing in HTML text that opens a tag, an entity of its own or an attribute', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/);
      }),
      { seed: 20260101 },
    );
  });

  it.each([
    ['a table cell', 'a|b', 'a\\|b'],
    ['emphasis and code', '*a* _b_ `c` ~d~', '\\*a\\* \\_b\\_ \\`c\\` \\~d\\~'],
    ['a link and an image', '![x](y)', '\\!\\[x\\](y)'],
    ['HTML and entities', '<b>&lt;', '\\<b\\>\\&lt;'],
    ['a bare address', 'see https://a.b and www.c.d', 'see https\\://a.b and www\\.c.d'],
    ['a heading, a list, a rule', '# a', '\\# a'],
    ['a list', '- a', '\\- a'],
    ['a numbered list', '1. a', '1\\. a'],
    ['a signed number stays', '+0.21', '+0.21'],
    ['a decimal number stays', '0.21', '0.21'],
    ['a line break', 'a\nb', 'a b'],
  ])('Markdown: %s', (_, text, expected) => expect(escapeMarkdown(text)).toBe(expected));

  it('fences a text with more backticks than it holds', () => {
    expect(fenced('a')).toBe('```text\na\n```');
    expect(fenced('````\nb')).toBe('`````text\n````\nb\n`````');
  });
});

describe('terminal width', () => {
  it.each([
    ['abc', 3],
    ['e\u0301', 1],
    ['漢字', 4],
    ['👩', 2],
    ['', 0],
  ])('%j takes %i columns', (text, width) => expect(displayWidth(text)).toBe(width));

  it('cuts to a width, wide characters included', () => {
    expect(fitWidth('漢字漢字', 5)).toBe('漢字…');
    expect(fitWidth('abc', 3)).toBe('abc');
  });

  it('wraps at spaces, breaks long words, keeps newlines and loses nothing', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('abcdefgh', 3)).toEqual(['abc', 'def', 'gh']);
    expect(wrap('a\n\nb', 5)).toEqual(['a', '', 'b']);
    fc.assert(
      fc.property(texts, fc.integer({ min: 2, max: 40 }), (text, width) => {
        const lines = wrap(text, width);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        expect(lines.join('').replace(/[ \n]/g, '')).toBe(text.replace(/[ \n]/g, ''));
      }),
      { seed: 20260101 },
    );
  });
});
