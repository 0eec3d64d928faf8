import type { UsPlaces } from './lexicons.js';
import type { Cue, Sentence } from './reading.js';
import { claimAt, iAm, isAsserted, matchesOf, mentionsAny, phrase, triggerWords } from './reading.js';

/** A place with its state and region. */
interface Place {
  /** As it is printed: "Ohio", "Cleveland, Ohio". */
  readonly title: string;
  readonly region: string;
  readonly isState: boolean;
}

/** Finds the first place of a text that begins where somebody says where they live. */
type FindPlace = (text: string) => { place: Place; end: number } | undefined;

const adverb = '(?:(?:still|now|currently|just|actually|only|mostly|both|all) )?';
const home =
  'house|apartment|place|home|neighborhood|street|yard|farm|town|church|shop|store|trailer|landlord|condo|duplex|parish|congregation|garden|clinic|school|office|cabin|kitchen|porch';

/** Each ends where the place is to follow. `near` allows "outside" and the like. */
const openers: readonly { pattern: RegExp; status: 'stated' | 'inferred'; statement: string }[] = [
  {
    pattern: phrase(
      `(?:\\b(?:i|we)(?: \\w+ and i)?(?:'ve always|'ve| have always| have)? |^(?:and )?)${adverb}lived? ${adverb}(?:(?:out|down|up|over|back|right|here|just|way|alone|together|with \\w+ \\w+|on \\w+ \\w+) ){0,2}(?:in|near|outside(?: of)?|around|at|on)\\b`,
    ),
    status: 'stated',
    statement: 'Lives',
  },
  {
    pattern: phrase(
      `\\b(?:i(?:'m|m| am)|we(?:'re| are)) ${adverb}(?:living|based|located|settled|from|born and raised) (?:here |out |down |up )?(?:in|near|outside(?: of)?)\\b`,
    ),
    status: 'stated',
    statement: 'Lives',
  },
  {
    pattern: phrase(
      "\\b(?:i(?:'ve| have)|we(?:'ve| have)|^) ?been in (?=.{3,24} (?:for|since|all|my whole|going on|\\d+))",
    ),
    status: 'stated',
    statement: 'Lives',
  },
  { pattern: phrase('\\b(?:up |down |out |back |over |right )?here in\\b'), status: 'stated', statement: 'Lives' },
  {
    pattern: phrase(`\\b(?:my|our) (?:\\w+ )?(?:${home}) (?:here )?(?:is )?(?:just )?(?:in|outside(?: of)?|near)\\b`),
    status: 'inferred',
    statement: 'Has a home or a regular place',
  },
  {
    pattern: phrase(
      "(?:\\b(?:i|we)(?:'ve| have)? |^)(?:just |recently |finally )?moved (?:\\w+ ){0,2}?(?:back |here |out |down |up |over )?to\\b",
    ),
    status: 'inferred',
    statement: 'Moved',
  },
  {
    pattern: phrase(
      "\\bi (?:work|teach|drive|weld|cook|preach|farm|ranch|deliver|clean|own|run|manage) (?:[a-z0-9',-]+ ){0,8}?(?:in|outside(?: of)?|near)\\b",
    ),
    status: 'inferred',
    statement: 'Works',
  },
  {
    pattern: phrase(`${iAm} an? (?:[a-z'-]+ ){1,8}?(?:in|outside(?: of)?|near|out of)\\b`),
    status: 'inferred',
    statement: 'Lives or works',
  },
  { pattern: phrase('\\bwhere (?:i|we) live,? (?:here )?(?:in)?\\b'), status: 'stated', statement: 'Lives' },
  { pattern: phrase("\\bwe(?:'re|re| are) in\\b"), status: 'inferred', statement: 'Lives' },
];

/** Travel, the past and plans: the place is not where the writer lives. */
const elsewhere =
  /\b(?:visit\w*|vacation|trip|conference|weekend|this week|last week|tonight|layover|airport|for (?:work|school|college)|used to|years ago|back then|as a (?:kid|child|boy|girl)|growing up|grew up|when (?:i|we) (?:was|were|lived|first|got)|army|navy|stationed|until|before)\b/i;

/** Region of residence from places that the writer names as home. */
export function placeReader(places: UsPlaces): (all: readonly Sentence[]) => Cue[] {
  const find = placeFinder(places);
  const triggers = triggerWords(
    [...places.states, ...places.cities].map(({ name }) => name),
    places.states.map(({ code }) => code),
  );
  return (all) =>
    readPlaces(
      all.filter((sentence) => mentionsAny(sentence, triggers)),
      find,
    );
}

function readPlaces(all: readonly Sentence[], find: FindPlace): Cue[] {
  const cues: Cue[] = [];
  for (const sentence of all)
    for (const { pattern, status, statement } of openers)
      for (const match of matchesOf(sentence.text, pattern)) {
        // "i lived in" without "have" is the past.
        if (/\b(?:i|we) (?:\w+ )?lived\b/i.test(match[0]) || /^lived/i.test(match[0])) continue;
        if (!isAsserted(sentence.text, match.index) || elsewhere.test(sentence.text)) continue;
        const from = match.index + match[0].length;
        const found = find(sentence.text.slice(from, from + 90));
        if (!found || (statement === 'Lives' && status === 'inferred' && !found.place.isState)) continue;
        cues.push(placeCue(sentence, match, found, statement, status));
      }
  return cues;
}

function placeCue(
  sentence: Sentence,
  match: RegExpExecArray,
  { place, end }: NonNullable<ReturnType<FindPlace>>,
  statement: string,
  status: 'stated' | 'inferred',
): Cue {
  const text = sentence.text.slice(match.index, match.index + match[0].length + end);
  const preposition = /\b(?:outside|near|close to|suburbs?|hours?|minutes|miles)\b/i.test(text) ? 'near' : 'in';
  const link = statement === 'Moved' ? 'to' : preposition;
  const whole = Object.assign([text], { index: match.index, input: sentence.text }) as unknown as RegExpExecArray;
  return {
    variable: 'region',
    value: place.region,
    order: sentence.order,
    date: sentence.date,
    claim: claimAt(sentence, whole, {
      dimension: 'demographics',
      statement: `${statement} ${link} ${place.title}.`,
      status,
    }),
  };
}

/** Words that end the naming of a place. */
const stop =
  /^(?:and|but|with|because|when|so|to|from|who|while|than|where|i|we|he|she|they|is|are|was|were|that|which|if|or|not)$/i;

/** Looks up runs of up to three words. "City, State" counts as the state; a comma ends the search unless a state follows. */
function placeFinder({ states, cities }: UsPlaces): FindPlace {
  const byCode = new Map(states.map((state) => [state.code, state]));
  const known = new Map<string, Place>();
  for (const { name, state } of cities) {
    const { name: stateName, region } = byCode.get(state)!;
    known.set(name.toLowerCase(), {
      title: name.startsWith(stateName) ? name : `${name}, ${stateName}`,
      region,
      isState: false,
    });
  }
  for (const { name, region } of states)
    if (name !== 'Washington') known.set(name.toLowerCase(), { title: name, region, isState: true });
  known.set('washington state', { title: 'Washington State', region: 'West', isState: true });

  return (text) => {
    const tokens = [...text.matchAll(/[A-Za-z][A-Za-z.'-]*|[,;:!?()]/g)];
    for (let k = 0; k < tokens.length; k++) {
      const token = tokens[k]![0];
      if (stop.test(token) || /^[;:!?)]$/.test(token)) return undefined;
      if (token === ',' || token === '(') {
        const state = placeAt(k + 1);
        return state?.place.isState ? state : undefined;
      }
      const found = placeAt(k);
      if (found) return stateAfter(found) ?? found;
      // A full stop that is no abbreviation ends the sentence.
      if (/[a-z]{4,}\.$/.test(token)) return undefined;
    }
    return undefined;

    function placeAt(k: number): { place: Place; end: number; next: number } | undefined {
      for (let n = Math.min(3, tokens.length - k); n >= 1; n--) {
        const run = tokens.slice(k, k + n);
        const last = run.at(-1)!;
        const name = run
          .map(([word]) => word)
          .join(' ')
          .toLowerCase();
        for (const candidate of [name, name.replace(/[.'-]+$/, ''), name.replace(/'s$/, '')]) {
          const place = known.get(candidate);
          if (place) return { place, end: last.index + candidate.length - name.length + last[0].length, next: k + n };
        }
        const code = n === 1 && /^[A-Z]{2}\.?$/.test(run[0]![0]) ? byCode.get(run[0]![0].slice(0, 2)) : undefined;
        if (code && k > 0)
          return { place: { title: code.name, region: code.region, isState: true }, end: last.index + 2, next: k + 1 };
      }
      return undefined;
    }

    function stateAfter({ place, next }: { place: Place; next: number }): { place: Place; end: number } | undefined {
      const after = tokens[next]?.[0] === ',' ? next + 1 : next;
      const state = place.isState ? undefined : placeAt(after);
      return state?.place.isState
        ? { place: { ...state.place, title: `${place.title.split(',')[0]!}, ${state.place.title}` }, end: state.end }
        : undefined;
    }
  };
}
