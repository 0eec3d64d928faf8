import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Failure } from '../core/failure.js';

/** 2 GiB: more text than any history file, less than a zip bomb. */
const DEFAULT_MAX_BYTES = 2_147_483_648;

/** Text shrinks to a fifth, tables of repeated labels to a hundredth; zeros to a thousandth. Small files may be anything. */
const MAX_RATIO = 200;
const RATIO_COUNTS_FROM = 16_777_216;

/** Limit on what a compressed file may become. */
export interface ByteLimits {
  /** Most bytes after decompression; plain files have no limit. Default 2 GiB. */
  readonly maxBytes?: number;
}

/**
 * Streams a file's bytes, decompressing it when it begins with the gzip magic bytes 1f 8b, whatever its name.
 * The file is closed when the loop ends, early or not.
 *
 * @throws {Failure} `invalid-input` when the file is missing, a folder, unreadable, truncated or corrupt gzip, larger than `maxBytes`,
 * or a bomb: more than 16 MiB that are more than 200 times the file
 */
export async function* readBytes(
  path: string,
  { maxBytes = DEFAULT_MAX_BYTES }: ByteLimits = {},
): AsyncGenerator<Uint8Array> {
  const handle = await open(path).catch((error: unknown) => {
    throw readFailure(path, error);
  });
  try {
    const { bytesRead, buffer } = await handle.read({ buffer: new Uint8Array(2), position: 0 });
    const source = handle.createReadStream({ start: 0, autoClose: false });
    if (bytesRead < 2 || !isGzip(buffer)) {
      yield* source as AsyncIterable<Uint8Array>;
      return;
    }
    let total = 0;
    const { size } = await handle.stat();
    for await (const chunk of pipeline(source, createGunzip(), () => undefined) as AsyncIterable<Uint8Array>) {
      total += chunk.length;
      if (total > maxBytes)
        throw new Failure('invalid-input', {
          where: path,
          problem: 'too large once decompressed',
          expected: `at most ${maxBytes} bytes`,
          hint: 'Split the file, or raise the limit if the file is trusted.',
        });
      if (total > RATIO_COUNTS_FROM && total > MAX_RATIO * size)
        throw new Failure('invalid-input', {
          where: path,
          problem: 'compressed far more than data ever are',
          got: `more than ${total} bytes from ${size}`,
          expected: `at most ${MAX_RATIO} times as many`,
          hint: 'If the file is trusted, decompress it first.',
        });
      yield chunk;
    }
  } catch (error) {
    throw error instanceof Failure ? error : readFailure(path, error);
  } finally {
    await handle.close();
  }
}

/** First chunk of a file's (decompressed) bytes, at most 64 KiB; empty for an empty file. Throws as {@link readBytes}. */
export async function readHead(path: string): Promise<Uint8Array> {
  for await (const chunk of readBytes(path)) return chunk;
  return new Uint8Array(0);
}

/** All (decompressed) bytes of a file. Throws as {@link readBytes}. */
export async function readAllBytes(path: string, limits: ByteLimits = {}): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readBytes(path, limits)) chunks.push(chunk);
  // A copy of its own, so that `.buffer` holds these bytes and nothing else.
  return new Uint8Array(Buffer.concat(chunks));
}

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

const problems: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EISDIR: 'a folder, not a file',
  EACCES: 'no permission to read it',
  Z_BUF_ERROR: 'truncated gzip file',
  Z_DATA_ERROR: 'corrupt gzip file',
};

/** An operating system or zlib error as a Failure that names the file. */
export function readFailure(path: string, error: unknown): Failure {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return new Failure(
    'invalid-input',
    { where: path, problem: problems[code] ?? 'cannot be read', ...(code in problems ? {} : { got: String(error) }) },
    { cause: error },
  );
}
