import type { TaggedWord } from '../../text/tagger.js';
import type { Claim, Dimension } from '../narrative-persona.js';
import { isRetracted, isSupposed } from './assertion.js';
import { clausesOf, textOf, type Clause } from './clauses.js';
import { isBygone } from './own-acts.js';
import { claimOn, mentionsAny, triggerWords, type Sentence } from './reading.js';

/** How a stance is restated in the third person. */
interface Stance {
  readonly verb: string;
  readonly dimension: Dimension;
  /** Said as often in jest as in earnest: not taken at the word. */
  readonly isLoose?: boolean;
}

const interest = (verb: string): Stance => ({ verb, dimension: 'interests' });
const value = (verb: string): Stance => ({ verb, dimension: 'values' });
const trait = (verb: string): Stance => ({ verb, dimension: 'personality', isLoose: true });

/** Verbs of the writer, with the thing behind them. */
const verbs: Readonly<Record<string, Stance>> = {
  love: interest('Loves'),
  adore: interest('Loves'),
  enjoy: interest('Enjoys'),
  collect: interest('Collects'),
  restore: interest('Restores'),
  refinish: interest('Refinishes'),
  brew: interest('Brews'),
  carve: interest('Carves'),
  respect: value('Respects'),
  hate: { ...value('Dislikes'), isLoose: true },
  despise: value('Dislikes'),
};

/** Verbs with a preposition, and what "I am" may be followed by; the longest first. */
const phrases: readonly (readonly [string, Stance])[] = [
  ['believe in', value('Believes in')],
  ['care about', value('Cares about')],
  ['worry about', trait('Worries about')],
  ['volunteer at', interest('Volunteers at')],
  ['volunteer with', interest('Volunteers with')],
  ['volunteer for', interest('Volunteers for')],
  ['tinker with', interest('Tinkers with')],
  ['forage for', interest('Forages for')],
  ['obsessed with', interest('Is very fond of')],
  ['crazy about', interest('Is very fond of')],
  ['a big fan of', interest('Is very fond of')],
  ['proud of', value('Is proud of')],
  ['scared of', trait('Is afraid of')],
  ['afraid of', trait('Is afraid of')],
  ['terrified of', trait('Is afraid of')],
  ['bad at', trait('Is bad at')],
  ['terrible at', trait('Is bad at')],
  ['good at', trait('Is good at')],
];

/** Adjectives and nouns with which people describe themselves; "I'm shy." says what sort of person one is. */
const selfWords = new Set(
  'shy|quiet|stubborn|private|patient|loud|bossy|organized|disorganized|messy|introverted|outgoing|nosy|competitive|cautious|superstitious|sentimental|cheap|frugal|punctual|easygoing|picky|blunt|clumsy|worrier|perfectionist|planner|homebody|introvert|extrovert|hugger|talker'.split(
    '|',
  ),
);

const triggers = triggerWords(
  [...selfWords],
  Object.keys(verbs),
  phrases.flatMap(([phrase]) => phrase.split(' ')),
  'loves loved enjoying collecting restoring refinishing brewing carving respecting believes worried volunteering',
);

/** Most words of the thing that is loved or hated: a longer one is not told, rather than cut. */
const longestObject = 7;
/** Heads that mean nothing without what was said before, and turns of speech. */
const vague = new Set(
  'thing things stuff one ones way idea fact part kind sort lot bit rest everything nothing anything something someone people person guy guys time times day days moment other another ya u you him her them it this that these those self myself life feeling look face thought point word words name man woman'.split(
    ' ',
  ),
);
/** "I love to say", "I hate being": manners of speaking. */
const speaking = new Set(
  'say admit ask think tell see hear be break know bother complain brag interrupt disappoint have get do spend go make let give take partake imagine know wait use find feel want need keep put'.split(
    ' ',
  ),
);

/** What the writer loves, hates, believes in and says of their own character, restated in the third person. */
export function stanceClaims(all: readonly Sentence[]): Claim[] {
  const claims = new Map<string, Claim>();
  for (const sentence of all.filter((one) => mentionsAny(one, triggers)))
    for (const clause of clausesOf(sentence)) {
      const told = stanceOf(clause);
      if (told === undefined) continue;
      const { statement, dimension, last, status } = told;
      const [from, to] = [clause.words[0]!.start, last.end];
      if (
        claims.has(statement) ||
        isSupposed(sentence, from) ||
        isRetracted(sentence, to) ||
        isBygone(sentence.text, from, to)
      )
        continue;
      claims.set(statement, claimOn(sentence, from, to, { dimension, statement, status }));
    }
  return [...claims.values()];
}

/** A stance that a clause takes, with the last word of it. */
function stanceOf(
  clause: Clause,
): (Pick<Claim, 'statement' | 'dimension' | 'status'> & { last: TaggedWord }) | undefined {
  const { words, verbs: group, after, isOwn, isAsserted, isPast, lead } = clause;
  const verb = group.at(-1);
  // Only with "I" itself: a love without a subject is as often an order or a headline.
  if (
    !isOwn ||
    !isAsserted ||
    isPast ||
    verb === undefined ||
    lead === 'how' ||
    !words.slice(0, after).some(({ text }) => text === 'i') ||
    // "I Love Lucy" is a title.
    /^\p{Lu}\p{Ll}/u.test(clause.sentence.text.slice(verb.start))
  )
    return undefined;
  const rest = words.slice(after);
  const described = rest.filter(({ pos, text }) => pos !== 'ADV' && text !== 'a' && text !== 'an' && text !== 'such');
  if (verb.lemma === 'be' && described.length === 1 && selfWords.has(described[0]!.text))
    return {
      statement: `Is ${isNoun(described[0]!) ? 'a ' : ''}${described[0]!.text}.`,
      dimension: 'personality',
      status: 'stated',
      last: described[0]!,
    };
  const found = stanceAt(clause);
  const object = found && objectAt(words, found.at);
  if (found === undefined || object === undefined) return undefined;
  return {
    statement: `${found.stance.verb} ${restated(object)}.`,
    dimension: found.stance.dimension,
    status: found.stance.isLoose ? 'inferred' : 'stated',
    last: object.at(-1)!,
  };
}

/** Which stance it is, and where its object begins. */
function stanceAt({ words, verbs: group, after }: Clause): { stance: Stance; at: number } | undefined {
  const verb = group.at(-1)!;
  const own = group.length === 1 ? verbs[verb.lemma] : undefined;
  if (own !== undefined) return { stance: own, at: after };
  // "I love to cook": the verb of liking stands before the one that is liked.
  const liking = group.length === 2 && verb.lemma !== 'be' ? verbs[group[0]!.lemma] : undefined;
  if (liking !== undefined) return { stance: liking, at: words.indexOf(group[0]!) + 1 };
  for (const [phrase, stance] of phrases) {
    const parts = phrase.split(' ');
    const begins = words.findIndex(
      (_, k) => k >= after - 1 && parts.every((part, j) => words[k + j]?.text === part || words[k + j]?.lemma === part),
    );
    if (begins >= 0 && words.slice(after, begins).every(({ pos }) => pos === 'ADV'))
      return { stance, at: begins + parts.length };
  }
  return undefined;
}

const isNoun = ({ pos, text }: TaggedWord): boolean => pos === 'NOUN' || /(?:er|ist|dy|vert)$/.test(text);

/** The object from a position: a noun phrase, a form in -ing or an infinitive, complete to the end of the clause or to what parts it off. */
function objectAt(words: readonly TaggedWord[], from: number): readonly TaggedWord[] | undefined {
  const end = words.findIndex(
    ({ pos, text }, k) =>
      k > from &&
      (pos === 'ADV' || pos === 'CCONJ' || pos === 'SCONJ' || text === 'more' || text === 'when' || text === 'so'),
  );
  const object = words.slice(from, end < 0 ? undefined : end);
  const [first] = object;
  const last = object.at(-1);
  if (first === undefined || last === undefined || object.length > longestObject) return undefined;
  const isInfinitive = first.text === 'to';
  const doing = isInfinitive ? object[1] : first.text.endsWith('ing') && first.pos !== 'DET' ? first : undefined;
  const content = object.filter(({ pos }) => pos === 'NOUN' || pos === 'PROPN' || pos === 'VERB');
  const isWhole =
    /^(?:NOUN|PROPN|VERB)$/.test(last.pos) &&
    content.length > 0 &&
    !object.some(
      ({ text, pos }, k) =>
        /·/.test(text) ||
        (pos === 'PRON' && !/^(?:my|our)$/.test(text)) ||
        (k > 0 && pos === 'AUX') ||
        pos === 'X' ||
        pos === 'INTJ',
    );
  if (
    object.some(({ text }) =>
      /^(?:other|another|new|first|last|next|same|whole|these|this|that|week|month|year|today|tonight)$/.test(text),
    )
  )
    return undefined;
  if (!isWhole || vague.has(last.text) || vague.has(first.text)) return undefined;
  if (doing !== undefined) return speaking.has(doing.lemma) || (isInfinitive && object.length < 2) ? undefined : object;
  // A bare verb or adjective is no thing: "I love sleep" may stand, "I hate slow" may not.
  return content.some(({ pos }) => pos !== 'VERB') && first.pos !== 'ADP' && first.pos !== 'AUX' ? object : undefined;
}

/** In the third person, names with their capital letters. */
const restated = (object: readonly TaggedWord[]): string =>
  textOf(object)
    .replaceAll(/\b(?:my|our)\b/g, 'their')
    .replaceAll(" 's", "'s");
