import { describe, expect, it } from 'vitest';
import { guessColumns } from '../../src/io/guess-columns.js';
import { readRawPosts } from '../../src/io/histories.js';
import { ingestHistories } from '../../src/stages/index.js';
import { fileMaker, temporaryFolder } from '../io/temporary.js';
import { failedStage, findingOf, runStage } from '../support/stage-context.js';

const write = fileMaker(temporaryFolder());
let file = 0;
const servicesOf = (csv: string) => {
  const path = write(`posts-${file++}.csv`, csv);
  return {
    readPosts: (...rest: Parameters<typeof readRawPosts> extends [unknown, ...infer R] ? R : never) =>
      readRawPosts(path, ...rest),
    guessColumns: () => guessColumns(path),
  };
};
const input = { posts: { sha256: '' } };
const columns = { author: 'author', text: 'text', date: 'date', attributes: { age: 'age', sex: 'sex' } };
const ingest = (csv: string, config: object = { columns }) => runStage(ingestHistories, input, config, servicesOf(csv));

const people = `author,date,text,age,sex
ann,2023-05-02,Second post of Ann.,34,f
ann,2023-05-01,First post of Ann.,34,f
ben,2023-05-01,Ben is in tenth grade.,16,m
cat,2023-05-01,I'm 16 and I can't wait for summer.,,
dan,2023-05-01,I'm 18 today.,18,m
eve,,An undated post of Eve.,,
`;

describe('ingest-histories', async () => {
  const { rows, outputs, findings } = await ingest(people);
  const { histories } = rows;

  it('groups posts by person in order of date, under pseudonyms only', () => {
    expect(histories.map(({ posts }) => posts.map(({ text }) => text))).toEqual([
      ['First post of Ann.', 'Second post of Ann.'],
      ["I'm 18 today."],
      ['An undated post of Eve.'],
    ]);
    expect(JSON.stringify(histories)).not.toMatch(/"(ann|dan|eve)"/);
    expect(histories[0]!.declared).toEqual({ ageYears: 34, attributes: { sex: 'female' } });
    expect(histories[0]!.posts.map(({ id }) => id)).toEqual([1, 2].map((n) => `${histories[0]!.person}#${n}`));
  });

  it('leaves out declared minors and people who say in their posts that they are minors, and counts both', () => {
    const { tally } = outputs;
    expect(tally).toMatchObject({
      people: 5,
      keptPeople: 3,
      droppedPeople: { 'declared to be under 18': 1, 'said in the posts to be under 18': 1 },
    });
    expect(tally.keptPeople + 2).toBe(tally.people);
    expect(histories).toHaveLength(tally.keptPeople);
    expect(findings.filter(({ code }) => code === 'people-left-out').map(({ message }) => message)).toEqual([
      '1 people left out: declared to be under 18',
      '1 people left out: said in the posts to be under 18',
    ]);
  });

  it('keeps people of the minimum age itself and nobody below it', async () => {
    const kept = (minimumAge: number) => ingest(people, { columns, minimumAge });
    expect((await kept(34)).outputs.tally.keptPeople).toBe(2);
    expect((await kept(35)).outputs.tally.keptPeople).toBe(1);
    expect((await kept(16)).outputs.tally.keptPeople).toBe(5);
  });

  it('guesses the columns when none are named, and says which', async () => {
    const guessed = await ingest(people, {});
    expect(guessed.rows).toEqual(rows);
    expect(findingOf(guessed.findings, 'columns-guessed')).toMatchObject({ level: 'info', values: columns });
    expect(findings.some(({ code }) => code === 'columns-guessed')).toBe(false);
  });

  it('says what it could not use: ages, sexes, dates, with where', async () => {
    const odd = 'author,date,text,age,sex\nann,someday,A post of Ann.,very old,other\n';
    const { findings, outputs } = await ingest(odd);
    expect(findingOf(findings, 'input-bad-dates')).toMatchObject({ level: 'caution' });
    expect(findingOf(findings, 'input-bad-dates').message).toMatch(/^1 bad dates, first: .*posts-\d+\.csv:2/);
    expect(findingOf(findings, 'input-unusable-ages').message).toContain('"very old"');
    expect(outputs.tally).toMatchObject({ people: 1, keptPeople: 1 });
    expect(findingOf(findings, 'input-unusable-sexes').message).toContain('other');
  });

  it('names no folder of this machine in a finding: they go into the run record', async () => {
    const { findings } = await ingest('author,date,text,age,sex\nann,someday,A post of Ann.,34,f\n');
    expect(JSON.stringify(findings)).not.toContain('populace-io-');
  });

  it('keeps the newest posts within the limit, and the first authors', async () => {
    const limited = await ingest(people, { columns, maxPostsPerAuthor: 1, maxAuthors: 1 });
    expect(limited.rows.histories.map(({ posts }) => posts.map(({ text }) => text))).toEqual([['Second post of Ann.']]);
    expect(limited.outputs.tally.grouped).toMatchObject({ postsOverLimit: 1, authorsOverLimit: 4 });
    const cut = await ingest(people, { columns, maxTextLength: 5 });
    expect(cut.rows.histories[0]!.posts[0]!.text).toBe('First');
  });

  it('names the columns that are missing', async () => {
    const wrong = { columns: { author: 'who', text: 'what' } };
    const { failure } = await failedStage(ingestHistories, input, wrong, servicesOf(people));
    expect(failure.exitCode).toBe(2);
    expect(failure.message).toMatch(/who.*what/);
  });

  it.each([
    ['an unknown setting', { minimumage: 20 }],
    ['an unknown column role', { columns: { writer: 'author' } }],
    ['a negative age', { minimumAge: -1 }],
  ])('takes no %s', (_, config) => {
    expect(() => ingestHistories.config.parse(config)).toThrow();
  });
});
