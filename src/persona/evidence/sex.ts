import type { Cue, Sentence } from './reading.js';
import { assertedMatches, claimAt, iAm, matchesOf, mentionsAny, phrase, triggerWords } from './reading.js';

type Sex = 'female' | 'male';

const female =
  'woman|lady|gal|girl|female|mom|mother|mama|momma|mum|grandmother|grandma|granny|great-grandmother|aunt|auntie|wife|widow|housewife|waitress|actress|seamstress|saleswoman|nun|daughter|sister|stepmom|stepmother|godmother|sorority girl|girlfriend|lesbian|priestess|grandmom|memaw|abuela|godmother';
const male =
  'man|guy|dude|male|dad|father|daddy|grandfather|grandpa|great-grandfather|granddad|uncle|husband|widower|salesman|handyman|bachelor|son|brother|stepdad|stepfather|godfather|fella|fellow|gentleman|boyfriend|waiter|mailman|fisherman|priest|abuelo';
/** A noun after the person noun makes it a modifier: "a girl dad", "a man cave", "a Girl Scout leader". */
const notModifier =
  "(?!['-])(?! (?:dad|mom|scout|scouts|cave|bun|hen|power|child|kid|band|group|boss|in law|of the cloth))";
const adjectives = "(?:[a-z0-9'-]+ ){0,3}?";

const rules: readonly { pattern: RegExp; value: Sex | 'by noun'; status: 'stated' | 'inferred'; statement: string }[] =
  [
    {
      pattern: phrase(
        `${iAm} (?:an? |the |your |one of those |somebody's |someone's )(?!fan of|friend of)${adjectives}(${female}|${male})\\b${notModifier}`,
      ),
      value: 'by noun',
      status: 'stated',
      statement: 'Is a {noun}.',
    },
    {
      pattern: phrase(
        `(?:\\bas an? |\\bspeaking as an? |\\bbeing an? )(?:[a-z'-]+ ){0,2}?(${female}|${male})\\b${notModifier}(?=,? (?:of [\\w ]{1,16})?,? ?i\\b)`,
      ),
      value: 'by noun',
      status: 'stated',
      statement: 'Is a {noun}.',
    },
    {
      pattern: phrase(
        `\\b(?:kids|grandkids|grandbabies|grandchildren|children|nieces|nephews|son|daughter|granddaughter|grandson|everybody|everyone|they|students) (?:all )?calls? me (${female}|${male}|mommy|nana|nanny|gigi|papa|pawpaw|pop-pop|pops|papaw|mamaw|mimi|grammy|gramps)\\b`,
      ),
      value: 'by noun',
      status: 'inferred',
      statement: 'Is called {noun} at home.',
    },
    {
      pattern: phrase(
        "(?:\\bwhen i was pregnant|\\bi(?:'m|m| am) (?:\\w+ ){0,3}?pregnant|\\bi gave birth|\\bmy c-section|\\bmy hysterectomy|\\bmy mastectomy|\\bmy ob-?gyn|\\bmy gynecologist|\\bmy menopause|\\bmy hot flashes|\\bmy period (?:is|was|came|started)|\\bmy pregnancy|\\bi(?:'m| am) breastfeeding|\\bmy (?:maternity leave|bridal shower|wedding dress)|\\bmy pap smear|\\bmy miscarriage)",
      ),
      value: 'female',
      status: 'inferred',
      statement: 'Writes as a woman ({cue}).',
    },
    {
      pattern: phrase(
        '(?:\\bmy (?:vasectomy|prostate|beard|mustache|moustache|testicles|paternity leave|bachelor party)\\b|\\bi shaved (?:off )?my beard|\\bi got my (?:wife|girlfriend) pregnant)',
      ),
      value: 'male',
      status: 'inferred',
      statement: 'Writes as a man ({cue}).',
    },
  ];

const triggers = triggerWords(
  female.split('|'),
  male.split('|'),
  'mommy nana nanny gigi papa pawpaw pop pops papaw mamaw mimi grammy gramps',
  'pregnant birth section hysterectomy mastectomy ob obgyn gyn gynecologist menopause flashes period pregnancy breastfeeding leave shower dress smear miscarriage',
  'vasectomy prostate beard mustache moustache testicles party',
);
const femaleNoun = new RegExp(`^(?:${female}|mommy|nana|nanny|gigi|mamaw|mimi|grammy)$`, 'i');
/** "(34F)" or "34/F" after the first person. */
const tagPattern = /\b(?:I|[Mm]e),? ?[([]?\d\d ?\/? ?([MF])\b[)\]]?/g;

/** Sex, where the writer names it or tells of what only one sex has. Spouses say nothing: a wife may have a wife. */
export function sexCues(all: readonly Sentence[]): Cue[] {
  const cues: Cue[] = [];
  for (const sentence of all) {
    for (const { pattern, value, status, statement } of mentionsAny(sentence, triggers) ? rules : [])
      for (const match of assertedMatches(sentence, pattern)) {
        if (/\b(?:not|no|wish|like|never)\b/i.test(match[0])) continue;
        const noun = (match[1] ?? '').toLowerCase();
        const sex = value === 'by noun' ? (femaleNoun.test(noun) ? 'female' : 'male') : value;
        const text = statement
          .replace('a {noun}', /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`)
          .replace('{noun}', noun)
          .replace(
            '{cue}',
            match[0]
              .trim()
              .toLowerCase()
              .replace(/^.*?(?=pregnan|gave birth|beard)|^my /, ''),
          );
        cues.push(cueAt(sentence, match, sex, status, text));
      }
    for (const match of matchesOf(sentence.text, tagPattern)) {
      const sex = match[1] === 'F' ? 'female' : 'male';
      cues.push(cueAt(sentence, match, sex, 'stated', `Is ${sex} (${match[1]!}).`));
    }
  }
  return cues;
}

function cueAt(
  sentence: Sentence,
  match: RegExpExecArray,
  value: Sex,
  status: 'stated' | 'inferred',
  statement: string,
): Cue {
  return {
    variable: 'sex',
    value,
    order: sentence.order,
    date: sentence.date,
    claim: claimAt(sentence, match, { dimension: 'demographics', statement, status }),
  };
}

/** Unanimous among the stated cues, else among the inferred ones; a disagreement says nothing. */
export function settleSex(cues: readonly Cue[]): Cue | undefined {
  const stated = cues.filter(({ claim }) => claim.status === 'stated');
  const deciding = stated.length > 0 ? stated : cues;
  return deciding.every(({ value }) => value === deciding[0]!.value) ? deciding[0] : undefined;
}
