import { sha256 } from '../core/canonical-json.js';
import type { Embedder } from './embedder.js';

/** Where vectors are kept, by a key that names model and text. What is not found is made again, so a store may forget. */
export interface VectorStore {
  get(key: string): Float32Array | undefined;
  /** Keeps vectors that {@link get} did not have. */
  put(vectors: ReadonlyMap<string, Float32Array>): Promise<void>;
}

/** Key of a text's vector: SHA-256 of the model's name and the text in UTF-16, so that damaged texts stay apart too. */
export const vectorKey = (model: string, text: string): string => sha256(Buffer.from(`${model}\n${text}`, 'utf16le'));

/**
 * The same embedder, which is asked for no text twice that the store still has, nor for one that occurs twice in a call.
 * Worth it where a vector costs more than a hash, as with every embedder but the static one. Vectors are shared: do not change them.
 */
export function cachedEmbedder(embedder: Embedder, store: VectorStore): Embedder {
  return {
    name: embedder.name,
    dimensions: embedder.dimensions,
    async embed(texts, signal) {
      const keys = texts.map((text) => vectorKey(embedder.name, text));
      const vectors = new Map<string, Float32Array>();
      const missing = new Map<string, string>();
      keys.forEach((key, k) => {
        const vector = store.get(key);
        if (vector?.length === embedder.dimensions) vectors.set(key, vector);
        else missing.set(key, texts[k]!);
      });
      if (missing.size > 0) {
        const made = await embedder.embed([...missing.values()], signal);
        const fresh = new Map([...missing.keys()].map((key, k) => [key, made[k]!]));
        await store.put(fresh);
        for (const [key, vector] of fresh) vectors.set(key, vector);
      }
      return keys.map((key) => vectors.get(key)!);
    },
  };
}

/** Keeps the last `most` vectors that were put or read (512 numbers are 2 KB) and forgets those that were not used for longest. */
export function vectorsInMemory(most = 50_000): VectorStore {
  const kept = new Map<string, Float32Array>();
  /** A map remembers the order of insertion: the first key is the one that was used longest ago. */
  const touch = (key: string, vector: Float32Array): void => {
    kept.delete(key);
    kept.set(key, vector);
  };
  return {
    get(key) {
      const vector = kept.get(key);
      if (vector !== undefined) touch(key, vector);
      return vector;
    },
    put(vectors) {
      for (const [key, vector] of vectors) touch(key, vector);
      for (const key of kept.keys()) {
        if (kept.size <= most) break;
        kept.delete(key);
      }
      return Promise.resolve();
    },
  };
}
