import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Inventory } from '../../src/psychometrics/inventory.js';
import { sensibleAnswer } from './chat-answers.js';

/** One request as the server got it. */
export interface ChatCall {
  /** Counted from 0 over all requests. */
  readonly index: number;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: {
    readonly model: string;
    readonly messages: readonly { readonly role: string; readonly content: string }[];
    readonly input: readonly string[];
    readonly seed?: number;
    readonly max_tokens?: number;
    readonly max_completion_tokens?: number;
    readonly response_format?: { readonly json_schema: { readonly name: string; readonly schema: object } };
  };
  /** `name@version` from the first line of the system text; empty when there is none. */
  readonly prompt: string;
}

/** How one request is answered. */
export type Behaviour = (call: ChatCall, response: ServerResponse) => void;

export interface ChatServerOptions {
  /** Chooses how each request is answered. Default: sensibly. */
  readonly behave?: (call: ChatCall) => Behaviour;
  /** Inventories whose items the sensible model understands. */
  readonly inventories?: readonly Inventory[];
}

export interface ChatServer {
  /** Base URL, ending in `/v1`. */
  readonly url: string;
  readonly requests: readonly ChatCall[];
  close(): Promise<void>;
}

/** An OpenAI-compatible server on this machine that does as it is told. No answer depends on time or on the order of requests. */
export async function startChatServer({ behave, inventories = [] }: ChatServerOptions = {}): Promise<ChatServer> {
  const requests: ChatCall[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as ChatCall['body'];
      const [system] = (body as Partial<ChatCall['body']>).messages ?? [];
      const prompt = /^prompt: (\S+)/.exec(system?.content ?? '')?.[1] ?? '';
      const call = { index: requests.length, path: request.url ?? '', headers: request.headers, body, prompt };
      requests.push(call);
      (behave?.(call) ?? sensible(inventories))(call, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function sendJson(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

interface CompletionParts {
  readonly content?: string | null;
  readonly refusal?: string;
  readonly finish?: string;
  readonly usage?: unknown;
}

function completion({ body }: ChatCall, { content = null, refusal, finish = 'stop', usage }: CompletionParts): object {
  const characters = body.messages.reduce((total, { content }) => total + content.length, 0);
  return {
    id: 'chatcmpl-test',
    object: 'chat.completion',
    created: 0,
    model: body.model,
    system_fingerprint: 'fp_test',
    choices: [{ index: 0, finish_reason: finish, message: { role: 'assistant', content, refusal: refusal ?? null } }],
    usage: usage ?? {
      prompt_tokens: Math.ceil(characters / 4),
      completion_tokens: Math.ceil((content ?? '').length / 4),
      total_tokens: Math.ceil((characters + (content ?? '').length) / 4),
    },
  };
}

/** A completion with given parts. */
export const complete =
  (parts: CompletionParts): Behaviour =>
  (call, response) =>
    sendJson(response, 200, completion(call, parts));

/** A completion with a given text. */
export const says = (content: string): Behaviour => complete({ content });

/** The sensible model: computed from the request, see {@link sensibleAnswer}; embeddings are hashed words. */
export const sensible =
  (inventories: readonly Inventory[] = []): Behaviour =>
  (call, response) => {
    const { body, path, prompt } = call;
    if (path.endsWith('/embeddings')) {
      embeddings()(call, response);
      return;
    }
    const [system, user] = body.messages.map(({ content }) => content) as [string, string];
    says(sensibleAnswer({ prompt, system, user, seed: body.seed ?? 0 }, inventories))(call, response);
  };

/** One vector a text: counts of its words, hashed into `dimensions` places. */
export const embeddings =
  (dimensions = 32): Behaviour =>
  ({ body }, response) => {
    const data = body.input.map((text, index) => {
      const embedding = new Array<number>(dimensions).fill(0);
      for (const word of text.toLowerCase().split(/\W+/))
        embedding[createHash('sha256').update(word).digest().readUInt32LE() % dimensions]! += 1;
      return { object: 'embedding', index, embedding };
    });
    sendJson(response, 200, { object: 'list', model: body.model, data: data.reverse() });
  };

/** An error of the API with its status. */
export const apiError =
  (
    status: number,
    error: { message: string; code?: string; type?: string },
    headers?: Record<string, string>,
  ): Behaviour =>
  (_, response) =>
    sendJson(response, status, { error: { param: null, code: null, type: null, ...error } }, headers);

/** 401, quoting the key that was sent, as careless servers do. */
export const wrongKey: Behaviour = (call, response) =>
  apiError(401, {
    message: `Incorrect API key provided: ${call.headers.authorization ?? ''}`,
    code: 'invalid_api_key',
  })(call, response);

export const throttled = (headers: Record<string, string> = {}): Behaviour =>
  apiError(429, { message: 'Rate limit reached', code: 'rate_limit_exceeded', type: 'requests' }, headers);

export const noQuota = apiError(429, {
  message: 'You exceeded your current quota',
  code: 'insufficient_quota',
  type: 'insufficient_quota',
});

export const serverError = (status = 500): Behaviour => apiError(status, { message: 'The server had an error' });

/** Takes the request and never answers. */
export const silent: Behaviour = () => undefined;

/** Sends the headers of an answer and a first byte, and nothing more. */
export const stallAfterHeaders: Behaviour = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{');
};

/** Promises a whole body and hangs up after half of it. */
export const truncatedBody: Behaviour = (call, response) => {
  const text = JSON.stringify(completion(call, { content: '{}' }));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(text.length) });
  response.write(text.slice(0, text.length / 2), () => response.destroy());
};

/** Hangs up without a word. */
export const hangsUp: Behaviour = (_, response) => {
  response.destroy();
};

/** Any text with status 200. */
export const sends =
  (text: string, contentType = 'text/html'): Behaviour =>
  (_, response) => {
    response.writeHead(200, { 'content-type': contentType }).end(text);
  };

export const htmlPage = sends('<!doctype html><title>Please log in</title>');

export const errorWith200 = sends(JSON.stringify({ error: { message: 'overloaded' } }), 'application/json');

/** 307, which asks the client to send the same body elsewhere. */
export const redirect =
  (location: string): Behaviour =>
  (_, response) => {
    response.writeHead(307, { location }).end();
  };

/** A valid completion of more than the given number of bytes, as long as the client listens. */
export const hugeBody =
  (bytes: number): Behaviour =>
  (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"choices":[{"finish_reason":"stop","message":{"content":"');
    const block = 'x'.repeat(1 << 16);
    let sent = 0;
    const more = (): void => {
      while (sent < bytes && !response.destroyed) {
        sent += block.length;
        if (response.write(block)) continue;
        response.once('drain', more);
        return;
      }
      if (!response.destroyed) response.end('"}}]}');
    };
    more();
  };
