import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { writeAtomically } from '../core/atomic-file.js';
import { canonicalJson, sha256 } from '../core/canonical-json.js';

/** A value that carries the hash of itself, so that a change of any of its bytes is found. */
export interface Sealed {
  /** sha256 of the value in canonical JSON with an empty seal. */
  readonly seal: string;
}

/** The seal of a value. */
export const sealOf = (value: Sealed): string => sha256(canonicalJson({ ...value, seal: '' }));

/** The same value with its seal. */
export const sealed = <T extends Sealed>(value: T): T => ({ ...value, seal: sealOf(value) });

/** The one form that a sealed value has as a file. */
export const sealedText = (value: Sealed): string => `${canonicalJson(value, 2)}\n`;

/** Writes a sealed value: whole or absent, durable when the promise is kept. */
export const writeSealed = (path: string, value: Sealed): Promise<void> => writeAtomically(path, sealedText(value));

/**
 * Reads a sealed value.
 *
 * @returns `absent` without a file, `damaged` when it is not to the byte what {@link writeSealed} writes for this schema
 */
export async function readSealed<T extends Sealed>(
  path: string,
  schema: z.ZodType<T>,
): Promise<T | 'absent' | 'damaged'> {
  const bytes = await readFile(path).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  });
  return bytes === undefined ? 'absent' : unsealed(bytes, schema);
}

/** A sealed value from the bytes of its file. */
export function unsealed<T extends Sealed>(bytes: Uint8Array, schema: z.ZodType<T>): T | 'damaged' {
  try {
    const { success, data } = schema.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8')));
    if (!success || data.seal !== sealOf(data)) return 'damaged';
    return Buffer.from(sealedText(data)).equals(bytes) ? data : 'damaged';
  } catch {
    // No JSON, or JSON that the canonical form does not have.
    return 'damaged';
  }
}
