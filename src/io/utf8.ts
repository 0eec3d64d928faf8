import { Failure } from '../core/failure.js';
import type { ByteLimits } from './gzip.js';
import { readBytes } from './gzip.js';

/**
 * Streams a file as text: UTF-8 checked, byte order mark dropped, line breaks `\r\n` turned into `\n`.
 * Characters that lie across two chunks come out whole.
 *
 * @throws {Failure} `invalid-input` when the bytes are not UTF-8, and as {@link readBytes}
 */
export async function* readText(path: string, limits: ByteLimits = {}): AsyncGenerator<string> {
  const decode = utf8Decoder(path);
  // A `\r` at the end of a chunk waits for the next one, which may begin with `\n`.
  let held = '';
  for await (const chunk of readBytes(path, limits)) {
    const text = held + decode(chunk);
    held = text.endsWith('\r') ? '\r' : '';
    const ready = (held === '' ? text : text.slice(0, -1)).replaceAll('\r\n', '\n');
    if (ready !== '') yield ready;
  }
  const rest = held + decode();
  if (rest !== '') yield rest;
}

/** A decoder for one stream; called without a chunk at its end. It refuses bytes that a lenient one would turn into �. */
function utf8Decoder(path: string): (chunk?: Uint8Array) => string {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return (chunk) => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch (error) {
      throw new Failure(
        'invalid-input',
        { where: path, problem: 'not UTF-8 text', hint: 'Save the file in the encoding UTF-8.' },
        { cause: error },
      );
    }
  };
}

/** Replaces halves of surrogate pairs that stand alone by U+FFFD: they are not characters and cannot be written as UTF-8. */
export const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd');
