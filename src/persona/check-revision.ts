import { sentences, wordCount } from '../text/tokens.js';
import { replaced, states, voiceOfText } from './embedded-reviser.js';
import { attributePhrase } from './narrative/attributes.js';
import { voiceOf } from './narrative/voice.js';
import type { NarrativePersona } from './narrative-persona.js';
import type { Change } from './ports.js';

/** A persona as far as the checks look at it. */
type Revised = Pick<NarrativePersona, 'text'> & {
  readonly disposition: Pick<NarrativePersona['disposition'], 'ageYears' | 'attributes'>;
};

/** How much longer or shorter a text may become. */
const [shortest, longest] = [0.7, 1.4];
/** Share of the sentences that must stay word for word. */
const leastKept = 0.5;

/**
 * What is wrong with a revision that should have exchanged exactly the words for the changed values: every other sentence
 * must be the same, and in a changed one everything but those words. Undefined when nothing is wrong.
 */
export function exactRevisionFault(
  { text, disposition }: Revised,
  changes: readonly Change[],
  after: string,
): string | undefined {
  const voice = voiceOfText(text, disposition.attributes['sex']?.value);
  const [olds, news] = [sentences(text), sentences(after)];
  if (olds.length !== news.length) return `it has ${news.length} sentences, before ${olds.length}`;
  const left = new Set(changes);
  for (const [k, old] of olds.entries()) {
    let expected = old.text;
    for (const change of expected === news[k]!.text ? [] : [...left]) {
      const next = replaced(expected, change, voice);
      if (next === undefined) continue;
      expected = next;
      left.delete(change);
    }
    if (expected !== news[k]!.text) return `sentence ${k + 1} has changed in more than the changed values`;
  }
  const [missing] = left;
  if (missing !== undefined) return `the text does not say that ${missing.variable} is now ${missing.to}`;
  const old = changes.find(({ variable, from }) => states(after, variable, from, voice));
  return old && `the text still says that ${old.variable} is ${old.from}`;
}

/**
 * What is wrong with a revision in free words: lengths, quotations, sentences without need to change, values that must be
 * gone, and facts that must stay. It cannot tell that the new value is said: words for it are many.
 */
export function freeRevisionFault(
  { text, disposition }: Revised,
  changes: readonly Change[],
  after: string,
): string | undefined {
  if (after === text) return 'the text was not changed';
  const ratio = wordCount(after) / wordCount(text);
  if (!(ratio >= shortest && ratio <= longest)) return `its length changed by a factor of ${ratio.toFixed(2)}`;
  const kept = new Set(sentences(after).map((sentence) => sentence.text));
  const before = sentences(text);
  if (before.filter((sentence) => kept.has(sentence.text)).length < leastKept * before.length)
    return 'more than half of its sentences were rewritten';
  const lost = Array.from(text.matchAll(/“[^”]+”/g), ([quotation]) => quotation).find(
    (quotation) => !after.includes(quotation),
  );
  if (lost !== undefined) return `the quotation ${lost} is gone`;
  for (const { variable, from, to } of changes) {
    // "Never married" holds the word "married": the new value must not be taken for the old one.
    const holdsOld = mentions(`${to}. ${phraseOf(variable, to)}`, variable, from);
    const rest = holdsOld ? without(after, variable, to) : after;
    if (mentions(rest, variable, from)) return `the old value ${from} of ${variable} is still there`;
  }
  const locked = Object.entries(disposition.attributes).filter(
    ([name, { status }]) => status !== 'imputed' || name === 'sex',
  );
  for (const [variable, { value }] of locked)
    if (mentions(text, variable, value) && !mentions(after, variable, value))
      return `the locked ${variable} ${value} is gone`;
  const years = new RegExp(`\\b${disposition.ageYears}\\b`);
  return years.test(text) && !years.test(after) ? `the age ${disposition.ageYears} is gone` : undefined;
}

const phraseOf = (variable: string, value: string): string => attributePhrase(variable, value, voiceOf('female'));

/** The words for a value: its name, and the phrase without its verb. */
const wordsFor = (variable: string, value: string): RegExp[] =>
  [value, phraseOf(variable, value).replace(/^\w+ /, '')].map(
    (words) => new RegExp(`(?<![\\w$])${words.replaceAll(/[^\w ]/g, '\\$&')}(?!\\w)`, 'gi'),
  );

const mentions = (text: string, variable: string, value: string): boolean =>
  wordsFor(variable, value).some((words) => text.search(words) >= 0);

const without = (text: string, variable: string, value: string): string =>
  wordsFor(variable, value).reduce((rest, words) => rest.replace(words, ' '), text);
