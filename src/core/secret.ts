import { inspect } from 'node:util';

/** What stands in the place of a secret. */
const mask = '***';
/** Shorter ones cannot be told from ordinary words: "none", "test". */
const leastDistinct = 8;

/**
 * A text that must be in nothing that is written or shown: the key of a language model. It turns into `***` wherever a value turns
 * into text by itself (templates, JSON, `console.log`, stack traces); only {@link Secret.reveal} gives it away.
 */
export class Secret {
  readonly #text: string;
  readonly #forms: RegExp;

  constructor(text: string) {
    this.#text = text;
    this.#forms = formsOf(text);
  }

  /** The text itself, for the one place that sends it. */
  reveal(): string {
    return this.#text;
  }

  /** Whether it is long enough to be looked for in texts of others. */
  get isDistinct(): boolean {
    return this.#text.length >= leastDistinct;
  }

  /**
   * The text without the secret: as it is, with characters escaped as in JSON or in addresses, in hexadecimal digits, and in base64,
   * also where that begins in the middle of a longer text. Time linear in the length of the text.
   */
  redact(text: string): string {
    return this.#text === '' ? text : text.replace(this.#forms, mask);
  }

  toString(): string {
    return mask;
  }

  toJSON(): string {
    return mask;
  }

  [inspect.custom](): string {
    return mask;
  }
}

/** Finds every form of a text that {@link Secret.redact} knows. */
function formsOf(text: string): RegExp {
  const bytes = Buffer.from(text);
  const forms = [text];
  if (text.length >= leastDistinct)
    forms.push(bytes.toString('hex'), ...[0, 1, 2].map((before) => base64At(bytes, before)));
  return new RegExp(forms.map((form) => Array.from(form, escapable).join('')).join('|'), 'giu');
}

/** The characters of base64 that are the same whatever stands around the bytes, when so many bytes stand before them. */
function base64At(bytes: Buffer, before: number): string {
  const all = Buffer.concat([Buffer.alloc(before), bytes]);
  return all.toString('base64').slice(Math.ceil((before * 4) / 3), Math.floor((all.length * 4) / 3));
}

/** A character, or its escape in JSON (`\u0073`, however often escaped itself) or in an address (`%73`). */
function escapable(character: string): string {
  const code = character.codePointAt(0)!;
  const hex = code.toString(16).padStart(4, '0');
  const percent = Array.from(
    Buffer.from(character),
    (byte) => `%(?:25){0,3}${byte.toString(16).padStart(2, '0')}`,
  ).join('');
  // Base64 has two alphabets.
  const plain = character === '+' ? '[-+]' : character === '/' ? String.raw`\\{0,4}[/_]` : `\\u{${hex}}`;
  return `(?:${plain}${code < 0x10000 ? String.raw`|\\{1,4}u${hex}` : ''}|${percent})`;
}
