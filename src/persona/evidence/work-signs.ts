import { isAsserted, isOwnClause, isPresupposed, isRetracted, isSupposed } from './assertion.js';
import { quality } from './employment-rules.js';
import type { Occupations } from './lexicons.js';
import { dropsSubject, isBygone, isOwnAct } from './own-acts.js';
import { closesFragment } from './reading.js';
import type { Sentence } from './reading.js';
import { singular, wordIndex, wordsOf } from './word-index.js';

/** Work of the writer that a span of a sentence tells of. */
export interface WorkSign {
  readonly statement: string;
  readonly status: 'stated' | 'inferred';
  readonly start: number;
  readonly end: number;
}

interface Title {
  readonly said: string;
  readonly plural: boolean;
  readonly start: number;
  readonly end: number;
}

/** Not said of an own, present, paid trade. */
const notNow =
  /\b(?:retired|former|ex|unemployed|student|aspiring|future|wannabe|armchair|amateur|unpaid|volunteer|basically|practically|part-time therapist|hobby|would-be|failed|backyard|world's|resident|regular|self-appointed|unofficial|honorary|designated|okayest|my own|his|her|their|your|no|not|future|emotional|keyboard|terrible|bad|lousy|horrible)\b/i;
const notTitle =
  /^(?:['’]|-\w|[ -](?:students?|school|friends?|in training|assistants?|joke|mode|voice|trainee|at heart|widow|wife|husband|family|costume|character|boots|shortage|strike|union (?:won|lost)|jokes|salary|salaries|wages|jobs?|position|appreciation|(?:for|to|of) (?:my|the|our|this) (?:kids?|mom|mother|dad|father|husband|wife|family|friends|house|household|cat|dog|group|own|internet)|in (?:this|my) (?:house|family|head)|of (?:procrastination|nothing|naps|this (?:group|chat|house|family))|than\b|should|shouldn't|deserves?|needs?))/i;
/** "I'm a", "working as an", "been a", with up to four words between it and the title. */
const predicate =
  /\b(?:i(?:'m|m| am)(?: (?:now|still|also|currently|just|only|actually|technically|a \d\d[- ]year[- ]old))?|i(?:'ve| have) been|been|work(?:ing|ed)? (?:\w+ )?as|job as|career as|hired (?:on )?as|hired me as|gig as|started as|here as|days? as|years? as|promoted to|made|became|shift as) (?:(?:an?|the|your|our|one of the|their) )?(?:(?!(?:and|or|but|for|to|of|with|in|at|by|who|that|from|not|no|than|like|so|because)\b)[\w'/-]+,? ){0,4}$/i;
const asOne = /(?:^|[.,;] ?|\b(?:so|but|and|speaking|even|because|life|years?|job) )as an? (?:[\w'-]+ ){0,3}$/i;
/** At the start of a sentence, with words in front that people put before a trade. */
const fragmentStart =
  /^\W*(?:(?:hi|hey|hello|so|ok|okay|just|proud|tired|union|licensed|registered|certified|full[- ]time|part[- ]time|night[- ]shift|third[- ]shift|overnight|small[- ]town|rural|lifelong|career|local|new|brand new|senior|junior|burnt[- ]out|overworked|underpaid|working|single|married|self[- ]employed|freelance|a|an|fellow|longtime|long[- ]time|old|retail|third[- ]generation|second[- ]generation|\d\d ?(?:yo|y\/o|[mf])?|black|white|asian|latin[ao]|hispanic|mom|dad|from \w+|here|i'm|im),? ){0,4}$/i;
/** What follows a trade that stands for a sentence. */
const fragmentEnd =
  /^(?: ?[,./|;–—-] ?(?:$|\d|year|mom|dad|wife|husband|mother|father|married|single|divorced|nights|days|i\b|i'm|from|in\b|based|union|local|been|third|second|first|retired|and|working|living|still|currently|native|born|lifelong|parent|part|full|father|\w+ (?:of|years|yrs)\b|[a-z]+$)| ?[.!]? ?$| (?:here|checking in|life|by (?:day|trade|night)|since|of \d+ years|for (?:\d+|\w+) (?:years|yrs)|for the|with \d+|at (?:a|the|an|my)\b|in (?:the|a|[a-z]+)\b|from [a-z]+|on (?:nights|days|the)|and (?:a |proud |i|mom|dad|mother|father|part)|\d+ (?:years|yrs)))/i;
const otherThan = /^(?: \w+){0,3} (?:is|was|are|were|said|told|asked|gave|has|had|did|will|needs|wanted|came|called|quoted|charged)\b/i;
const firstPerson = /(?:^|[^\p{L}'])(?:i|i'm|im|i've|ive|my|me|we|our)(?![\p{L}'])/iu;

/** Reads what work the writer does from trades, employers, places of work and the people there. */
export function workSignReader(lexicon: Occupations): (sentence: Sentence) => WorkSign[] {
  const readTitles = titleReader(lexicon);
  const ambiguous = new Set(lexicon.ambiguous);
  const places = wordIndex([
    ...lexicon.workplaces.map((name): [string, string] => [name, 'a {said}']),
    ...lexicon.employers.map((name): [string, string] => [name, name]),
  ]);
  const crew = wordIndex(lexicon.crew.map((word): [string, string] => [word, word]));

  return (sentence) => [
    ...readTitles(sentence)
      .filter((title) => isOwnTitle(sentence, title, ambiguous))
      .map(({ said, plural, start, end }): WorkSign => ({
        statement: plural ? `Is one of two ${said} in the household.` : `Works as ${article(said)} ${written(said)}.`,
        status: 'stated',
        start,
        end,
      })),
    ...places
      .find(sentence)
      .filter(({ start, end }) => worksThere(sentence, start, end))
      .map(({ value, said, start, end }): WorkSign => ({
        statement: value === 'a {said}' ? `Works at ${article(said)} ${said}.` : `Works at ${value}.`,
        status: 'stated',
        start,
        end,
      })),
    ...crew
      .find(sentence)
      .filter(({ start, end }) => isOwnCrew(sentence, start, end))
      .map(({ said, start, end }): WorkSign => ({ statement: `Has ${said} at work.`, status: 'inferred', start, end })),
    ...routines(sentence),
  ];
}

const article = (noun: string): string => (/^(?:[aeiou](?!ni)|hvac|rn\b|lpn|er |mri|x ray)/.test(noun) ? 'an' : 'a');
const written = (title: string): string =>
  title.replace(/\b(?:hvac|emt|rn|cna|lpn|lvn|it|ups|ux|ui|er|icu|nicu|hr|tv|pe|esl|cpa|mri|ct|qa|cnc|crna)\b/g, (letters) =>
    letters.toUpperCase(),
  );

/** Finds titles: listed ones, and any of the `heads` with `kinds` in front ("county road grader operator"). */
function titleReader({ titles, heads, kinds }: Occupations): (sentence: Sentence) => Title[] {
  const listed = new Map<string, number>();
  for (const title of titles) {
    const words = title.split(/[ -]/);
    listed.set(words.join(' '), words.length);
  }
  const lasts = new Set([...titles.map((title) => title.split(/[ -]/).at(-1)!), ...heads]);
  const [ofHeads, ofKinds] = [new Set(heads), new Set(kinds)];
  return (sentence) => {
    const found: Title[] = [];
    const words = wordsOf(sentence);
    for (const [k, { text, end }] of words.entries()) {
      const one = lasts.has(text) ? text : singular(text).replace(/men$/, 'man');
      if (!lasts.has(one)) continue;
      let first = k;
      while (first > 0 && first > k - 3 && words[first]!.joined && ofKinds.has(words[first - 1]!.text)) first--;
      const name = (from: number): string => [...words.slice(from, k).map(({ text: word }) => word), one].join(' ');
      let start: number | undefined = first < k && ofHeads.has(one) ? first : undefined;
      for (let from = Math.max(0, k - 4); from <= k; from++)
        if (listed.has(name(from)) && words.slice(from + 1, k + 1).every(({ joined }) => joined)) {
          start = Math.min(start ?? from, from);
          break;
        }
      if (start !== undefined)
        found.push({
          said: text === one ? name(start) : name(start).replace(/[^ ]+$/, text),
          plural: text !== one,
          start: words[start]!.start,
          end,
        });
    }
    return found;
  };
}

function isOwnTitle(sentence: Sentence, { said, plural, start, end }: Title, ambiguous: ReadonlySet<string>): boolean {
  const { text, previous, next } = sentence;
  const before = text.slice(Math.max(0, start - 70), start);
  const after = text.slice(end, end + 70);
  if (notTitle.test(after) || isSupposed(sentence, start) || isRetracted(sentence, end)) return false;
  const near = before.replace(/^.*[.;!?] ?/, '');
  if (notNow.test(near)) return false;
  if (plural)
    return (
      /(?:^|[.;,] ?|\bwe(?:'re| are) |\bus are )(?:both|two|2) (?:\w+ )?$/i.test(before) &&
      isAsserted(text, start) &&
      !otherThan.test(after)
    );
  if (predicate.test(before))
    return (
      (!ambiguous.has(said) || /^ (?:at|for (?:the|a)|in (?:a|the)|by (?:day|trade)|on the|here)\b/i.test(after)) &&
      !quality.test(near) &&
      !isBygone(text, start, end) &&
      isAsserted(text, predicate.exec(before)!.index + Math.max(0, start - 70)) &&
      !/^\W*(?:was|were)\b/i.test(near) &&
      (/\bi(?:'m|m| am|'ve| have)\b/i.test(near) || isOwnAct(sentence, start, end))
    );
  if (ambiguous.has(said)) return false;
  if (asOne.test(before)) return firstPerson.test(after + text.slice(end)) && !quality.test(near);
  if (!fragmentStart.test(text.slice(0, start)) || !fragmentEnd.test(after) || otherThan.test(after)) return false;
  // A trade alone is somebody else's as easily: the sentences around must speak of the writer.
  const alone = /^\W*$/.test(text.slice(0, start) + after);
  return (
    !/[?]\s*$/.test(text) &&
    (alone
      ? firstPerson.test(next) || firstPerson.test(previous) || /^[^ ]+(?: [^ ]+){0,3}$/.test(next.trim())
      : closesFragment(sentence, fragmentMatch(text, start, end))) &&
    isOwnClause(sentence, start)
  );
}

const fragmentMatch = (input: string, index: number, end: number): RegExpExecArray =>
  Object.assign([input.slice(index, end)], { index, input }) as unknown as RegExpExecArray;

/** Words of work near a place of work: without one, people shop, eat and wait there. */
const atWork =
  /\b(?:work|working|works|employed|employee|hired|job|jobs|shift|shifts|clock(?:ed|ing)?|punch(?:ed|ing)? (?:in|out)|stock|stocking|restock(?:ing)?|cashier(?:ing)?|register|manage|managing|supervise|run|running|coworkers?|co-workers?|boss|manager here|overtime|full[- ]time|part[- ]time|on nights|nights at|weekends at|doubles?|graveyard|promoted|lead at|in charge|bartend(?:ing)?|waitress(?:ing)?|waiting tables|wait tables|serve|serving|barista|driving for|drive for|deliver(?:ing)? for|dash for|haul for|weld(?:ing)? (?:at|for)|teach(?:ing)? at|nurse at|guard at|clean(?:ing)? at|cook(?:ing)? at|opening at|closing at|open at|close at|started at|years (?:at|with|for|in)|day at|week at|where i work|i work at|interviewed and got|temping|temp at|pick(?:ing)? orders|load(?:ing)? trucks?|unload(?:ing)?|sort(?:ing)? packages|welcome to|shelf|shelves|in the (?:kitchen|back|warehouse|deli|bakery))\b/i;
const visiting =
  /\b(?:shop|shopping|shopped|buy|bought|buying|ate|eat|eating|waiting (?:at|in|for)|parked|park|line at|return(?:ed|ing)|customers? (?:at|of)|order(?:ed|ing)?|volunteer\w*|patient at|visit(?:ed|ing)?|hiring|apply|applied|applying|interview(?:ed|ing)?|used to|worked|ran into|drove|at the old|gift card|coupons?|out (?:at|to)|when i was|run (?:to|by|into|over)|running (?:to|by|into|late)|walk(?:ed)? (?:by|past)|registered|is (?:my|his|her) (?:doctor|dentist)|sign\w* up|send|sent|my (?:kid|son|daughter|husband|wife|mom|dad|sister|brother|boyfriend|girlfriend)\w*)\b/i;

function worksThere(sentence: Sentence, start: number, end: number): boolean {
  const { text } = sentence;
  const from = Math.max(0, start - 80);
  const before = text.slice(from, start).replace(/^.*[.;!?] ?/, '');
  const after = text.slice(end, end + 40).replace(/[.;!?].*$/, '');
  if (/^(?:'s|[ -](?:near|across|down the street|parking lot|line|bag|gift|card|brand))\b/i.test(after)) return false;
  // "the laundromat where I work", "back at the print shop full time", "quit the call center"
  if (/^ (?:where|that) (?:i|we) (?:work|teach|cook|manage|clean|guard)\b/i.test(after)) return !isSupposed(sentence, start);
  const wishedAway = /\bi (?:can|could) (?:finally )?quit (?:the|my|this) (?:\w+ )?$/i.test(before);
  if (wishedAway) return true;
  if (!/\b(?:at|for|with|in|to|from|out of|the|a|an|my|our|this|on) (?:[\w'-]+ ){0,2}$/i.test(before)) return false;
  if (visiting.test(before) || !atWork.test(before + ' ' + after.slice(0, 24))) return false;
  const verb = atWork.exec(before);
  if (verb === null) return /\bback (?:at|to) (?:the|my|our) (?:\w+ )?$/i.test(before) && isOwnAct(sentence, start, end);
  const index = start - before.length + verb.index;
  return (
    (isOwnAct(sentence, start, end) || (/^\W*(?:\w+ ){0,2}$/.test(text.slice(0, index)) && dropsSubject(sentence, start) && isOwnAct(sentence, start, end))) &&
    isAsserted(text, index)
  );
}

/** "My patients" and the like: a job stands behind them. */
function isOwnCrew(sentence: Sentence, start: number, end: number): boolean {
  const { text } = sentence;
  const before = text.slice(Math.max(0, start - 40), start);
  const owner = /\b(?:my|our)(?: own)?(?: (?:new|old|whole|night|day|entire|favorite|first|last|next|regular|current|best|worst|sweet|younger|little|poor|remaining|\d+\w*|[a-z]+ing))?\s$/i.exec(before);
  if (!owner) return false;
  if (/\b(?:lost|quit|leave|left|from|hate|over|old|last|first|former|ex|used)\b[^,.;]{0,12}$/i.test(before)) return false;
  if (/^(?:'s)? (?:was|were|used|back|at my old|loans?|debt|id|discount|housing|teacher|card|years? ago)\b/i.test(text.slice(end))) return false;
  const match = fragmentMatch(text, start - before.length + owner.index, end);
  return isPresupposed(sentence, match) && !isSupposed(sentence, start) && !isBygone(text, start, end);
}

/** What one does or hears only with a job. */
const routinePattern =
  /\b(?:on (?:my )?shift|closing shift|opening shift|(?:third|second|first|night|day|graveyard|swing|double) shift (?:again|tonight|has|is|life|this week)|between shifts|clock(?:ed|ing)? (?:in|out)|punch(?:ed|ing)? (?:in|out)|at my desk|my cubicle|on my lunch breaks?|on lunch break|my lunch breaks?|on break at|our hr|hr (?:remembers|sent|emailed|says|said|wants|called|made|is making|just|department (?:sent|says))|quarterly (?:reports?|meetings?|numbers|review)|staff meetings?|(?:morning|daily) stand-?up|all[- ]hands|performance reviews?|(?:using|used|burn\w*|took|taking|out of) (?:my )?pto|open enrollment|(?:this|the|my) (?:register|fryer|service desk|front desk|deli counter|cash register|drive[- ]?thru|loading dock|assembly line) (?:till|until|all (?:day|night)|for \d+|again)|(?:at|on|behind|working) the (?:register|service desk|front desk|help desk|deli counter|cash register|drive[- ]?thru|fryer|loading dock|assembly line|nurses'? station|parts counter|fry station|returns desk)|in my classroom|my (?:line|floor|store) manager|two weeks notice|put in my two weeks|(?:i'm|i am) (?:on|at) work|(?:on|at) work (?:wifi|slack|zoom)|zoom (?:calls?|meetings?) (?:all day|from)|work(?:ing)? (?:a )?doubles?\b|pull(?:ed|ing) (?:a )?(?:doubles?|overtime|(?:12|10|16)s?)|wait(?:ing)? tables|bartend(?:ing)?|stock(?:ing)? shelves|fram(?:e|ing) houses|haul(?:ing)? freight|deliver(?:ing)? (?:mail|pizzas?|packages)|clean(?:ing)? (?:houses|offices|hotel rooms|teeth)|grad(?:e|ing) (?:papers|essays|exams|finals)|lesson plan(?:s|ning)?|parent[- ]teacher conferences|charting (?:till|until|after|at)|sub(?:bing)? (?:today|tomorrow|at))\b/gi;

function routines(sentence: Sentence): WorkSign[] {
  const { text } = sentence;
  return Array.from(text.matchAll(routinePattern))
    .filter(({ 0: words, index }) => {
      const before = text.slice(0, index);
      return (
        !/\b(?:my (?:son|daughter|kid|husband|wife|mom|dad|brother|sister)'?s?|his|her|their|the (?:guy|girl|lady|woman|man|kid|teenager|person|cashier|clerk)|customers?|used to|teachers?)\b[^.;]{0,40}$/i.test(before) &&
        !isBygone(text, index, index + words.length) &&
        !isSupposed({ ...sentence, text: text.replace(/^\W*unless [^,]*?i'll /i, "i'll ") }, index) &&
        (isOwnAct(sentence, index, index + words.length) ||
          (isOwnClause(sentence, index + 1) && isAsserted(text, index) && !/\b(?:it|is|are|was|were)\b/i.test(before)) ||
          /\b(?:my|our)\b/i.test(words) || (/^\W*unless i\b/i.test(text)))
      );
    })
    .map(({ 0: words, index }) => ({
      statement: `Has paid work (“${words.toLowerCase()}”).`,
      status: 'inferred' as const,
      start: index,
      end: index + words.length,
    }));
}
