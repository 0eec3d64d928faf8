import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ChatReply, ChatRequest } from '../../src/model/chat-model.js';
import { openAiModel, type OpenAiOptions } from '../../src/model/openai.js';
import { sleep } from '../../src/model/retry.js';
import * as server from '../support/chat-server.js';
import { key, options, request, signal, start } from './openai-fixture.js';

afterEach(() => vi.unstubAllEnvs());

const shaped: ChatRequest = { ...request, schemaName: 'greeting', jsonSchema: { type: 'object' } };
const text = server.says('hi');
const good = (requests: number): object => ({ kind: 'text', text: 'hi', servedBy: 'm-1/fp_test', requests });
const gone = (reason: string, requests: number): ChatReply => ({ kind: 'unavailable', reason, requests });

// Which of the two depends on what the system tells first.
const hungUp: unknown = expect.stringMatching(/^the connection failed \((UND_ERR_SOCKET|ECONNRESET)\)$/);

describe('openAiModel', () => {
  it('sends the request as it is and reads the answer', async () => {
    const { url, requests } = await start(text);
    const reply = await openAiModel(options(url)).complete(shaped, signal);
    expect(reply).toEqual({ ...good(1), usage: { inputTokens: 4, outputTokens: 1 } });
    expect(requests[0]).toMatchObject({ path: '/v1/chat/completions', headers: { authorization: `Bearer ${key}` } });
    expect(requests[0]!.body).toEqual({
      model: 'm-1',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello?' },
      ],
      temperature: 0.5,
      max_tokens: 50,
      seed: 7,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'greeting', schema: { type: 'object' }, strict: true },
      },
    });
  });

  it('takes nothing from the environment', async () => {
    vi.stubEnv('OPENAI_BASE_URL', 'http://127.0.0.1:9/elsewhere');
    vi.stubEnv('OPENAI_API_KEY', 'sk-environment');
    vi.stubEnv('OPENAI_ORG_ID', 'org-environment');
    vi.stubEnv('OPENAI_PROJECT_ID', 'project-environment');
    vi.stubEnv('OPENAI_LOG', 'debug');
    const print = vi.spyOn(console, 'debug').mockReturnValue();
    const { url, requests } = await start(text);
    expect(await openAiModel(options(url, { apiKey: undefined })).complete(request, signal)).toMatchObject(good(1));
    expect(JSON.stringify(requests[0]!.headers)).not.toMatch(/environment/);
    expect(print).not.toHaveBeenCalled();
  });

  // One row a fault: the script of the server, the reply, the number of requests.
  it.each<{ fault: string; script: server.Behaviour[]; reply: object; extra?: Partial<OpenAiOptions> }>([
    { fault: '500, then an answer', script: [server.serverError(), text], reply: good(2) },
    { fault: '503 for ever', script: [server.serverError(503)], reply: gone('the server failed (503)', 3) },
    { fault: '408', script: [server.serverError(408), text], reply: good(2) },
    { fault: '429, then an answer', script: [server.throttled(), text], reply: good(2) },
    {
      fault: '429 more often than there are attempts',
      script: [...Array<server.Behaviour>(5).fill(server.throttled()), text],
      reply: good(6),
    },
    {
      fault: 'silence',
      script: [server.silent],
      reply: gone('no complete answer within 120 ms', 3),
      extra: { timeoutMs: 120 },
    },
    {
      fault: 'a stall after the headers',
      script: [server.stallAfterHeaders],
      reply: gone('no complete answer within 120 ms', 3),
      extra: { timeoutMs: 120 },
    },
    {
      fault: 'a stall, then an answer',
      script: [server.stallAfterHeaders, text],
      reply: good(2),
      extra: { timeoutMs: 300 },
    },
    { fault: 'a body cut off', script: [server.truncatedBody, text], reply: good(2) },
    {
      fault: 'a body cut off for ever',
      script: [server.truncatedBody],
      reply: { ...gone('', 3), reason: hungUp },
    },
    { fault: 'hanging up', script: [server.hangsUp], reply: { ...gone('', 3), reason: hungUp } },
    { fault: 'a page of HTML with 200', script: [server.htmlPage], reply: gone('the server sent a page of HTML', 3) },
    {
      fault: 'an error with 200',
      script: [server.errorWith200],
      reply: gone('the server sent an error with status 200', 3),
    },
    { fault: 'an error with 200, then an answer', script: [server.errorWith200, text], reply: good(2) },
    { fault: 'an empty body', script: [server.sends('')], reply: gone('the server sent an empty answer', 3) },
    {
      fault: 'half a JSON that ends cleanly',
      script: [server.sends('{"choices":[')],
      reply: gone('the server sent broken JSON', 3),
    },
    {
      fault: 'no choices',
      script: [server.sends('{"choices":[]}')],
      reply: gone('the server did not send a completion', 3),
    },
    { fault: 'a JSON string', script: [server.sends('"ok"')], reply: gone('the server did not send a completion', 3) },
    {
      fault: 'no text and no refusal',
      script: [server.complete({})],
      reply: gone('the server sent a completion without text', 3),
    },
    {
      fault: 'more bytes than allowed',
      script: [server.hugeBody(1 << 26)],
      reply: gone('the answer is larger than 100000 bytes', 1),
      extra: { maxBytes: 100_000 },
    },
    {
      fault: 'an answer cut at the token limit',
      script: [server.complete({ content: '{"a":', finish: 'length' })],
      reply: { kind: 'truncated', requests: 1 },
    },
    {
      fault: 'a content filter',
      script: [server.complete({ content: 'x', finish: 'content_filter' })],
      reply: { kind: 'refusal', reason: 'a content filter stopped the answer', requests: 1 },
    },
    {
      fault: 'a refusal',
      script: [server.complete({ refusal: 'I cannot.' })],
      reply: { kind: 'refusal', reason: 'the model declined', requests: 1 },
    },
    {
      fault: 'a prompt that is too long for the model',
      script: [server.apiError(400, { message: 'too long', code: 'context_length_exceeded' })],
      reply: { kind: 'refusal', reason: 'the server rejected the request (context_length_exceeded)', requests: 1 },
    },
  ])('$fault', async ({ script, reply, extra }) => {
    const { url, requests } = await start(...script);
    const actual = await openAiModel(options(url, extra)).complete(request, signal);
    expect(actual).toMatchObject(reply);
    expect(requests).toHaveLength(actual.requests!);
    expect(JSON.stringify(actual)).not.toContain('CANARY');
  });

  it.each<{ fault: string; behaviour: server.Behaviour; code: string; message: string }>([
    {
      fault: '401',
      behaviour: server.wrongKey,
      code: 'usage',
      message: 'model m-1: the server refuses the key; got 401. Check the API key and what it may use.',
    },
    {
      fault: '403',
      behaviour: server.apiError(403, { message: 'no' }),
      code: 'usage',
      message: 'model m-1: the server refuses the key; got 403. Check the API key and what it may use.',
    },
    {
      fault: '404',
      behaviour: server.apiError(404, { message: 'no such model' }),
      code: 'usage',
      message: 'model m-1: the server does not know it; got 404. Check the name of the model and the base URL.',
    },
    {
      fault: '400 that quotes the key',
      behaviour: server.apiError(400, { message: `bad\n\u001b[31m temperature ${key}` }),
      code: 'usage',
      message:
        'model m-1: the server rejects the request; got "400 bad [31m temperature ***". Check the settings of the model.',
    },
    {
      fault: '307',
      behaviour: server.redirect('http://127.0.0.1:9/'),
      code: 'usage',
      message:
        'model m-1: the server redirects to another address, where prompts are not sent; got 307. Give the final base URL.',
    },
    {
      fault: 'no quota',
      behaviour: server.noQuota,
      code: 'model-unavailable',
      message: 'model m-1: the account has no quota left; got 429. Add credit, then resume the run.',
    },
    {
      fault: '402',
      behaviour: server.apiError(402, { message: 'pay' }),
      code: 'model-unavailable',
      message: 'model m-1: the account has no quota left; got 402. Add credit, then resume the run.',
    },
  ])('is fatal at the first request: $fault', async ({ behaviour, code, message }) => {
    const { url, requests } = await start(behaviour);
    const error: unknown = await openAiModel(options(url))
      .complete(request, signal)
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ name: 'Failure', code, message });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('CANARY');
    expect(requests).toHaveLength(1);
  });

  it('sends no byte of a prompt to where a redirect points', async () => {
    const other = await start(text);
    const { url } = await start(server.redirect(`${other.url}/chat/completions`));
    await expect(openAiModel(options(url)).complete(request, signal)).rejects.toThrow('redirects');
    expect(other.requests).toHaveLength(0);
  });

  it('stops reading a body that is too large', async () => {
    let sent = 0;
    const { url } = await start((call, response) => {
      server.hugeBody(1 << 30)(call, response);
      response.on('close', () => (sent = response.socket?.bytesWritten ?? 0));
    });
    await openAiModel(options(url, { maxBytes: 1 << 20 })).complete(request, signal);
    expect(sent).toBeLessThan(1 << 26);
  });

  it('stops unpacking a body that is small on the way and huge when unpacked', async () => {
    const packed = gzipSync(Buffer.alloc(1 << 24, 0x20));
    expect(packed.length).toBeLessThan(100_000);
    const { url } = await start((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(packed);
    });
    expect(await openAiModel(options(url, { maxBytes: 1 << 20 })).complete(request, signal)).toMatchObject(
      gone('the answer is larger than 1048576 bytes', 1),
    );
  });

  it('says that a server cannot be reached', async () => {
    const stopped = await start(text);
    await stopped.close();
    expect(await openAiModel(options(stopped.url)).complete(request, signal)).toEqual(
      gone('the connection failed (ECONNREFUSED)', 3),
    );
  });

  // Bounds of full jitter with base 500 ms, and what the server asks for as a lower bound.
  it.each<{ headers: Record<string, string>; least: number; most: number }>([
    { headers: {}, least: 500, most: 500 },
    { headers: { 'retry-after': '3' }, least: 3000, most: 3000 },
    { headers: { 'retry-after-ms': '750' }, least: 750, most: 750 },
    { headers: { 'retry-after': '-5' }, least: 500, most: 500 },
    { headers: { 'retry-after': 'soon' }, least: 500, most: 500 },
    { headers: { 'retry-after': '1e9' }, least: 500, most: 500 },
    { headers: { 'retry-after': '999999999' }, least: 120_000, most: 120_000 },
    {
      headers: { 'retry-after': 'Fri, 20 Nov 2026 10:00:07 GMT', date: 'Fri, 20 Nov 2026 10:00:00 GMT' },
      least: 7000,
      most: 7000,
    },
    {
      headers: { 'retry-after': 'Fri, 20 Nov 2026 09:00:00 GMT', date: 'Fri, 20 Nov 2026 10:00:00 GMT' },
      least: 500,
      most: 500,
    },
  ])('waits after 429 with $headers', async ({ headers, least, most }) => {
    const { url } = await start(server.throttled(headers), text);
    const opts = options(url);
    expect(await openAiModel(opts).complete(request, signal)).toMatchObject(good(2));
    expect(opts.waits).toHaveLength(1);
    expect(opts.waits[0]).toBeGreaterThanOrEqual(least);
    expect(opts.waits[0]).toBeLessThanOrEqual(most);
  });

  it('gives up on a server that throttles for ever when its patience is used up', async () => {
    const { url, requests } = await start(server.throttled({ 'retry-after': '60' }));
    const reply = await openAiModel(options(url)).complete(request, signal);
    // 3600 s of patience hold sixty waits of 60 s.
    expect(reply).toEqual(gone('the server throttles (429)', 61));
    expect(requests).toHaveLength(61);
  });

  it('puts the shape into words for a server that rejects response_format, and remembers', async () => {
    const rejects: server.Behaviour = (call, response) =>
      (call.body.response_format === undefined
        ? text
        : server.apiError(400, { message: "Invalid parameter: 'response_format'" }))(call, response);
    const { url, requests } = await start(rejects);
    const model = openAiModel(options(url));
    expect(await model.complete(shaped, signal)).toMatchObject(good(2));
    expect(await model.complete(shaped, signal)).toMatchObject(good(1));
    expect(requests[1]!.body.messages[0]!.content).toBe(
      'Be brief.\n\nAnswer with one JSON value that fits this JSON Schema, and nothing else:\n{"type":"object"}',
    );
  });

  it('calls the token limit by the name that the server knows, and remembers', async () => {
    const rejects: server.Behaviour = (call, response) =>
      (call.body.max_tokens === undefined
        ? text
        : server.apiError(400, { message: "Use 'max_completion_tokens' instead." }))(call, response);
    const { url, requests } = await start(rejects);
    const model = openAiModel(options(url));
    expect(await model.complete(shaped, signal)).toMatchObject(good(2));
    expect(await model.complete(shaped, signal)).toMatchObject(good(1));
    expect(requests.at(-1)!.body).toMatchObject({ max_completion_tokens: 50 });
  });

  it('does not adapt for ever', async () => {
    const { url, requests } = await start(server.apiError(400, { message: 'response_format, max_completion_tokens' }));
    await expect(openAiModel(options(url)).complete(shaped, signal)).rejects.toThrow('rejects the request');
    expect(requests).toHaveLength(3);
  });

  it.each<{ when: string; script: server.Behaviour[] }>([
    { when: 'while it waits for an answer', script: [server.silent] },
    { when: 'while it reads an answer', script: [server.stallAfterHeaders] },
    { when: 'between two requests', script: [server.throttled({ 'retry-after': '60' })] },
  ])('stops at once when interrupted $when', async ({ script }) => {
    const { url, requests } = await start(...script);
    const abort = new AbortController();
    const call = openAiModel({ ...options(url, { timeoutMs: 60_000 }), sleep }).complete(request, abort.signal);
    setTimeout(() => abort.abort(), 150);
    await expect(call).rejects.toMatchObject({ code: 'interrupted', message: 'model m-1: interrupted.' });
    expect(requests).toHaveLength(1);
  });

  it.each([
    {
      baseUrl: 'api.openai.com',
      message:
        'base URL of the model: not an address of a server; got api.openai.com, expected http(s)://host/path, without a user or password.',
    },
    {
      baseUrl: 'https://user:secret@host/v1',
      message:
        'base URL of the model: not an address of a server; got https://host, expected http(s)://host/path, without a user or password.',
    },
    {
      baseUrl: 'http://example.org/v1',
      message: 'base URL of the model: the key would travel unencrypted; got http://example.org, expected https.',
    },
  ])('refuses the address $baseUrl', ({ baseUrl, message }) => {
    expect(() => openAiModel(options(baseUrl))).toThrow(new RegExp(`^${message.replace(/[.()]/g, '\\$&')}$`));
  });

  it('shows no key to whoever prints it', async () => {
    const { url } = await start(text);
    expect(inspect(openAiModel(options(url)), { depth: 10, showHidden: true })).not.toContain('CANARY');
  });
});
