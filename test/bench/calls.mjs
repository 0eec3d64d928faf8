// Memory and processor time of the questions to a language model: the question, its key, the ledger, the gates, the client, HTTP, the answer.
// The server answers at once and is a process of its own, so that its work is not counted. Then the run is resumed: the ledger is read, and
// questions are answered from it. Prints one JSON line. `npm run --silent bench -- calls [--calls 20000] [--concurrency 64]`
import { fork } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { createServer } from 'node:http';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

if (process.send) serve();
else await measure();

/** Says the same to everybody. */
function serve() {
  const content = JSON.stringify({ answers: Array.from({ length: 50 }, (_, i) => 1 + (i % 5)) });
  const body = JSON.stringify({
    ...{ id: 'chatcmpl-bench', object: 'chat.completion', created: 0, model: 'bench', system_fingerprint: 'fp' },
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content, refusal: null } }],
    usage: { prompt_tokens: 500, completion_tokens: 110, total_tokens: 610 },
  });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200, headers).end(body));
  });
  server.listen(0, '127.0.0.1', () => process.send(server.address().port));
  process.on('disconnect', () => process.exit());
}

async function measure() {
  const [{ z }, { ask }, { chatModels }] = await Promise.all([
    import('zod'),
    import('../../dist/src/model/ask.js'),
    import('../../dist/src/model/chat-models.js'),
  ]);
  const { values } = parseArgs({
    options: {
      calls: { type: 'string', default: '20000' },
      concurrency: { type: 'string', default: '64' },
    },
  });
  const [calls, concurrency] = [Number(values.calls), Number(values.concurrency)];
  const server = fork(fileURLToPath(import.meta.url));
  const port = await new Promise((resolve) => server.once('message', resolve));
  const folder = mkdtempSync(join(tmpdir(), 'bench-calls-'));
  const options = {
    ...{ baseUrl: `http://127.0.0.1:${port}/v1`, apiKey: undefined, seed: '1', concurrency },
    ledger: join(folder, 'calls.jsonl'),
  };
  const schema = z.strictObject({ answers: z.array(z.number().int().min(1).max(5)).length(50) });
  const text = 'You answer the items of a personality inventory as the person described below would. '.repeat(12);
  const { signal } = new globalThis.AbortController();
  setMaxListeners(0, signal);

  /** Asks a number of questions, so many at a time. */
  async function part(count) {
    const opening = clock();
    const models = await chatModels([{ spec: 'openai:bench', role: '--model' }], options);
    const opened = opening();
    const model = models.chat({ spec: 'openai:bench', role: '--model' });
    const asking = clock();
    let [next, answered] = [0, 0];
    await Promise.all(
      Array.from({ length: concurrency }, async () => {
        while (next < count) {
          const seed = next++;
          const question = { system: 'Answer with JSON.', prompt: `${seed}: ${text}`, schemaName: 'answers' };
          const { kind } = await ask(
            model,
            { ...question, temperature: 0, maxOutputTokens: 400, seed },
            schema,
            signal,
          );
          if (kind === 'answered') answered++;
        }
      }),
    );
    const asked = asking();
    await models.close();
    if (answered !== count) throw new Error(`${answered} of ${count} questions were answered`);
    return { opened, asked, memory: process.memoryUsage.rss() };
  }

  try {
    const first = await part(calls);
    const again = Math.min(calls, 20_000);
    server.disconnect();
    const second = await part(again);
    console.log(
      JSON.stringify({
        bench: 'calls',
        ...{ calls, concurrency },
        seconds: first.asked.seconds,
        cpuMsPerCall: (1000 * first.asked.cpuSeconds) / calls,
        residentMiB: Math.round(first.memory / 2 ** 20),
        mostResidentMiB: Math.round(process.resourceUsage().maxRSS / 1024),
        ledgerMiB: Math.round(statSync(options.ledger).size / 2 ** 20),
        resumeSeconds: second.opened.seconds,
        resumeCpuSeconds: second.opened.cpuSeconds,
        cpuMsPerReplayedCall: (1000 * second.asked.cpuSeconds) / again,
      }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Seconds, and those of the processor, since now. */
function clock() {
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { seconds: (performance.now() - began) / 1000, cpuSeconds: (user + system) / 1e6 };
  };
}
