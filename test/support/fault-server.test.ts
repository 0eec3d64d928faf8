import { afterEach, describe, expect, it } from 'vitest';
import {
  passingFaults,
  startFaultServer,
  type Fault,
  type FaultServer,
  type FaultServerOptions,
} from './fault-server.js';

const open: FaultServer[] = [];
const rates: Partial<Record<Fault, number>> = {
  throttled: 0.1,
  'throttled-badly': 0.1,
  'server-error': 0.1,
  'html-page': 0.1,
  'error-with-200': 0.1,
  refusal: 0.1,
  length: 0.1,
};

async function start(options: Partial<FaultServerOptions>): Promise<FaultServer> {
  const server = await startFaultServer({ seed: '1', rates, answer: ({ body }) => `to ${body.seed!}`, ...options });
  open.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

/** Asks a question; the status, the end and the text of what came. */
async function ask(server: FaultServer, seed: number): Promise<string> {
  const response = await fetch(`${server.url}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'x'.repeat(40) }], max_tokens: 4, seed }),
  });
  const text = await response.text();
  const end = /"finish_reason":"(\w+)"/.exec(text)?.[1];
  return `${response.status} ${end ?? text.slice(0, 9)} ${/"content":"([^"]*)"/.exec(text)?.[1] ?? ''}`;
}

const faultsOf = ({ log }: FaultServer): string[] => log.map(({ fault }) => fault);

describe('startFaultServer', () => {
  it('does the same to the same questions, and something else with another seed', async () => {
    const logs: string[][] = [];
    for (const seed of ['1', '1', '2']) {
      const server = await start({ seed });
      for (let i = 0; i < 60; i++) await ask(server, i % 20);
      logs.push(faultsOf(server));
    }
    expect(logs[1]).toEqual(logs[0]);
    expect(logs[2]).not.toEqual(logs[0]);
    expect(new Set(logs[0]).size).toBeGreaterThan(5);
  });

  it('answers a question the same way whatever failed before, and however questions are ordered', async () => {
    const answered = async (server: FaultServer, order: readonly number[]): Promise<Map<number, string>> => {
      const answers = new Map<number, string>();
      for (const i of order)
        for (let times = 0; times < 4; times++) {
          const answer = await ask(server, i);
          if (/^200 (?:stop|length)/.test(answer)) answers.set(i, answer);
        }
      return new Map([...answers].sort(([a], [b]) => a - b));
    };
    const order = Array.from({ length: 20 }, (_, i) => i);
    const quiet = await answered(await start({ rates: { refusal: 0.1, length: 0.1 } }), order);
    expect(quiet.size).toBe(20);
    expect(await answered(await start({}), order)).toEqual(quiet);
    expect(await answered(await start({}), order.toReversed())).toEqual(quiet);
  });

  it('keeps to the rates, and to the most faults in a row', async () => {
    const server = await start({ rates: { 'server-error': 0.3 } });
    for (let i = 0; i < 200; i++) await ask(server, i);
    const share = faultsOf(server).filter((fault) => fault === 'server-error').length / 200;
    // Four standard errors of 0.032 to each side.
    expect(share).toBeGreaterThan(0.17);
    expect(share).toBeLessThan(0.43);
    const always = await start({ rates: { throttled: 1 }, mostInARow: 2 });
    for (let i = 0; i < 7; i++) await ask(always, 1);
    expect(faultsOf(always)).toEqual(['throttled', 'throttled', 'none', 'throttled', 'throttled', 'none', 'throttled']);
  });

  it('bills what it worked on, and says what each question costs once', async () => {
    const server = await start({ rates: {} });
    for (let i = 0; i < 3; i++) await ask(server, 1);
    await ask(server, 2);
    // 40 characters are 10 tokens in; "to 1" is one token out.
    expect(server.billed()).toEqual({
      all: { inputTokens: 40, outputTokens: 4 },
      unique: { inputTokens: 20, outputTokens: 2 },
      calls: 2,
    });
    const busy = await start({ rates: { throttled: 1 } });
    await ask(busy, 1);
    expect(busy.billed()).toEqual({
      all: { inputTokens: 0, outputTokens: 0 },
      unique: { inputTokens: 0, outputTokens: 0 },
      calls: 0,
    });
  });

  it.each<{ fault: Fault; status: number; text: string }>([
    { fault: 'throttled', status: 429, text: '{"error":' },
    { fault: 'malformed-json', status: 200, text: '{"choices' },
    { fault: 'html-page', status: 200, text: '<!doctype' },
    { fault: 'error-with-200', status: 200, text: '{"error":' },
    { fault: 'not-json', status: 200, text: 'stop As you wish!' },
    { fault: 'refusal', status: 200, text: 'stop ' },
    { fault: 'content-filter', status: 200, text: 'content_filter to 1' },
    { fault: 'length', status: 200, text: 'length to' },
    { fault: 'insufficient-quota', status: 429, text: '{"error":' },
  ])('knows $fault', async ({ fault, status, text }) => {
    expect((await ask(await start({ rates: { [fault]: 1 } }), 1)).trimEnd()).toBe(`${status} ${text}`.trimEnd());
  });

  it.each(['reset', 'truncated-body', 'stall-before-headers', 'stall-after-headers', 'drip'] as const)(
    'breaks the connection or leaves the client waiting: %s',
    async (fault) => {
      const server = await start({ rates: { [fault]: 1 } });
      const late = new Promise((resolve) => setTimeout(resolve, 150, 'late'));
      const outcome = await Promise.race([ask(server, 1).catch(() => 'broken'), late]);
      expect(outcome).toBe(fault === 'reset' || fault === 'truncated-body' ? 'broken' : 'late');
      expect(server.billed().calls).toBe(1);
    },
  );

  it('names every passing fault once', () => expect(new Set(passingFaults).size).toBe(passingFaults.length));
});
