import type { Cue, Sentence } from './reading.js';
import { assertedMatches, claimAt, phrase } from './reading.js';

const amount =
  '(?:about |around |roughly |maybe |just (?:over|under) |a little (?:over|under) |only |barely )?\\$? ?(\\d{1,3}(?:,\\d{3})+|\\d{2,6})( ?k\\b| grand| thousand)?';

const rules: readonly RegExp[] = [
  phrase(
    `\\b(?:our|my|the) (?:\\w+ )?(?:household|family|combined|joint) income (?:is|of|was|comes to|runs|last year was) ${amount}(?! (?:a|per) (?:month|week|hour))`,
  ),
  phrase(
    `\\b(?:we|the two of us|between us we|together we) (?:\\w+ )?(?:make|earn|bring in|live on|bring home|get by on|clear) ${amount} (?:a year|per year|annually|yearly|combined|between us|together)`,
  ),
  phrase(
    `\\b(?:combined|together|between (?:us|the two of us)),? (?:we make|we bring in|we earn|we clear) ${amount} (?:a year|per year|annually)`,
  ),
];

/** Upper bounds of the brackets, in dollars; the last one is open. */
const brackets: readonly (readonly [number, string])[] = [
  [19_999, '$19,999 or less'],
  [34_999, '$20,000-$34,999'],
  [49_999, '$35,000-$49,999'],
  [64_999, '$50,000-$64,999'],
  [79_999, '$65,000-$79,999'],
  [99_999, '$80,000-$99,999'],
  [124_999, '$100,000-$124,999'],
  [199_999, '$125,000-$199,999'],
  [Infinity, '$200,000 and above'],
];

/** Household income, only where a yearly figure of the household is named: wages of one person are not it. */
export function incomeCues(all: readonly Sentence[]): Cue[] {
  const cues: Cue[] = [];
  for (const sentence of all) {
    if (!/\d/.test(sentence.text)) continue;
    for (const pattern of rules)
      for (const match of assertedMatches(sentence, pattern)) {
        const dollars = Number(match[1]!.replaceAll(',', '')) * (match[2] ? 1000 : 1);
        if (dollars < 3000 || dollars > 5_000_000) continue;
        cues.push({
          variable: 'household_income',
          value: brackets.find(([top]) => Math.floor(dollars) <= top)![1],
          order: sentence.order,
          date: sentence.date,
          claim: claimAt(sentence, match, {
            dimension: 'demographics',
            statement: `Has a household income of about $${dollars.toString().replace(/\B(?=(\d{3})+$)/g, ',')} a year.`,
            status: 'stated',
          }),
        });
      }
  }
  return cues;
}
