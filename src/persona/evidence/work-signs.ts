import { isAsserted, isOwnClause, isPresupposed, isRetracted, isSupposed } from './assertion.js';
import { quality } from './employment-rules.js';
import type { Occupations } from './lexicons.js';
import { isBygone, isOwnAct } from './own-acts.js';
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
  /\b(?:i(?:'m|m| am)(?: (?:now|still|also|currently|just|only|actually|technically|a \d\d[- ]year[- ]old))?|i(?:'ve| have) been|been|work(?:ing|ed)? (?:\w+ )?as|job as|career as|hired (?:on )?as|hired me as|gig as|started as|here as|days? as|years? as|promoted to|made me|became|shift as) (?:(?:an?|the|your|our|one of the|their) )?(?:(?!(?:and|or|but|for|to|of|with|in|at|by|who|that|from|not|no|than|like|so|because|towards?|being|trying|hoping|wanting|looking)\b)[\w'/-]+,? ){0,4}$/i;
const asOne = /(?:^|[.,;] ?|\b(?:so|but|and|speaking|even|because|life|years?|job) )as an? (?:[\w'-]+ ){0,3}$/i;
/** At the start of a sentence, with words in front that people put before a trade. */
const fragmentStart =
  /^\W*(?:(?:hi|hey|hello|so|ok|okay|just|proud|tired|union|licensed|registered|certified|full[- ]time|part[- ]time|(?:night|day|swing|third|second|first|graveyard)[- ]shift|overnight|small[- ]town|rural|lifelong|career|local|new|brand new|senior|junior|burnt[- ]out|overworked|underpaid|working|single|married|self[- ]employed|freelance|a|an|fellow|longtime|long[- ]time|old|retail|third[- ]generation|second[- ]generation|\d\d ?(?:yo|y\/o|[mf])?|black|white|asian|latin[ao]|hispanic|mom|dad|from \w+|here|i'm|im),? ){0,4}$/i;
/** What follows a trade that stands for a sentence. */
const fragmentEnd =
  /^(?: ?[,./|;–—-] ?(?:$|\d|year|mom|dad|wife|husband|mother|father|married|single|divorced|nights|days|i\b|i'm|from|in\b|based|union|local|been|third|second|first|retired|and|working|living|still|currently|native|born|lifelong|parent|part|full|father|\w+ (?:of|years|yrs)\b|[a-z]+$)| ?[.!]? ?$| (?:here|checking in|life|by (?:day|trade|night)|since|of \d+ years|for (?:\d+|\w+) (?:years|yrs)|for the|with \d+|at (?:a|the|an|my)\b|in (?:the|a|[a-z]+)\b|from [a-z]+|out of (?:local|the|[a-z]+)|on (?:nights|days|the)|and (?:a |proud |i|mom|dad|mother|father|part)|\d+ (?:years|yrs)))/i;
const otherThan =
  /^(?: \w+){0,3} (?:is|was|are|were|said|told|asked|gave|has|had|did|will|needs|wanted|came|called|quoted|charged)\b/i;
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
  const tasks = wordIndex(
    lexicon.tasks.flatMap((task) => taskForms(task).map((form): [string, string] => [form, task])),
  );
  const fields = wordIndex(
    [
      ...lexicon.fields,
      'teaching',
      'nursing',
      'driving',
      'trucking',
      'welding',
      'roofing',
      'plumbing',
      'waitressing',
      'bartending',
      'policing',
      'farming',
      'firefighting',
    ].map((word): [string, string] => [word, word]),
  );

  return (sentence) => [
    ...readTitles(sentence)
      .filter((title) => isOwnTitle(sentence, title, ambiguous))
      .map(({ said, plural, start, end }): WorkSign => ({
        statement: plural ? `Is one of two ${said} in the household.` : `Works as ${article(said)} ${written(said)}.`,
        // A trade alone says less than a word on having work or none.
        status: predicate.test(sentence.text.slice(Math.max(0, start - 70), start)) ? 'stated' : 'inferred',
        start,
        end,
      })),
    ...places
      .find(sentence)
      .filter(({ start, end }) => worksThere(sentence, start, end))
      .map(({ value, said, start, end }): WorkSign => ({
        statement: value === 'a {said}' ? `Works at ${article(said)} ${said}.` : `Works at ${value}.`,
        // A place beside a word of work: nobody says in so many words that this is the workplace.
        status: value === 'a {said}' ? 'inferred' : 'stated',
        start,
        end,
      })),
    ...crew
      .find(sentence)
      .filter(({ start, end }) => isOwnCrew(sentence, start, end))
      .map(({ said, start, end }): WorkSign => ({ statement: crewStatement(said), status: 'inferred', start, end })),
    ...fields
      .find(sentence)
      .filter(({ start, end }) => spendsYears(sentence, start, end))
      .map(({ said, start, end }): WorkSign => ({ statement: `Works in ${said}.`, status: 'inferred', start, end })),
    ...tasks
      .find(sentence)
      .filter(({ start, end }) => isOwnTask(sentence, start, end))
      .map(({ said, start, end }): WorkSign => ({
        statement: `Works for pay (“${said}”).`,
        status: 'inferred',
        start,
        end,
      })),
    ...routines(sentence),
  ];
}

const article = (noun: string): string => (/^(?:[aeiou](?!ni)|hvac|rn\b|lpn|er |mri|x ray)/.test(noun) ? 'an' : 'a');
const written = (title: string): string =>
  title.replace(
    /\b(?:hvac|emt|rn|cna|lpn|lvn|it|ups|ux|ui|er|icu|nicu|hr|tv|pe|esl|cpa|mri|ct|qa|cnc|crna)\b/g,
    (letters) => letters.toUpperCase(),
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
  if (
    notNow.test(near) ||
    /\bsame work\b/i.test(near) ||
    /\bin (?:this|our|my) (?:house|household|family)\b|\b(?:this|the) group ?chat\b/i.test(text)
  )
    return false;
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
      : closesFragment(sentence, fragmentMatch(text, start, /^ life\b/i.test(after) ? end + 5 : end)) &&
        isOwnClause(sentence, start))
  );
}

const fragmentMatch = (input: string, index: number, end: number): RegExpExecArray =>
  Object.assign([input.slice(index, end)], { index, input }) as unknown as RegExpExecArray;

/** Words of work before a place of work, with the words between them; without one, people shop, eat and wait there. */
const atWork =
  /(?:(?<!\b(?:at|to|from|off|my|near|of|after|the|before|for|same) )work(?:ing)?|employed|employee|hired|job|gig|shifts?|clock(?:ed|ing)? (?:in|out)|punch(?:ed|ing)? (?:in|out)|(?:re)?stock(?:ing)?(?: shelves)?|cashier(?:ing)?|manag(?:e|ing)|supervis(?:e|ing)|overtime|full[- ]time|part[- ]time|nights|weekends|doubles?|graveyards?|promoted|bartend(?:ing)?|waitress(?:ing)?|wait(?:ing)? tables|barista|(?:driv(?:e|ing)|deliver(?:ing)?|haul(?:ing)?|weld(?:ing)?)(?= [^,.;]{0,24}\bfor )|teach(?:ing)?|teacher|guard|(?:the|this) (?:[\w-]+ ){0,2}(?:department|register|counter|fryer|drive[- ]?thru|kitchen|grill|bar|desk|line|floor|deli|bakery|warehouse)|clean(?:ing)?|cook(?:ing)?|years|yrs|i've been|i have been|been|(?:first|last) (?:day|week)(?= (?:of work )?at )|temping|(?:un)?load(?:ing)? (?:trucks?|freight)|(?:pick|pack|sort)(?:ing)? (?:orders|boxes|packages|mail)|welcome to|i'm (?:still |back )?(?:\w+ )?manager) ?(?:[^,.;:!?]{0,28} )?(?:at|for|with|in|on|behind|(?<!job )out of) (?:(?:the|a|an|my|our|this|that|one of the) )?(?:[\w'-]+ ){0,2}$|\b(?:manage|supervise|run|own|clean|guard) (?:a|an|the|this|our) (?:[\w'-]+ )?$|\bwelcome to (?:the )?$/i;
const lasting = /^ ?(?:for|since|going on|almost|over|now|\d|[a-z]+ years|and (?:they|i|my|the)|in (?:19|20)\d\d)/i;
const visiting =
  /\b(?:shop|shopping|shopped|buy|bought|buying|ate|eat|eating|waiting (?:at|in|for)|parked|park|line at|return(?:ed|ing)|customers? (?:at|of)|order(?:ed|ing)?|volunteer\w*|patient at|visit(?:ed|ing)?|hiring|apply|applied|applying|interview(?:ed|ing)?|search\w*|looking for|find|used to|worked|ran into|drove|at the old|gift card|coupons?|when i was|been to|walk(?:ed)? (?:by|past)|registered|sign\w* up|send|sent|mass at|time (?:at|in)|want to|would|like to|my (?:kid|son|daughter|husband|wife|mom|dad|sister|brother|boyfriend|girlfriend)\w*)\b/i;

/** Whether a place of work is the writer's. */
function worksThere(sentence: Sentence, start: number, end: number): boolean {
  const { text } = sentence;
  const from = Math.max(0, start - 80);
  const before = text.slice(from, start).replace(/^.*[.;!?] ?/, '');
  const after = text.slice(end, end + 40).replace(/[.;!?].*$/, '');
  if (
    /^(?:'s|[ -](?:near|across|down the street|parking lot|line|bag|gift|card|brand|level|students?|kids))\b/i.test(
      after,
    )
  )
    return false;
  if (/^ (?:where|that) (?:i|we) (?:work|teach|cook|manage|clean|guard|bartend|wait|drive)\b/i.test(after))
    return !isSupposed(sentence, start);
  if (/\bi (?:can|could) (?:finally )?quit (?:the|my|this) (?:\w+ )?$/i.test(before)) return true;
  if (visiting.test(before)) return false;
  // People go to these for other reasons.
  if (
    /^(?:church|temple|mosque|synagogue|parish|gym|library)$/i.test(text.slice(start, end)) &&
    !/\b(?:work\w*|job|staff|hired)\b/i.test(before)
  )
    return false;
  const back = /\bback (?:at|to|in) (?:the|my|our) (?:\w+ )?$/i.test(before);
  if (back && /^ (?:full|part|tonight|tomorrow|monday|again|for (?:another|my) (?:\w+ )?(?:shift|season))/i.test(after))
    return isOwnAct(sentence, start, end);
  const verb = atWork.exec(before);
  if (verb === null) return false;
  const index = start - before.length + verb.index;
  const said = verb[0].toLowerCase();
  // "I've been with Kroger for nine years", "17 years at the mill": a time must stand beside these.
  if (/^(?:i've been|i have been|been)/.test(said) && (!/\b(?:with|at) (?:the )?$/.test(said) || !lasting.test(after)))
    return false;
  if (
    /^(?:years|yrs|i've|been|first|last|teach)/.test(said) &&
    /college|school|university/i.test(text.slice(start, end)) &&
    !/^teach/.test(said)
  )
    return false;
  return isOwnAct(sentence, start, end) && isAsserted(text, index);
}

/** "Wait tables" and "waiting tables". */
function taskForms(task: string): string[] {
  const [verb = '', ...rest] = task.split(' ');
  const stem = /^(?:cut|run|shop|put|trap|strip|log)$/.test(verb) ? verb + verb.at(-1)! : verb.replace(/e$/, '');
  return [task, [`${stem}ing`, ...rest].join(' ')];
}

/** What is done for pay, in the first person: "I wait tables", "been slinging drinks". */
function isOwnTask(sentence: Sentence, start: number, end: number): boolean {
  const { text } = sentence;
  const before = text.slice(Math.max(0, start - 40), start);
  return (
    /(?:(?:\b(?:i|we|i'm|i've been|i am|i have been|been|start|started|out|currently|and|busy|back to|at|job|nights|days|years|living|money|bills|by|again)|^\W*|[,;.(–—] ?)(?: (?:just|still|mostly|also|only|now|mainly|currently|usually|been|started|start|work|do|gonna|going to|got a job|nights|days))* ?)$/i.test(
      before,
    ) &&
    !/\b(?:my own|for my (?:mom|mother|grandma|dad|wife|husband|sister|kids?|daughter|son))\b/i.test(
      text.slice(start, end + 24),
    ) &&
    !/\b(?:used to|hate when|stop|quit|no|never|don't)\b[^,.;]{0,16}$/i.test(before) &&
    isOwnAct(sentence, start, end, end)
  );
}

const crewStatement = (said: string): string =>
  /student|pupil|grader|kindergart|freshmen|classroom/.test(said)
    ? `Teaches (“my ${said}”).`
    : `Has paid work (“my ${said}”).`;

/** "Year 22 of teaching", "eleven more years of retail". */
function spendsYears(sentence: Sentence, start: number, end: number): boolean {
  const { text } = sentence;
  const before = text.slice(Math.max(0, start - 40), start);
  return (
    /(?:\byear \w+ (?:of|in)|\b\w+ more years (?:of|in)|\b(?:\d+|[a-z]+) (?:years|yrs) (?:in|into|deep in)|\bmy (?:\w+ )?year (?:of|in)) (?:the )?$/i.test(
      before,
    ) &&
    !/\b(?:after|for|spent|did|had|worked)\b[^,.;]{0,20}$/i.test(before) &&
    isAsserted(text, start) &&
    !isSupposed(sentence, start) &&
    !isBygone(text, start, end) &&
    isOwnClause(sentence, start)
  );
}

/** "My patients" and the like: a job stands behind them. */
function isOwnCrew(sentence: Sentence, start: number, end: number): boolean {
  const { text } = sentence;
  const before = text.slice(Math.max(0, start - 40), start);
  const owner =
    /\b(?:my|our)(?: own)?(?: (?:new|old|whole|night|day|entire|favorite|first|last|next|regular|current|best|worst|sweet|younger|little|poor|remaining|\d+\w*|[a-z]+ing))?\s$/i.exec(
      before,
    );
  if (!owner) return false;
  if (/\b(?:lost|quit|leave|left|from|hate|over|old|last|first|former|ex|used)\b[^,.;]{0,12}$/i.test(before))
    return false;
  if (
    /^(?:'s)? (?:was|were|used|back|at my old|service|support|loans?|debt|id|discount|housing|teacher|card|years? ago)\b/i.test(
      text.slice(end),
    )
  )
    return false;
  const match = fragmentMatch(text, start - before.length + owner.index, end);
  return isPresupposed(sentence, match) && !isSupposed(sentence, start) && !isBygone(text, start, end);
}

/** What one does or hears only with a job. */
const routinePattern =
  /\b(?:on (?:my |this )?shift|closing shift|opening shift|(?:third|second|first|night|day|graveyard|swing|double) shift (?:again|tonight|has|is|life|this week)|between shifts|clock(?:ed|ing)? (?:in|out)|punch(?:ed|ing)? (?:in|out)|at my desk|my cubicle|on my lunch breaks?|on lunch break|my lunch breaks?|on break at|our hr|hr (?:remembers|remembered|sent|emailed|told|wants|called|made|is making|reminded|asked|scheduled) (?:i|me|us|everyone|out|another)|(?:got|getting) a (?:raise|promotion)|quarterly (?:reports?|meetings?|numbers|review)|staff meetings?|(?:morning|daily) stand-?up|all[- ]hands|performance reviews?|(?:using|used|burn\w*|took|taking|out of) (?:my )?pto|open enrollment|(?:this|the|my) (?:register|fryer|service desk|front desk|deli counter|cash register|drive[- ]?thru|loading dock|assembly line) (?:till|until|all (?:day|night)|for \d+|again)|(?:at|on|behind|working) the (?:counter at|register|service desk|front desk|help desk|deli counter|cash register|drive[- ]?thru|fryer|loading dock|assembly line|nurses'? station|parts counter|fry station|returns desk)|in my classroom|my (?:line|floor|store) manager|i(?:'m| am) (?:[a-z]+'s|the|their|her|his|your) (?:boss|supervisor|manager|foreman)|(?:i'm|i am) (?:on|at) work|(?:on|at) work (?:wifi|slack|zoom)|zoom (?:calls?|meetings?) (?:all day|from)|work(?:ing)? (?:a )?doubles?\b|pull(?:ed|ing) (?:a )?(?:doubles?|overtime|(?:12|10|16)s?)|my hours (?:got|were|are|are getting|keep getting) cut|cut my hours|(?:finish\w*|work\w*|surviv\w+|pull\w*|coming off|came off|got off|off|after|start\w*|into) (?:of )?(?:a|an|my|another|the|back to back) (?:[\w-]+ ){0,3}shifts?|grad(?:e|ing) (?:papers|essays|exams|finals)|lesson plan(?:s|ning)?|parent[- ]teacher conferences|while working (?:nights|days|full[- ]time|part[- ]time|two jobs|weekends)|i sub (?:[\w-]+ ){0,2}(?:days|a week|at|for the)|charting (?:till|until|after|at)|sub(?:bing)? (?:today|tomorrow|at))\b/gi;

/** "Boss wants us back in the office": the writer's own, though nothing says so. */
const management =
  /^\W*(?:(?:so|and|well|ugh|today|yesterday),? )?(?:the |my |our )?(?:new )?(?:boss|manager|supervisor|foreman|work|corporate|management|district manager|hr|shift lead|ceo|vp|team lead) (?:just |finally |still |also |now )?(?:wants?|said|says|told|asked|made|called|gave|sent|scheduled|is making|keeps?|moved|let|put|expects?|thinks|denied|approved|switched|texted|emailed|needs) (?:us|me|my|our|everyone|all of us)\b|^\W*(?:so |and |our |my )?hr (?:just |finally )?(?:scheduled|sent|emailed|announced|wants|decided|made|invited|rolled out)\b|^\W*(?:(?:had )?an? |one )?(?:customer|patient|client|passenger|guest) (?!service|support|care|portal|satisfaction)(?:just |today |tonight )?(?:said|told|asked|threw|called|handed|gave|tried|yelled|tipped|brought|left|cried|hugged|paid|complained|wanted|showed|thanked|screamed|offered|cussed|tells|asks|sang)\b[^.!?]{0,40}\b(?:me|us|my)\b/i;
/** "I climb poles for a living", "been fixing buses for the county": whatever it is, it is paid. */
const forPay =
  /\bi(?:'m| am)? ([^,.;!?]{3,50}) for a living\b|(?:\bi(?:'ve been| have been|'m| am)? |^\W*(?:been )?)((?!looking|waiting|paying|applying|voting|asking|hoping|praying|suing|rooting|going|cheering)[a-z]+ing [^,.;!?]{2,40} for (?:the|a|my|our) (?:district|county|city|state|park service|forest service|company|school district|school system|railroad|airline|hospital|government|firm|agency|phone company|power company|contractor))\b/i;

function routines(sentence: Sentence): WorkSign[] {
  const { text } = sentence;
  const told = management.exec(text);
  if (told && !isSupposed(sentence, 0) && !isBygone(text, 0, told[0].length))
    return [
      {
        statement: `Has paid work (“${told[0].trim().toLowerCase()}”).`,
        status: 'inferred',
        start: 0,
        end: told[0].length,
      },
    ];
  const paid = forPay.exec(text);
  if (paid && isOwnAct(sentence, paid.index, paid.index + paid[0].length, paid.index + paid[0].length))
    return [
      {
        statement: `Works for pay (“${(paid[1] ?? paid[2])!.toLowerCase()}”).`,
        status: 'inferred',
        start: paid.index,
        end: paid.index + paid[0].length,
      },
    ];
  return Array.from(text.matchAll(routinePattern))
    .filter(({ 0: words, index }) => {
      const before = text.slice(0, index);
      return (
        !/\b(?:my (?:son|daughter|kid|husband|wife|mom|dad|brother|sister)'?s?|his|her|their|the (?:guy|girl|lady|woman|man|kid|teenager|person|cashier|clerk)|customers?|used to|teachers?)\b[^.;]{0,40}$/i.test(
          before,
        ) &&
        !isBygone(text, index, index + words.length) &&
        !isSupposed({ ...sentence, text: text.replace(/^\W*unless [^,]*?i'll /i, "i'll ") }, index) &&
        (isOwnAct(sentence, index, index + words.length) ||
          (isOwnClause(sentence, index + 1) &&
            isAsserted(text, index) &&
            !/\b(?:it|is|are|was|were)\b/i.test(before)) ||
          (/\b(?:my|our)\b/i.test(words) && isAsserted(text, index)) ||
          (/\bhr\b/i.test(words) && /\b(?:i|me|us|our)\b/i.test(words)) ||
          /^\W*unless i\b/i.test(text))
      );
    })
    .map(({ 0: words, index }) => ({
      statement: `Has paid work (“${words.toLowerCase()}”).`,
      status: 'inferred' as const,
      start: index,
      end: index + words.length,
    }));
}
