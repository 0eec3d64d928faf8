import type { LifeLexicon } from './lexicons.js';
import { isAsserted, isOwnClause, isSupposed } from './assertion.js';
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
  /\b(?:hate[ds]?|hating|sold|selling|saw|seen|see|heard|hear|met|needs?|wants?|wanted|wanna|wish|should|considering|thinking about|looking (?:at|into)|afraid|allergic|tired of|quit|never|lost|stole|stolen|ordered|order|ate|eat|eating|tasted|price|prices|picture of|hit by|behind a|next to|past the|near the|near a|instead of|too old for|security|ring|doorbell|phone|speed|body|dash|traffic|cell|zoom|rent|tax|fee|tuition|rate|customers?|clients?|students?|teach(?!ing me)\w*|coach\w*|lawsuit|stuffed|watched|watching (?:a|the)|happy|video|botanical|beer|zoological|olive)\b[^,.;:!?]{0,30}$/i;
/** After it: a shop, a person, or a thing for somebody else. */
const notIt =
  /^(?:'s\b|[ -](?:stores?|shops?|guy|lady|teachers?|instructors?|rental|rentals|department|aisle|people|nerds?|players?|fans?|hero|solo|parking|accident|noise|ban|lanes?|center|fundraiser|the (?:web|net|internet|radio|channels)|(?:run|session)? ?of (?:the|sex|law|friends|tv)|for (?:compliments|clues|(?:my|our) (?:son|daughter|kid|kids|nephew|niece|grandson|granddaughter|husband|wife|brother|sister|mom|dad|boyfriend|girlfriend)\w*)|in (?:debt|paperwork|laundry|work|emails?)|stocks?|sitting in|was stolen|is (?:boring|stupid|not a sport|dumb|overrated|dangerous))\b)/i;
/** Beside a verb of many meanings: how often, how far, where. */
const habitually =
  /^(?:ing)? ?(?:[\w'-]+ ){0,6}?(?:every|each|daily|nightly|most (?:days|mornings|nights|weekends|evenings)|on (?:weekends|saturdays?|sundays?|mondays?|fridays?)|mornings|weekends|\d+ (?:miles|laps|days|times|k|mi|mornings|pages|hours|books)|(?:two|three|four|five|six|ten|twelve|twenty) (?:miles|laps|days|times|mornings|a week|books)|a (?:mile|lap)|before (?:work|bed|dawn|sunrise)|after (?:work|dinner|supper)|for (?:fun|pleasure|an hour|exercise)|to (?:relax|unwind|decompress)|at \d|these days|from \w+ to|the (?:\w+ )?(?:trail|towpath|loop|canal|parkway)|(?:with|along) my|at (?:the (?:lake|y|ymca|pool|rink|river|track|park|gym)|dawn|sunrise))\b/i;
const unhabitual =
  /^ (?:[\w'-]+ ){0,3}?(?:bus|train|subway|metro|elevator|uber|errands|late|out of|into|for (?:office|mayor|city)|register|business|department|company|store|shop|route|shift|report|reports|email|emails|dishwasher|laundry|meeting|test|tests|numbers|article|comments|post|thread|sign|paycheck|check|blood|conclusions|straws?)\b/i;
const learning =
  /\b(?:i|we|and|just|finally|i've|been) ?(?:am |'m |been )?(?:just |finally |also |still |really )?(?:learn(?:ed|ing)? (?:how )?to|(?:love|like) to|love|loves|enjoy|started|took up|taking up|into|live for|teaching me(?: how)?(?: to)?|taught (?:me|myself)(?: how)? to|get to|go|went|going) (?:to |going |really )?$|^(?:learn(?:ed|ing) (?:how )?to|started|took up|love|enjoy) $/i;
/** What happens to a thing that is done regularly, in a sentence without a subject: "choir rehearsal ran late again". */
const event =
  /^(?: (?:practice|rehearsal|class|night|lesson|session|game|meeting|meetup))? (?:done|today|tonight|tomorrow|again|(?:this|last) (?:morning|weekend|week|night)|in the (?:rain|snow|dark|heat|cold|books|garage|basement|driveway)|ran late|ran long|day \d|every|at (?:dawn|\d)|went (?:well|great|long)|was (?:brutal|great|rough|cancel\w*)|came in|are in\b|are ripe|bloomed|sprouted|hatched|are laying|(?:is|are) blooming|made it through|till|until|after work|before work|has me|had me|kicked my)\b/i;
const heading =
  /(?:^\W*|[,;.(–—] ?)(?:(?:the|my|our|today's|tonight's|sunday|saturday|friday|weekly|another|first|last|long|early|morning|evening|night|late|some) ){0,3}$/i;
const ownVerb =
  /(?:\b(?:i|we|i'm|i've|we've|we're|i'd)|^|[,;.(–—] ?|\b(?:and|but|so))(?: (?:just|still|mostly|usually|also|even|actually|always|often|finally|been|only|have|do))*\s*$/i;

/** "Ham radio guy here." */
const devotee =
  /^ (?:guy|gal|nerd|geek|person|nut|junkie|addict|girl|dude|mom|dad|lady|enthusiast|hobbyist|lover|player|fan) (?:here|since|for|checking in)\b/i;

/** "Spent the weekend restoring a radio". */
const pastime =
  /(?:\bi(?:'ve)? |^\W*|[,;.] ?)(?:just |have |usually |always |like to )?spen(?:t|d) (?:the|my|all|a|most of the|most of my|every|half the|this|too many|way too many) (?:whole |entire |free |spare |long |day )?(?:weekends?|days?|evenings?|mornings?|afternoons?|saturdays?|sundays?|nights?|time|summers?|winters?|hours?)(?: on| off)? ((?!work|clean|driv|cry|wait|mov|pack|argu|watch|sleep|look|try|do|gett|be|feel|deal|fight|recover|grad|study|help|fix|talk|think|worry|search|explain|sitt|ly|hav|mak|tell|listen|stand|visit|shop|call|text|scroll|pretend|avoid|wonder|wish|convinc|troubleshoot|unclog|puk|throw|hold|stuck|reinstall|debugg)[a-z]+ing(?: [\w'&-]+){1,5}?)(?= ?[.,;!?]| ?$| (?:and|but|while|because|in|on|at|with|instead|which|so|for)\b)/i;

function pastimes(sentence: Sentence): Sign[] {
  const match = pastime.exec(sentence.text);
  if (!match || !isOwnAct(sentence, match.index, match.index + match[0].length, match.index + match[0].length))
    return [];
  const said = match[1]!.toLowerCase().replace(/\bmy\b/g, 'their');
  const end = match.index + match[0].length;
  return [{ topic: said, statement: `Spends free time ${said}.`, start: end - match[1]!.length, end }];
}

/** Reads what people do in free time from the words that go with it: "ran out of yarn", "caught a walleye", "I ride every day". */
export function hobbySignReader({ hobbies }: LifeLexicon): (sentence: Sentence) => Sign[] {
  const signs = wordIndex(
    hobbies.flatMap(({ statement, signs: list = [], verbs = [], doing = [] }) =>
      [...list, ...verbs.flatMap(forms), ...doing.filter((form) => form.includes(' '))].map(
        (word): [string, string] => [word, statement],
      ),
    ),
  );
  const habits = wordIndex(
    hobbies.flatMap(({ statement, habits: verbs = [] }) =>
      verbs.flatMap(forms).map((word): [string, string] => [word, statement]),
    ),
  );
  return (sentence) => [
    ...[
      ...signs.find(sentence).filter((found) => isPractised(sentence, found)),
      ...habits.find(sentence).filter((found) => isHabit(sentence, found)),
    ].map(({ value, said, start, end }) => ({
      topic: value,
      statement: value.toLowerCase().includes(said) ? value : `${value.replace(/\.$/, '')} (${said}).`,
      start,
      end,
    })),
    ...pastimes(sentence),
  ];
}

/** "Hiked Angels Landing", "hiking with my sister": a verb, not the subject of "Hiking is overrated". */
const isVerb = (text: string, start: number, end: number): boolean =>
  /(?:ed|ing|swam|ran|rode|skied)$/i.test(text.slice(start, end).split(' ')[0]!) &&
  (!/ing$/i.test(text.slice(start, end).split(' ')[0]!) ||
    /^ (?:my|with|in|at|the|again|through|around|from|until|till|to)\b/i.test(text.slice(end)));

const isPractised = (sentence: Sentence, { start, end }: Found<string>): boolean => {
  const { text } = sentence;
  const before = text.slice(Math.max(0, start - 60), start);
  if (devotee.test(text.slice(end, end + 40)) && isHeading(sentence, start)) return true;
  return (
    !undone.test(before) &&
    !notIt.test(text.slice(end, end + 40)) &&
    (isOwnAct(sentence, start, end, isVerb(text, start, end) ? end : start) ||
      (event.test(text.slice(end, end + 60)) && isHeading(sentence, start)))
  );
};

/** Whether what begins at `start` is what a sentence without a person is about. */
const isHeading = (sentence: Sentence, start: number): boolean => {
  const match = heading.exec(sentence.text.slice(0, start));
  return (
    match !== null &&
    isAsserted(sentence.text, start) &&
    !isSupposed(sentence, start) &&
    isOwnClause(sentence, match.index + /^\W*/.exec(match[0])![0].length)
  );
};

const isHabit = (sentence: Sentence, { start, end }: Found<string>): boolean => {
  const { text } = sentence;
  const before = text.slice(Math.max(0, start - 40), start);
  const after = text.slice(end, end + 60);
  if (undone.test(before) || notIt.test(after) || unhabitual.test(after)) return false;
  if (learning.test(before)) return isOwnAct(sentence, start, end);
  return ownVerb.test(before) && habitually.test(after.trimStart()) && isOwnAct(sentence, start, end, end);
};
