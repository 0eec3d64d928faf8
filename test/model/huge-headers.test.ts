import { describe, expect, it } from 'vitest';
import { openAiModel } from '../../src/model/openai.js';
import * as server from '../support/chat-server.js';
import { options, request, signal, start } from './openai-fixture.js';

const megabyte = 1 << 20;

/** An answer, after headers that nobody wants to keep. */
const behind =
  (headers: Record<string, string>): server.Behaviour =>
  (call, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    server.says('hi')(call, response);
  };

describe('headers of a megabyte', () => {
  it.each<[string, Record<string, string>]>([
    ['one', { 'x-long': 'x'.repeat(megabyte) }],
    ['many', Object.fromEntries(Array.from({ length: 1024 }, (_, i) => [`x-${i}`, 'x'.repeat(1024)]))],
  ])('are not read: %s of them is a fault of the connection', async (_, headers) => {
    const { url, requests } = await start(behind(headers));
    expect(await openAiModel(options(url)).complete(request, signal)).toMatchObject({
      kind: 'unavailable',
      reason: 'the connection failed (UND_ERR_HEADERS_OVERFLOW)',
      requests: 3,
    });
    expect(requests).toHaveLength(3);
  });

  it('that stop are forgiven', async () => {
    const { url } = await start(behind({ 'x-long': 'x'.repeat(megabyte) }), server.says('hi'));
    expect(await openAiModel(options(url)).complete(request, signal)).toMatchObject({ kind: 'text', text: 'hi' });
  });
});
