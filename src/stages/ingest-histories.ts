import { z } from 'zod';
import { groupHistories } from '../io/group-histories.js';
import { newReadTally } from '../io/histories.js';
import { statedAge } from '../persona/evidence/age.js';
import { History } from '../persona/history.js';
import { rows, value } from '../pipeline/artifact.js';
import { defineStage, InputFile } from './services.js';

/** What was read, and what was left out with the reason; counts of posts unless said otherwise. */
export const IngestTally = z.strictObject({
  schema: z.literal('ingest-tally/1'),
  posts: z.number().int(),
  people: z.number().int(),
  keptPeople: z.number().int(),
  /** People left out by reason. */
  droppedPeople: z.record(z.string(), z.number().int()),
  read: z.record(z.string(), z.unknown()),
  grouped: z.record(z.string(), z.unknown()),
});

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
  version: 1,
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
    maxTextLength: z.number().int().positive().default(100_000).describe('longer posts are cut'),
  }),
  inputs: { posts: value(InputFile) },
  outputs: { histories: rows(History), tally: value(IngestTally) },
  uses: ['readPosts', 'guessColumns'],

  async run(_, { columns, minimumAge, maxPostsPerAuthor, maxAuthors, maxTextLength }, { emit, record, services }) {
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
    const { people, tally: grouped } = await groupHistories(posts, {
      maxPostsPerAuthor,
      ...(maxAuthors !== undefined && { maxAuthors }),
    });
    const droppedPeople: Record<string, number> = {};
    let keptPeople = 0;
    for (const history of people) {
      const reason = tooYoung(history, minimumAge);
      if (reason === undefined) {
        keptPeople++;
        await emit.histories(history);
      } else droppedPeople[reason] = (droppedPeople[reason] ?? 0) + 1;
    }
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
        people: people.length,
        keptPeople,
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
