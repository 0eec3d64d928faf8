import { appendFile, mkdir, readFile, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { refusable } from '../core/atomic-file.js';
import { sha256 } from '../core/canonical-json.js';
import type { VectorStore } from './cached-embedder.js';

const keyBytes = 32;
const checkBytes = 8;

/**
 * Vectors in a file that only grows: key, numbers (single precision, least byte first) and the beginning of the SHA-256 of both,
 * record after record. All of it is held in memory. A record that was cut off by a crash or is damaged is dropped with all that
 * follow, and made again. One process at a time: lock the folder that it lies in.
 *
 * @param dimensions of every vector; a file of other vectors is taken for damaged
 * @throws {Failure} naming the file when the system refuses, here and when vectors are put
 */
export async function vectorFile(path: string, dimensions: number): Promise<VectorStore> {
  const recordBytes = keyBytes + 4 * dimensions + checkBytes;
  const kept = new Map<string, Float32Array>();
  const bytes = await refusable(path, async () => {
    await mkdir(dirname(path), { recursive: true });
    await appendFile(path, '');
    return readFile(path);
  });
  let whole = 0;
  for (; whole + recordBytes <= bytes.length; whole += recordBytes) {
    const record = bytes.subarray(whole, whole + recordBytes);
    if (record.toString('hex', recordBytes - checkBytes) !== checkOf(record)) break;
    const vector = Float32Array.from({ length: dimensions }, (_, k) => record.readFloatLE(keyBytes + 4 * k));
    kept.set(record.toString('hex', 0, keyBytes), vector);
  }
  if (whole < bytes.length) await refusable(path, () => truncate(path, whole));

  return {
    get: (key) => kept.get(key),
    async put(vectors) {
      const records = [...vectors].map(([key, vector]) => {
        const record = Buffer.alloc(recordBytes);
        record.write(key, 0, 'hex');
        vector.forEach((x, k) => record.writeFloatLE(x, keyBytes + 4 * k));
        record.write(checkOf(record), recordBytes - checkBytes, 'hex');
        return record;
      });
      await refusable(path, () => appendFile(path, Buffer.concat(records)));
      for (const [key, vector] of vectors) kept.set(key, vector);
    },
  };
}

/** The check of a record, over all of it but the check itself. */
const checkOf = (record: Buffer): string =>
  sha256(record.subarray(0, record.length - checkBytes)).slice(0, 2 * checkBytes);
