import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupHistories, pseudonym } from '../../src/io/group-histories.js';
import type { ColumnMap, RawPost } from '../../src/io/histories.js';
import { newReadTally, readRawPosts } from '../../src/io/histories.js';
import { History } from '../../src/persona/history.js';
import { failureOf } from './temporary.js';

const post = (author: string, text: string, more: Partial<RawPost> = {}): RawPost => ({
  author,
  text,
  declared: {},
  line: 1,
  file: 'f',
  ...more,
});

describe('groupHistories', () => {
  it('joins an author, orders dated posts by date and time, and puts undated ones after them', async () => {
    const { people, tally } = await groupHistories([
      post('ann', 'no date 1'),
      post('ann', 'late', { date: '2020-01-02' }),
      post('bob', 'hello'),
      post('ann', 'evening', { date: '2020-01-01', time: '20:00' }),
      post('ann', 'morning', { date: '2020-01-01', time: '08:00' }),
      post('ann', 'no date 2'),
    ]);
    const id = pseudonym('ann');
    expect(people.map(({ person }) => person)).toEqual([id, pseudonym('bob')]);
    expect(people[0]!.posts).toEqual([
      { id: `${id}#1`, date: '2020-01-01', text: 'morning' },
      { id: `${id}#2`, date: '2020-01-01', text: 'evening' },
      { id: `${id}#3`, date: '2020-01-02', text: 'late' },
      { id: `${id}#4`, text: 'no date 1' },
      { id: `${id}#5`, text: 'no date 2' },
    ]);
    expect(tally).toMatchObject({ people: 2, posts: 6, repeatedPosts: 0 });
  });

  it('drops a post that says the same on the same date, not on another or by another', async () => {
    const { people, tally } = await groupHistories([
      post('ann', 'hi', { date: '2020-01-01' }),
      post('ann', 'hi', { date: '2020-01-01' }),
      post('ann', 'hi', { date: '2020-01-02' }),
      post('ann', 'hi'),
      post('ann', 'hi'),
      post('bob', 'hi'),
    ]);
    expect(people.map(({ posts }) => posts.length)).toEqual([3, 1]);
    expect(tally.repeatedPosts).toBe(2);
  });

  it('keeps the newest posts and the first people, and counts the rest', async () => {
    const days = ['2020-01-03', '2020-01-01', '2020-01-02'].map((date) => post('ann', date, { date }));
    const posts = [...days, post('ann', 'u1'), post('ann', 'u2'), post('bob', 'x'), post('cy', 'y'), post('cy', 'z')];
    const texts = async (maxPostsPerAuthor: number): Promise<string[]> =>
      (await groupHistories(posts, { maxPostsPerAuthor })).people[0]!.posts.map(({ text }) => text);
    expect(await texts(2)).toEqual(['2020-01-02', '2020-01-03']);
    expect(await texts(4)).toEqual(['2020-01-01', '2020-01-02', '2020-01-03', 'u2']);
    const { people, tally } = await groupHistories(posts, { maxPostsPerAuthor: 4, maxAuthors: 1 });
    expect(people).toHaveLength(1);
    expect(tally).toMatchObject({
      people: 1,
      posts: 4,
      postsOverLimit: 1,
      authorsOverLimit: 2,
      postsOfAuthorsOverLimit: 3,
    });
  });

  // Expected by hand: SHA-256 of "author\0ann".
  it('gives pseudonyms that never change', () => {
    expect(pseudonym('ann')).toBe('p-84c1026d2b62');
  });

  it('refuses two authors of one pseudonym', async () => {
    // The only pair that shares 48 bits among "author-0" to "author-33999999", found by search.
    const posts = [post('author-327204', 'x'), post('author-24816257', 'y')];
    expect(await failureOf(groupHistories(posts), '')).toBe(
      'p-0d8b42a85743: two authors have one pseudonym. Change the id of one of them.',
    );
  });

  it.each([
    { age: '33', ageYears: 33 },
    { age: '33.0', ageYears: 33 },
    { age: '0', ageYears: 0 },
    { age: '120', ageYears: 120 },
    { age: '121', ageYears: undefined },
    { age: '-1', ageYears: undefined },
    { age: '33.5', ageYears: undefined },
    { age: 'thirty', ageYears: undefined },
    { age: '1e1', ageYears: undefined },
    { age: '25-34', ageYears: undefined },
  ])('age $age is $ageYears', async ({ age, ageYears }) => {
    const { people, tally } = await groupHistories([post('ann', 'x', { declared: { age } })]);
    expect(people[0]!.declared).toEqual({ ...(ageYears === undefined ? {} : { ageYears }), attributes: {} });
    expect(tally.unusableAges).toEqual(
      ageYears === undefined ? { count: 1, first: [`${pseudonym('ann')} "${age}"`] } : { count: 0, first: [] },
    );
  });

  it('normalises sex and gender, and names what it does not know', async () => {
    const words = ['f', 'Female', 'WOMAN', 'w', 'm', 'Male', 'man', 'x', 'x', 'nonbinary'];
    const { people, tally } = await groupHistories(
      words.map((gender, k) => post(`p${k}`, 'x', { declared: { gender, state: 'New York' } })),
    );
    expect(people.map(({ declared }) => declared.attributes['gender'])).toEqual([
      ...Array<string>(4).fill('female'),
      ...Array<string>(3).fill('male'),
      ...Array<undefined>(3).fill(undefined),
    ]);
    expect(people.every(({ declared }) => declared.attributes['state'] === 'New York')).toBe(true);
    expect(Object.fromEntries(tally.unusableSexes)).toEqual({ x: 2, nonbinary: 1 });
  });

  it('keeps what a person declared first and counts what contradicts it', async () => {
    const { people, tally } = await groupHistories([
      post('ann', 'x', { declared: { age: '33' } }),
      post('ann', 'y', { declared: { age: '34', sex: 'f' }, line: 2 }),
    ]);
    expect(people[0]!.declared).toEqual({ ageYears: 33, attributes: { sex: 'female' } });
    expect(tally.contradictions).toEqual({ count: 1, first: ['f:2 age'] });
  });

  it('gives histories that fit the schema, loses no post unseen, and does not depend on the order of people', async () => {
    const date = fc.constantFrom(undefined, '2020-01-01', '2020-01-02', '0001-01-01', '9999-12-31');
    const any = fc.record({
      author: fc.constantFrom('a', 'b', 'c'),
      text: fc.constantFrom('x', 'y', 'z'),
      date,
      age: fc.constantFrom('5', 'old'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(any, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 5 }),
        async (rows, most) => {
          const posts = rows.map((row) =>
            post(row.author, row.text, {
              ...(row.date === undefined ? {} : { date: row.date }),
              declared: { age: row.age },
            }),
          );
          const { people, tally } = await groupHistories(posts, { maxPostsPerAuthor: most });
          for (const person of people) expect(History.parse(person)).toEqual(person);
          expect(tally.posts).toBe(people.reduce((sum, person) => sum + person.posts.length, 0));
          expect(tally.posts + tally.repeatedPosts + tally.postsOverLimit).toBe(rows.length);
          const grouped = [...posts].sort((a, b) => (a.author < b.author ? -1 : a.author > b.author ? 1 : 0));
          const byName = (list: typeof people): typeof people =>
            [...list].sort((a, b) => (a.person < b.person ? -1 : 1));
          expect(byName((await groupHistories(grouped, { maxPostsPerAuthor: most })).people)).toEqual(byName(people));
        },
      ),
      { seed: 20260101, numRuns: 200 },
    );
  });
});

describe('real files, where they are at hand', () => {
  const data = join(import.meta.dirname, '..', '..', '..', 'shared', 'data');
  // Rows as the index of the data sets says; the silent (no text at all) and the posts counted by a script in Python.
  const about = { age: 'age', gender: 'gender' };
  const blogs: ColumnMap = { author: 'id', posts: 'posts', date: 'date', attributes: about };
  const completions: ColumnMap = { author: 'id', posts: 'completions', attributes: about };
  it.for([
    { name: 'blogs-dlatk/blogs501.jsonl.gz', columns: blogs, rows: 142, silent: 0, posts: 871 },
    {
      name: 'openpsych-text/sentence_completion_big5.jsonl.gz',
      columns: completions,
      rows: 473,
      silent: 27,
      posts: 2602,
    },
  ])('$name: $rows rows, $silent of them silent', async ({ name, columns, rows, silent, posts }, { skip }) => {
    const path = join(data, name);
    if (!existsSync(path)) skip(`${name} is not at hand`);
    const tally = newReadTally();
    const { people, tally: grouped } = await groupHistories(readRawPosts(path, columns, {}, tally));
    expect([tally.rows, tally.rowsWithoutPosts, tally.posts]).toEqual([rows, silent, posts]);
    expect(people).toHaveLength(rows - silent);
    expect(grouped.posts + grouped.repeatedPosts + grouped.postsOverLimit).toBe(posts);
    for (const person of people) expect(History.safeParse(person).success).toBe(true);
  });
});
