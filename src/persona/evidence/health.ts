import type { Claim } from '../narrative-persona.js';
import { isRetracted, isSupposed } from './assertion.js';
import { clausesOf, isAboutSelf, textOf, type Clause } from './clauses.js';
import type { LifeLexicon } from './lexicons.js';
import { isBygone } from './own-acts.js';
import { claimOn, type Sentence } from './reading.js';
import { wordIndex, type Found } from './word-index.js';

type Condition = LifeLexicon['conditions'][number];

/** A word for a condition, with the verb that it goes with in a claim. */
interface Name {
  readonly condition: Condition;
  readonly verb: 'Has' | 'Is' | 'Takes' | 'Uses' | 'Has had';
}

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Verbs between a person and an illness, a remedy or an operation. */
const having = set(
  'have get develop suffer struggle deal live battle fight beat survive manage catch take wear use be start recover cope contract inherit break tear undergo lose',
);
/** Verbs of those who treat: "diagnosed with", "put me on". */
const treating = set('diagnose treat medicate hospitalize prescribe put operate test');
/** Nouns behind the name of an illness that leave it the writer's own. */
const heads = set(
  'inhaler flare flares attack attacks diagnosis meds medication medications medicine surgery surgeries pain symptoms treatment treatments machine pump levels scars issues problems gang warrior survivor day days season mask pills appointment journey brain',
);
/** What turns a condition into a manner of speaking. */
const figurative =
  /^\W*(?:every time|everytime|whenever|over|just (?:thinking|looking|reading|watching|hearing)|from (?:spreadsheets|this|that|reading|watching|laughing|my inbox)|about (?:my|the|this|that|these|how)|awareness|to (?:mondays|math|exercise|nonsense|mornings|drama|work|fun|criticism|feelings|love))\b/;
/** Illnesses, remedies and operations that the writer says are their own. One claim a condition, in the order of the posts. */
export function healthReader({ conditions }: LifeLexicon): (all: readonly Sentence[]) => Claim[] {
  const index = wordIndex(
    conditions.flatMap((condition) => {
      const names = (words: readonly string[], verb: Name['verb']): [string, Name][] =>
        words.map((word) => [word, { condition, verb }]);
      const { words, is, takes, uses, had } = condition;
      return [
        ...names(words, 'Has'),
        ...names(is, 'Is'),
        ...names(takes, 'Takes'),
        ...names(uses, 'Uses'),
        ...names(had, 'Has had'),
      ];
    }),
  );
  return (all) => {
    const claims = new Map<Condition, Claim>();
    for (const sentence of all)
      for (const found of index.find(sentence)) {
        const { condition } = found.value;
        if (claims.has(condition)) continue;
        const status = statusOf(sentence, found);
        if (status === undefined) continue;
        const statement = `${found.value.verb} ${found.said.replaceAll(/\b(?:my|our)\b/g, 'their')}.`;
        claims.set(
          condition,
          claimOn(sentence, found.start, found.end, { dimension: 'experiences', statement, status }),
        );
      }
    return [...claims.values()];
  };
}

function statusOf(sentence: Sentence, { value, start, end }: Found<Name>): Claim['status'] | undefined {
  const { text } = sentence;
  const clause = clausesOf(sentence).find(({ words }) => words[0]!.start <= start && words.at(-1)!.end >= end);
  if (
    clause === undefined ||
    isSupposed(sentence, start) ||
    isRetracted(sentence, end) ||
    (value.verb !== 'Has had' && isBygone(text, start, end))
  )
    return undefined;
  const rest = text.slice(end).toLowerCase();
  if (figurative.test(rest)) return undefined;
  const from = clause.words.findIndex((word) => word.end > start);
  const to = clause.words.findLastIndex((word) => word.start < end) + 1;
  const next = clause.words[to];
  if (next !== undefined && /^(?:NOUN|PROPN)$/.test(next.pos) && !heads.has(next.text)) return undefined;
  if (isMine(clause, from) || isHad(clause, from, value.verb)) return 'stated';
  if (/^ in (?:both )?my\b/.test(rest)) return 'inferred';
  if (text.trimEnd().endsWith('?')) return undefined;
  const isProfile =
    clause.isOwn && clause.verbs.length === 0 && from <= 1 && (value.verb === 'Is' || lasting.test(rest));
  if (!isProfile && !/\b(?:i|i'm|i've|im|ive|my|me|we|our)\b/i.test(text)) return undefined;
  return isSubject(clause, from, value.verb, rest) ? 'inferred' : undefined;
}

/** "My", with nothing but adjectives before the name: "my own bad knee", not "my son's asthma". */
function isMine({ words }: Clause, from: number): boolean {
  const before = words.slice(0, from).findLast(({ pos }) => !/^(?:ADJ|ADV|NUM)$/.test(pos));
  return before?.text === 'my';
}

/** The writer has it, takes it, or is treated for it. */
function isHad({ words, verbs, isOwn, isAsserted, isPast, after }: Clause, from: number, name: Name['verb']): boolean {
  const verb = verbs.at(-1);
  if (verb === undefined || !isAsserted || from < after) return false;
  const between = words.slice(after, from);
  if (
    between.length > 5 ||
    between.some(
      ({ pos, text }) => /^(?:VERB|NOUN|PROPN)$/.test(pos) || /^(?:no|like|about|at|his|her|their|your)$/.test(text),
    )
  )
    return false;
  // A remedy that was taken once need not be taken now.
  if (
    (isPast || verb.text === 'taken') &&
    /^(?:Takes|Uses)$/.test(name) &&
    /^(?:take|use|wear|be|have)$/.test(verb.lemma)
  )
    return false;
  // "I am diabetic", "I'm on insulin", but "I have asthma"
  if (verb.lemma === 'be' && name !== 'Is')
    return isOwn && /^(?:Takes|Uses)$/.test(name) && between.at(-1)?.text === 'on';
  if (name === 'Is' && !/^(?:be|become|diagnose|get|stay)$/.test(verb.lemma)) return false;
  return isOwn
    ? having.has(verb.lemma) || treating.has(verb.lemma)
    : treating.has(verb.lemma) && between.some(({ text }) => text === 'me');
}

/** How a person who leaves out "I" goes on after the name: "Type 1 diabetic since age 9". */
const lasting = /^\W*(?:since|day \d|here\b|survivor|warrior|gang|for \d+ years|flare|in both|again\b)/;

/** What an illness does to a person. */
const strikes =
  /^\W*(?:'s |is |has |are |have )?(?:came back|back\b|flar\w+|hit me|hit\b|clear\w+ up|act(?:ed|ing) up|kick(?:ed|ing)|took (?:my|me)|killing me|never (?:stops?|quits?)|got (?:me|so bad)|getting (?:me|worse)|worse)/;

/** What a clause about nobody but the writer begins with, or what it is for: "Sciatica's got me on the floor", "EMDR for the PTSD". */
function isSubject(clause: Clause, from: number, name: Name['verb'], rest: string): boolean {
  const { words, isOwn, sentence } = clause;
  const before = words.slice(0, from);
  if (name === 'Takes' && words[from - 1]?.text === 'on' && /\b(?:my|me|i)\b/i.test(sentence.text))
    return clause.isAsserted && isAboutSelf(clause);
  if (before.length <= 1 && strikes.test(rest) && /\b(?:my|me|i)\b/i.test(sentence.text)) return !clause.isUnreal;
  const opens =
    before.length <= 3 &&
    before.every(({ pos, text }) => /^(?:ADJ|ADV|DET|NUM|NOUN)$/.test(pos) || /^(?:in|from|on|with|been)$/.test(text));
  const isFor = /\bfor (?:the|my) ?$/.test(textOf(before));
  return (
    (opens || isFor) &&
    !before.some(({ text }) => /^(?:no|every|any)$/.test(text)) &&
    (isAboutSelf(clause) || (isOwn && clause.verbs.length === 0))
  );
}
