import { isOwnClause, isSupposed } from './assertion.js';
import type { AgeCue } from './age.js';
import { capitalized, groups } from './ethnicity.js';
import type { UsPlaces } from './lexicons.js';
import { numberOf } from './numbers.js';
import { placeFinder } from './place-finder.js';
import { claimAt, describing } from './reading.js';
import type { Cue, Sentence } from './reading.js';
import { female, male } from './sex.js';

/** What a piece of a list says; `kind` alone where it only helps to see that the list is about a person. */
interface Told {
  readonly kind: 'age' | 'sex' | 'marital_status' | 'region' | 'race' | 'hispanic' | 'other';
  readonly value?: string;
  readonly statement?: string;
}

/** A part of a list with its place in its sentence. */
interface Piece {
  readonly sentence: Sentence;
  readonly text: string;
  readonly index: number;
}

/** What lists about the writer tell: "F/29/Chicago", "Nurse. Mom of 2. Ohio.", "white, female, 47". */
export interface ProfileFacts {
  readonly cues: readonly Cue[];
  readonly ages: readonly AgeCue[];
}

const separator = /[,;|•()\n]|:(?=\s|$)|(?<!\by)\/(?=[^\s/])|\.(?=\s|$)|\s[-–—~]\s|\s(?:&|w\/)\s|!+/;
/** Words that no piece of a list has: then it is a clause, and the list ends. */
const clause =
  /(?:^|\s)(?:he|he's|she|she's|they|they're|you're|we're|you|your|his|her|their|him|them|who|my|our|congrats|congratulations|meet|was|were|is|are|am|has|had|have|said|says|it|it's|its|i|i'm|we|the(?! (?:bronx|bay|south|midwest|northeast|pnw|upper|twin|rockies|deep))|this|that|when|if|but|because|so|got|gets|vs|or|every|some|your|dear|will|would|can)(?:\s|$)/i;
const lead =
  /^(?:i'm |im |i am |just |only |an? |proud |currently |also |still |now |about me |bio |me |hi |hello |hey )+/;
const tail = / (?:here|lol|y'all|checking in|still|now|today|haha)$/;
const agePiece =
  /^(?:age |aged |almost )?(\d\d|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty)(?:[- ]\w+)?)(?: ?(?:yo|y\.o|yrs?(?: old| young)?|years? (?:old|young)|something))?$/;
const tag = /^(?:(\d\d) ?([mf])|([mf]) ?(\d\d))$/;
const marital =
  /^(?:(?:happily|newly|recently|still|been|twice|thrice|legally|freshly|long|very|not so|finally) )*(married|divorced|divorcee|widowed|widow|widower|separated|never(?: been)? married|remarried)(?: (?:with|to|for|since|twice|once|\d+|two|three|four|five|no|and|mom|mother|dad|father|woman|man|guy|lady|couple)\b.*)?$/;
const children =
  /^(?:(?:no|\d|one|two|three|four|five|six|seven) (?:\w+ )?(?:kids?|children|boys|girls|sons|daughters|dogs?|cats?|grandkids)|child-?free|no kids|(?:\w+ )?parent(?: of .*)?)$/;
/** Nouns for people at work or at something, by their endings. */
const work =
  /(?:er|or|ist|ian|man|woman|ant|eer|ee|ess|nurse|cook|chef|vet|veteran|clerk|cop|tech|student|grad|alum|rn|lpn|cna|teacher|sahm|pastor|coach|nerd|geek|lover|fan|addict|owner|buff|junkie|enthusiast|gay|straight|bi|queer|trans|christian|catholic|atheist|jewish|muslim|mormon|single|retired|disabled|unemployed|introvert|extrovert|sober|vegan|infj|intj|infp|self[- ]employed|employed)$/;
/** Number words and things that such endings are also found on. */
const noWork =
  /^(?:number|order|chapter|paper|over|under|after|never|ever|however|summer|winter|dinner|water|weather|computer|either|other|another|together|rather|per|later|river|letter|her|member|number|offer|color|floor|door|motor|error|mirror|for|or|nor|list|best|worst|first|last|west|east|fee|coffee|free|see|three|tree|less|yes|guess|dress|mess|best|twist|quarter|corner|paper|super|power|dear|tier|poster|player|burger|pepper|butter|sugar|shower|flower|tower|october|november|december|september|plant|restaurant|want|giant|great|fast|cast|least|can|than|plan|better|center|answer|whatever|forever|trailer|roller|cover|cleaner|washer|dryer|heater|cooler|freezer)$/;
/** Lists about persons in the news and persons sought. */
const notOwn =
  /\b(?:arrested|charged|suspect|missing|obituary|wanted|seeking|looking for|searching for|convicted|sentenced|killed|injured|starring|nominee|candidate|ages?|degrees|sunny|rain|cloudy|snow|kickoff|final|score|chapter|room|suite|apt|floor|vs|casting|speed dating|retires|dies|wins|joins|faces|pleads|sues)\b|\d\d (?:and|&|or) (?:up|over|older|under|above|younger)\b|\b\d\d\/\d\d\b(?!\/)|^\W*(?:lost|found|for sale|adopt\w*|free|wts|wtb)\b/i;

const describers = new RegExp(`^${describing}$`, 'i');
const raceOf = new Map(
  groups.flatMap(({ words, variable, value }) =>
    words
      .split('|')
      .flatMap((word) => [word.replace('[- ]', ' '), word.replace('[- ]', '-')])
      .map((word) => [word, { variable, value }] as const),
  ),
);
const womanly = new Set([...female.split('|'), 'f', 'fem', 'wahm', 'mother', 'sahm', 'sahw']);
const manly = new Set([...male.split('|'), 'm', 'sahd']);

/** Reads lists about the writer; at least two pieces must tell something of a person, of different kinds. */
export function profileReader(places: UsPlaces): (all: readonly Sentence[]) => ProfileFacts {
  const find = placeFinder(places);
  return (all) => {
    const cues: Cue[] = [];
    const ages: AgeCue[] = [];
    for (const pieces of lists(all)) {
      const told = pieces.map((piece) => ({ piece, facts: factsOf(piece.text.toLowerCase(), piece.text) }));
      const kinds = new Set(told.flatMap(({ facts }) => facts.map(({ kind, value }) => (value ? kind : 'other'))));
      const marks = told.filter(({ facts }) => facts.length > 0).length;
      // Two words about a person may be an address: "Rest, mom."
      const isAddress = marks === 2 && kinds.size === 2 && kinds.has('sex') && kinds.has('other');
      if (marks < 2 || kinds.size < 2 || isAddress) continue;
      for (const { piece, facts } of told)
        for (const { kind, value, statement } of facts) if (value !== undefined) add(piece, kind, value, statement!);
    }
    return { cues, ages };

    function add({ sentence, text, index }: Piece, kind: Told['kind'], value: string, statement: string): void {
      const match = Object.assign([text], { index, input: sentence.text }) as unknown as RegExpExecArray;
      const claim = claimAt(sentence, match, { dimension: 'demographics', statement, status: 'stated' });
      const { date, order } = sentence;
      if (kind === 'age') ages.push({ years: Number(value), date, claim });
      else cues.push({ variable: kind, value, order, date, claim });
    }
  };

  /** What one piece says; empty if nothing about a person. */
  function factsOf(lower: string, written: string): Told[] {
    const text = lower.replace(lead, '').replace(tail, '').trim();
    if (text === '') return [];
    const tagged = tag.exec(text);
    if (tagged) {
      const letter = tagged[2] ?? tagged[3]!;
      return [ageOf(tagged[1] ?? tagged[4]!), sexOf(letter === 'f' ? 'female' : 'male', letter)].flat();
    }
    const agedWith = /^(\d\d)[- ]?(?:yo|y\/o|years?[- ]old|yrs?[- ]old) (.+)$/.exec(text);
    if (agedWith) {
      const rest = factsOf(agedWith[2]!, agedWith[2]!);
      return rest.length === 0 ? [] : [...ageOf(agedWith[1]!), ...rest];
    }
    const aged = agePiece.exec(text);
    if (aged) return ageOf(aged[1]!);
    const status = marital.exec(text)?.[1];
    if (status) {
      const sex = /^(?:widow|widower|divorcee)$/.test(status)
        ? sexOf(status === 'widower' ? 'male' : 'female', status)
        : [];
      const value = status.startsWith('widow')
        ? 'widowed'
        : status.startsWith('never')
          ? 'never married'
          : status.replace('divorcee', 'divorced').replace('remarried', 'married');
      return [
        { kind: 'marital_status', value, statement: value === 'never married' ? 'Never married.' : `Is ${value}.` },
        ...sex,
        ...nounSex(text),
      ];
    }
    if (/^(?:not|non)[- ](?:hispanic|latin[aox])/.test(text))
      return [{ kind: 'hispanic', value: 'Not Hispanic', statement: 'Is not Hispanic.' }];
    if (/^(?:not|non|no)\b/.test(text) && !children.test(text)) return [];
    const origin = originOf(text);
    const sexed = nounSex(text);
    if (origin.length + sexed.length > 0) return [...origin, ...sexed];
    if (children.test(text)) return [{ kind: 'other' }];
    const named = written
      .trim()
      .replace(lead, '')
      .replace(/^(?:(?:living |based |located |residing |hailing |born and raised |out )?(?:in|from|near) )/i, '');
    const place = find(`in ${named}`, false);
    if (place && place.end >= named.length + 2)
      return [{ kind: 'region', value: place.place.region, statement: `Lives in ${place.place.title}.` }];
    const last = text.split(' ').at(-1)!;
    return (work.test(last) && !noWork.test(last)) || describers.test(text) || /^zone \d/.test(text)
      ? [{ kind: 'other' }]
      : [];
  }
}

const sexOf = (value: 'female' | 'male', noun: string): Told[] => [
  {
    kind: 'sex',
    value,
    statement:
      noun.length === 1
        ? `Is ${value} (${noun.toUpperCase()}).`
        : /^(?:fe)?male$/.test(noun)
          ? `Is ${noun}.`
          : `Is ${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}.`,
  },
];

function ageOf(written: string): Told[] {
  const years = numberOf(written.replace('-', ' ')) ?? 0;
  return years < 13 || years > 99 ? [] : [{ kind: 'age', value: String(years), statement: `Is ${years} years old.` }];
}

/** The sex of "tired single mom of 2", if all words before the noun describe people. */
function nounSex(text: string): Told[] {
  const phrase = text.replace(/ (?:of|to|from|in|with|x ?\d|since|for|by) ?.*$/, '').replace(/ x\d$/, '');
  const words = phrase.split(' ');
  for (const n of [1, 2]) {
    const noun = words.slice(-n).join(' ');
    const before = words.slice(0, -n);
    const value = womanly.has(noun) ? 'female' : manly.has(noun) ? 'male' : undefined;
    if (value && before.length <= 4 && describe(before)) return sexOf(value, noun);
  }
  return [];
}

/** Whether all words describe people, one by one or two by two. */
const describe = (words: readonly string[]): boolean =>
  words.every(
    (word, k) =>
      describers.test(word) ||
      raceOf.has(word) ||
      /^\d\d$|^and$/.test(word) ||
      [words.slice(k, k + 2), words.slice(Math.max(0, k - 1), k + 1)].some(
        (two) => two.length === 2 && (describers.test(two.join(' ')) || raceOf.has(two.join(' '))),
      ),
  );

/** "Black", "Mexican American", "white woman". */
function originOf(text: string): Told[] {
  const words = text.replace(/ (?:of|to|from|in|with|on) .*$/, '').split(' ');
  for (const n of [3, 2, 1])
    for (let k = 0; k + n <= words.length; k++) {
      const name = words.slice(k, k + n).join(' ');
      const group = raceOf.get(name);
      if (!group || !describe(words.slice(0, k))) continue;
      const rest = words.slice(k + n);
      if (rest.length > 0 && nounSex(rest.join(' ')).length === 0 && !work.test(rest.at(-1)!) && rest[0] !== 'american')
        continue;
      return [{ kind: group.variable, value: group.value, statement: `Is ${capitalized(name)}.` }];
    }
  return [];
}

/** Lists at the beginning of sentences, and runs of short sentences. */
function lists(all: readonly Sentence[]): Piece[][] {
  const found: Piece[][] = [];
  let run: Piece[] = [];
  let post = '';
  for (const sentence of all) {
    const { pieces, whole } = leading(sentence);
    if (sentence.post !== post || pieces.length === 0) run = [];
    post = sentence.post;
    if (pieces.length === 0) continue;
    if (run.length > 0) run.push(...pieces);
    else {
      if (!isOwn(sentence)) continue;
      found.push((run = [...pieces]));
    }
    if (!whole) run = [];
  }
  return found;
}

/** The sentence before is about somebody else. */
const aboutOther =
  /^\W*(?:he|she|they|his|her|their|(?:my|our) (?:[\w-]+ ){1,3}(?:is|was|has|had|got|just|works?|lives?|turned|says|said)|[A-Z][a-z]+ (?:is|was|has|said|got)|congrat\w*)\b/i;
/** "I'm 38, mom.": somebody is spoken to. */
const address =
  /^\W*(?:i'm|im|i am) [\w ]+, (?:mom|mama|mum|dad|daddy|man|dude|girl|guy|lady|bro|brother|sister|son|boy)\W*$/i;

const isOwn = (sentence: Sentence): boolean =>
  isOwnClause({ ...sentence, previous: '' }, 0) &&
  !aboutOther.test(sentence.previous) &&
  !address.test(sentence.text) &&
  !isSupposed(sentence, 0) &&
  !notOwn.test(sentence.text) &&
  !notOwn.test(sentence.previous.slice(-60));

/** The pieces of the list that a sentence begins with; `whole`: it has nothing else. */
function leading(sentence: Sentence): { pieces: Piece[]; whole: boolean } {
  const pieces: Piece[] = [];
  let start = 0;
  const { text } = sentence;
  if (text.length > 400) return { pieces, whole: false };
  for (const part of text.split(separator)) {
    const index = text.indexOf(part, start);
    start = index + part.length;
    const bare = part.trim();
    if (bare === '') continue;
    const words = bare.replace(lead, '').split(/\s+/);
    const asName =
      pieces.length === 0 &&
      /^[A-Z][a-z]+ (?:[A-Z]\.? )?[A-Z][a-z]+$/.test(bare) &&
      !/^(?:Proud|Single|Retired|Married|Divorced)/.test(bare);
    const afterColon = pieces.length === 0 && text[start] === ':';
    if (
      afterColon &&
      (words.length > 3 || clause.test(bare)) &&
      !/\b(?:he|she|they|his|her|their|you|your)\b/i.test(bare)
    )
      continue;
    if (
      words.length > 7 ||
      (clause.test(bare.replace(/^(?:I'm|i'm|im|I am|i am) /, '')) && words.length > 0) ||
      bare.includes('·')
    )
      return { pieces, whole: false };
    if (asName && !raceOf.has(bare.toLowerCase())) return { pieces: [], whole: false };
    pieces.push({ sentence, text: bare, index: index + part.indexOf(bare) });
  }
  return { pieces, whole: true };
}
