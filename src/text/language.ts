import { getLIDModel } from 'fasttext.wasm.js';
import { wordCount } from './tokens.js';

/** Fewer words than this say too little about their language. */
const minimumWords = 4;
/** Smallest probability at which the guess of the model counts. */
const minimumProbability = 0.4;
/** Longer texts are judged by their beginning; the guess does not improve beyond it. */
const maximumCharacters = 2000;

/** Names the language of a text: ISO 639-1 code (ISO 639-3 where there is none), or `und` when it cannot be told. */
export type LanguageOf = (text: string) => string;

let loading: Promise<LanguageOf> | undefined;

/**
 * The language identifier, loaded once a process (fastText `lid.176.ftz` in WebAssembly, from the package, no network).
 * Texts under four words and guesses under 0.4 give `und`.
 *
 * @see Joulin et al. (2017), Bag of tricks for efficient text classification, https://arxiv.org/abs/1607.01759
 */
export function languageIdentifier(): Promise<LanguageOf> {
  loading ??= load();
  return loading;
}

async function load(): Promise<LanguageOf> {
  const identifier = await getLIDModel();
  const model = await identifier.load();
  const { formatLang } = identifier.constructor;
  return (text) => {
    // A line break ends fastText's input.
    const line = text.slice(0, maximumCharacters).replace(/\s+/g, ' ').trim();
    if (wordCount(line) < minimumWords) return 'und';
    const guesses = model.predict(line, 1, 0);
    try {
      if (guesses.size() === 0) return 'und';
      const [probability, label] = guesses.get(0);
      if (probability < minimumProbability) return 'und';
      const { alpha2, alpha3 } = formatLang(label);
      return alpha2 ?? alpha3;
    } finally {
      guesses.delete();
    }
  };
}

/** The language of one text; see {@link languageIdentifier}. */
export async function languageOf(text: string): Promise<string> {
  return (await languageIdentifier())(text);
}
