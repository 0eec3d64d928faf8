import { isOwnClause, isRetracted, isSupposed } from './assertion.js';
import type { FindPlace, Place } from './place-finder.js';
import { isAsserted, isProfile, matchesOf, phrase } from './reading.js';
import type { Sentence } from './reading.js';

/** A place that the writer names as where they are, with the words that show it. */
export interface PlaceMention {
  readonly match: RegExpExecArray;
  readonly place: Place;
  /** Length of the place after the match. */
  readonly length: number;
}

const link = phrase(
  "\\b(?:in|outside(?: of)?|near|around|from|out of|of|to|at)\\b(?= (?:the |downtown |rural |suburban |sunny |greater |metro |north |south |east |west |northern |southern |eastern |western |central |upstate |beautiful |good old |ol' |freezing |rainy |snowy )*[a-z])",
);
const skipped =
  /^(?:the|downtown|rural|suburban|sunny|greater|metro|north|south|east|west|northern|southern|eastern|western|central|upstate|beautiful|good|old|ol'|freezing|rainy|snowy)$/i;

/** The writer says in the same breath to be there still. */
const stays =
  /\b(?:(?:still|now) (?:here|live|living|there|home)|(?:live|living) (?:t?here|in (?:it|this town|this city))|never (?:left|leaving|going back)|(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty) (?:years?|winters|summers|yrs?|months) (?:here\b|in\b(?= now|[,.]| and)|now\b|later\b)|been here (?:for|since|ever|\w+ years)|(?:love|like|hate) it here|it's home|home now|not leaving|this (?:city|town) (?:is|has))/i;

/** People whose home is named behind them: "a black guy from Mobile", "Hmong American from St. Paul". */
const personFrom =
  /\b(?:(?:i'm|im|i am|as|hi|hey(?: there| all| y'all)?|hello|greetings|howdy|aloha|saludos|love|cheers|checking in|writing|posting|coming|calling|live)\b.{0,40}|^(?:(?!the |that |some |any )[\w'-]+ ){0,5}(?:guy|girl|kid|boy|man|woman|mom|dad|gal|lady|dude|american|native|\w+(?:er|or|ist|ian|ano|ana|ino|ina|an|nurse|cop|vet|student)))$/i;

/** Others who are spoken of, travel, the past, plans and hearsay before a place: what is there need not be where the writer is. */
const notHere =
  /\b(?:he|he's|she|she's|they|they're|you|you're|his|her|their|your|friends?|family|parents|mother|mom|dad|father|sister|brother|cousins?|aunt|uncle|son|daughter|grandma|grandpa|grandparents|people|someone|everyone|roommate|ex|meeting|interview|event|concert|conference|convention|festival|tournament|game|games|team|war|news|article|story|book|movie|show|episode|series|read|reading|heard|saw|watch\w*|went|was|were|spent|told|said|says|stayed|flew|flight|drove|driving to|trip|vacation\w*|hotel|airport|layover|visit\w*|wedding|funeral|stationed|deployed|want|wants|wish|hope|hoping|hate|miss|missed|going to|headed|heading|gonna|plan|planning|will|would|'d|could|should|might|can't wait|never|not|isn't|ain't|ever|if|when|while|once|until|till|what|how|than|dream\w*|most|best|worst|born|grew|raised|used to|once|ago|cruise|off|buried|imagine|someday|considering|thinking|degree|school in|college in|university|lived|years ago|back then|summer in|weekend|honeymoon|road trip|through|toward|between|versus|vs)\b/i;
/** Places of everyday life: who did something there is from there. */
const everyday =
  /\b(?:at|from|to) (?:the|my|our|a) (?:[\w'-]+ ){0,3}?(?:y|ymca|gym|pool|library|church|school|clinic|store|market|grocery|dmv|post office|courthouse|city hall|food bank|rec center|community center|senior center|vet|dentist|laundromat|feed store|hardware store|farmers market|barber|salon|pharmacy|walmart|costco|kroger|publix|heb|aldi|goodwill|park|dog park|bus stop|vfw|legion|library branch|parish|mosque|temple|synagogue) (?:here |down |up |over )?(?:in|near|outside)$/i;
/** Someone or something is sought there. */
const seeks =
  /\b(?:looking for|seeking|need|iso|in search of|anyone know|any recs for|recommend\w*|searching for|hiring|who knows|know of|selling|offering|rehoming|free|lost dog|lost cat|giving away) (?:[\w'-]+ ){1,9}?(?:in|near|around|outside(?: of)?)$/i;
const seeksElsewhere =
  /\b(?:tickets?|hotels?|airbnb|flights?|rentals?|things|places|jobs?|houses?|apartments?|vacation|trip|itinerary|restaurants?|attractions|venue)\b/i;
const first = /(?:^|[^\p{L}'])(?:i|i'm|im|i've|ive|we|we're|we've|my|our|me|us|here)(?![\p{L}'])/iu;
/** The writer's home, street, work or weather: these are where the writer lives. */
const homely =
  /\b(?:my|our|the) (?:[\w'-]+ ){0,3}?(?:house|home|place|apartment|apt|condo|farm|yard|street|town|garage|garden|kitchen|porch|job|office|shop|classroom|school|church|neighborhood|block|commute|route|basement|cabin|trailer|life|landlord|rent|hood|side|corner|spot|acre|acres|barn|shift|store|salon|practice|clinic|county|suburb|suburbs|area) (?:is |out |up |down |over |just |right |here )*(?:in|outside(?: of)?|near|around)$/i;

/** Places in clauses of the writer's own present, in places of everyday life, after greetings, and wherever the writer says to have stayed. */
export function placeMentions(sentence: Sentence, find: FindPlace): PlaceMention[] {
  const { text } = sentence;
  const found: PlaceMention[] = [];
  for (const match of matchesOf(text, link)) {
    const from = match.index + match[0].length;
    const place = find(text.slice(from, from + 60), false);
    if (!place || !followsAtOnce(text.slice(from, from + place.end), place.at ?? 0)) continue;
    if (isSupposed(sentence, match.index) || isRetracted(sentence, from)) continue;
    if (placedOthers.test(text.slice(0, match.index))) continue;
    if (isHome(sentence, match, text.slice(from + place.end)))
      found.push({ match, place: place.place, length: place.end });
  }
  return found;
}

/** Ends with somebody else, who is where the place is: "my aunties in Fresno", "the in-laws back in Tulsa". */
const placedOthers =
  /\b(?:my|our|the|his|her|their|some|two|three) (?:\w+ )?(?:aunt(?:ie|y)?s?|uncles?|cousins?|in-laws|parents|grandparents|folks|relatives|family|friends?|buddy|buddies|brothers?|sisters?|mom|mother|dad|father|grandma|grandpa|nieces?|nephews?|kids|sons?|daughters?) (?:back |out |over |up |down )?$/i;

/** Only words like "downtown" stand between the preposition and the place. */
const followsAtOnce = (text: string, before: number): boolean =>
  (text.match(/[A-Za-z][A-Za-z.'-]*/g) ?? [])
    .slice(0, before)
    .every((word) => skipped.test(word) || /^[A-Z]/.test(word));

function isHome(sentence: Sentence, match: RegExpExecArray, after: string): boolean {
  const { text } = sentence;
  const preposition = match[0].toLowerCase();
  const clause = text
    .slice(0, match.index)
    .replace(/^.*(?:[;!?]|[.,:(] (?=\S)| (?:and|but|so|because) (?=i\b|i'm|we\b|my\b))/i, '');
  const upTo = text.slice(0, match.index + match[0].length);
  const others =
    /\b(?:he|she|they|you|his|her|their|your|my (?:\w+ )?(?:mother|mom|dad|father|parents|sister|brother|son|daughter|friend|cousin|aunt|uncle|ex|boss|neighbor))(?:'s)?\b/i;
  if (
    stays.test(`${after} ${sentence.next.slice(0, 90)}`) &&
    !others.test(clause) &&
    !/\b(?:not|never|n't|grew|born|raised|used to|originally|grown|childhood|left|from)\b/i.test(clause) &&
    /^(?:in|to|from|outside|near|around)/.test(preposition) &&
    (first.test(`${text} ${sentence.next.slice(0, 90)}`) || isOwnClause(sentence, match.index))
  )
    return true;
  if (
    preposition === 'to' &&
    /\b(?:moved|relocated|transferred|transplanted) (?:back |out |down |up |over |here |all the way |home |my \w+ |from [\w .,]{2,24} )*to$/i.test(
      upTo,
    )
  )
    return (
      /^[^.!?]{0,24}\b(?:years? ago|months? ago|in (?:19|20)\d\d|last (?:year|summer|fall|spring|winter|month)|this (?:year|summer|fall|spring|winter)|for (?:work|a job|my|the|school|love|cheaper|retirement)|from)\b|^ ?[.,!]/i.test(
        after,
      ) &&
      isOwnClause(sentence, match.index) &&
      !others.test(clause) &&
      !/\b(?:then|before|later|when|if|back when|almost|never|not)\b/i.test(clause) &&
      !/\b(?:now|moved|back)\b/i.test(after)
    );
  if (/^(?:to|at)$/.test(preposition)) return false;
  if (preposition === 'of')
    return (
      /\b(?:native|resident|citizen|suburbs?|outskirts|city|side|middle|heart|edge|town|north|south|east|west|miles|minutes|hours?) of$/i.test(
        upTo,
      ) &&
      !notHere.test(clause) &&
      isOwn()
    );
  if (preposition === 'from')
    return (
      personFrom.test(clause.trimEnd()) &&
      !notHere.test(clause) &&
      !/^ ?(?:to|and back|on)\b/.test(after) &&
      !/\b(?:originally|moved|came|got|back|home|away|far|bought|ordered|shipped|flight)\b/i.test(clause) &&
      !/\b(?:originally|now (?:in|living)|but (?:live|now))\b/i.test(text)
    );
  if (
    /\b(?:games?|team|fans?|flights?|airport|layover|stranded|hotel|airbnb|conference|convention|vacation)\b/i.test(
      text,
    )
  )
    return false;
  const everydayPlace = everyday.test(upTo);
  if (everydayPlace && !others.test(clause)) return isOwn() && !/\b(?:vacation|visit\w*|trip|weekend)\b/i.test(text);
  if (seeks.test(upTo)) return !seeksElsewhere.test(clause) && isAsserted(text, match.index);
  if (
    homely.test(upTo) &&
    !/\b(?:his|her|their|your|old|first|childhood|former|parents'?|grandma's|was|were|sold|if)\b/i.test(clause)
  )
    return isOwn();
  if (
    notHere.test(clause) ||
    /\b\w{3,}ed\b/.test(
      clause.replace(
        /\b(?:married|divorced|retired|based|located|tired|separated|widowed|need|speed|feed|seed|bed|red|weed|stuck|snowed|iced|self[- ]employed|located|stranded|raised|bred|sacred|hundred|kindred|employed|laid)\b/gi,
        '',
      ),
    )
  )
    return false;
  if (
    !/^ ?(?:[.,;!?)(]|$|(?:and|so|but|with|where|for|that|is|are|since|area|right|now|today|this|heat|cold|weather|winters?|summers?|traffic|who|we|i|it|again|because|as|going|while|slow|all|has)\b|[-–—])/i.test(
      after,
    )
  )
    return false;
  return isOwn();

  function isOwn(): boolean {
    return (
      (first.test(clause) && isAsserted(text, match.index) && isOwnClause(sentence, match.index)) ||
      isProfile(sentence) ||
      isFragment()
    );
  }
  /** A clause without its subject, of no other: "Snowed in again in Utica". */
  function isFragment(): boolean {
    return (
      !/^\W*(?:the|an?|this|that|these|those|there|it|every|no|some|any|why|where|which|who|is|are|does|do|did|has|it's|there's|one|lost|found|for sale|wanted|free)\b/i.test(
        clause,
      ) &&
      clause.trim() !== '' &&
      !/\b(?:is|are|has|was|were|n't)\b/.test(clause) &&
      isOwnClause(sentence, match.index) &&
      isAsserted(text, match.index) &&
      !/^[A-Z][a-z]+ (?:[A-Z][a-z]+ )?(?:[a-z]+s|[a-z]+ed)\b/.test(
        clause.replace(/^(?:Kids|Always|Just|Still|This|Thanks|Dogs)\b/, 'x'),
      )
    );
  }
}
