import { fileURLToPath } from 'node:url';
import { randomStream } from '../../src/core/random.js';
import { groupHistories } from '../../src/io/group-histories.js';
import { newReadTally, readRawPosts } from '../../src/io/histories.js';
import { embeddedWriter } from '../../src/persona/embedded-writer.js';
import { contradictions } from '../../src/persona/evidence/evidence.js';
import { inFirstPerson } from '../../src/persona/filter/first-person.js';
import { traitDomains } from '../../src/psychometrics/inventory.js';
import { lexicons, reader, variables } from './evidence-fixture.js';
import type { History } from '../../src/persona/history.js';
import type { Attribute, Disposition, Evidence } from '../../src/persona/narrative-persona.js';

export const writers = {
  third: embeddedWriter({ variables, lexicons }),
  first: embeddedWriter({ variables, lexicons, person: 'first' }),
};
export type Person = keyof typeof writers;
const signal = new AbortController().signal;

export async function narrate(
  history: History,
  evidence: Evidence,
  disposition: Disposition,
  person: Person = 'third',
): Promise<string> {
  const answer = await writers[person].narrate(history, evidence, disposition, signal);
  if (answer.kind !== 'answered') throw new Error(answer.reason);
  return answer.value;
}

/** A draw: what the evidence says stays; attributes are drawn evenly, traits normally. */
export function drawnFrom(evidence: Evidence, seed: string, sex?: string): Disposition {
  const random = randomStream(seed);
  const attributes: Record<string, Attribute> = {};
  for (const { name, categories } of variables) {
    if (name === 'age') continue;
    attributes[name] = evidence.attributes[name] ?? {
      value: categories[random.below(categories.length)]!,
      status: 'imputed',
    };
  }
  if (sex !== undefined) attributes['sex'] = { value: sex, status: 'imputed' };
  const ageYears = evidence.ageYears ?? 18 + random.below(60);
  return { ageYears, attributes, traits: traitDomains.map(() => random.normal()) };
}

export interface Demo {
  readonly history: History;
  readonly evidence: Evidence;
}

/** The people of the demo who are not minors, as the embedded reader reads them. */
export async function demoPeople(): Promise<Demo[]> {
  const file = fileURLToPath(new URL('../../data/histories/demo.jsonl', import.meta.url));
  const columns = { author: 'author', text: 'text', date: 'date', attributes: { age: 'age', sex: 'gender' } };
  const { people } = await groupHistories(readRawPosts(file, columns, {}, newReadTally()), {});
  const read: Demo[] = [];
  for (const history of people) {
    const evidence = reader.read(history);
    if ((evidence.ageYears ?? 18) >= 18) read.push({ history, evidence });
  }
  return read;
}

/** One text with what it was written from. */
export interface Draw extends Demo {
  readonly disposition: Disposition;
  readonly text: string;
}

/** Whether the evidence reader takes the text for one about somebody else. */
export function isMisread({ evidence, disposition, text }: Draw): boolean {
  const attributes = { ...disposition.attributes, ...evidence.attributes };
  const read = reader.readText([{ id: 'persona', text: inFirstPerson(text) }]);
  const fields = {
    ageYears: evidence.ageYears ?? disposition.ageYears,
    attributes: Object.fromEntries(Object.entries(attributes).map(([name, { value }]) => [name, value])),
  };
  return contradictions(read, fields).length > 0;
}
