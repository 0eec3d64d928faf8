import { readFileSync } from 'node:fs';
import { blindScorer, BlindScorerLexicon } from '../../../src/persona/filter/blind-scorer.js';

/** The shipped word list of the blind scorer. */
export const blindLexicon = BlindScorerLexicon.parse(
  JSON.parse(readFileSync(new URL('../../../personas/lexicons/blind-scorer.json', import.meta.url), 'utf8')),
);

/** The shipped blind scorer. */
export const shippedScorer = blindScorer(blindLexicon);
