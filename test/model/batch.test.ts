import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { openLedger } from '../../src/model/ledger.js';
import { openAiModel } from '../../src/model/openai.js';
import { ledgered } from '../../src/model/replay.js';
import { type Fate, type Step } from '../support/batch-server.js';
import { apiError } from '../support/chat-server.js';

import {
  opened,
  behave,
  start,
  questions,
  askAll,
  texts,
  answersTo,
  begin,
  newRun,
  openJobs,
  lineOf,
  idOf,
} from './batch-fixture.js';

describe('questions in batches', () => {
  it('get the answers, keys and costs of direct ones, in one batch, and leave nothing but the ledger', async () => {
    const server = await start({ fate: () => ({ polls: 3 }) });
    const run = newRun();
    const batched = await begin(server.url, run);
    const replies = await askAll(batched.model, questions(30));
    expect(server.batches.map(({ lines }) => lines.length)).toEqual([30]);
    expect(openJobs(run)).toEqual([]);
    expect(existsSync(join(run, 'batches'))).toBe(false);

    const direct = openAiModel({ baseUrl: server.url, model: 'm', random: randomStream('1') });
    const ledger = await openLedger(join(run, 'direct.jsonl'));
    opened.push(ledger);
    expect(await askAll(ledgered(direct, server.url, ledger), questions(30))).toEqual(replies);
    // A direct model replays what was asked in a batch: the keys are the same.
    const before = server.chat.requests.length;
    expect(await askAll(ledgered(direct, server.url, batched.ledger), questions(30))).toEqual(replies);
    expect(server.chat.requests).toHaveLength(before);
    const { inputTokens, outputTokens } = batched.spent();
    expect(inputTokens).toBe(replies.reduce((total, { usage }) => total + usage!.inputTokens, 0));
    expect(outputTokens).toBe(replies.reduce((total, { usage }) => total + usage!.outputTokens, 0));
    expect(batched.told).toEqual([
      'Batch batch_0: 30 questions for m submitted.',
      'Batch batch_0 is in_progress: 0 of 30 done.',
      'Batch batch_0 is completed: 30 of 30 questions answered.',
    ]);
    // Longer and longer between two looks.
    expect(batched.waits.filter((ms) => ms >= 2000)).toEqual([2000, 3000, 4500]);
  });

  it.each([
    { limits: { maxRequests: 7 }, sizes: [7, 7, 6] },
    { limits: { maxRequests: 20 }, sizes: [20] },
    { limits: { maxBytes: 3000 }, sizes: 'all' },
  ])('are split where a file would be too large: $limits', async ({ limits, sizes }) => {
    const server = await start();
    const replies = await askAll((await begin(server.url, newRun(), limits)).model, questions(20));
    expect(texts(replies)).toEqual(answersTo(20));
    if (sizes !== 'all')
      expect(
        server.batches
          .map(({ lines }) => lines.length)
          .sort()
          .reverse(),
      ).toEqual(sizes);
    expect(server.batches.reduce((total, { lines }) => total + lines.length, 0)).toBe(20);
    for (const upload of server.uploads) expect(upload.length + 1).toBeLessThanOrEqual(limits.maxBytes ?? Infinity);
  });

  it('are refused where one alone is larger than a file may be', async () => {
    const server = await start();
    const { model } = await begin(server.url, newRun(), { maxBytes: 100 });
    await expect(askAll(model, questions(1))).rejects.toThrow(
      'batch: a question that is larger than a file may be; got ',
    );
    expect(server.steps).toEqual([]);
  });

  it.each<{ fault: string; fate: Fate; told: string; again: number }>([
    {
      fault: 'another order',
      fate: { output: (all) => all.reverse() },
      told: '10 of 10 questions answered.',
      again: 0,
    },
    {
      fault: 'a line left out',
      fate: { output: (all) => all.slice(1) },
      told: '9 of 10 questions answered; 1 without a line.',
      again: 1,
    },
    {
      fault: 'lines said again, the second time otherwise',
      fate: { output: (all) => [...all, lineOf(idOf(all[0]!), { response: { status_code: 200, body: {} } })] },
      told: '10 of 10 questions answered; 1 lines said again.',
      again: 0,
    },
    {
      fault: 'a line from elsewhere, and one that is no JSON',
      fate: { output: (all) => [lineOf('other', { response: { status_code: 200, body: {} } }), '{"custom', ...all] },
      told: '10 of 10 questions answered; 1 broken lines; 1 lines for questions that were not asked.',
      again: 0,
    },
    {
      fault: 'a broken answer and a failed one',
      fate: {
        output: ([a, b, ...rest]) => [
          lineOf(idOf(a!), { response: { status_code: 200, body: { choices: [] } } }),
          lineOf(idOf(b!), { response: { status_code: 500, body: null } }),
          ...rest,
        ],
      },
      told: '9 of 10 questions answered.',
      again: 2,
    },
    {
      fault: 'an end before all were asked',
      fate: {
        status: 'expired',
        output: (all) => all.slice(4),
        errors: (ids) => ids.slice(0, 4).map((id) => lineOf(id, { response: null, error: { code: 'batch_expired' } })),
      },
      told: 'Batch batch_0 is expired: 6 of 10 questions answered.',
      again: 4,
    },
    {
      fault: 'nothing at all',
      fate: { status: 'expired', output: () => [] },
      told: '0 of 10 questions answered.',
      again: 10,
    },
    {
      fault: 'being cancelled',
      fate: { status: 'cancelled', output: (all) => all.slice(3) },
      told: '7 of 10',
      again: 3,
    },
    {
      fault: 'a full queue',
      fate: { status: 'failed', failure: { code: 'token_limit_exceeded', message: 'Enqueued token limit reached' } },
      told: '10 questions for m submitted',
      again: 10,
    },
  ])('survive $fault', async ({ fate, told, again }) => {
    const server = await start({ fate: (index) => (index === 0 ? fate : {}) });
    const run = newRun();
    const { model, told: lines } = await begin(server.url, run);
    expect(texts(await askAll(model, questions(10)))).toEqual(answersTo(10));
    expect(server.batches.map(({ lines }) => lines.length)).toEqual(again === 0 ? [10] : [10, again]);
    expect(lines.join('\n')).toContain(told);
    expect(openJobs(run)).toEqual([]);
  });

  it('count as spent what nobody can know, and nothing that was not asked', async () => {
    const most = { input: 0, all: 0 };
    const server = await start({ fate: (index) => (index === 0 ? { output: (all) => all.slice(1) } : {}) });
    const { model, spent, ledger } = await begin(server.url, newRun());
    const replies = await askAll(model, questions(3));
    most.input = Buffer.byteLength(JSON.stringify(server.batches[0]!.lines[0]!.body));
    most.all = replies.reduce((total, { usage }) => total + usage!.inputTokens, 0);
    // The line that was lost, at its most, besides the answers.
    expect(spent().inputTokens).toBe(most.all + most.input);
    expect(ledger.state.spent.inputTokens).toBe(0);
  });

  it('are given up after three batches without an answer', async () => {
    const server = await start({ fate: () => ({ status: 'expired', output: () => [] }) });
    const [reply] = await askAll((await begin(server.url, newRun())).model, questions(1));
    expect(reply).toEqual({ kind: 'unavailable', reason: 'the batch ended before it was asked', requests: 3 });
    expect(server.batches).toHaveLength(3);
    // Every one has a hash of its own, though the questions are the same.
    expect(new Set(server.batches.map(({ metadata }) => JSON.stringify(metadata))).size).toBe(3);
  });

  it('are worded for the server, and asked again in words', async () => {
    const shape = { schemaName: 'x', jsonSchema: { type: 'object' } };
    const server = await start({
      behave: (call) =>
        call.body.response_format ? apiError(400, { message: 'response_format is not supported' }) : behave(call),
    });
    const asked = questions(4).map((request) => ({ ...request, ...shape }));
    expect(texts(await askAll((await begin(server.url, newRun())).model, asked))).toEqual(answersTo(4));
    expect(server.batches.map(({ lines }) => lines.length)).toEqual([4, 4]);
  });

  it.each([
    {
      fault: 'a model that is not there',
      server: { behave: () => apiError(404, { message: 'no such model' }) },
      message: 'model m: the server does not know it; got 404. Check the name of the model and the base URL.',
    },
    {
      fault: 'a batch that is refused',
      server: { fate: () => ({ status: 'failed', failure: { code: 'model_mismatch', message: 'One model a file' } }) },
      message:
        'batch batch_0: the server refuses the batch; got model_mismatch One model a file. Check the name of the model',
    },
    {
      fault: 'an empty account',
      server: { fate: () => ({ status: 'failed', failure: { code: 'billing_hard_limit_reached', message: 'Pay' } }) },
      message:
        'batch batch_0: the account has no quota left; got billing_hard_limit_reached Pay. Add credit, then resume',
    },
  ])('stop the run: $fault', async ({ server: options, message }) => {
    const server = await start(options);
    await expect(askAll((await begin(server.url, newRun())).model, questions(3))).rejects.toThrow(message);
    expect(server.batches).toHaveLength(1);
  });

  it('hold back the most that a whole part can cost', async () => {
    const server = await start();
    const each =
      20 +
      Buffer.byteLength(
        JSON.stringify({
          model: 'm',
          messages: [
            { role: 'system', content: 's' },
            { role: 'user', content: 'p' },
          ],
          temperature: 1,
          max_tokens: 20,
          seed: 0,
        }),
      );
    const tight = await begin(server.url, newRun(), { maxTokens: 5 * each - 1 });
    await expect(askAll(tight.model, questions(5))).rejects.toMatchObject({ code: 'budget-reached' });
    expect(server.steps).toEqual([]);
    const enough = await begin(server.url, newRun(), { maxTokens: 5 * each });
    expect(texts(await askAll(enough.model, questions(5)))).toEqual(answersTo(5));
  });
});

describe('a server that fails at a step', () => {
  const once = (step: Step, fault: 'error' | 'cut-before' | 'cut-after') => ({
    fault: (s: Step, time: number) => (s === step && time === 0 ? fault : undefined),
  });
  const cases = (['upload', 'create', 'poll', 'content'] as const).flatMap((step) =>
    (['error', 'cut-before', 'cut-after'] as const).map((fault) => ({ step, fault })),
  );
  it.each(cases)('is asked again, and makes one batch: $step, $fault', async ({ step, fault }) => {
    const server = await start({ ...once(step, fault), fate: () => ({ polls: 2 }) });
    const replies = await askAll((await begin(server.url, newRun())).model, questions(5));
    expect(texts(replies)).toEqual(answersTo(5));
    expect(server.batches).toHaveLength(1);
    expect(server.steps.filter((s) => s === step).length).toBeGreaterThanOrEqual(step === 'create' ? 1 : 2);
  });

  it('stops the run when it goes on failing, and another process goes on with it', async () => {
    let isDown = true;
    const server = await start({ fault: (step) => (isDown && step === 'content' ? 'error' : undefined) });
    const run = newRun();
    const first = await begin(server.url, run);
    await expect(askAll(first.model, questions(5))).rejects.toThrow(
      'batch server: the server failed (500). What was submitted is noted: resume the run when the server is back.',
    );
    await first.ledger.close();
    isDown = false;
    const second = await begin(server.url, run);
    expect(texts(await askAll(second.model, questions(5)))).toEqual(answersTo(5));
    expect(server.batches).toHaveLength(1);
    expect(openJobs(run)).toEqual([]);
  });
});

describe('a batch that outlives the process', () => {
  it('is looked for again, not submitted again, and nothing counts twice', async () => {
    const server = await start({ fate: () => ({ polls: 3 }) });
    const run = newRun();
    const first = await begin(server.url, run, { wait: false });
    await expect(askAll(first.model, questions(6))).rejects.toThrow(
      'batch: batch batch_0 is not done (in_progress, 0 of 6). Resume the run later: it is looked for, not submitted again.',
    );
    await first.ledger.close();
    expect(openJobs(run)).toHaveLength(2);
    const second = await begin(server.url, run);
    // Besides what was asked, something new.
    const replies = await askAll(second.model, questions(8));
    expect(texts(replies)).toEqual(answersTo(8));
    expect(server.batches.map(({ lines }) => lines.length)).toEqual([6, 2]);
    expect(openJobs(run)).toEqual([]);
    const { inputTokens } = second.spent();
    expect(inputTokens).toBe(replies.reduce((total, { usage }) => total + usage!.inputTokens, 0));
    await second.ledger.close();
    const third = await openLedger(join(run, 'calls.jsonl'));
    opened.push(third);
    expect(third.state.spent.inputTokens).toBe(inputTokens);
  });

  it.each([
    { when: 'before it was made', fault: 'cut-before' as const, batches: 1 },
    { when: 'after it was made', fault: 'cut-after' as const, batches: 1 },
  ])('is found by its hash when the process died $when', async ({ fault, batches }) => {
    let isDown = true;
    const server = await start({
      fault: (step) =>
        isDown && (step === 'create' || step === 'list') ? (step === 'list' ? 'error' : fault) : undefined,
      // Other batches of the account, and each of them twice.
      listed: 2,
    });
    const run = newRun();
    const first = await begin(server.url, run);
    await expect(askAll(first.model, questions(4))).rejects.toMatchObject({ code: 'model-unavailable' });
    await first.ledger.close();
    isDown = false;
    for (const seed of [101, 102, 103])
      await askAll((await begin(server.url, newRun())).model, [{ ...questions(1)[0]!, seed }]);
    const others = 3;
    const second = await begin(server.url, run);
    expect(texts(await askAll(second.model, questions(4)))).toEqual(answersTo(4));
    expect(server.batches).toHaveLength(batches + others);
    expect(openJobs(run)).toEqual([]);
  });

  it('is given up for now when it never ends', async () => {
    const server = await start({ fate: () => ({ polls: Infinity }) });
    const run = newRun();
    const { model, waits } = await begin(server.url, run, { pollMs: { first: 1000, most: 4000 }, deadlineMs: 60_000 });
    await expect(askAll(model, questions(1))).rejects.toThrow(
      'batch: batch batch_0 has not ended after 1 minutes (in_progress). Resume the run to wait on, or cancel the batch',
    );
    const polls = waits.filter((ms) => ms >= 1000);
    expect(polls.slice(0, 5)).toEqual([1000, 1500, 2250, 3375, 4000]);
    expect(polls.reduce((total, ms) => total + ms, 0)).toBeLessThanOrEqual(60_000);
    expect(openJobs(run)).toHaveLength(2);
  });

  it('is not touched when its note was changed', async () => {
    const server = await start({ fate: () => ({ polls: 9 }) });
    const run = newRun();
    const first = await begin(server.url, run, { wait: false });
    await expect(askAll(first.model, questions(2))).rejects.toThrow('is not done');
    await first.ledger.close();
    const [questionsFile] = openJobs(run).filter((name) => name.endsWith('.jsonl'));
    const path = join(run, 'batches', questionsFile!);
    writeFileSync(path, readFileSync(path, 'utf8').replace('"p"', '"q"'));
    const second = await begin(server.url, run);
    await expect(askAll(second.model, questions(2))).rejects.toThrow('the note of a batch is damaged');
    expect(server.batches).toHaveLength(1);
  });
});

it('keeps the key out of files and messages', async () => {
  const server = await start({ fate: () => ({ polls: 9 }) });
  const run = newRun();
  const { model, told } = await begin(server.url, run, { wait: false });
  const error: unknown = await askAll(model, questions(1)).catch((thrown: unknown) => thrown);
  const all = [
    String(error),
    ...told,
    ...openJobs(run).map((name) => readFileSync(join(run, 'batches', name), 'utf8')),
  ];
  expect(all.join('\n')).not.toContain('CANARY');
});

it('stops waiting when it is interrupted, and can be continued', async () => {
  const server = await start({ fate: (index) => ({ polls: index === 0 ? Infinity : 0 }) });
  const abort = new AbortController();
  const { model } = await begin(server.url, newRun(), { pollMs: { first: 1, most: 1 } });
  const asked = model.complete(questions(1)[0]!, abort.signal);
  setTimeout(() => abort.abort(), 50);
  await expect(asked).rejects.toMatchObject({ code: 'interrupted' });
});
