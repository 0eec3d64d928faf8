import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cachedEmbedder, vectorKey, vectorsInMemory } from '../../src/text/cached-embedder.js';
import type { Embedder } from '../../src/text/embedder.js';
import { vectorFile } from '../../src/text/vector-file.js';

const signal = new AbortController().signal;

/** Says which texts it was asked for; the vector of a text is its length and its first code unit. */
function counting(name = 'counting@1'): Embedder & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    name,
    dimensions: 2,
    asked,
    embed(texts) {
      asked.push(...texts);
      return Promise.resolve(texts.map((text) => Float32Array.of(text.length, text.charCodeAt(0))));
    },
  };
}

describe('cachedEmbedder', () => {
  it('asks for every text once, and answers in order', async () => {
    const plain = counting();
    const cached = cachedEmbedder(plain, vectorsInMemory());
    const texts = ['b', 'aa', 'b', 'ccc'];
    const expected = await counting().embed(texts, signal);
    expect(await cached.embed(texts, signal)).toEqual(expected);
    expect(await cached.embed([...texts, 'dd'], signal)).toEqual([...expected, Float32Array.of(2, 100)]);
    expect(plain.asked).toEqual(['b', 'aa', 'ccc', 'dd']);
    expect([cached.name, cached.dimensions]).toEqual([plain.name, plain.dimensions]);
  });

  it('keeps models apart, and texts that differ only in damaged characters', async () => {
    const store = vectorsInMemory();
    const [one, two] = [counting('one'), counting('two')];
    await cachedEmbedder(one, store).embed(['a', '\ud800'], signal);
    await cachedEmbedder(two, store).embed(['a'], signal);
    expect(two.asked).toEqual(['a']);
    expect(vectorKey('one', '\ud800')).not.toBe(vectorKey('one', '\udbff'));
  });

  it('makes vectors of another length again', async () => {
    const store = vectorsInMemory();
    await store.put(new Map([[vectorKey('counting@1', 'a'), Float32Array.of(1, 2, 3)]]));
    expect(await cachedEmbedder(counting(), store).embed(['a'], signal)).toEqual([Float32Array.of(1, 97)]);
  });

  it('keeps nothing of a call that fails', async () => {
    const store = vectorsInMemory();
    const failing: Embedder = { ...counting(), embed: () => Promise.reject(new Error('no')) };
    await expect(cachedEmbedder(failing, store).embed(['a'], signal)).rejects.toThrow('no');
    expect(store.get(vectorKey('counting@1', 'a'))).toBeUndefined();
  });
});

describe('vectorsInMemory', () => {
  it('forgets what was not used for longest', async () => {
    const store = vectorsInMemory(2);
    const vector = Float32Array.of(1);
    await store.put(
      new Map([
        ['a', vector],
        ['b', vector],
      ]),
    );
    store.get('a');
    await store.put(new Map([['c', vector]]));
    expect(['a', 'b', 'c'].map((key) => store.get(key) !== undefined)).toEqual([true, false, true]);
  });
});

describe('vectorFile', () => {
  let folder = '';
  const path = (): string => join(folder, 'deep', 'vectors.bin');
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'vectors-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const key = (text: string): string => vectorKey('m', text);
  const put = async (text: string, ...xs: number[]): Promise<void> =>
    (await vectorFile(path(), 2)).put(new Map([[key(text), Float32Array.from(xs)]]));
  const read = async (text: string): Promise<number[] | undefined> => {
    const vector = (await vectorFile(path(), 2)).get(key(text));
    return vector && [...vector];
  };

  it('finds again what another process has put', async () => {
    await put('a', 0.5, -3);
    await put('b', 1 / 3, 1e-40);
    expect(await read('a')).toEqual([0.5, -3]);
    expect(await read('b')).toEqual([Math.fround(1 / 3), Math.fround(1e-40)]);
    expect(await read('c')).toBeUndefined();
  });

  it('drops a record that was cut off, and goes on behind the last whole one', async () => {
    await put('a', 1, 2);
    await put('b', 3, 4);
    truncateSync(path(), readFileSync(path()).length - 1);
    expect([await read('a'), await read('b')]).toEqual([[1, 2], undefined]);
    await put('c', 5, 6);
    expect([await read('a'), await read('c')]).toEqual([
      [1, 2],
      [5, 6],
    ]);
  });

  it('drops what follows a flipped bit, wherever it is', async () => {
    await put('a', 1, 2);
    await put('b', 3, 4);
    const bytes = readFileSync(path());
    for (let bit = 0; bit < 4 * bytes.length; bit += 5) {
      const flipped = Buffer.from(bytes);
      const at = bytes.length / 2 + (bit >> 3);
      flipped[at]! ^= 1 << (bit & 7);
      writeFileSync(path(), flipped);
      expect([await read('a'), await read('b')]).toEqual([[1, 2], undefined]);
    }
  });

  it('says which file the system refuses', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(vectorFile(join(folder, 'file', 'vectors.bin'), 2)).rejects.toThrow('vectors.bin: cannot be written');
  });
});
