import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Pilot } from '../../src/stages/extrapolate-pilot.js';
import type { CallEstimate } from '../../src/stages/estimate-calls.js';
import type { Question } from '../../src/stages/questions.js';
import { runCli, type Ended } from '../cli/run-cli.js';
import { temporaryFolder } from '../io/temporary.js';
import { inventory } from '../persona/model-fixture.js';
import { startFaultServer } from '../support/fault-server.js';
import { agentsIn, jsonIn, recordIn, rowsIn, smallSizes, writeConfig } from './small-run.js';

// What is said before a run, from a plan and from a pilot, beside what the run then takes.
const folder = temporaryFolder();
const columns = { author: 'author', text: 'text', date: 'date', attributes: { age: 'age', sex: 'gender' } };
const authors = 15;
const config = writeConfig(folder, {
  ...smallSizes,
  'ingest-histories': { columns, maxAuthors: authors },
  'mine-personas': { personas: 3 * authors },
  'administer-inventory': { retest: 0 },
  'select-agents': { agents: 'all' },
});
const server = await startFaultServer({ seed: 'pilot', inventories: [inventory('ipip-50')] });
afterAll(() => server.close());
const call = (...args: string[]): Promise<Ended> => runCli(args, { env: { OPENAI_API_KEY: 'sk-test' } });
const build = (...more: string[]): Promise<Ended> =>
  call('build-personas', '-c', config, '--model', 'openai:test', '--base-url', server.url, ...more);
const prices = ['--price-input', '1', '--price-output', '4'];
const whole = join(folder, 'whole');

describe('before a run', () => {
  it('--plan counts what would be asked, and asks nobody', async () => {
    const { code, out, error } = await build('--plan', ...prices);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(server.requests).toEqual([]);
    expect(out).toMatch(/What would be asked of language models \(nobody was asked\):/);
    expect(out).toMatch(/Cost: about \d+\.\d\d US dollars, at most \d+\.\d\d if every question is asked once\.\n$/);
    expect((await build('--plan')).out).toContain('Cost: give --price-input and --price-output');

    const { calls } = JSON.parse((await build('--plan', '--json')).out) as { calls: CallEstimate[] };
    expect(calls.map((estimate) => [estimate.step, estimate.calls])).toEqual([
      ['evidence', authors],
      ['narrative', 3 * authors],
      ['inventory', 3 * authors],
    ]);

    expect((await build('--allow-unmet', '--quiet', '--out', whole)).code).toBe(0);
    const asked = ['mining', 'judge', 'inventory'].flatMap((name) =>
      rowsIn<Question>(whole, `stages/${name}-questions.jsonl`),
    );
    for (const { step, inputTokens, outputTokens } of calls) {
      const own = asked.filter((question) => question.step === step);
      const read = own.reduce((total, question) => total + question.inputTokens, 0);
      const written = own.reduce((total, question) => total + question.outputTokens, 0);
      // The server counts a token for four characters of the messages; the shape of the answer comes on top here.
      expect(inputTokens.expected / read, `${step} read`).toBeGreaterThan(0.8);
      expect(inputTokens.expected / read, `${step} read`).toBeLessThan(1.6);
      expect(read, `${step} read`).toBeLessThanOrEqual(inputTokens.most);
      expect(written, `${step} written`).toBeLessThanOrEqual(outputTokens.most);
    }
  });

  it('--limit runs a pilot and says with intervals what the whole takes', async () => {
    const out = join(folder, 'pilot');
    const ended = await build('--limit', '8', '--out', out, ...prices);
    expect(ended).toMatchObject({ code: 0, error: '' });
    expect(ended.out).toContain(
      `Pilot: 8 of ${authors} people, drawn at random. All of them would take (95% intervals):`,
    );
    expect(ended.out).toMatch(/ {2}US dollars +\d+\.\d\d {3}\d+\.\d\d to \d+\.\d\d\n/);
    expect(ended.out).toMatch(/ {2}wall clock, minutes +\d+\.\d /);

    const { totals, people } = jsonIn<Pilot>(out, 'pilot.json');
    expect(people).toEqual({ drawn: 8, of: authors });
    const { models } = recordIn(whole);
    const spent = models['--model openai:test']!;
    const took = {
      calls: spent['calls']!,
      inputTokens: spent['textInputTokens']!,
      outputTokens: spent['textOutputTokens']!,
    };
    for (const [name, seen] of Object.entries(took)) {
      const { estimate, lower, upper } = totals[name as keyof typeof took];
      // Eight of fifteen: the interval is a promise for 19 in 20, so a little more room is left.
      const room = 0.05 * estimate;
      expect(seen, name).toBeGreaterThan(lower - room);
      expect(seen, name).toBeLessThan(upper + room);
    }
    expect((await call('verify', out)).code).toBe(0);
    const printed = await build('--limit', '8', '--out', join(folder, 'again'), '--json');
    expect(printed.out.trim()).toBe(readFileSync(join(out, 'pilot.json'), 'utf8').trim());
  });

  it('says that too few people are too few', async () => {
    const ended = await build('--limit', '3', '--out', join(folder, 'few'), '--quiet');
    expect(ended.code).toBe(2);
    expect(ended.error).toContain(
      '--limit: too few people to say anything about the others; got 3, expected at least 5',
    );
  });
});

describe('after a run', () => {
  it('explain shows a persona by its name, by an agent of it, and as JSON', async () => {
    const [agent] = agentsIn(whole);
    const byPersona = await call('explain', agent!.persona, whole);
    expect(byPersona).toMatchObject({ code: 0, error: '' });
    expect((await call('explain', agent!.agent, whole)).out).toBe(byPersona.out);
    expect(byPersona.out).toMatch(/groups: .*\bmarital_status [a-z ]+ \((?:stated|inferred|imputed)\)/);
    expect(byPersona.out).not.toContain('undefined');
    for (const title of [
      'Posts',
      'Evidence',
      'Drawn',
      'Narrative',
      'Calls of language models',
      'Measured',
      'Weights',
      'Agents',
    ])
      expect(byPersona.out).toMatch(new RegExp(`^${title}`, 'm'));
    const json = JSON.parse((await call('explain', agent!.persona, whole, '--json')).out) as {
      kind: string;
      found: { port: string }[];
    };
    expect(json.kind).toBe('persona');
    expect(json.found.map(({ port }) => port)).toEqual(
      expect.arrayContaining([
        'histories',
        'personas',
        'kept',
        'pool',
        'weighted',
        'calibrated',
        'aligned',
        'agentPool',
      ]),
    );
    // No other draw of the same person.
    expect(JSON.stringify(json)).not.toContain(`"${agent!.person}.${agent!.persona.endsWith('.1') ? 2 : 1}"`);
    expect((await call('why-dropped', agent!.persona, whole)).out).toContain('was not left out: it became');
  });

  it('finds an author by the name in the file, and names what is like an unknown one', async () => {
    const demo = readFileSync(new URL('../../data/histories/demo.jsonl', import.meta.url), 'utf8');
    const { author } = JSON.parse(demo.split('\n')[0]!) as { author: string };
    const found = await call('explain', author, whole);
    expect(found.out).toMatch(/^person p-[0-9a-f]{12}\n/);
    // Beyond the first authors: left out, with the reason.
    const last = JSON.parse(demo.trimEnd().split('\n').at(-1)!) as { author: string };
    expect((await call('why-dropped', last.author, whole)).out).toContain(
      `was left out by ingest-histories: beyond the first ${authors} people [stages/people-left-out.jsonl]`,
    );
    const [agent] = agentsIn(whole);
    const unknown = await call('why-dropped', `${agent!.persona}9`, whole);
    expect(unknown.code).toBe(2);
    expect(unknown.error).toContain('nobody of that name in this run');
    expect(unknown.error).toContain('Names like it: ');
  });
});
