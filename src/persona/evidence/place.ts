import type { UsPlaces } from './lexicons.js';
import { placeFinder } from './place-finder.js';
import { placeMentions } from './place-mentions.js';
import type { FindPlace } from './place-finder.js';
import type { Cue, Sentence } from './reading.js';
import { isOwnClause, isRetracted, isSupposed } from './assertion.js';
import {
  claimAt,
  described,
  iAm,
  isAsserted,
  isProfile,
  matchesOf,
  mentionsAny,
  opening,
  phrase,
  triggerWords,
} from './reading.js';

const adverb = '(?:(?:still|now|currently|just|actually|only|mostly|both|all|also|happily|always) )?';
const home =
  'house|apartment|apt|place|home|neighborhood|street|yard|backyard|farm|town|church|shop|store|trailer|landlord|condo|duplex|parish|congregation|garden|clinic|school|office|cabin|kitchen|porch|rent|mortgage|lease|property taxes?|block|building|neighbors?|county|suburb|classroom|job|practice|salon|restaurant|business|studio|balcony|driveway|basement|commute|route|ranch|bakery|diner|campus|garage|deck|pool|shed|bedroom|living room|yard|dorm|roommates? and i|bus route|beehives?|hives|local \\w+|\\w+ shop';
const dwelling =
  '(?:house|home|place|apartment|apt|condo|townhouse|townhome|duplex|trailer|farm|ranch|cabin|studio|bungalow|room|job|fixer[- ]upper|acres?|land|one[- ]bedroom|two[- ]bedroom|salon|bakery|shop|restaurant|business)';
const near = '(?:in|near|outside(?: of)?|around|by)';

/** Where somebody was raised and says to be still. */
const stayed = 'Has stayed';
const stillThere =
  /\b(?:still (?:here|live|there|in\b|farm|work|do)|never left|live here|same (?:house|town|street|block|zip))\b/i;

interface Opener {
  /** Ends where the place is to follow. */
  readonly pattern: RegExp;
  readonly status: 'stated' | 'inferred';
  readonly statement: string;
}

/** `near` allows "outside" and the like. */
const openers: readonly Opener[] = [
  {
    pattern: phrase(
      `(?:\\b(?:i|we)(?: \\w+ and i)?(?:'ve always|'ve| have always| have| do)? |^(?:and )?|${opening})${adverb}live[ds]? ${adverb}(?:(?:out|down|up|over|back|right|here|just|way|alone|together|full time|smack|with \\w+ \\w+|on \\w+ \\w+|by myself|by \\w+ \\w+|\\w+ (?:blocks?|minutes|miles|hours?) (?:from|outside|north|south|east|west)(?: of)?) ){0,2}(?:in|near|outside(?: of)?|around|at|on|from|of)?\\b`,
    ),
    status: 'stated',
    statement: 'Lives',
  },
  {
    pattern: phrase(
      `(?:\\b(?:i(?:'m|m| am)|we(?:'re| are)|i've been|we've been) |${opening})${adverb}(?:living|based|located|settled|raising (?:\\w+ ){1,3}|renting|homesteading|residing|born and raised|born and bred|a resident|a native)(?: (?:a \\w+|an apartment|a place|a house))? (?:here |out |down |up |right )?(?:in|near|outside(?: of)?|out of|of)\\b`,
    ),
    status: 'stated',
    statement: 'Lives',
  },
  {
    pattern: phrase(
      `(?:\\bi was |\\bi(?:'m| am) |${opening})(?:originally )?(?:born (?:and|&) (?:raised|bred)|born,? raised)(?: and \\w+ \\w+)? (?:here )?(?:in|on)\\b`,
    ),
    status: 'inferred',
    statement: 'Was born and raised',
  },
  {
    pattern: phrase(
      "\\b(?:i(?:'ve| have)|we(?:'ve| have)|^) ?been (?:here )?in (?=.{3,24} (?:for|since|all|my whole|going on|\\d+))",
    ),
    status: 'stated',
    statement: 'Lives',
  },
  {
    pattern: phrase('\\b(?:up |down |out |back |over |right )?here (?:in|outside(?: of)?|near)\\b'),
    status: 'stated',
    statement: 'Lives',
  },
  {
    pattern: phrase(
      '\\b(?:here )?in (?=(?:suburban|rural|downtown|upstate|sunny|southern|northern|eastern|western|central|coastal|small[- ]town|inner[- ]city) )|\\bin an? (?:small|tiny|little|rural|mid-?size) (?=[\\w ]{4,16} (?:town|city|county|suburb|village)\\b)',
    ),
    status: 'inferred',
    statement: 'Lives',
  },
  {
    pattern: phrase(`(?:${iAm} |${opening})(?:at )?home in\\b|${iAm} back (?:home )?in\\b`),
    status: 'inferred',
    statement: 'Lives',
  },
  {
    pattern: phrase(`(?:\\bi(?:'ve| have) |${opening})been an? [a-z' -]{3,30} (?:here )?in\\b`),
    status: 'inferred',
    statement: 'Works',
  },
  { pattern: phrase('\\bstill (?:here )?in\\b'), status: 'stated', statement: 'Lives' },
  {
    pattern: phrase(
      "\\bi(?:'m|m| am) (?:originally )?from (?:a small town in |a little town in |a suburb of |outside (?:of )?|near |upstate |rural |the suburbs of )?",
    ),
    status: 'inferred',
    statement: 'Comes from',
  },
  {
    pattern: phrase(
      `\\b(?:my|our|the same) (?:\\w+ ){0,2}(?:${home}) (?:here |is |just |out |up |down )*(?:in|outside(?: of)?|near)\\b`,
    ),
    status: 'inferred',
    statement: 'Has a home or a regular place',
  },
  {
    pattern: phrase(
      `(?:\\b(?:i|we)(?:'ve| have|'re| are|'m| am)? (?:also )?|${opening})(?:just |finally |recently )?(?:bought|buy|rent|renting|own|got|purchased|closed on|found|have|built|closing on|buying|building|moving into|signed (?:a|the) lease (?:on|for)|sold|manage|run|opened) (?:an? |our |my |the |a small |\\d+ )(?:[\\w-]+ ){0,4}?${dwelling} (?:\\w+ )?${near}\\b`,
    ),
    status: 'inferred',
    statement: 'Has a home or a regular place',
  },
  {
    pattern: phrase(
      `(?:\\b(?:i|we)(?:'ve| have)? |\\bmy \\w+ and i |\\band i |${opening})(?:just |recently |finally |all )?(?:moved|relocated|transferred|ended up|settled(?: down)?|landed) (?:(?!from)\\w+ ){0,2}?(?:from [\\w .,]{2,24}? )?(?:back |here |out |down |up |over )?(?:to|in)\\b`,
    ),
    status: 'inferred',
    statement: 'Moved',
  },
  {
    pattern: phrase(
      `(?:\\bi |${opening})(?:'ve been |have been |'m |am )?(?:also |still |now |currently )?(?:work|teach|drive|weld|cook|preach|farm|ranch|deliver|clean|own|run|manage|do|sell|serve|fix|cut|rent|keep|grow|raise|coach|volunteer|play|study|go to|attend|supervise|nanny|tend bar|wait tables|bartend|practice|coach|nurse|fish|hunt|garden|commute|working|teaching|driving|farming|fishing|student teaching)\\b (?:(?!that|who|friends?|meeting|interview|sister|brother|cousin|family|court|trip|when|if|how|what|not|like|love|best|better)[a-z0-9',&/-]+ ){0,8}?(?:in|outside(?: of)?|near|out of|around|to downtown)\\b`,
    ),
    status: 'inferred',
    statement: 'Works',
  },
  {
    pattern: phrase(
      `${iAm} an? (?:(?!fan|friend|sucker|believer|big|huge|lover|follower)[a-z0-9'-]+ ){1,8}?(?:in|outside(?: of)?|near|out of|from|at)\\b`,
    ),
    status: 'inferred',
    statement: 'Lives or works',
  },
  {
    pattern: phrase(
      `(?:${opening}(?:just )?(?:an? )?${described(4)}|^(?:(?!the|an?|my|our|his|her|their|this|that|every|some|one|new|local|dear)[\\w'-]+ ){0,3}?)(?:woman|man|guy|girl|gal|lady|dude|mom|dad|mother|father|widow|widower|grandma|grandpa|veteran|retiree|native|resident|homeowner|couple|family of \\w+|(?:two|both) \\w+s|member of [\\w ]{3,24}|nurse|teacher|farmer|rancher|student|trucker|welder|engineer|mechanic|electrician|plumber|lawyer|cop|firefighter|paramedic|carpenter|cook|chef|bartender|librarian|developer|american|latina|latino|f|m|\\d\\d[mf]?),? (?:here |living |based )?(?:in|from|outside(?: of)?|near|out of)\\b`,
    ),
    status: 'inferred',
    statement: 'Lives or works',
  },
  { pattern: phrase(`(?<=\\bi(?:'m|m| am) [^,.;!?]{2,40}, )from\\b`), status: 'inferred', statement: 'Comes from' },
  { pattern: phrase('\\bwhere (?:i|we) live,? (?:here )?(?:in)?\\b'), status: 'stated', statement: 'Lives' },
  {
    pattern: phrase(
      "\\b(?:we(?:'re|re| are)|i(?:'m|m| am)) (?:still |over |down |up |out |all )*(?:in|outside(?: of)?|near)\\b",
    ),
    status: 'inferred',
    statement: 'Lives',
  },
  {
    pattern: phrase(
      "\\b(?:home base is|homebase is|home is|hometown is|my (?:city|town|state) (?:is|of)|we call|i call|checking in from|greetings from|hello from|hi from|hey from|writing from|posting from|reporting from|coming to you from|based (?:in|out of|near)|located in|a native of|a resident of|live from) ?(?:rural |sunny |snowy |beautiful |rainy |cold |hot |freezing |lovely |good old |ol' )?",
    ),
    status: 'stated',
    statement: 'Lives',
  },
  {
    pattern: phrase(
      `\\b(?:anyone|anybody|someone|somebody|folks|people|friends|who|anyone else|where|any(?: good)? \\w+s?|good \\w+|recommend \\w+|recommendations(?: for an? [\\w ]{3,20})?|recs(?: for an? [\\w ]{3,20})?) (?:[a-z'/-]+ ){0,4}?(?:here )?(?:in|near|around)\\b(?=[^.!?]{2,60}(?:\\?|$|looking|hiring|wanna|want|know|that|who|lmk|let me|dm|\\.\\.))`,
    ),
    status: 'inferred',
    statement: 'Asks around',
  },
  {
    pattern: phrase(
      `(?:^|[.,;!] |\\b(?:about|love|hate|miss|like|of|is|tired of|sick of|enjoy|for) )(?:living|gardening|life|winters?|summers?|spring|fall|autumn|rent|rents|traffic|dating|driving|parking|raising [\\w ]{2,20}|growing [\\w ]{2,20}|teaching [\\w ]{0,20}|working|fishing|hunting|farming|running|biking|cycling|commuting|being [\\w -]{2,30}|housing|weather|house hunting|apartment hunting|home prices|mornings?|another (?:\\w+ )?(?:day|winter|summer|morning|night)|snow|sunsets?|mud season|spring break|(?:finding|keeping|owning|renting) [\\w ]{2,20}|surviving [\\w ]{0,12}|retired|retirement) (?:here )?(?:in|outside(?: of)?|near)\\b`,
    ),
    status: 'inferred',
    statement: 'Tells of life',
  },
  {
    pattern: phrase(
      "\\b(?:can't|cannot|could not|couldn't|still|trying to|how to|finally) (?:find|afford|buy|rent|get) (?:an? |any )?(?:[\\w-]+ ){0,3}?(?:house|apartment|place|home|condo|rental|job|daycare|plumber|therapist|dentist|contractor) (?:under [\\w ]{2,12} )?(?:in|near|around)\\b",
    ),
    status: 'inferred',
    statement: 'Looks for a place',
  },
  {
    pattern: phrase(
      '\\b(?:to do|going on|happening|(?:first|second|third|fourth|fifth|sixth|seventh|\\d+(?:st|nd|rd|th)?|two|three|four|five|six|seven|eight|nine|ten) (?:years?|months?|winters?|summers?|seasons?|decades?) (?:on the same route |on the job |at \\w+ |here )?) ?in\\b',
    ),
    status: 'inferred',
    statement: 'Lives',
  },
  { pattern: phrase('\\b(?:raised|grew up|growing up|born) in\\b'), status: 'inferred', statement: stayed },
  {
    pattern: phrase(
      `(?:${iAm} (?:a )?|${opening}(?:a )?|\\bi go to |\\bi attend |\\bi study at |\\bmy \\w+ year at |\\bmy campus at |\\bi'm at |\\bi teach at |\\bi work at |\\bi work for )(?:(?:\\w+ ){0,2}(?:freshman|sophomore|junior|senior|student|undergrad|major|adjunct|professor) at |(?<=at |attend |for |to ))(?:the )?(?:university of )?(?=[\\w ]{0,24}(?:state|university|college|tech|u)\\b|(?<=university of ))`,
    ),
    status: 'inferred',
    statement: 'Is at a university',
  },
];

/** A place before what only somebody who lives there speaks of: "Phoenix rent", "our Ohio winters". */
const localNoun = phrase(
  " (?:suburbs|suburbia|suburbanite|based|resident|rents?|winters?|summers?|traffic|heat|humidity|weather|drivers|roads|housing|property taxes|schools|mud season|snow|natives?|residents?|transplants?|girl|guy|boy|gal|kid|mom|dad|woman|man|homeowner|teacher|nurse|teachers|spring|springs|falls|here|born and raised|born & raised|local|locals|life|living|potholes|cold|wind|allergies|pollen|is home|has been home|is my home|is where i live|it is|for me)\\b|'s (?:been )?(?:always )?(?:my |our )?home\\b",
);

/** Travel, the past and plans: the place is not where the writer lives. */
const elsewhere =
  /\b(?:visit\w*|vacation\w*|trips?|conference|honeymoon|weekend|this week|last week|next week|tonight|layover|overnight|delayed|stuck in|airport|(?:our|my|the) hotel|hotel room|airbnb|flight|flying|flew|drove (?:through|to)|driving through|road trip|for (?:work|school|college)|used to|years ago|back then|as a (?:kid|child|boy|girl)|growing up|when (?:i|we) (?:was|were|lived|first|got)|(?:in|with) the (?:army|navy)|stationed|deployed|before (?:i|we) (?:moved|left|came)|wedding|funeral|cruise|concert|game in|dream\w*|wish\w*|some ?day|(?:would|'d) (?:love|like)|want to|wanna|hoping|hope to|planning|plan to|thinking (?:of|about)|considering|looking at|if (?:i|we)|my (?:mother|mom|dad|father|parents|sister|brother|son|daughter|friend|cousin|aunt|uncle|grandma|grandparents|in-laws)(?:'s)? (?:\w+ ){0,3}(?:in|to|from|live|lives)|(?:was|were) (?:still )?(?:in|living)|while (?:i|we) (?:was|were)|(?:his|her|their) \w+|median|census|statistics|oldest state|senator|governor|governors|election)\b/i;
const childhood = /\b(?:grew up|hometown|back home|originally|born)\b/i;

/** Region of residence from places that the writer names as home. */
export function placeReader(places: UsPlaces): (all: readonly Sentence[]) => Cue[] {
  const find = placeFinder(places);
  const triggers = triggerWords(
    [...places.states, ...places.cities, ...places.areas].map(({ name }) => name),
    places.states.map(({ code }) => code),
    places.demonyms.map(({ name }) => name),
  );
  const demonym = phrase(
    `(?:${iAm} (?:an? )?(?:\\w+ ){0,3}?|\\b(?:as an?|us|we|fellow|proud|native|lifelong|born) |^)(${places.demonyms
      .map(({ name }) => name)
      .join(
        '|',
      )})s?\\b(?= ?[.,;!?)]| ?$| (?:and|here|through|born|since|by|who|don't|do|are|at|now|for|in|know|living)\\b)`,
  );
  const demonyms = new Map(places.demonyms.map(({ name, state }) => [name.toLowerCase(), state]));
  return (all) => {
    const own = all.filter((sentence) => mentionsAny(sentence, triggers));
    return own.flatMap((sentence) => [
      ...openedPlaces(sentence, find),
      ...localPlaces(sentence, find),
      ...profilePlaces(sentence, find),
      ...mentionedPlaces(sentence, find),
      ...matchesOf(sentence.text, demonym)
        .filter((match) => isRead(sentence, match) && !/\b(?:football|game|fan|team)\b/i.test(sentence.text))
        .flatMap((match) => {
          const name = match[1]!.toLowerCase().replace(/ +/g, ' ').replace(/s$/, '');
          const place = find(`in ${stateName(places, demonyms.get(name)!)}`, false)!;
          return [placeCue(sentence, match, { place: place.place, end: 0 }, 'Comes from', 'inferred')];
        }),
    ]);
  };
}

const stateName = ({ states }: UsPlaces, code: string): string => states.find((state) => state.code === code)!.name;

/** Whether a match is the writer's own present. */
function isRead(sentence: Sentence, match: RegExpExecArray): boolean {
  const { text } = sentence;
  return (
    !isSupposed(sentence, match.index) &&
    isAsserted(text, match.index) &&
    !isRetracted(sentence, match.index + match[0].length) &&
    (/(?:^|[^\p{L}'])(?:i|i'm|im|i've|we|we're|my|our|here|us)(?![\p{L}'])/iu.test(match[0]) ||
      isOwnClause(sentence, match.index))
  );
}

function openedPlaces(sentence: Sentence, find: FindPlace): Cue[] {
  const cues: Cue[] = [];
  for (const { pattern, status, statement } of openers)
    for (const match of matchesOf(sentence.text, pattern)) {
      // "i lived in" without "have" is the past.
      if (/\b(?:i|we) (?:\w+ )?lived\b/i.test(match[0]) || /^\W*(?:and )?(?:\w+ )?lived/i.test(match[0])) continue;
      // "I'd like to quit and live in Maine": the wish goes on.
      if (
        /^\W*live\b/i.test(match[0]) &&
        /\b(?:'d|would|want(?:s|ed)?|wanna|like|love|hope|going|gonna|could|plan|let's|to) .*[, ]$/i.test(
          sentence.text.slice(0, match.index),
        )
      )
        continue;
      if (statement !== 'Looks for a place' && /\b(?:not|never|nobody|no one)\b|n't\b/i.test(match[0])) continue;
      if (
        statement === stayed &&
        !stillThere.test(sentence.text.slice(match.index, match.index + 120) + ' ' + sentence.next.slice(0, 60))
      )
        continue;
      const asks = statement === 'Asks around';
      if (
        match[0].trim() === '' ||
        (!asks && !isRead(sentence, match)) ||
        (statement !== stayed && isElsewhere(sentence.text, match))
      )
        continue;
      if (
        statement !== stayed &&
        statement !== 'Lives' &&
        statement !== 'Moved' &&
        childhood.test(sentence.text) &&
        !/born and|comes|born &/i.test(statement + match[0])
      )
        continue;
      const from = match.index + match[0].length;
      const found = find(sentence.text.slice(from, from + 90), true);
      if (!found) continue;
      if (asks && !/\?|\.\.$|\b(?:dm|lmk|let me know|pls|please)\b/i.test(sentence.text)) continue;
      if (
        statement === 'Comes from' &&
        /\boriginally\b|\bbut\b|\bnow\b/i.test(sentence.text.slice(match.index, from + 60))
      )
        continue;
      cues.push(placeCue(sentence, match, found, statement, status));
    }
  return cues;
}

/** The part of the sentence around a match that tells of travel, the past, plans or others. */
function isElsewhere(text: string, { index, 0: words }: RegExpExecArray): boolean {
  const clause =
    text.slice(Math.max(0, index - 60), index).replace(/^.*(?:[,;]| (?:and|but|so) (?=i\b|i'm|we\b))/i, '') +
    text.slice(index, index + words.length + 70);
  return elsewhere.test(clause);
}

function localPlaces(sentence: Sentence, find: FindPlace): Cue[] {
  const cues: Cue[] = [];
  for (const match of matchesOf(sentence.text, localNoun)) {
    const before = sentence.text.slice(Math.max(0, match.index - 24), match.index);
    const name = /(?:(?:[A-Z][\w.]+|the) ){0,2}[A-Z][\w.]+$/.exec(before);
    if (!name) continue;
    const found = find(`in ${name[0]}`, false);
    if (!found || found.end < name[0].length + 3) continue;
    const start = match.index - name[0].length;
    const whole = Object.assign([name[0] + match[0]], {
      index: start,
      input: sentence.text,
    }) as unknown as RegExpExecArray;
    if (!isAsserted(sentence.text, start) || isElsewhere(sentence.text, whole)) continue;
    const isNear =
      /\b(?:i|i'm|my|our|we|we're|me|us|it's|its)\b/i.test(sentence.text) ||
      start < 12 ||
      (/home$/i.test(match[0]) && /'s/.test(match[0])) ||
      (/resident|native|local/i.test(match[0]) && /\bbeen an? $/i.test(sentence.text.slice(0, start)));
    if (
      !isNear ||
      !/(?:^|\b(?:a|an|the|this|our|my|these|those|in|of|its|it's|hate|love|as|and|but|so|though|i'm|that|us|with) ?$|[.,;!] ?$)/i.test(
        sentence.text.slice(Math.max(0, start - 12), start),
      )
    )
      continue;
    cues.push(placeCue(sentence, whole, { place: found.place, end: 0 }, 'Tells of life', 'inferred'));
  }
  return cues;
}

/** What {@link placeMentions} finds, as cues. */
const mentionedPlaces = (sentence: Sentence, find: FindPlace): Cue[] =>
  placeMentions(sentence, find).map(({ match, place, length }) =>
    placeCue(sentence, match, { place, end: length }, 'Tells of life', 'inferred'),
  );

/** A place that stands alone in a list about the writer: "Substitute teacher, 52, Boise." */
function profilePlaces(sentence: Sentence, find: FindPlace): Cue[] {
  if (!isProfile(sentence)) return [];
  return matchesOf(sentence.text, listedPlace).flatMap((match) => {
    const name = match[1]!.replace(/\.$/, '');
    const found = find(`in ${name}`, false);
    if (!found || found.end < name.length + 3) return [];
    return [placeCue(sentence, match, { place: found.place, end: 0 }, 'Lives', 'inferred')];
  });
}
const listedPlace = phrase(', ((?:[\\w.]+ ){0,2}[\\w.]+(?:, [a-z]{2}\\b)?)(?= ?[.,;!]| ?$)');

function placeCue(
  sentence: Sentence,
  match: RegExpExecArray,
  { place, end }: NonNullable<ReturnType<FindPlace>>,
  statement: string,
  status: 'stated' | 'inferred',
): Cue {
  const text = sentence.text.slice(match.index, match.index + match[0].length + end);
  const preposition = /\b(?:outside|near|close to|suburbs?|hours?|minutes|miles)\b/i.test(text) ? 'near' : 'in';
  const link = statement === 'Moved' ? 'to' : statement === 'Comes from' ? '' : preposition;
  const whole = Object.assign([text], { index: match.index, input: sentence.text }) as unknown as RegExpExecArray;
  return {
    variable: 'region',
    value: place.region,
    order: sentence.order,
    date: sentence.date,
    claim: claimAt(sentence, whole, {
      dimension: 'demographics',
      statement: `${statement} ${link} ${place.title}.`.replace('  ', ' '),
      status,
    }),
  };
}
