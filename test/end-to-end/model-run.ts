import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { inventory } from '../persona/model-fixture.js';
import { startFaultServer, type FaultServer, type FaultServerOptions } from '../support/fault-server.js';
import { cli } from './killed-runs.js';
import { smallSizes, writeConfig } from './small-run.js';

/** What invented people write about: a word of each is nobody else's, so that nobody is taken for somebody else. */
const places = 'pier orchard garage attic bakery harbor library stadium'.split(' ');
const things = 'thermos ladder wrench trunk oven rope ledger whistle'.split(' ');

/**
 * Writes the smallest run with a language model: some invented people with three posts each, a target of sex and age, every
 * size small.
 *
 * @param people at most eight
 * @param draws candidates for each of them
 * @returns the config file
 */
export function modelConfig(folder: string, people: number, draws = 2): string {
  const histories = join(folder, 'diaries.jsonl');
  const posts = places.slice(0, people).flatMap((place, i) =>
    ['January', 'March', 'May'].map((month, day) => ({
      author: `writer-${i}`,
      date: `2023-0${2 * day + 1}-01`,
      text:
        `In ${month} the ${things[(i + day) % 8]!} was lost near the ${place} again, and I felt calm about the ${things[i]!}. ` +
        `I am ${25 + 5 * i} years old and I went to the ${place} with the ${things[(i + 3) % 8]!} of my neighbor.`,
      age: 25 + 5 * i,
      gender: i % 2 === 0 ? 'male' : 'female',
    })),
  );
  writeFileSync(histories, posts.map((post) => `${JSON.stringify(post)}\n`).join(''));
  return writeConfig(
    folder,
    {
      ...smallSizes,
      'draw-reference': { prior: 200, fit: 500, tune: 200, test: 500, floor: 500 },
      'weight-pool': { fitPeople: 200 },
      'ingest-histories': {
        columns: { author: 'author', text: 'text', date: 'date', attributes: { age: 'age', sex: 'gender' } },
      },
      'mine-personas': { draws },
      'measure-population': { meterPeople: 500, replicates: 20 },
      'select-agents': { agents: 'all' },
    },
    { histories, target: 'canada-2011' },
  );
}

/** A server that closes after the tests of the file that asked for it. */
export async function modelServer(options: Omit<FaultServerOptions, 'inventories'>): Promise<FaultServer> {
  const server = await startFaultServer({ ...options, inventories: [inventory('ipip-50')] });
  afterAll(() => server.close());
  return server;
}

/** Arguments of a run that asks a language model. */
export const buildWith = (config: string, { url }: FaultServer, out: string, ...more: string[]): string[] =>
  cli(
    ...['build-personas', '-c', config, '--model', 'openai:test', '--base-url', url],
    ...['--allow-unmet', '--quiet', '--out', out, ...more],
  );

/** The environment of such a run; the key goes to the server alone. */
export const modelEnv = { OPENAI_API_KEY: 'sk-nobody' };
