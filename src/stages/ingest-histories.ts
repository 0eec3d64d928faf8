import { z } from 'zod';
import { groupHistories } from '../io/group-histories.js';
import { newReadTally } from '../io/histories.js';
import { permutation } from '../numerics/sampling.js';
import { statedAge } from '../persona/evidence/age.js';
import { History } from '../persona/history.js';
import { optional, rows, value } from '../pipeline/artifact.js';
import { checkBalance } from '../pipeline/conserve.js';
import { authorSize } from './author-size.js';
import { DataUse, DeletedAuthors, useFindings } from './data-use.js';
import { defineStage, InputFile } from './services.js';

/** A person that goes no further, and why. */
export const LeftOut = z.strictObject({ person: z.string(), reason: z.string() });

/** What was read, and what was left out with the reason; counts of posts unless said otherwise. */
export const IngestTally = z.strictObject({
  schema: z.literal('ingest-tally/1'),
  posts: z.number().int(),
  people: z.number().int(),
  keptPeople: z.number().int(),
  /** Only in a pilot: the people of whom the kept ones are a random sample, and the sum of their sizes (see `authorSize`). */
  pilot: z.strictObject({ people: z.number().int(), size: z.number().int() }).optional(),
  /** People left out by reason. */
  droppedPeople: z.record(z.string(), z.number().int()),
  read: z.record(z.string(), z.unknown()),
  grouped: z.record(z.string(), z.unknown()),
});

export type IngestTally = z.infer<typeof IngestTally>;

const ColumnMapConfig = z.strictObject({
  author: z.string().default('author'),
  text: z.string().optional(),
  texts: z.array(z.string()).optional(),
  posts: z.string().optional(),
  date: z.string().optional(),
  attributes: z.record(z.string(), z.string()).optional(),
});

/** Stage `ingest-histories`: read posts, group them by person under a pseudonym, leave out minors. */
export const ingestHistories = defineStage({
  name: 'ingest-histories',
  version: 2,
  summary: 'Read posts, group them by person under a pseudonym, leave out minors.',
  config: z.strictObject({
    columns: ColumnMapConfig.optional().describe('which columns of the file hold what; guessed when absent'),
    minimumAge: z
      .number()
      .int()
      .min(0)
      .max(120)
      .default(18)
      .describe('people stated or inferred to be younger are left out'),
    maxPostsPerAuthor: z.number().int().positive().default(2000),
    maxAuthors: z.number().int().positive().optional(),
    pilot: z
      .number()
      .int()
      .positive()
      .optional()
      .describe('people drawn at random of all that would be kept: to see what a run costs before it is made'),
    maxTextLength: z.number().int().positive().default(100_000).describe('longer posts are cut'),
  }),
  inputs: {
    posts: value(InputFile),
    /** What may be done with the posts, and whose are not read: the reader that the stage is given keeps to both. */
    dataUse: optional(value(DataUse)),
    deleted: optional(value(z.array(DeletedAuthors))),
  },
  outputs: { histories: rows(History), leftOut: rows(LeftOut), tally: value(IngestTally) },
  /** The people of a file have no names here before they are read, so the stage counts them itself. */
  conserves: [
    {
      of: 'posts',
      by: 'person',
      kept: { histories: 'person' },
      dropped: { leftOut: { by: 'person', reason: 'reason' } },
    },
  ],
  uses: ['readPosts', 'guessColumns'],

  async run({ dataUse }, config, { emit, record, services, random }) {
    const { columns, minimumAge, maxPostsPerAuthor, maxAuthors, maxTextLength } = config;
    const read = newReadTally();
    const used = columns ? defined(columns) : await services.guessColumns();
    if (!columns)
      record({
        level: 'info',
        code: 'columns-guessed',
        message: `columns guessed: ${JSON.stringify(used)}`,
        values: { ...used },
      });
    const posts = services.readPosts(used, { maxTextLength }, read);
    const {
      people,
      tally: grouped,
      overLimit,
    } = await groupHistories(posts, {
      maxPostsPerAuthor,
      ...(maxAuthors !== undefined && { maxAuthors }),
    });
    const droppedPeople: Record<string, number> = {};
    const leaveOut = async (person: string, reason: string): Promise<void> => {
      droppedPeople[reason] = (droppedPeople[reason] ?? 0) + 1;
      await emit.leftOut({ person, reason });
    };
    for (const person of overLimit) await leaveOut(person, `beyond the first ${maxAuthors} people`);
    const young = new Map(people.map((history) => [history, tooYoung(history, minimumAge)]));
    const usable = people.filter((history) => young.get(history) === undefined);
    const chosen = new Set(
      Array.from(permutation(usable.length, random.fork('pilot')).subarray(0, config.pilot), (i) => usable[i]!),
    );
    let [keptPeople, postsOfDropped] = [0, 0];
    for (const history of people) {
      const reason = young.get(history) ?? (chosen.has(history) ? undefined : 'not drawn for the pilot');
      if (reason === undefined) {
        keptPeople++;
        await emit.histories(history);
      } else {
        postsOfDropped += history.posts.length;
        await leaveOut(history.person, reason);
      }
    }
    const found = people.length + overLimit.length;
    checkBalance('ingest-histories, people', found, { kept: keptPeople, ...droppedPeople });
    checkBalance('ingest-histories, posts', read.posts, {
      kept: grouped.posts - postsOfDropped,
      'of people left out': postsOfDropped + grouped.postsOfAuthorsOverLimit,
      repeated: grouped.repeatedPosts,
      'over the limit of a person': grouped.postsOverLimit,
    });
    if (dataUse) useFindings(dataUse, read.replaced).forEach(record);
    if (read.rowsOfDeletedAuthors !== undefined)
      record({
        level: 'info',
        code: 'deleted-authors',
        message: `${read.rowsOfDeletedAuthors} rows of authors who are not to be read were left out`,
      });
    for (const [reason, count] of Object.entries(droppedPeople))
      record({ level: 'info', code: 'people-left-out', message: `${count} people left out: ${reason}` });
    for (const [what, noted] of Object.entries({ ...read, ...grouped }))
      if (isNoted(noted) && noted.count > 0)
        record({
          level: 'caution',
          code: `input-${what.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`,
          message: `${noted.count} ${what.replace(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`)}, first: ${noted.first.join('; ')}`,
        });
    for (const [sex, count] of grouped.unusableSexes)
      record({
        level: 'caution',
        code: 'input-unusable-sexes',
        message: `${count} people declare a sex that the target does not have: ${JSON.stringify(sex)}`,
      });
    return {
      tally: {
        schema: 'ingest-tally/1' as const,
        posts: read.posts,
        people: found,
        keptPeople,
        ...(config.pilot !== undefined && {
          pilot: { people: usable.length, size: usable.reduce((total, own) => total + authorSize(own), 0) },
        }),
        droppedPeople,
        read: { ...read },
        grouped: { ...grouped, unusableSexes: Object.fromEntries(grouped.unusableSexes) },
      },
    };
  },
});

function tooYoung(history: Parameters<typeof statedAge>[0] & { declared: { ageYears?: number } }, minimumAge: number) {
  const { ageYears } = history.declared;
  if (ageYears !== undefined) return ageYears < minimumAge ? `declared to be under ${minimumAge}` : undefined;
  const age = statedAge(history);
  return age !== undefined && age.years < minimumAge ? `said in the posts to be under ${minimumAge}` : undefined;
}

const isNoted = (x: unknown): x is { count: number; first: readonly string[] } =>
  typeof x === 'object' && x !== null && 'count' in x && 'first' in x;

/** Without the keys whose value is undefined. */
const defined = <T extends object>(record: T) =>
  Object.fromEntries(Object.entries(record).filter(([, v]) => v !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
