import { clausesOf, type Clause } from './clauses.js';
import type { Sentence } from './reading.js';

/** People besides the writer and the writer's own: what a clause with one of them says may be theirs. */
const foreign =
  /^(?:he|she|they|you|him|them|his|her|hers|their|your|ur|u|someone|somebody|anyone|people|everyone|everybody|guys?|'s)$/;
const another = /^(?:he|she|they|himself|herself)$/;
const first = /^(?:i|my|me|mine|myself|im|here|our)$/;
/** Lines of verse are short; a stretch of so many tells a poem or a song. */
const verse = { lines: 6, longest: 48 };
/** "Sam: ...": a text with several such lines is a conversation or a script. */
const speaker = /^ {0,3}\p{Lu}[\p{L}. ]{0,18}: /gmu;

/**
 * Whether a stretch of a sentence is said outright by the writer: in a clause with "I" or "my" and nobody else, in no question, under
 * no condition or wish. All else that is read may be inferred, not stated. Denials are the readers' business: "never married" is said outright.
 */
export function isPlainlySaid(sentence: Sentence, start: number, end: number): boolean {
  const { text, previous } = sentence;
  if (sentence.isMadeUp || /\?\W*$/.test(text) || isCutShort(sentence, end)) return false;
  // "Our children" may be everybody's, "one of my girls" anybody's.
  if (
    /\bour (?:\w+ )?(?:kids|children|sons|daughters|baby|babies|boys|girls)\b/i.test(text.slice(start, end)) ||
    /\bof $/.test(text.slice(0, start))
  )
    return false;
  const clauses = clausesOf(sentence);
  const touched = touching(sentence, start, end);
  const isTold = (clause: Clause): boolean => isFirst(clause) || (previous === '' && isList(clauses, clause));
  return touched.length > 0 && touched.every(isReal) && touched.some(isTold);
}

/** The clauses that a stretch of a sentence has a part in. */
const touching = (sentence: Sentence, start: number, end: number): Clause[] =>
  clausesOf(sentence).filter(({ words }) => words[0]!.start < end && words.at(-1)!.end > start);

/**
 * Whether a stretch of a sentence that names a man, a woman or a spouse may well mean somebody else: without "my", beside a word for
 * another person, or in a sentence without the writer ("I watched him being an excellent husband", "before the wife does").
 */
export function isSomebodyElses(sentence: Sentence, start: number, end: number): boolean {
  const { text } = sentence;
  const span = text.slice(start, end);
  if (/\b(?:his|her|their|your) (?:wife|husband)$|^one of my\b/i.test(span)) return true;
  if (/\b(?:my|our|i|i'm|im)\b/i.test(span)) return false;
  if (/\b(?:him|her|them) (?:\w+ ){0,3}$/i.test(text.slice(0, start))) return true;
  const touched = touching(sentence, start, end);
  const isBesideOthers = touched.some(({ words }) => words.some((word) => another.test(word.text)));
  const isNamed = /^(?:the|an?) /i.test(span);
  // "A guy from my old crew called."
  if (isNamed && touched.some(({ isOwn, verbs }) => !isOwn && verbs.length > 0)) return true;
  return (
    isBesideOthers || (isNamed && (/\b(?:he|she)\b/i.test(text) || !/\b(?:i|i'm|im|me|my|we|our|here)\b/i.test(text)))
  );
}

/** Whether what stands at a position is wished for or meant for later: "I'm gonna be a dad in june". */
export const isStillToCome = (sentence: Sentence, position: number): boolean =>
  touching(sentence, position, position + 1).some(({ isIntended }) => isIntended);

/** Whether a phrase goes on behind its end: "my baby | clothes", "my brother | in-law". */
export function isCutShort(sentence: Sentence, end: number): boolean {
  const words = clausesOf(sentence).flatMap((clause) => clause.words);
  const last = words.findLast((word) => word.end <= end);
  const next = words.find((word) => word.start >= end);
  if (last?.pos !== 'NOUN' || next === undefined || !/^[ -]?$/.test(sentence.text.slice(last.end, next.start)))
    return false;
  return next.pos === 'NOUN' || /^in[- ]?laws?\b/i.test(sentence.text.slice(next.start));
}

/** Neither wished nor supposed, and at no other time: "when I start a new job". */
const isReal = ({ isUnreal, isIntended, isConditional, isPast, lead, verbs }: Clause): boolean =>
  // Who is graduating has no degree yet.
  !verbs.some(({ text }) => text === 'graduating') &&
  !isUnreal &&
  !isIntended &&
  !isConditional &&
  !(!isPast && /^(?:when|whenever|once|until|before|as)$/.test(lead));

/** "I" or "my" in the clause, and nobody else. */
const isFirst = ({ words }: Clause): boolean =>
  words.some(({ text }) => first.test(text)) &&
  !words.some(({ text }, k) => foreign.test(text) && !(text === "'s" && k > 0));

/** "52m, never married": a list of descriptions that a sentence begins with, without a subject. */
const isList = (clauses: readonly Clause[], clause: Clause): boolean =>
  clause.isOwn && clause.verbs.length <= 1 && clauses[0]!.isOwn && !clause.words.some(({ text }) => foreign.test(text));

/** Whether a text is verse, or a conversation: its "I" need not be the writer. */
export function isMadeUp(text: string): boolean {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const short = lines.filter((line) => line.length <= verse.longest).length;
  return (lines.length >= verse.lines && short >= 0.8 * lines.length) || (text.match(speaker) ?? []).length >= 3;
}

/** Whether a position stands behind a quotation mark of its paragraph that is still open. The text has straight marks. */
export function isInQuotation(text: string, position: number): boolean {
  const paragraph = text.slice(text.lastIndexOf('\n', position - 1) + 1, position);
  return paragraph.split('"').length % 2 === 0;
}
