import { afterEach, describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { Secret } from '../../src/core/secret.js';
import { openAiEmbedder, type OpenAiEmbedder } from '../../src/model/openai.js';
import * as server from '../support/chat-server.js';

const signal = new AbortController().signal;
const open: server.ChatServer[] = [];

async function start(behaviour: server.Behaviour): Promise<server.ChatServer & { embedder: OpenAiEmbedder }> {
  const started = await server.startChatServer({ behave: () => behaviour });
  open.push(started);
  const embedder = openAiEmbedder({
    baseUrl: started.url,
    apiKey: new Secret('sk-CANARY'),
    model: 'm-1',
    dimensions: 8,
    random: randomStream('1', 'jitter'),
    sleep: () => Promise.resolve(),
  });
  return { ...started, embedder };
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((started) => started.close()));
});

describe('openAiEmbedder', () => {
  it('gives one vector of length 1 for each text, in order, over several requests', async () => {
    const { embedder, requests } = await start(server.embeddings(8));
    const texts = Array.from({ length: 130 }, (_, i) => `word${i % 7} again`);
    const vectors = await embedder.embed(texts, signal);
    expect(requests.map(({ body }) => body.input.length)).toEqual([128, 2]);
    expect(vectors).toHaveLength(130);
    expect(vectors[7]).toEqual(vectors[0]);
    expect(vectors[129]).toEqual(vectors[3]);
    expect(vectors[1]).not.toEqual(vectors[0]);
    for (const vector of vectors) expect(vector.reduce((sum, x) => sum + x * x, 0)).toBeCloseTo(1, 6);
  });

  it.each<{ fault: string; behaviour: server.Behaviour; texts?: string[]; message: string }>([
    {
      fault: 'wrong size',
      behaviour: server.embeddings(9),
      message: 'embedder m-1: wrong number of dimensions; got 9, expected 8.',
    },
    {
      fault: 'too few vectors',
      behaviour: server.sends('{"data":[]}'),
      message:
        'embedder m-1: the server did not send an embedding for each text. Check the server, then resume the run.',
    },
    {
      fault: 'index out of range',
      behaviour: server.sends('{"data":[{"index":4000000000,"embedding":[1]}]}'),
      message: 'embedder m-1: the server did not send an embedding for each text.',
    },
    {
      fault: 'zero vector',
      behaviour: server.sends('{"data":[{"index":0,"embedding":[0,0,0,0,0,0,0,0]}]}'),
      message: 'embedder m-1: the server sent a vector of length 0.',
    },
    { fault: 'wrong key', behaviour: server.wrongKey, message: 'embedder m-1: the server refuses the key; got 401.' },
    {
      fault: 'empty text',
      behaviour: server.embeddings(8),
      texts: ['a', ' '],
      message: 'embedder m-1 text 1: empty text.',
    },
  ])('names the fault: $fault', async ({ behaviour, texts = ['a'], message }) => {
    const { embedder } = await start(behaviour);
    await expect(embedder.embed(texts, signal)).rejects.toThrow(message);
  });
});
