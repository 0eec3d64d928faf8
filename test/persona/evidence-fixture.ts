import { readFileSync } from 'node:fs';
import { lexiconFiles, Lexicons } from '../../src/persona/evidence/lexicons.js';
import { evidenceReader } from '../../src/persona/evidence/evidence.js';
import type { EvidenceReader, Variable } from '../../src/persona/evidence/evidence.js';
import type { History } from '../../src/persona/history.js';

const json = (path: string): unknown => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));

/** The shipped lexicons. */
export const lexicons: Lexicons = Lexicons.parse(
  Object.fromEntries(Object.entries(lexiconFiles).map(([name, file]) => [name, json(file)])),
);

/** The variables of the adults of the United States, as the target has them. */
export const variables = (json('data/census/us-adults.json') as { variables: Variable[] }).variables;

export const reader: EvidenceReader = evidenceReader({ variables, lexicons, languageOf: () => 'en' });

/** A history of posts, dated in May of consecutive years from 2020. */
export function historyOf(
  texts: readonly string[],
  declared: Partial<History['declared']> = {},
  person = 'p-000000000001',
): History {
  return {
    person,
    declared: { attributes: {}, ...declared },
    posts: texts.map((text, k) => ({ id: `${person}#${k + 1}`, date: `${2020 + k}-05-01`, text })),
  };
}
