import { describe, expect, it } from 'vitest';
import type { Gate } from '../../src/model/call-loop.js';
import { openAiModel, type OpenAiOptions } from '../../src/model/openai.js';
import * as server from '../support/chat-server.js';
import { mostOf, options, request, signal, start } from './openai-fixture.js';

const text = server.says('hi');

describe('each request of openAiModel', () => {
  it.each([
    { usage: null },
    { usage: { prompt_tokens: -1, completion_tokens: 2 } },
    { usage: { prompt_tokens: 1e300, completion_tokens: 2 } },
  ])('does not believe $usage', async ({ usage }) => {
    const { url, requests } = await start(
      server.sends(JSON.stringify({ choices: [{ finish_reason: 'stop', message: { content: 'hi' } }], usage })),
    );
    expect(await openAiModel(options(url)).complete(request, signal)).toEqual({
      kind: 'text',
      text: 'hi',
      requests: 1,
      billed: mostOf(requests[0]!),
    });
  });

  // What counts as spent: what the server says for the last request, and for each one before it nothing or the most.
  it.each<{ fault: string; behaviour: server.Behaviour; full: boolean; extra?: Partial<OpenAiOptions> }>([
    { fault: '429', behaviour: server.throttled(), full: false },
    { fault: '503', behaviour: server.serverError(503), full: false },
    { fault: '529', behaviour: server.serverError(529), full: false },
    { fault: '500', behaviour: server.serverError(500), full: true },
    { fault: '504', behaviour: server.serverError(504), full: true },
    { fault: 'a body cut off', behaviour: server.truncatedBody, full: true },
    { fault: 'hanging up', behaviour: server.hangsUp, full: true },
    { fault: 'an error with 200', behaviour: server.errorWith200, full: true },
    { fault: 'silence', behaviour: server.silent, full: true, extra: { timeoutMs: 120 } },
  ])(
    'counts a request that failed as spent where a model may have worked: $fault',
    async ({ behaviour, full, extra }) => {
      const { url, requests } = await start(behaviour, text);
      const { usage, billed } = await openAiModel(options(url, extra)).complete(request, signal);
      const most = mostOf(requests[0]!);
      expect(usage).toEqual({ inputTokens: 4, outputTokens: 1 });
      expect(billed).toEqual(
        full ? { inputTokens: 4 + most.inputTokens, outputTokens: 1 + most.outputTokens } : undefined,
      );
    },
  );

  it('counts a request that the server rejected as free', async () => {
    const { url } = await start(server.apiError(400, { message: 'long', code: 'context_length_exceeded' }));
    expect(await openAiModel(options(url)).complete(request, signal)).toEqual({
      kind: 'refusal',
      reason: 'the server rejected the request (context_length_exceeded)',
      usage: { inputTokens: 0, outputTokens: 0 },
      requests: 1,
    });
  });

  it('sends every request through the gates, the outermost first', async () => {
    const seen: string[] = [];
    const named =
      (name: string): Gate =>
      async (outgoing, signal) => {
        seen.push(`${name} sends ${outgoing.most.outputTokens}`);
        const attempt = await outgoing.send(signal);
        seen.push(`${name} got ${attempt.kind}`);
        return attempt;
      };
    const { url } = await start(server.serverError(), text);
    await openAiModel(options(url, { gates: [named('a'), named('b')] })).complete(request, signal);
    expect(seen).toEqual(
      ['transient', 'done'].flatMap((kind) => ['a sends 50', 'b sends 50', `b got ${kind}`, `a got ${kind}`]),
    );
  });
});
