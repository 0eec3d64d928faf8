import { readFileSync } from 'node:fs';
import { answered, type Answer } from '../../src/model/answer.js';
import { Rubric } from '../../src/persona/filter/rubric.js';
import type { History } from '../../src/persona/history.js';
import type { Disposition, Evidence, NarrativePersona } from '../../src/persona/narrative-persona.js';
import type { PersonaWriter } from '../../src/persona/ports.js';

// People and their writer in small, for the stages that turn histories into personas.

export const models = { model: 'embedded', judges: [], baseUrl: null };

export const rubric = Rubric.parse(
  JSON.parse(readFileSync(new URL('../../personas/rubrics/persona-quality.json', import.meta.url), 'utf8')),
);

/** A person by number, with one post. */
export const historyOf = (n: number, text = `Post of person ${n}.`): History => {
  const person = `p-${String(n).padStart(12, '0')}`;
  return { person, declared: { attributes: {} }, posts: [{ id: `${person}#1`, date: '2023-05-01', text }] };
};

/** Evidence of a person: nothing is known unless given. */
export const evidenceOf = (edit: Partial<Evidence> = {}): Evidence => ({
  attributes: {},
  claims: [],
  topics: ['rain'],
  tone: 0,
  words: 200,
  language: 'en',
  traitCues: Array.from({ length: 5 }, () => ({ score: 0, words: 0 })),
  traitStatements: [],
  ...edit,
});

/** A writer that knows what it is told about each person, and writes the drawn facts down. */
export function writerOf(
  read: (history: History) => Answer<Evidence>,
  narrate: (history: History, disposition: Disposition) => Answer<string> = (history, disposition) =>
    answered(`${history.person}: ${JSON.stringify(disposition)}`),
): PersonaWriter {
  return {
    name: 'test@1',
    prompts: ['a-prompt@1'],
    readEvidence: (history) => Promise.resolve(read(history)),
    narrate: (history, _evidence, disposition) => Promise.resolve(narrate(history, disposition)),
  };
}

/** A persona with a disposition: a woman of forty of average traits unless said otherwise. */
export function personaOf(
  n: number,
  draw: number,
  edit: Partial<Disposition> = {},
  text = 'Somebody.',
): NarrativePersona {
  const { person } = historyOf(n);
  return {
    id: `${person}.${draw}`,
    person,
    draw,
    text,
    evidence: evidenceOf(),
    disposition: {
      ageYears: 40,
      attributes: {
        sex: { value: 'female', status: 'stated' },
        age: { value: '30-64', status: 'stated' },
        region: { value: 'north', status: 'imputed' },
      },
      traits: [0, 0, 0, 0, 0],
      ...edit,
    },
    lineage: { writer: 'test@1', prompts: [], historySha256: '' },
  };
}
