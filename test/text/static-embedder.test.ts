import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/core/canonical-json.js';
import { staticEmbedder, textVectors } from '../../src/text/static-embedder.js';
import { readStaticTable } from '../../src/text/static-table.js';
import type { StaticTable } from '../../src/text/static-table.js';
import { dot } from './sts-benchmark.js';

const signal = new AbortController().signal;
const embedder = staticEmbedder();
const folder = new URL('../../data/embeddings/', import.meta.url);

const bytesOf = ({ buffer }: Float32Array): Buffer => Buffer.from(buffer);

async function similarity(a: string, b: string): Promise<number> {
  const [x, y] = await embedder.embed([a, b], signal);
  return dot(x!, y!);
}

/** Two words, two blocks of two numbers: "cat" is (3, -2) times .5 and (1, 0); "dog" is (-7, 7) times .1 and nothing. */
const tiny: StaticTable = {
  name: 'tiny@1',
  vocabulary: ['cat', 'dog'],
  blocks: [
    { dimensions: 2, share: 0.75 },
    { dimensions: 2, share: 0.25 },
  ],
  steps: Float32Array.of(0.5, 1, 0.125, 0),
  nibbles: Uint8Array.of((6 << 4) | 11, (8 << 4) | 9, (15 << 4) | 1, (8 << 4) | 8),
};

describe('textVectors', () => {
  const vectorOf = textVectors(tiny);

  // By hand: block by block the sum over words, to length √share.
  it.each([
    ['cat', [(Math.sqrt(0.75) * 3) / Math.sqrt(13), (Math.sqrt(0.75) * -2) / Math.sqrt(13), 0.5, 0]],
    ['cat cat', [(Math.sqrt(0.75) * 3) / Math.sqrt(13), (Math.sqrt(0.75) * -2) / Math.sqrt(13), 0.5, 0]],
    ['dog', [-Math.SQRT1_2, Math.SQRT1_2, 0, 0]],
    // (1.5 - 0.875, -1 + 0.875) = (0.625, -0.125)
    ['dog cat', [(Math.sqrt(0.75) * 5) / Math.sqrt(26), -Math.sqrt(0.75) / Math.sqrt(26), 0.5, 0]],
    ['', [0, 0, 0, 0]],
  ])('%j', (text, expected) => {
    vectorOf(text).forEach((x, k) => expect(x).toBeCloseTo(expected[k]!, 6));
  });

  it('gives an unknown word a direction of signs', () => {
    const vector = vectorOf('xyzzy');
    const signs = [...vector].map((x) => Math.sign(x));
    expect(signs.every((sign) => sign !== 0)).toBe(true);
    vector.forEach((x, k) => expect(Math.abs(x)).toBeCloseTo(Math.sqrt((k < 2 ? 0.75 : 0.25) / 2), 6));
  });
});

describe('the table', () => {
  it('is the one that its card describes, in size too', () => {
    const { vocabulary, nibbles, steps, blocks, name } = readStaticTable();
    expect(name).toBe(embedder.name);
    expect(blocks.reduce((sum, { dimensions }) => sum + dimensions, 0)).toBe(embedder.dimensions);
    expect(blocks.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(vocabulary).toHaveLength(36_192);
    expect(new Set(vocabulary).size).toBe(vocabulary.length);
    expect(nibbles).toHaveLength((vocabulary.length * embedder.dimensions) / 2);
    expect(steps.every((step) => Number.isFinite(step) && step >= 0)).toBe(true);
  });

  it('is refused when a byte of it has changed', () => {
    const copy = mkdtempSync(join(tmpdir(), 'embeddings-'));
    try {
      cpSync(folder, copy, { recursive: true });
      const bytes = readFileSync(join(copy, 'static-en.bin'));
      bytes[1_000_000]! ^= 1;
      writeFileSync(join(copy, 'static-en.bin'), bytes);
      expect(() => readStaticTable(pathToFileURL(`${copy}/`))).toThrow(
        'data/embeddings/static-en.bin: not the file that static-en.json describes. Reinstall the package.',
      );
    } finally {
      rmSync(copy, { recursive: true });
    }
  });
});

/** Any code points, halves of pairs among them. */
const strangeText = fc
  .array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 60 })
  .map((points) => String.fromCodePoint(...points));

describe('staticEmbedder', () => {
  it('puts near meanings near each other, in unit vectors', async () => {
    const near = await similarity('I like cats', 'I am very fond of kittens');
    expect(near).toBeGreaterThan((await similarity('I like cats', 'The rent is too high again')) + 0.3);
    for (const vector of await embedder.embed(['I like cats', 'xyzzy', '1999', '犬と猫'], signal)) {
      expect(vector).toHaveLength(embedder.dimensions);
      expect(dot(vector, vector)).toBeCloseTo(1, 5);
    }
  });

  // A change here changes every result that rests on similarity: raise the model's version.
  it('gives the same bytes everywhere', async () => {
    const vectors = await embedder.embed(
      ['A man is playing a guitar.', "I don't like the café's 3 owners", 'Ünknöwn wörds 犬', ''],
      signal,
    );
    const bytes = Buffer.alloc(4 * embedder.dimensions * vectors.length);
    vectors.forEach((vector, k) => vector.forEach((x, j) => bytes.writeFloatLE(x, 4 * (k * embedder.dimensions + j))));
    expect(sha256(bytes)).toBe('10eb64656e32fcac4f042d5acd52b17216af512a7a442c235bdd8931d48187ce');
  });

  it('knows no order of words, and is not misled by case, punctuation or repetition', async () => {
    expect(await similarity('dog bites man', 'Man bites dog!')).toBeCloseTo(1, 6);
    expect(await similarity('so happy', 'so happy so happy')).toBeCloseTo(1, 6);
  });

  it('takes an unknown word to be like itself alone', async () => {
    expect(await similarity('zorblat', "Zorblat's")).toBeCloseTo(1, 6);
    expect(Math.abs(await similarity('zorblat', 'quxwibble'))).toBeLessThan(0.3);
    expect(await similarity('I met zorblat', 'we saw zorblat')).toBeGreaterThan(
      (await similarity('I met zorblat', 'we saw quxwibble')) + 0.2,
    );
  });

  it('gives texts without words the zero vector', async () => {
    expect(await embedder.embed([], signal)).toEqual([]);
    const nothing = new Float32Array(embedder.dimensions);
    expect(await embedder.embed(['', ' \n', '?!', '🙂'], signal)).toEqual([nothing, nothing, nothing, nothing]);
  });

  it('gives a text the same vector alone and in any company, however strange', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(strangeText, { minLength: 1, maxLength: 8 }), async (texts) => {
        const together = await embedder.embed(texts, signal);
        for (const [k, text] of texts.entries()) {
          const [alone] = await embedder.embed([text], signal);
          expect(Buffer.compare(bytesOf(alone!), bytesOf(together[k]!))).toBe(0);
          const square = dot(together[k]!, together[k]!);
          expect(square === 0 || Math.abs(square - 1) < 1e-5).toBe(true);
        }
      }),
      { seed: 20261120, numRuns: 60 },
    );
  });

  it('reads long and hostile texts whole', async () => {
    const texts = [
      'word '.repeat(100_000),
      'a'.repeat(500_000),
      "a-b'".repeat(100_000),
      '9'.repeat(500_000),
      'é'.repeat(200_000),
    ];
    for (const vector of await embedder.embed(texts, signal)) expect(dot(vector, vector)).toBeCloseTo(1, 4);
    expect(await similarity('word', texts[0]!)).toBeCloseTo(1, 5);
  });

  it('stops when asked', async () => {
    await expect(embedder.embed(['a'], AbortSignal.abort())).rejects.toThrow(
      'staticEmbedder: stopped before the last batch; got 0.',
    );
  });
});
