/** Characters of a name (category, criterion, source) that a report shows. */
const nameLength = 200;

/**
 * Characters that a reader cannot see but that change what is seen: control characters other than tab and newline,
 * bidirectional controls, zero-width spaces, line separators, tag characters, and surrogates without a partner.
 * The joiners U+200C and U+200D stay: scripts and emoji need them.
 */
const invisible =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

/**
 * Makes every invisible character visible: control pictures for C0 (`␛`), `‹U+202E›` for the others.
 * Right-to-left scripts themselves are untouched. Newlines become `\n`.
 */
export const visible = (text: string): string =>
  text.replaceAll('\r\n', '\n').replace(invisible, (character) => {
    const code = character.codePointAt(0)!;
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    if (code === 0x7f) return '\u2421';
    if (code >= 0xd800 && code <= 0xdfff) return '\ufffd';
    return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;
  });

/** {@link visible}, on one line: white space becomes single spaces, and more than 200 characters are cut with `…`. */
export const oneLine = (text: string, length = nameLength): string =>
  cut(visible(text).replace(/\s+/gu, ' ').trim(), length);

/** At most `length` characters (code points), the last one `…` when something was cut. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const characters = Array.from(text);
  return characters.length <= length ? text : `${characters.slice(0, Math.max(0, length - 1)).join('')}…`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for HTML content and for quoted attributes. */
export const escapeHtml = (text: string): string => visible(text).replace(/[&<>"']/g, (c) => entities[c]!);

/** Text for one line of Markdown, table cells included: no markup, web link, HTML or line break survives. */
export const escapeMarkdown = (text: string, length = nameLength): string =>
  oneLine(text, length)
    .replace(/[\\`*_[\]<>|~&$!#]/g, '\\$&')
    .replace(/:(?=\/\/)/g, '\\:')
    .replace(/\bwww\./gi, (match) => `${match.slice(0, 3)}\\.`)
    .replace(/^(?:[+-](?=\s|$)|=|--)/, '\\$&')
    .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2');

/** Text in a fenced block whose fence is longer than any run of backticks in it. */
export function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

const zeroWidth = /^[\p{M}\p{Cf}]$/u;
/** East Asian wide and full-width blocks and emoji: two columns in a terminal. */
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u;

const characterWidth = (character: string): number => (zeroWidth.test(character) ? 0 : wide.test(character) ? 2 : 1);

/** Columns that a text takes in a terminal: 0 for combining marks, 2 for wide characters, 1 for all others. */
export const displayWidth = (text: string): number => Array.from(text).reduce((sum, c) => sum + characterWidth(c), 0);

/** The text in at most `width` terminal columns, with `…` when something was cut. */
export function fitWidth(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let [kept, used] = ['', 1];
  for (const character of text) {
    used += characterWidth(character);
    if (used > width) break;
    kept += character;
  }
  return `${kept}…`;
}

/** Breaks a text into lines of at most `width` terminal columns, at spaces where it can; newlines stay. */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, width));
}

function wrapLine(line: string, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  const flush = (): void => {
    lines.push(current);
    current = '';
  };
  for (let word of line.split(' ')) {
    if (current !== '' && displayWidth(current) + 1 + displayWidth(word) > width) flush();
    while (displayWidth(word) > width) {
      const head = prefix(word, width);
      lines.push(head);
      word = word.slice(head.length);
    }
    current = current === '' ? word : `${current} ${word}`;
  }
  flush();
  return lines;
}

/** The longest start of `word` that takes at most `width` columns, and at least one character. */
function prefix(word: string, width: number): string {
  let [head, used] = ['', 0];
  for (const character of word) {
    used += characterWidth(character);
    if (used > width && head !== '') break;
    head += character;
  }
  return head;
}
