import { traitDomains } from '../../psychometrics/inventory.js';
import { fold, words } from '../../text/tokens.js';
import type { Evidence } from '../narrative-persona.js';
import type { TraitCueLexicon } from './lexicons.js';
import type { Sentence } from './reading.js';

/** An expression as words; a word that ends in `*` stands for all words that begin with it. */
interface Expression {
  readonly words: readonly string[];
  readonly domain: number;
  readonly weight: 1 | -1;
}

/** Counts the expressions of a lexicon in sentences. Linear in the number of words. */
export type ReadTraitCues = (sentences: readonly Sentence[]) => Evidence['traitCues'];

/** First words are looked up whole and by their first four letters (for stems), so that few expressions are compared. */
const stemKey = (word: string): string => `${word.slice(0, 3)}*`;

/**
 * Builds the reader of trait cues: for each domain the mean signed weight (+1 or −1) of the expressions that occur, and
 * their number. An expression after a negation within two words is not counted. Quotations are not read.
 */
export function traitCueReader({ domains }: TraitCueLexicon): ReadTraitCues {
  const index = new Map<string, Expression[]>();
  traitDomains.forEach((name, domain) => {
    for (const [weight, expressions] of [
      [1, domains[name].positive],
      [-1, domains[name].negative],
    ] as const)
      for (const text of expressions) {
        const parts = text
          .split(' ')
          .map((part) => part.replace(/[^\p{L}\p{N}'*-]/gu, ''))
          .filter((part) => part !== '');
        const first = parts[0]!;
        const key = first.endsWith('*') ? stemKey(first) : first;
        index.set(key, [...(index.get(key) ?? []), { words: parts, domain, weight }]);
      }
  });

  return (sentences) => {
    const sums = [0, 0, 0, 0, 0];
    const matches = [0, 0, 0, 0, 0];
    for (const { text } of sentences) {
      const tokens = words(text).map(({ text: word }) => fold(word));
      tokens.forEach((token, at) => {
        for (const key of [token, stemKey(token)])
          for (const { words: parts, domain, weight } of index.get(key) ?? []) {
            if (!parts.every((part, k) => matchesWord(tokens[at + k], part)) || isNegated(tokens, at)) continue;
            sums[domain]! += weight;
            matches[domain]!++;
          }
      });
    }
    return sums.map((sum, domain) => ({
      score: matches[domain] === 0 ? 0 : sum / matches[domain]!,
      matches: matches[domain]!,
    }));
  };
}

function matchesWord(token: string | undefined, part: string): boolean {
  if (token === undefined) return false;
  return part.endsWith('*') ? token.startsWith(part.slice(0, -1)) : token === part;
}

function isNegated(tokens: readonly string[], at: number): boolean {
  return [tokens[at - 1], tokens[at - 2]].some(
    (token) => token !== undefined && /^(?:not|never|no|without)$|n't$/.test(token),
  );
}
