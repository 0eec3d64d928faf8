import type { Cue, Sentence } from './reading.js';
import { assertedMatches, claimAt, phrase } from './reading.js';

const about =
  '(?:(?:about|around|roughly|maybe|approximately|right|somewhere|just|only|barely|almost|nearly|like|maybe|a (?:little|bit)|over|under|at|in the neighborhood of|well|a whopping|a measly|exactly|somehow) ){0,3}';
const amount = `${about}\\$? ?(\\d{1,3}(?:,\\d{3})+|\\d{2,6})( ?k\\b| grand| thousand)?(?! ?(?:%|percent|hours|miles|people))`;
const yearly =
  '(?:a year|per year|/ ?yr|/ ?year|a yr|annually|yearly|before tax(?:es)?|after tax(?:es)?|gross|combined|between (?:us|the two of us)|together|household|as a (?:household|family|couple)|(?:total|all in|all told))';
const notYearly = '(?! ?(?:a|per|an|/) ?(?:month|mo|week|wk|hour|hr|day|paycheck))';
const make =
  '(?:make|earn|bring in|live on|bring home|get by on|clear|pull in|take home|gross|survive on|are living on|\\w*re living on|scrape by on|are at|\\w*re at|are around|manage on|run on|raise \\w+ \\w+ on|have)';
const alone =
  /\b(?:live alone|living alone|(?:all )?by myself|on my own|no roommates?|household of one|just me|single income|only income|sole (?:earner|income|breadwinner|provider)|one income|whole household|household of (?:two|three|four)|single (?:mom|dad|mother|father|parent)|that's the household|for (?:the|our) (?:whole )?(?:family|household))\b/i;

/** Amounts of the household; and `own`: amounts of the writer, which are the household's where it has no other earner. */
const rules: readonly { pattern: RegExp; own?: boolean }[] = [
  {
    pattern: phrase(
      `\\b(?:(?:our|my|the|an?) (?:\\w+ ){0,2}?(?:household|family|combined|joint|total|gross|yearly|annual) (?:\\w+ )?income|household income(?: for us| here| at our house)?|our (?:\\w+ )?income)(?: is|'s| of| was| comes to| runs| came to| sits| hovers| last year was| together is| comes out to|:)? ${amount}${notYearly}`,
    ),
  },
  {
    pattern: phrase(
      `\\b(?:we|the two of us|both of us|between us we|together we|between the two of us we|my (?:husband|wife|partner|spouse) and i|me and my (?:husband|wife|partner))(?:'re| are|'ve|) ?(?:\\w+ )?(?:${make}|living on|making|getting by on) ${amount} ${yearly}`,
    ),
  },
  {
    pattern: phrase(
      `\\b(?:combined|together|between (?:us|the two of us)),? (?:we |my (?:husband|wife|partner) and i )(?:\\w+ )?${make} ${amount}${notYearly}`,
    ),
  },
  {
    pattern: phrase(
      `\\b(?:family|household) of (?:\\w+) (?:\\w+ )?(?:living|getting by|surviving|making it|scraping by|trying to live) on ${amount}${notYearly}`,
    ),
  },
  { pattern: phrase(`\\bwe (?:all )?(?:live|get by) on [^.;!?]{3,60}, ${amount} ${yearly}`) },
  {
    pattern: phrase(
      `\\bwe(?:'re| are) [\\w -]{3,40} (?:household|family|couple)(?: of \\w+)? (?:pulling in|making|bringing in|earning|living on|getting by on|with an income of) ${amount}${notYearly}`,
    ),
  },
  {
    pattern: phrase(
      `\\b(?:our|my) (?:\\w+ )?(?:household|family) (?:of \\w+ )?(?:\\w+ )?(?:makes|lives on|brings in|earns|gets by on|runs on|survives on) ${amount}${notYearly}`,
    ),
  },
  {
    pattern: phrase(
      `\\bwe(?:'re| are) (?:at|around|sitting at|making) ${amount} (?:\\w+ )?(?:household|combined|as a family|a year)`,
    ),
  },
  {
    pattern: phrase(
      `\\bi(?:'m| am)? (?:\\w+ )?(?:make|earn|live on|living on|bring in|bring home|get by on|getting by on|take home|survive on|raise (?:\\w+ ){1,3}on|making) (?:alone on )?${amount}${notYearly}`,
    ),
    own: true,
  },
  { pattern: phrase(`\\bi live (?:alone|by myself|on my own) on ${amount}${notYearly}`), own: true },
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

/** Incomes of other times. */
const past =
  /\b(?:were making|used to|back (?:in|then|when)|years ago|in 19\d\d|in 20[01]\d|when (?:we|i) (?:was|were)|(?:we|i) made)\b/i;

/** Household income, only where a yearly figure of the household is named: wages of one person are not it. */
export function incomeCues(all: readonly Sentence[]): Cue[] {
  const cues: Cue[] = [];
  for (const sentence of all) {
    if (!/\d/.test(sentence.text)) continue;
    for (const { pattern, own } of rules)
      for (const match of assertedMatches(sentence, pattern)) {
        if (own && !alone.test(sentence.text)) continue;
        const before = sentence.text.slice(Math.max(0, match.index - 40), match.index).replace(/^.*[,;]/, '');
        if (past.test(before + sentence.text.slice(match.index, match.index + match[0].length + 30))) continue;
        const dollars = Number(match[1]!.replaceAll(',', '')) * (match[2] ? 1000 : 1);
        if ((!match[2] && !/,|\d{4}/.test(match[1]!)) || dollars < 3000 || dollars > 5_000_000) continue;
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
