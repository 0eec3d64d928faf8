import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Evidence } from '../../src/persona/narrative-persona.js';
import type { EvidenceReader } from '../../src/persona/evidence/evidence.js';

/** One labelled text: what a careful reader takes from it about the writer, and what nobody may take from it. */
const Case = z.strictObject({
  id: z.string(),
  kind: z.string(),
  date: z.iso.date().optional(),
  text: z.string(),
  expect: z.strictObject({
    ageYears: z.number().int().optional(),
    attributes: z.record(z.string(), z.string()).default({}),
    /** Topic and a word that a claim must contain. */
    claims: z.array(z.tuple([z.string(), z.string()])).default([]),
  }),
  forbid: z
    .strictObject({ attributes: z.array(z.string()).default([]), claims: z.array(z.string()).default([]) })
    .default({ attributes: [], claims: [] }),
});

/** Counts of one group: `found` of `expected` were read, and `wrong` were read that are not so. */
export interface Score {
  readonly expected: number;
  readonly found: number;
  readonly wrong: number;
  readonly recall: number;
  readonly precision: number;
}

export interface StatementScores {
  readonly groups: Readonly<Record<string, Score>>;
  readonly overall: Score;
  /** One line for each thing missed (`-`) or read wrongly (`!`), with the id of its case. */
  readonly faults: readonly string[];
}

/** The group of each variable and each topic of claims. */
const groupOf: Readonly<Record<string, string>> = {
  marital_status: 'family',
  employment: 'work',
  region: 'place',
  household_income: 'income',
  race: 'race and origin',
  hispanic: 'race and origin',
};

/**
 * Reads every text of a JSON-lines file and compares. An attribute is right if it has the expected value (age: exactly);
 * any other value, and an attribute that the text does not give, is wrong. A claim is found if any statement contains its
 * word; a statement with a forbidden word is wrong, in the group `forbidden claims`.
 */
export function scoreStatements(path: string | URL, reader: Pick<EvidenceReader, 'readText'>): StatementScores {
  const counts = new Map<string, { expected: number; found: number; wrong: number }>();
  const of = (name: string): { expected: number; found: number; wrong: number } => {
    const group = groupOf[name] ?? name;
    const count = counts.get(group) ?? { expected: 0, found: 0, wrong: 0 };
    counts.set(group, count);
    return count;
  };
  const faults: string[] = [];
  for (const line of readFileSync(path, 'utf8').split('\n').filter(Boolean)) {
    const { id, date, text, expect, forbid } = Case.parse(JSON.parse(line));
    const evidence = reader.readText([{ id: `${id}#1`, ...(date === undefined ? {} : { date }), text }]);
    const wanted = withAge(expect.attributes, expect.ageYears);
    const got = attributesOf(evidence);
    for (const [name, value] of Object.entries(wanted)) {
      of(name).expected++;
      if (got[name] === value) of(name).found++;
      else faults.push(`- ${id} ${name} ${value}${got[name] === undefined ? '' : `, read ${got[name]}`}`);
    }
    for (const [name, value] of Object.entries(got))
      if (wanted[name] !== value) {
        of(name).wrong++;
        faults.push(`! ${id} ${name} ${value}${forbid.attributes.includes(name) ? ' (forbidden)' : ''}`);
      }
    const statements = evidence.claims.map(({ statement }) => statement.toLowerCase());
    for (const [topic, word] of expect.claims) {
      of(topic).expected++;
      if (statements.some((statement) => statement.includes(word.toLowerCase()))) of(topic).found++;
      else faults.push(`- ${id} ${topic}: ${word}`);
    }
    for (const word of forbid.claims)
      for (const statement of statements.filter((one) => one.includes(word.toLowerCase()))) {
        of('forbidden claims').wrong++;
        faults.push(`! ${id} claim “${statement}” holds ${word}`);
      }
  }
  const groups = Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k, scored(v)]));
  const overall = [...counts.values()].reduce(
    (sum, { expected, found, wrong }) => ({
      expected: sum.expected + expected,
      found: sum.found + found,
      wrong: sum.wrong + wrong,
    }),
    { expected: 0, found: 0, wrong: 0 },
  );
  return { groups, overall: scored(overall), faults };
}

/** The scores as a table, one group a line, with the faults below. */
export function statementTable({ groups, overall, faults }: StatementScores): string {
  const rows = [...Object.entries(groups), ['overall', overall] as const].map(([name, score]) =>
    [
      name.padEnd(18),
      ...[score.expected, score.found, score.wrong].map((count) => String(count).padStart(9)),
      ...[score.precision, score.recall].map((share) => share.toFixed(3).padStart(10)),
    ].join(''),
  );
  const head = `${'group'.padEnd(18)} expected    found    wrong precision    recall`;
  return [head, ...rows, ...faults].join('\n');
}

/** Nothing read is nothing wrong, and nothing expected is nothing missed. */
const scored = (count: { expected: number; found: number; wrong: number }): Score => ({
  ...count,
  recall: count.expected === 0 ? 1 : count.found / count.expected,
  precision: count.found + count.wrong === 0 ? 1 : count.found / (count.found + count.wrong),
});

const withAge = (attributes: Readonly<Record<string, string>>, age: number | undefined): Record<string, string> =>
  age === undefined ? { ...attributes } : { ...attributes, age: String(age) };

const attributesOf = ({ ageYears, attributes }: Evidence): Record<string, string> =>
  withAge(Object.fromEntries(Object.entries(attributes).map(([name, { value }]) => [name, value])), ageYears);
