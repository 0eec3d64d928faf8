/** Who a text speaks of, as its pronouns and the agreement of its verbs. */
export interface Voice {
  /** `plural` also serves the singular "they". */
  readonly agreement: 'first' | 'singular' | 'plural';
  readonly they: string;
  readonly them: string;
  readonly their: string;
  readonly themselves: string;
}

/** Texts speak of a person, or the person speaks. */
export type GrammaticalPerson = 'third' | 'first';

const she: Voice = { agreement: 'singular', they: 'she', them: 'her', their: 'her', themselves: 'herself' };
const he: Voice = { agreement: 'singular', they: 'he', them: 'him', their: 'his', themselves: 'himself' };
const they: Voice = { agreement: 'plural', they: 'they', them: 'them', their: 'their', themselves: 'themselves' };
const i: Voice = { agreement: 'first', they: 'I', them: 'me', their: 'my', themselves: 'myself' };

/** Every voice that a text can have. */
export const voices: readonly Voice[] = [she, he, they, i];

/** The voice for a value of the variable `sex`: the singular "they" where it is not known, "I" in the first person. */
export function voiceOf(sex: string | undefined, person: GrammaticalPerson = 'third'): Voice {
  if (person === 'first') return i;
  return sex === 'female' ? she : sex === 'male' ? he : they;
}

/** A voice whose verbs agree with "who" or "the writer", with the pronouns of another one. */
export const asSingular = (voice: Voice): Voice => ({ ...voice, agreement: 'singular' });
