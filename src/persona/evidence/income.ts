import { isAsserted, isRetracted, isSupposed } from './assertion.js';
import { claimAt, mentionsAny, triggerWords } from './reading.js';
import type { Cue, Sentence } from './reading.js';

/** An amount of money: "$84,000", "62k", "150 thousand", "84000". Its digits and what multiplies them are groups. */
const amounts =
  /(?<![\w.,#/-])(\$ ?)?(\d{1,3}(?:,\d{3})+|\d{2,6}(?:\.\d)?)( ?k\b| grand\b| thousand\b|)(?![\w%]|[.,]\d| ?(?:percent|hours?|miles|people|years?|yrs|days|lbs?|pounds|followers|steps|words|calories|students|kids|employees|am\b|pm\b|sq))/gi;

/** Words without which no sentence tells what a household lives on. */
const triggers = triggerWords(
  'make makes making made earn earns earning bring brings bringing live lives living get getting clear cleared gross grossed pull pulls pulling take income incomes household survive surviving scrape scraping manage managing between combined together year yr yearly annually family total run runs raise raising pension salary salaries paycheck come comes',
);

/** What makes an amount an income. */
const earning =
  /\b(?:make|makes|making|earn(?:s|ing|ed)?|bring(?:s|ing)? (?:in|home)|brought (?:in|home)|liv(?:e|es|ing) (?:\w+ )?(?:on|off)|get(?:s|ting)? by (?:\w+ )?on|clear(?:s|ed|ing)?|gross(?:es|ed|ing)?|pull(?:s|ing|ed)? (?:in|down)|tak(?:e|es|ing) home|incomes?|surviv(?:e|es|ing) on|scrap(?:e|es|ing) by on|manag(?:e|es|ing) on|runs? on|rais(?:e|es|ing) .{2,20} on|household (?:is|was|of \w+|around|about|at)?|family of|a year|per year|\/ ?yr|\/ ?year|a yr|annually|salary|salaries|pensions?|social security|between (?:us|the two)|combined|come to|comes to|between|we see)/i;
/** What makes it the income of a household. */
const shared =
  /\b(?:household|combined|together|joint|jointly|between (?:us|the (?:two|three|four) of us|all of us|my (?:husband|wife|partner|spouse|mom|dad)|both of us|him and me|her and me)|all of us|(?:two|both|three|four) of us|as a (?:family|couple)|(?:family|household|house) (?:of|with) (?:\w+)|our (?:\w+ ){0,2}?(?:incomes?|salaries|family|household|pensions?)|we(?:'re| are|'ve)? (?:both |all |each )?(?:\w+ly )?(?:make|making|earn|earning|bring|bringing|live|living|get|getting|clear|cleared|gross|grossed|pull|pulling|take|survive|surviving|scrape|manage|run)|(?:husband|wife|hubby|partner|spouse|fianc[eé]e?|boyfriend|girlfriend|dh|dw) (?:and|plus|&) (?:i|me|myself)|(?:one|single|only|sole) (?:income|earner|breadwinner|paycheck)|(?:live|living|lives) alone|by myself|on my own|no roommates?|just me|sole (?:earner|provider)|single (?:mom|dad|mother|father|parent)|(?:retired|married|dink|young|old) couple|dinks?|for (?:the|our) (?:whole )?(?:family|household)|people in (?:this|our|the) (?:house|apartment|trailer)|(?:her|his) (?:social security|pension|salary|paycheck|disability)|two (?:incomes|salaries|paychecks|teachers|nurses|adults)|household:?|between (?:his|her|my|our) [^,]{2,30} and (?:his|her|my|our)|we see|liv(?:e|ing) on my (?:husband|wife|partner|spouse|boyfriend|girlfriend)'s|and (?:my |the )?(?:\w+ )?(?:kids?|boys|girls|children|babies) on|(?:two|both) (?:our )?pensions|(?:one|single)[- ]income)(?![\w'])/i;

/** Amounts of something else: prices, debts, limits, averages, other people's pay. */
const otherwise =
  /\b(?:debts?|loans?|owe|owes|owed|mortgage|rent|tuition|bills?|house (?:for|at|is|was)|bought|sold|sell|cost|costs|price|priced|worth|spent|spend|paid (?:off|for)|saved|savings?|saving|down ?payment|deposit|budget|raise of|bonus|grant|scholarship|quote|quoted|estimate|profit|equity|401 ?k|median|average|limit|cutoff|cap|threshold|poverty line|under the|qualify|need to make|have to make|should make|could make|used car|truck|car|roof|wedding|says 6k|insurance|premium|taxes? (?:of|is|are|bill)|lottery|won|tickets?|retirement account|inherit\w*|settlement|followers|views)\b/i;
const notYearlyAfter =
  /^ ?(?:(?:a|per|an|\/|each|every) ?(?:month|mo\b|week|wk|hour|hr|day|paycheck|shift|gig|night|piece|pop|kid|person|head)|(?:bi-?weekly|weekly|hourly|apiece|each)\b)/i;
/** Other times. */
const past =
  /\b(?:were making|used to|back (?:in|then|when)|years ago|in (?:19\d\d|200\d)|when (?:we|i) (?:was|were|got|first|started)|growing up|as a kid|before (?:the|my|we|i))\b/i;
const notOurs =
  /\b(?:he|she|they|(?<!\d |two |three |four |five |six )people|someone|anyone|somebody|everyone|who|neighbors?|(?:my|his|her|their) (?:brother|sister|parents?|mom|dad|boss|friends?|cousin|uncle|aunt|son|daughter|neighbors?|coworkers?|roommate))\b[^,;.]{0,30}$/i;
const self = /(?:^|[^\p{L}'])(?:i|i'm|im|my|me|we|we're|our|us)(?![\p{L}'])/iu;

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

/**
 * Household income, only where an amount a year stands in a sentence that says whose income it is: what one person
 * earns is the household's only where nobody else earns.
 */
export function incomeCues(all: readonly Sentence[]): Cue[] {
  return all
    .filter((sentence) => /\d/.test(sentence.text) && mentionsAny(sentence, triggers))
    .flatMap((sentence) => {
      const told = Array.from(sentence.text.matchAll(amounts), (match) => ({
        match,
        dollars: yearly(sentence, match),
      }));
      return told.flatMap(({ match, dollars }) => (dollars === undefined ? [] : [cueOf(sentence, match, dollars)]));
    })
    .slice(0, 4);
}

/** Dollars a year that an amount stands for, if it is the income of the writer's household. */
function yearly(sentence: Sentence, match: RegExpExecArray): number | undefined {
  const { text } = sentence;
  const end = match.index + match[0].length;
  const after = text.slice(end, end + 70);
  const clause = text.slice(0, match.index).replace(/^.*[;!?.] /, '');
  const near = clause.slice(-70);
  const around = near + match[0] + after.slice(0, 60);
  const dollars = Number(match[2]!.replaceAll(',', '')) * (match[3] ? 1000 : 1);
  const plain = !match[1] && !match[3] && !/,|\d{5}/.test(match[2]!);
  const inHousehold =
    shared.test(near + match[0] + after) &&
    earning.test(around) &&
    (self.test(text) || /household|family of/i.test(text) || /couple|^\W*(?:two|both)\b/i.test(near));
  return plain ||
    dollars < 3000 ||
    dollars > 5_000_000 ||
    !inHousehold ||
    notYearlyAfter.test(after) ||
    otherwise.test(near.slice(-32) + match[0] + after.slice(0, 12)) ||
    (notOurs.test(near) && !/\b(?:one|single|only|sole) ?-?(?:income|earner|breadwinner)/i.test(clause)) ||
    /\b(?:average|median|typical|mean|according to|poverty)\b/i.test(clause) ||
    past.test(around) ||
    /\b(?:goals?|targets?|dream(?:ing)?|hop(?:e|es|ing)|aim(?:ing)?|someday|as in not yet)\b/i.test(
      `${clause} ${sentence.next}`,
    ) ||
    isSupposed(sentence, match.index) ||
    !isAsserted(text, match.index - leadOf(near)) ||
    isRetracted(sentence, end)
    ? undefined
    : dollars;
}

/** Length of the words right before an amount that only say how exact it is: "almost", "maybe like". */
const leadOf = (before: string): number =>
  /(?:\b(?:about|around|roughly|maybe|approximately|just|only|barely|almost|nearly|like|a (?:little|bit)|over|under|well|exactly|somehow|once|not) )*$/i.exec(
    before,
  )![0].length;

const cueOf = (sentence: Sentence, match: RegExpExecArray, dollars: number): Cue => ({
  variable: 'household_income',
  value: brackets.find(([top]) => Math.floor(dollars) <= top)![1],
  order: sentence.order,
  date: sentence.date,
  claim: claimAt(sentence, match, {
    dimension: 'demographics',
    statement: `Has a household income of about $${String(Math.round(dollars)).replace(/\B(?=(\d{3})+$)/g, ',')} a year.`,
    status: 'stated',
  }),
});
