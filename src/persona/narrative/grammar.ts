import type { Voice } from './voice.js';

type Agreement = Voice['agreement'];

const irregular: Readonly<Record<string, Readonly<Record<Agreement, string>>>> = {
  be: { first: 'am', singular: 'is', plural: 'are' },
  was: { first: 'was', singular: 'was', plural: 'were' },
  have: { first: 'have', singular: 'has', plural: 'have' },
};

/** The present tense (or "was") of a verb in its base form: conjugated('carry', 'singular') = 'carries'. */
export function conjugated(base: string, agreement: Agreement): string {
  const form = irregular[base]?.[agreement];
  if (form !== undefined) return form;
  if (agreement !== 'singular') return base;
  if (/(?:s|x|z|ch|sh|[^aeiou]o|^do|^go)$/.test(base)) return `${base}es`;
  return /[^aeiou]y$/.test(base) ? `${base.slice(0, -1)}ies` : `${base}s`;
}

const bases: Readonly<Record<string, string>> = {
  is: 'be',
  has: 'have',
  was: 'was',
  does: 'do',
  goes: 'go',
  dies: 'die',
  lies: 'lie',
  ties: 'tie',
};

/** The base form of a verb in the third person singular; undefined for any other word: baseOf('teaches') = 'teach'. */
export function baseOf(verb: string): string | undefined {
  if (verb in bases) return bases[verb]!;
  if (!/^[a-z-]{2,}[^s]s$/.test(verb)) return undefined;
  if (/(?:ch|sh|ss|x|zz)es$/.test(verb)) return verb.slice(0, -2);
  return /[^aeiou]ies$/.test(verb) ? `${verb.slice(0, -3)}y` : verb.slice(0, -1);
}

/** `finite` agrees with the voice; `infinitive` is the base form. */
export type Mood = 'finite' | 'infinitive';

const token = /\[([a-z]+)\]|<([a-z]+)>|\{([a-z]+)\}|\$([a-z]+)/g;

/**
 * A template in words. `[verb]` follows the mood, `<verb>` always agrees with the voice; `{they}`, `{them}`, `{their}` and
 * `{themselves}` are its pronouns; `$name` is a slot, whose text is taken as it is and never read as a template.
 */
export function realised(
  template: string,
  voice: Voice,
  slots: Readonly<Record<string, string>> = {},
  mood: Mood = 'finite',
): string {
  const { agreement, they, them, their, themselves } = voice;
  const words: Readonly<Record<string, string>> = { they, them, their, themselves };
  return template.replace(token, (whole, moved?: string, fixed?: string, pronoun?: string, slot?: string) => {
    if (fixed !== undefined) return conjugated(fixed, agreement);
    if (pronoun !== undefined) return words[pronoun] ?? whole;
    if (slot !== undefined) return slots[slot] ?? whole;
    return mood === 'finite' ? conjugated(moved!, agreement) : moved!;
  });
}

/** "a" or "an", by sound: an hour, an 81-year-old, a union. */
export function article(noun: string): 'a' | 'an' {
  if (/^(?:8|11\b|18\b)/.test(noun)) return 'an';
  if (/^(?:uni(?!n|m)|us[eiu]|eu|one\b|once\b|ups\b|ux\b)/i.test(noun)) return 'a';
  return /^(?:[aeiou]|hour|honest|heir|HVAC|RN\b)/i.test(noun) ? 'an' : 'a';
}

/**
 * "one", "one and two", "one, two and three". Where a part has an "and" or a comma of its own, so that the reader might
 * lose the thread, the last one is set apart with a comma as well.
 */
export function listed(parts: readonly string[], conjunction: 'and' | 'or' = 'and'): string {
  if (parts.length < 2) return parts[0] ?? '';
  const isNested =
    parts.some((part, k) => / and /.test(part) && (k === 0 || parts.length > 2)) ||
    (parts.length > 2 && parts.some((part) => /, /.test(part)));
  return `${parts.slice(0, -1).join(', ')}${isNested ? ',' : ''} ${conjunction} ${parts.at(-1)!}`;
}

/** First letter large. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A sentence from its words: first letter large, full stop at the end. */
export const sentence = (words: string): string => `${capital(words)}.`;
