import type { LifeLexicon } from './lexicons.js';
import { isOwnClause } from './assertion.js';
import { isOwnAct } from './own-acts.js';
import type { Sentence } from './reading.js';
import { wordIndex } from './word-index.js';
import type { Found } from './word-index.js';

/** A word that tells of the writer's life, where it stands. */
export interface Sign {
  readonly topic: string;
  readonly statement: string;
  readonly start: number;
  readonly end: number;
}

const pasts: Readonly<Record<string, string>> = {
  run: 'ran',
  swim: 'swam',
  ride: 'rode',
  read: 'read',
  sing: 'sang',
  draw: 'drew',
  weave: 'wove',
  sew: 'sewed',
};
/** Base, past and -ing of a verb. */
function forms(verb: string): string[] {
  const doubled = /^(?:jog|run|swim|sketch(?=x)|spar|thrift(?=x)|blog)$/.test(verb) ? verb + verb.at(-1)! : verb;
  const ing = verb.endsWith('e') && !/[oe]e$/.test(verb) ? `${verb.slice(0, -1)}ing` : `${doubled}ing`;
  const past = pasts[verb] ?? (verb.endsWith('e') ? `${verb}d` : `${doubled}ed`);
  return [verb, past, ing];
}

/** Before the thing, in its clause: it is not done, not the writer's, or only seen, eaten or wished for. */
const undone =
  /\b(?:hate[ds]?|hating|sold|selling|saw|seen|see|heard|hear|met|needs?|wants?|wanted|wanna|wish|should|considering|thinking about|looking (?:at|into)|afraid|allergic|tired of|quit|never|lost|stole|stolen|ordered|order|ate|eat|eating|tasted|price|prices|picture of|hit by|behind a|next to|past the|near the|near a|instead of|too old for|security|ring|doorbell|phone|speed|body|dash|traffic|cell|zoom|rent|tax|fee|tuition|rate|customers?|clients?|students?|teach(?!ing me)\w*|coach\w*|lawsuit|stuffed|botanical|beer|zoological|olive)\b[^,.;:!?]{0,30}$/i;
/** After it: a shop, a person, or a thing for somebody else. */
const notIt =
  /^(?:'s\b|[ -](?:stores?|shops?|guy|lady|teachers?|instructors?|rental|rentals|department|aisle|people|nerds?|players?|fans?|hero|solo|parking|accident|noise|ban|for (?:compliments|clues|(?:my|our) (?:son|daughter|kid|kids|nephew|niece|grandson|granddaughter|husband|wife|brother|sister|mom|dad|boyfriend|girlfriend)\w*)|in (?:debt|paperwork|laundry|work|emails?)|stocks?|sitting in|was stolen|is (?:boring|stupid|not a sport|dumb|overrated|dangerous))\b)/i;
/** Beside a verb of many meanings: how often, how far, where. */
const habitually =
  /^(?:ing)? ?(?:[\w'-]+ ){0,6}?(?:every|each|daily|nightly|most (?:days|mornings|nights|weekends|evenings)|on (?:weekends|saturdays?|sundays?|mondays?|fridays?)|mornings|weekends|\d+ (?:miles|laps|days|times|k|mi|mornings|pages|hours|books)|(?:two|three|four|five|six|ten|twelve|twenty) (?:miles|laps|days|times|mornings|a week|books)|a (?:mile|lap)|before (?:work|bed|dawn|sunrise)|after (?:work|dinner|supper)|for (?:fun|pleasure|an hour|exercise)|to (?:relax|unwind|decompress)|these days|at (?:the (?:lake|y|ymca|pool|rink|river|track|park|gym)|dawn|sunrise))\b/i;
const unhabitual =
  /^ (?:[\w'-]+ ){0,3}?(?:bus|train|subway|metro|elevator|uber|errands|late|out of|into|for (?:office|mayor|city)|register|business|department|company|store|shop|route|shift|report|reports|email|emails|dishwasher|laundry|meeting|test|tests|numbers|article|comments|post|thread|sign|paycheck|check|blood|conclusions|straws?)\b/i;
const learning =
  /\b(?:i|we|and|just|finally|i've|been) ?(?:am |'m |been )?(?:just |finally |also |still |really )?(?:learn(?:ed|ing)? (?:how )?to|(?:love|like) to|love|loves|enjoy|started|took up|taking up|into|live for|teaching me(?: how)?(?: to)?|taught (?:me|myself)(?: how)? to|get to|go|went|going) (?:\w+ )?$|^(?:learn(?:ed|ing) (?:how )?to|started|took up|love|enjoy) $/i;
/** What happens to a thing that is done regularly, in a sentence without a subject: "choir rehearsal ran late again". */
const event =
  /^(?: (?:practice|rehearsal|class|night|lesson|session|game|meeting|meetup))? (?:done|today|tonight|tomorrow|again|(?:this|last) (?:morning|weekend|week|night)|in the (?:rain|snow|dark|heat|cold|books|garage|basement|driveway)|ran late|ran long|day \d|every|at (?:dawn|\d)|went (?:well|great|long)|was (?:brutal|great|rough|cancel\w*)|till|until|after work|before work|has me|had me|kicked my)\b/i;
const heading = /^\W*(?:(?:the|my|our|today's|tonight's|sunday|saturday|friday|weekly|another|first|last|long|early|morning|evening|night|late|some) ){0,3}$/i;
const ownVerb =
  /(?:\b(?:i|we|i'm|i've|we've|we're|i'd)|^|[,;.(–—] ?|\b(?:and|but|so))(?: (?:just|still|mostly|usually|also|even|actually|always|often|finally|been|only|have|do))*\s*$/i;

/** Reads what people do in free time from the words that go with it: "ran out of yarn", "caught a walleye", "I ride every day". */
export function hobbySignReader({ hobbies }: LifeLexicon): (sentence: Sentence) => Sign[] {
  const signs = wordIndex(
    hobbies.flatMap(({ statement, signs: list = [], verbs = [] }) =>
      [...list, ...verbs.flatMap(forms)].map((word): [string, string] => [word, statement]),
    ),
  );
  const habits = wordIndex(
    hobbies.flatMap(({ statement, habits: verbs = [] }) =>
      verbs.flatMap(forms).map((word): [string, string] => [word, statement]),
    ),
  );
  return (sentence) =>
    [
      ...signs.find(sentence).filter((found) => isPractised(sentence, found)),
      ...habits.find(sentence).filter((found) => isHabit(sentence, found)),
    ].map(({ value, said, start, end }) => ({
      topic: value,
      statement: value.toLowerCase().includes(said) ? value : `${value.replace(/\.$/, '')} (${said}).`,
      start,
      end,
    }));
}

const isPractised = (sentence: Sentence, { start, end, said }: Found<string>): boolean => {
  const { text } = sentence;
  const before = text.slice(Math.max(0, start - 60), start);
  return (
    (!undone.test(before) || /(?:buddy|club|group|league|team|partner)s?$/.test(said)) &&
    !notIt.test(text.slice(end, end + 40)) &&
    (isOwnAct(sentence, start, end) ||
      (heading.test(text.slice(0, start)) &&
        event.test(text.slice(end, end + 60)) &&
        isOwnClause({ ...sentence, text: text.slice(start) }, 0)))
  );
};

const isHabit = (sentence: Sentence, { start, end }: Found<string>): boolean => {
  const { text } = sentence;
  const before = text.slice(Math.max(0, start - 40), start);
  const after = text.slice(end, end + 60);
  if (undone.test(before) || notIt.test(after) || unhabitual.test(after)) return false;
  if (learning.test(before)) return isOwnAct(sentence, start, end);
  return (
    ownVerb.test(before) && habitually.test(after.trimStart()) && isOwnAct(sentence, start, end + 1) // the verb itself may be the dropped start
  );
};
