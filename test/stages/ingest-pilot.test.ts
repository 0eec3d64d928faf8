import { describe, expect, it } from 'vitest';
import { readRawPosts } from '../../src/io/histories.js';
import { authorSize } from '../../src/stages/author-size.js';
import { ingestHistories } from '../../src/stages/index.js';
import { fileMaker, temporaryFolder } from '../io/temporary.js';
import { runStage } from '../support/stage-context.js';

const write = fileMaker(temporaryFolder());
const columns = { author: 'author', text: 'text', attributes: { age: 'age' } };
const people = Array.from({ length: 40 }, (_, n) => `author-${n},Post number ${n}.,${n === 0 ? 12 : 30}`);
const path = write('posts.csv', `author,text,age\n${people.join('\n')}\n`);
const services = {
  readPosts: (...rest: Parameters<typeof readRawPosts> extends [unknown, ...infer R] ? R : never) =>
    readRawPosts(path, ...rest),
  guessColumns: () => Promise.reject(new Error('nothing to guess')),
};
const ingest = (config: object, seed = '1') =>
  runStage(ingestHistories, { posts: { sha256: '' } }, { columns, ...config }, services, { seed });
const names = ({ rows }: Awaited<ReturnType<typeof ingest>>): string[] => rows.histories.map(({ person }) => person);

describe('people who are left out', () => {
  it('are named with the reason, one by one', async () => {
    const { rows, outputs } = await ingest({ maxAuthors: 30 });
    expect(rows.leftOut).toHaveLength(11);
    expect(outputs.tally.droppedPeople).toEqual({ 'beyond the first 30 people': 10, 'declared to be under 18': 1 });
    expect(outputs.tally).toMatchObject({ people: 40, keptPeople: 29 });
    const all = [...rows.histories, ...rows.leftOut].map(({ person }) => person);
    expect(new Set(all).size).toBe(40);
  });
});

describe('a pilot', () => {
  it('keeps as many people as asked for, drawn by the seed, in their order, and names the others', async () => {
    const whole = await ingest({});
    const pilot = await ingest({ pilot: 8 });
    expect(names(pilot)).toHaveLength(8);
    expect(names(pilot)).toEqual(names(whole).filter((person) => names(pilot).includes(person)));
    expect(names(await ingest({ pilot: 8 }))).toEqual(names(pilot));
    expect(names(await ingest({ pilot: 8 }, '2'))).not.toEqual(names(pilot));
    expect(pilot.rows.leftOut.filter(({ reason }) => reason === 'not drawn for the pilot')).toHaveLength(31);
    const size = whole.rows.histories.reduce((total, history) => total + authorSize(history), 0);
    expect(pilot.outputs.tally.pilot).toEqual({ people: 39, size });
    expect(whole.outputs.tally).not.toHaveProperty('pilot');
  });

  // 39 usable people, 13 drawn 60 times: everybody about 20 times, and all but surely between 5 and 35 (SD 3.7).
  it('gives everybody the same chance', async () => {
    const times = new Map<string, number>();
    for (let seed = 0; seed < 60; seed++)
      for (const person of names(await ingest({ pilot: 13 }, String(seed))))
        times.set(person, (times.get(person) ?? 0) + 1);
    expect(times.size).toBe(39);
    expect(Math.min(...times.values())).toBeGreaterThan(5);
    expect(Math.max(...times.values())).toBeLessThan(35);
  });

  it('of more people than there are is everybody', async () => {
    expect(names(await ingest({ pilot: 1000 }))).toEqual(names(await ingest({})));
  });
});

describe('authorSize', () => {
  it('is what a prompt shows at most', () => {
    const post = (length: number) => ({ id: 'p#1', text: 'x'.repeat(length) });
    expect(authorSize({ posts: [post(10), post(20)] })).toBe(30);
    expect(authorSize({ posts: [post(50_000), post(50_000)] })).toBe(60_000);
  });
});
