import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startChatServer, type ChatServer, type ChatServerOptions } from './chat-server.js';

/** What can be asked of the server. */
export type Step = 'upload' | 'create' | 'list' | 'poll' | 'content';

/** How a step fails: with 500, cut off before anything was done, or after all was done. */
export type StepFault = 'error' | 'cut-before' | 'cut-after';

/** What becomes of one batch. */
export interface Fate {
  /** Default `completed`. */
  readonly status?: string;
  /** Looks at it before it ends; never where infinite. Default 0. */
  readonly polls?: number;
  /** Changes the lines of the output file. */
  readonly output?: (lines: string[]) => string[];
  /** Lines of an error file, from the ids that were asked. */
  readonly errors?: (ids: string[]) => string[];
  /** Why it failed. */
  readonly failure?: { readonly code: string; readonly message: string };
}

export interface BatchServerOptions extends ChatServerOptions {
  /** Of the batches in the order in which they are made. */
  readonly fate?: (index: number) => Fate;
  /** Whether a step fails for the n-th time that it is asked for, from 0. */
  readonly fault?: (step: Step, time: number) => StepFault | undefined;
  /** Each batch stands in the list so often. Default 1. */
  readonly listed?: number;
}

/** One batch as the server has it. */
export interface MadeBatch {
  readonly id: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly lines: readonly { readonly custom_id: string; readonly body: { readonly model: string } }[];
}

export interface BatchChatServer extends Pick<ChatServer, 'url' | 'close'> {
  /** The server that answers the questions, whether they come directly or in batches. */
  readonly chat: ChatServer;
  readonly batches: readonly MadeBatch[];
  readonly uploads: readonly string[];
  readonly steps: readonly Step[];
}

/** A chat server with batches before it: every question in one is answered as if it had come directly. */
export async function startBatchServer(options: BatchServerOptions = {}): Promise<BatchChatServer> {
  const { fate = (): Fate => ({}), fault = () => undefined, listed = 1 } = options;
  const chat = await startChatServer(options);
  const [uploads, steps, batches]: [string[], Step[], MadeBatch[]] = [[], [], []];
  const files = new Map<string, string>();
  const looks = new Map<string, number>();

  async function make(input: string, metadata: Record<string, string>): Promise<MadeBatch> {
    const index = batches.length;
    const lines = uploads[Number(input.slice('file-'.length))]!.trim()
      .split('\n')
      .map((line) => JSON.parse(line) as MadeBatch['lines'][number]);
    const batch = { id: `batch_${index}`, metadata, lines };
    batches.push(batch);
    const { output = (all: string[]) => all, errors } = fate(index);
    const answers = await Promise.all(
      lines.map(async ({ custom_id, body }) => {
        const response = await fetch(`${chat.url}/chat/completions`, { method: 'POST', body: JSON.stringify(body) });
        return JSON.stringify({
          id: `line_${custom_id}`,
          custom_id,
          response: { status_code: response.status, body: await response.json() },
          error: null,
        });
      }),
    );
    files.set(
      `out-${index}`,
      output(answers)
        .map((line) => `${line}\n`)
        .join(''),
    );
    if (errors)
      files.set(
        `err-${index}`,
        errors(lines.map((line) => line.custom_id))
          .map((line) => `${line}\n`)
          .join(''),
      );
    return batch;
  }

  function shown({ id, metadata, lines }: MadeBatch): object {
    const index = Number(id.slice('batch_'.length));
    const { status = 'completed', polls = 0, failure } = fate(index);
    const seen = looks.get(id) ?? 0;
    looks.set(id, seen + 1);
    const isDone = seen >= polls;
    const hasFiles = isDone && status !== 'failed';
    return {
      ...{ id, object: 'batch', metadata, created_at: index, status: isDone ? status : 'in_progress' },
      output_file_id: hasFiles && files.get(`out-${index}`) !== '' ? `out-${index}` : null,
      error_file_id: hasFiles && files.has(`err-${index}`) ? `err-${index}` : null,
      request_counts: { total: lines.length, completed: isDone ? lines.length : 0, failed: 0 },
      errors: failure && isDone ? { object: 'list', data: [failure] } : null,
    };
  }

  async function perform(step: Step, url: URL, content: string, response: ServerResponse): Promise<void> {
    const name = url.pathname.split('/')[3] ?? '';
    const json = (body: unknown): void => void response.end(JSON.stringify(body));
    if (step === 'upload') {
      const input = /\r\n\r\n(\{[\s\S]*?)\r\n--/.exec(content)?.[1] ?? '';
      json({ id: `file-${uploads.push(input) - 1}`, object: 'file', purpose: 'batch' });
    } else if (step === 'create') {
      const wanted = JSON.parse(content) as { input_file_id: string; metadata: Record<string, string> };
      json(shown(await make(wanted.input_file_id, wanted.metadata)));
    } else if (step === 'list') {
      const after = url.searchParams.get('after');
      const newestFirst = [...batches].reverse();
      const page = newestFirst
        .slice(after === null ? 0 : newestFirst.findIndex(({ id }) => id === after) + 1)
        .slice(0, 2);
      const has_more = page.length > 0 && page.at(-1) !== newestFirst.at(-1);
      json({
        object: 'list',
        has_more,
        data: page.flatMap((batch) => Array.from({ length: listed }, () => shown(batch))),
      });
    } else if (step === 'poll') json(shown(batches.find(({ id }) => id === name)!));
    else response.end(files.get(name));
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const content = Buffer.concat(chunks).toString();
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname.endsWith('/chat/completions')) {
      const answer = await fetch(`${chat.url}/chat/completions`, { method: 'POST', body: content });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
      return;
    }
    const step = stepOf(request.method ?? '', url);
    const time = steps.filter((one) => one === step).length;
    steps.push(step);
    const failing = fault(step, time);
    if (failing === 'error') response.writeHead(500).end('{}');
    else if (failing === 'cut-before') response.destroy();
    else if (failing === 'cut-after') {
      // Done, but nobody hears of it.
      await perform(step, url, content, { end: () => undefined } as unknown as ServerResponse);
      response.destroy();
    } else await perform(step, url, content, response);
  }

  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    ...{ chat, batches, uploads, steps },
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await chat.close();
    },
  };
}

function stepOf(method: string, { pathname }: URL): Step {
  if (pathname.endsWith('/files')) return 'upload';
  if (pathname.endsWith('/content')) return 'content';
  if (!pathname.endsWith('/batches')) return 'poll';
  return method === 'POST' ? 'create' : 'list';
}
