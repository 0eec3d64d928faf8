import { fold, words } from '../../text/tokens.js';
import type { Claim } from '../narrative-persona.js';
import { assertedMatches, claimAt, iOr, mentionsAny, phrase, triggerWords } from './reading.js';
import type { Sentence } from './reading.js';

const openers: readonly { pattern: RegExp; verb: string; dimension: 'interests' | 'values' | 'personality' }[] = [
  {
    pattern: phrase('\\bi (?:really |absolutely |still |just |do )?(?:love|adore) '),
    verb: 'Loves',
    dimension: 'interests',
  },
  { pattern: phrase('\\bi (?:really |still |do )?(?:enjoy) '), verb: 'Enjoys', dimension: 'interests' },
  {
    pattern: phrase("\\b(?:i(?:'m|m| am) (?:really |so )?(?:obsessed with|crazy about|a big fan of)) "),
    verb: 'Is very fond of',
    dimension: 'interests',
  },
  {
    pattern: phrase('\\bi (?:really |still |truly |do |firmly )?believe in '),
    verb: 'Believes in',
    dimension: 'values',
  },
  {
    pattern: phrase('\\bi (?:really |deeply |still |do )?(?:care about|value|respect) '),
    verb: 'Cares about',
    dimension: 'values',
  },
  {
    pattern: phrase("\\bi (?:really |absolutely |just |still )?(?:hate|can't stand|cannot stand|despise) "),
    verb: 'Dislikes',
    dimension: 'values',
  },
  { pattern: phrase("\\bi(?:'m|m| am) (?:really |so )?proud of "), verb: 'Is proud of', dimension: 'values' },
  {
    pattern: phrase("\\bi(?:'m|m| am) (?:really |so |still )?(?:scared|afraid|terrified) of "),
    verb: 'Is afraid of',
    dimension: 'personality',
  },
  {
    pattern: phrase("\\bi(?:'m|m| am) (?:really |pretty |very |so )?(?:bad|terrible) at "),
    verb: 'Is bad at',
    dimension: 'personality',
  },
  {
    pattern: phrase("\\bi(?:'m|m| am) (?:really |pretty |very |so )?good at "),
    verb: 'Is good at',
    dimension: 'personality',
  },
  { pattern: phrase('\\bi (?:always |still )?worry about '), verb: 'Worries about', dimension: 'personality' },
  // What free time goes to, in the writer's words.
  ...(
    [
      ['collect', 'Collects'],
      ['restore', 'Restores'],
      ["(?:am |'m |been )?restoring", 'Restores'],
      ["(?:am |'m |been )?collecting", 'Collects'],
      ['grow(?! up| old| apart| out| tired| into| a pair| more| weary| sick| fond| closer)', 'Grows'],
      ['paint(?! me| a picture| over| my| the| with)', 'Paints'],
      ['(?:bake|sew)(?! in| it| my| the)', 'Makes'],
      ['refinish', 'Refinishes'],
      ['carve', 'Carves'],
      ['brew', 'Brews'],
      ['sculpt', 'Sculpts'],
      ['tinker with', 'Tinkers with'],
      ['volunteer (?:at|with|for)', 'Volunteers with'],
      ['forage for', 'Forages for'],
      [
        '(?<=\\bi [a-z ]{0,16})play(?! with| around| along| it| dumb| dead| tricks| a (?:part|role|game of)| the (?:part|role|game|victim|lottery|card|long))',
        'Plays',
      ],
      ['(?:recently |just )?(?:took|taken) up', 'Has taken up'],
      [
        "(?:am into|'m into|am really into|'m really into|am getting into|'m getting into)(?! (?:it|trouble|an? (?:fight|argument|accident|car|wreck)|bed|this|that|the (?:car|habit|school|program))\\b)",
        'Is into',
      ],
      [
        "(?:am learning|'m learning|am teaching myself|'m teaching myself)(?! (?:how|that|to (?:live|love|be|let|accept|trust|deal|cope|say|not)|a lot|from|about|more|so much))",
        'Learns',
      ],
    ] as const
  ).map(([source, verb]) => ({ pattern: phrase(`${iOr}${source} `), verb, dimension: 'interests' as const })),
];

/** Adjectives with which people describe themselves; "I'm shy." says what sort of person one is. */
const selfWords =
  'shy|quiet|stubborn|private|impatient|patient|loud|bossy|organized|disorganized|messy|introverted|outgoing|nosy|competitive|cautious|superstitious|sentimental|cheap|frugal|punctual|anxious|easygoing|picky|blunt|clumsy|curious|a worrier|a perfectionist|a planner|a homebody|a night owl|a morning person|an introvert|an extrovert|a people person|a hugger|a talker|a private person|a creature of habit';
const selfPattern = phrase(
  `\\bi(?:'m|m| am) (?:just |pretty |very |really |naturally |kind of |too |such )?(${selfWords})(?= ?[.,;!?)]| ?$| (?:and|by nature|but|person)\\b)`,
);

const triggers = triggerWords(
  selfWords.split('|'),
  'love adore enjoy obsessed crazy fan believe care value respect hate stand despise proud scared afraid terrified bad terrible good worry collect restore refinish carve brew sculpt tinker volunteer grow paint bake sew restoring collecting forage play took taken got into learning learn teaching',
);

/** Most words of the thing that is loved or hated. */
const longestObject = 4;
/** Words before which the object is complete. */
const boundary = new Set(
  'and but because so when that which who if or than though since as while even more most too very how where i you we he she they it is are was were will would can just right again anymore now today every like until at for in on with to about from by after before this these those tonight tomorrow yesterday'.split(
    ' ',
  ),
);
/** Objects that begin like this point at something that was said before, or are turns of phrase. */
const opaque = new Set(
  'because it that this him her them you me us how when what where everything nothing anything something one ones every all both himself herself myself yourself these those your his their others work working being having getting getting going to the a an my our not if people who no some is was are were about and or but'.split(
    ' ',
  ),
);
const openArticles = new Set(['the', 'my', 'our', 'a', 'an', 'to', 'some']);
/** Words that no object ends with: what follows them was cut off. */
const dangling = new Set(
  'of the a an my our to for with at in on this that these some new old other first second last little big good great own when very most many few two three only same best such idea fact way thing things part kind sort lot bit rest people one stuff'.split(
    ' ',
  ),
);
/** "I love to say", "I hate to ask": manners of speaking. */
const speaking = new Set(
  'say admit ask think tell see hear be break know bother complain brag interrupt disappoint have get do spend'.split(
    ' ',
  ),
);

const notAnObject =
  /^(?:in|at|on|with|by|for|from|of|off|about|after|before|during|under|over|through|into|onto|up|out|down|around|along|together|here|there|then|so|too|very|much|least|less|even|only|really|again|yet|also|is|am|does|do|did)$/;

/** What the writer loves, hates, believes in and says of their own character, restated in the third person. */
export function stanceClaims(all: readonly Sentence[]): Claim[] {
  const claims = new Map<string, Claim>();
  const add = (statement: string, claim: Claim): void => {
    if (!claims.has(statement)) claims.set(statement, claim);
  };
  for (const sentence of all.filter((one) => mentionsAny(one, triggers))) {
    for (const { pattern, verb, dimension } of openers)
      for (const match of assertedMatches(sentence, pattern)) {
        const object = objectAfter(
          sentence.text.slice(match.index + match[0].length, match.index + match[0].length + 80),
        );
        if (object === undefined) continue;
        const whole = Object.assign([match[0] + object.source], {
          index: match.index,
          input: sentence.text,
        }) as unknown as RegExpExecArray;
        const statement = `${verb} ${object.restated}.`;
        add(statement, claimAt(sentence, whole, { dimension, statement, status: 'stated' }));
      }
    for (const match of assertedMatches(sentence, selfPattern)) {
      const statement = `Is ${match[1]!.toLowerCase()}.`;
      add(statement, claimAt(sentence, match, { dimension: 'personality', statement, status: 'stated' }));
    }
  }
  return [...claims.values()];
}

/** The noun phrase or infinitive that follows, if it ends cleanly within four words. */
function objectAfter(text: string): { source: string; restated: string } | undefined {
  const tokens: string[] = [];
  let end = 0;
  let clean = false;
  for (const { text: raw, start, end: stop } of words(text)) {
    const gap = text.slice(end, start);
    const word = fold(raw);
    if (/[^ ]/.test(gap) || (tokens.length > 0 && (boundary.has(word) || /^\d/.test(word)))) {
      clean = true;
      break;
    }
    if (tokens.length === longestObject) break;
    tokens.push(/^(?:I|[A-Z][a-z]+)$/.test(raw) && tokens.length > 0 ? raw : word);
    end = stop;
  }
  if (end === text.trimEnd().length || /^ *[^ \w]/.test(text.slice(end))) clean = true;
  const [first, second] = tokens;
  if (!clean || first === undefined || dangling.has(tokens.at(-1)!.toLowerCase())) return undefined;
  if (opaque.has(first) && !(openArticles.has(first) && second !== undefined && !opaque.has(second))) return undefined;
  // A thing, a doing or an infinitive: not "what I hate in life".
  if (notAnObject.test(first)) return undefined;
  if (first === 'to' && (speaking.has(second!) || tokens.length < 2)) return undefined;
  if (
    /^\d/.test(second ?? '') ||
    /ly$|n't$|~|·|^\d/.test(first) ||
    tokens.some((token) => /^(?:you|me|him|i'm|i|us|your)$/.test(token))
  )
    return undefined;
  return {
    source: text.slice(0, end),
    restated: tokens.map((token) => (token === 'my' || token === 'our' ? 'their' : token)).join(' '),
  };
}
