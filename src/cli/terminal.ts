import { Secret } from '../core/secret.js';

/** Characters that move the cursor, colour, ring, or turn a line around: nothing that this program prints has any. */
const commanding = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/**
 * Text as it may stand on a terminal, in a log or in a pipe: whoever wrote its parts, it commands nothing, and it holds no key. The
 * escapes are those of JSON, so that JSON stays the JSON that it was.
 *
 * @param key the key of a language model, where one is known
 */
export function printable(text: string, key: string | undefined): string {
  const plain = text.replace(commanding, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return key === undefined || key === '' ? plain : new Secret(key).redact(plain);
}
