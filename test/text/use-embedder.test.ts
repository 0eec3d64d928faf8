import { describe, expect, it } from 'vitest';
import { normalized } from '../../src/text/embedder.js';
import { useEmbedder } from '../../src/text/use-embedder.js';

const signal = new AbortController().signal;
const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, k) => sum + x * b[k]!, 0);

describe('useEmbedder', () => {
  const embedder = useEmbedder();

  it('puts near meanings near each other, in unit vectors', async () => {
    const [cats, moreCats, rent, empty] = await embedder.embed(
      ['I like cats', 'I am very fond of cats', 'The rent is too high again', ''],
      signal,
    );
    expect(cats).toHaveLength(embedder.dimensions);
    for (const vector of [cats!, moreCats!, rent!, empty!]) expect(dot(vector, vector)).toBeCloseTo(1, 5);
    expect(dot(cats!, moreCats!)).toBeGreaterThan(dot(cats!, rent!) + 0.2);
  });

  it('gives a text the same vector alone and in any batch', async () => {
    const many = Array.from({ length: 40 }, (_, k) => `A sentence about topic number ${k} in a post`);
    const together = await embedder.embed(many, signal);
    const [alone] = await embedder.embed([many[35]!], signal);
    expect(Math.max(...together[35]!.map((x, k) => Math.abs(x - alone![k]!)))).toBeLessThan(1e-6);
    expect(await embedder.embed(many, signal)).toEqual(together);
  });

  it('survives long texts and nothing at all', async () => {
    expect(await embedder.embed([], signal)).toEqual([]);
    expect(await embedder.embed(['word '.repeat(20_000)], signal)).toHaveLength(1);
  });

  it('stops when asked', async () => {
    await expect(embedder.embed(['a'], AbortSignal.abort())).rejects.toThrow(
      'useEmbedder: stopped before the last batch; got 0.',
    );
  });
});

it('leaves a zero vector as it is', () => {
  expect([...normalized([0, 0])]).toEqual([0, 0]);
  expect([...normalized([3, 4])]).toEqual([Math.fround(0.6), Math.fround(0.8)]);
});
