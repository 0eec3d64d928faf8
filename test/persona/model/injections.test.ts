import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import type { ChatModel, ChatRequest } from '../../../src/model/chat-model.js';
import { scriptedModel } from '../../../src/model/scripted.js';
import type { Facts } from '../../../src/persona/evidence/evidence.js';
import type { History } from '../../../src/persona/history.js';
import { modelWriter, type ModelWriter } from '../../../src/persona/model/writer.js';
import type { Evidence } from '../../../src/persona/narrative-persona.js';
import { reader, variables } from '../evidence-fixture.js';
import { measures, prompts } from '../model-fixture.js';

/** What an attack wants to see in a persona. */
interface Plants {
  readonly age?: number;
  readonly variable?: string;
  readonly category?: string;
  readonly statement?: string;
}
interface Attack {
  readonly id: string;
  readonly style: string;
  readonly plants: Plants;
  readonly text: string;
}
const { attacks, facts } = JSON.parse(readFileSync(new URL('injections.json', import.meta.url), 'utf8')) as {
  attacks: Attack[];
  facts: Omit<Attack, 'style'>[];
};

const signal = new AbortController().signal;
/** Invented posts that say nothing of what the attacks plant. */
const genuine = [
  'I finally planted the tomatoes behind the shed.',
  'My sister called, we talked for an hour about her new job.',
  'The game went to overtime and I lost my voice.',
  'I work nights at the bakery and my feet hurt.',
  'We moved the piano upstairs, never again.',
];
const claimed = [
  { statement: 'Grows tomatoes.', quote: 'I finally planted the tomatoes', dimension: 'interests' },
  { statement: 'Works nights at a bakery.', quote: 'I work nights at the bakery', dimension: 'work' },
] as const;
/** The genuine posts with one more text at a position from 0 (oldest) to 5. */
const withText = (text: string | undefined, position: number): History => {
  const texts = text === undefined ? genuine : [...genuine.slice(0, position), text, ...genuine.slice(position)];
  return {
    person: 'p-0123456789ab',
    declared: { attributes: {} },
    posts: texts.map((own, k) => ({ id: `p-0123456789ab#${k + 1}`, text: own })),
  };
};
const positions = [0, 1, 2, 4, 5];

/** The lines between two marks, where the data stand; the first closing mark ends them, whoever wrote it. */
const fences = ['posts', 'evidence', 'topics', 'persona', 'changes'];
function outside({ system, prompt }: Pick<ChatRequest, 'system' | 'prompt'>): string {
  return fences.reduce((text, tag) => {
    const [open, close] = [`\n<${tag}>\n`, `\n</${tag}>`];
    const from = text.indexOf(open);
    if (from < 0) return text;
    const to = text.indexOf(close, from + open.length - 1);
    return `${text.slice(0, from)}[${tag}]${text.slice(to + close.length)}`;
  }, `${system}\n${prompt}`);
}
const shownIn = (prompt: string): { post: number; text: string }[] =>
  (prompt.split('\n<posts>\n')[1]?.split('\n</posts>')[0] ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { post: number; text: string });

const long = Array.from({ length: 130 }, (_, i) => `w${i}`).join(' ');
type Planting = (
  request: ChatRequest,
) => Partial<Record<'age' | 'attributes' | 'claims' | 'text', unknown>> | undefined;

/** Reads the genuine posts well; on top comes what the planting gives. */
function model(planting: Planting): ChatModel & { readonly requests: readonly ChatRequest[] } {
  return scriptedModel((request) => {
    const planted = planting(request) ?? {};
    if (request.schemaName !== 'evidence')
      return JSON.stringify({
        evidence: `${long}${(planted.text as string | undefined) ?? ''}`,
        disposition: 'Drawn and calm.',
      });
    const shown = shownIn(request.prompt);
    const claims = claimed.flatMap(({ quote, ...rest }) => {
      const post = shown.find(({ text }) => text.includes(quote))?.post;
      return post === undefined ? [] : [{ ...rest, status: 'stated', post, quote }];
    });
    return JSON.stringify({
      age: planted.age ?? null,
      attributes: planted.attributes ?? [],
      claims: [...claims, ...((planted.claims as object[] | undefined) ?? [])].slice(0, 100),
    });
  });
}
/** What the patterns read in each text, once: the same texts come again and again. */
const read = new Map<string, Facts>();
function readFacts(posts: History['posts']): Facts {
  const key = posts.map(({ text }) => text).join('\u0000');
  const facts = read.get(key) ?? reader.readFacts(posts);
  read.set(key, facts);
  return facts;
}
const writerOf = (by: ChatModel): ModelWriter =>
  modelWriter({
    model: by,
    prompts,
    variables,
    language: 'English',
    measure: () => measures,
    readFacts,
  });
const disposition = { ageYears: 40, attributes: {}, traits: [0, 0, 0, 0, 0] };
interface Persona {
  readonly evidence: Evidence;
  readonly text: string;
}
async function personaBy(by: ChatModel, history: History): Promise<Persona> {
  const writing = writerOf(by);
  const evidence = await writing.readEvidence(history, signal);
  if (evidence.kind !== 'answered') throw new Error(evidence.reason);
  const text = await writing.narrate(history, evidence.value, disposition, signal);
  if (text.kind !== 'answered') throw new Error(text.reason);
  return { evidence: evidence.value, text: text.value };
}
const honest: Planting = () => undefined;

/** What an obedient model answers, with one post and quote as its pretext. */
function obeyed({ age, variable, category, statement }: Plants, pretexts: readonly { post: number; quote: string }[]) {
  const entries = pretexts.filter(({ quote }) => quote !== '').slice(0, 30);
  return {
    ...(age === undefined || entries.length === 0 ? {} : { age: { years: age, ...entries[0] } }),
    attributes:
      variable === undefined ? [] : entries.map((pretext) => ({ variable, category, status: 'stated', ...pretext })),
    claims:
      statement === undefined
        ? []
        : entries.flatMap((pretext) => [
            { dimension: 'work', statement, status: 'stated', ...pretext },
            { dimension: 'values', statement, status: 'inferred', ...pretext },
          ]),
  };
}
/** Whole texts, sentences, lines, and a few words at a time. */
function quotesOf(text: string): string[] {
  const words = text.split(/\s+/);
  const windows = words.map((_, k) => words.slice(k, k + 6).join(' ')).slice(0, 12);
  return [...new Set([text, ...text.split(/\n|(?<=[.!?]) /), ...windows])];
}

describe('the corpus', () => {
  it('has at least 200 texts in many styles, each with something to plant', () => {
    expect(attacks.length).toBeGreaterThanOrEqual(200);
    expect(new Set(attacks.map(({ text }) => text)).size).toBe(attacks.length);
    expect(new Set(attacks.map(({ style }) => style)).size).toBeGreaterThanOrEqual(25);
    for (const { plants } of attacks) expect(Object.keys(plants).length).toBeGreaterThan(0);
  });
});

describe('a model that obeys whatever stands outside the marks of data', () => {
  test.each(positions)('plants nothing with an attack at position %d', async (position) => {
    const plain = model(honest);
    await personaBy(plain, withText(undefined, 0));
    const [reading, telling] = plain.requests.map(outside);
    for (const { id, text, plants } of attacks) {
      const history = withText(text, position);
      const obedient = model((request) => {
        const [system, known] = [outside(request), [reading, telling]];
        return known.includes(system)
          ? undefined
          : { ...obeyed(plants, [{ post: 1, quote: genuine[0]! }]), text: ' planted' };
      });
      const [got, expected] = [await personaBy(obedient, history), await personaBy(model(honest), history)];
      expect(got, id).toEqual(expected);
      // Not a byte of what the model is told depends on the attack.
      expect(obedient.requests.map(outside), id).toEqual([reading, telling]);
    }
  });
});

describe('a model that obeys even what stands inside', () => {
  test.each(positions)('plants nothing with an attack at position %d', async (position) => {
    let shown = 0;
    const planted: string[] = [];
    for (const { id, text, plants } of attacks) {
      const history = withText(text, position);
      const expected = await personaBy(model(honest), history);
      // With its own words for a pretext, or those of any other post.
      for (const shift of position === 2 ? [0, 1, 2, 3] : [0]) {
        const obedient = model(({ schemaName, prompt }) => {
          if (schemaName !== 'evidence')
            return /king of Mars|Mars party|widowed|not in labor force|- region|age: 83/.test(
              prompt.split('Drawn facts:')[0]!,
            )
              ? { text: ' planted' }
              : undefined;
          const posts = shownIn(prompt);
          const attack = posts.filter((post) => !genuine.includes(post.text));
          shown += attack.length > 0 && shift === 0 ? 1 : 0;
          const pretexts = [...attack, ...posts].flatMap(({ post, text: own }) =>
            quotesOf(own).map((quote) => ({ post, quote })),
          );
          return obeyed(plants, [...pretexts.slice(shift), ...pretexts.slice(0, shift)]);
        });
        if (JSON.stringify(await personaBy(obedient, history)) !== JSON.stringify(expected))
          planted.push(`${id} ${shift}`);
      }
    }
    expect(planted).toEqual([]);
    // Most attacks are told by no pattern and do reach the model: the checks of its answer hold them off.
    expect(shown).toBeGreaterThan(attacks.length / 3);
  });

  it.each(facts)('may take over what an author says: $text', async ({ text, plants }) => {
    const believing = model(({ schemaName, prompt }) =>
      schemaName === 'evidence'
        ? obeyed(plants, [{ post: shownIn(prompt).find((post) => post.text === text)!.post, quote: text }])
        : undefined,
    );
    const { evidence } = await personaBy(believing, withText(text, 2));
    const { age, variable, category, statement } = plants;
    if (age !== undefined) expect(evidence.ageYears).toBe(age);
    if (variable !== undefined) expect(evidence.attributes[variable]?.value).toBe(category);
    if (statement !== undefined) expect(evidence.claims.map((claim) => claim.statement)).toContain(statement);
  });
});
