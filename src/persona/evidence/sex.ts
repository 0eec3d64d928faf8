import { isPresupposed } from './assertion.js';
import type { Cue, Sentence } from './reading.js';
import {
  assertedMatches,
  claimAt,
  closesFragment,
  described,
  iAm,
  matchesOf,
  mentionsAny,
  modifiers,
  opening,
  phrase,
  triggerWords,
} from './reading.js';

type Sex = 'female' | 'male';

/** Nouns for women and girls, as alternatives of a pattern. */
export const female =
  'boy mom|girl mom|woman|lady|gal|girl|female|mom|mother|mama|momma|mum|mommy|grandmother|grandma|granny|nana|great-grandmother|great-grandma|aunt|auntie|wife|widow|housewife|waitress|actress|seamstress|saleswoman|businesswoman|nun|daughter|sister|stepmom|stepmother|stepdaughter|granddaughter|niece|godmother|goddaughter|girlfriend|lesbian|priestess|grandmom|memaw|abuela|bride|bridesmaid|maid of honor|divorcee|divorcée|bachelorette|tomboy|sahm|hostess|heiress|ballerina|latina|chicana|filipina|tejana|wahm|boymom|chick|stay[- ]at[- ]home mom|stay[- ]at[- ]home mother|cocktail waitress|military wife|cheer mom|soccer mom|sorority girl|girl scout';
/** Nouns for men and boys, likewise. */
export const male =
  'man|guy|dude|male|dad|father|daddy|grandfather|grandpa|gramps|great-grandfather|great-grandpa|granddad|uncle|husband|widower|salesman|businessman|handyman|bachelor|son|brother|stepdad|stepfather|stepson|grandson|nephew|godfather|godson|fella|fellow|gentleman|boyfriend|waiter|mailman|fisherman|repairman|priest|abuelo|groom|groomsman|best man|altar boy|boy scout|eagle scout|cub scout|boy|sahd|girl dad|boy dad|hispanic man|bloke|lad|chicano|girldad|stay[- ]at[- ]home dad|stay[- ]at[- ]home father';
/** A noun after the person noun makes it a modifier: "a man cave", "a Girl Scout leader"; or it is a manner of speaking. */
const notModifier =
  "(?!['-]\\w)(?! (?:dad|mom|scout|scouts|cave|bun|hen|power|child|kid|band|group|boss|crush|friends?|figure|in law|of the (?:cloth|group|house|year|office|hour|people|match)|(?:of|to) (?:my|the|our|this) (?:friend|office|team|crew|lab|shop|class|department|bride)|at heart|trapped|on the (?:street|inside)|next door|jokes?|humor|voice|mode|flu|lawn mower))";
const noun = `(${female}|${male})\\b${notModifier}`;
const before = modifiers(4);
/** Words of origin before a noun for a person. */
const origin =
  '(?:(?:african|mexican|asian|native|indian|korean|chinese|japanese|vietnamese|filipino|cuban|puerto|italian|irish|polish|arab|black|white|hispanic|latino|latina)[- ]?(?:american|rican)? )?';
const plainNoun = `woman|man|guy|dude|girl|lady|gal|chick|bloke|mom|dad|mother|father|mama|grandma|grandpa|granny|nana|papa|mommy|daddy|grandmother|grandfather|aunt|uncle|husband|wife|bachelor|bachelorette|chicano|chicana|latina|filipina|tejana|female|male`;
/** A bare "Man." or "Boy," is an exclamation: only these may stand without a word of description. */
const kin =
  'mom|mother|mama|momma|mommy|grandmother|grandma|widow|wife|housewife|aunt|dad|father|daddy|grandfather|grandpa|husband|widower|uncle|boy mom|girl mom|boy dad|girl dad|stepmom|stepdad';

interface Rule {
  readonly pattern: RegExp;
  /** `other than noun`: who would be that is not. */
  readonly value: Sex | 'by noun' | 'other than noun';
  readonly status: 'stated' | 'inferred';
  readonly statement: string;
  /** Whether it holds in whatever clause it is said: "when us girls go out". */
  readonly presupposes?: boolean;
  /** Whether it is supposed on purpose. */
  readonly counterfactual?: boolean;
  /** What must hold of the rest of the sentence. */
  readonly requires?: (sentence: Sentence, match: RegExpExecArray) => boolean;
}

/** Whether the first person that the rest of the sentence speaks of is the writer: "as a woman, I", not "as a woman she". */
function writerFollows({ text }: Sentence, match: RegExpExecArray): boolean {
  const rest = text.slice(match.index + match[0].length, match.index + match[0].length + 140);
  const person =
    /(?:^|[^\p{L}'])(i|i'm|im|i've|ive|i'd|i'll|me|my|mine|we|our|us|you|your|she|he|they|her|his|their)(?![\p{L}])/iu.exec(
      rest,
    );
  return person !== null && /^(?:i|i'm|im|i've|ive|i'd|i'll|me|my|mine|we|our|us)$/i.test(person[1]!);
}

const about = (sentence: Sentence, match: RegExpExecArray): boolean =>
  writerFollows(sentence, match) ||
  /(?:^|[^\p{L}'])(?:i|i'm|i've|me|my)(?![\p{L}])/iu.test(sentence.text.slice(0, match.index));

const rules: readonly Rule[] = [
  {
    pattern: phrase(
      `${iAm} (?:an? |the |your |his |her |their |our |that |my (?:\\w+'s?|parents') |one of those |somebody's |someone's )(?!fan of|friend of|girl scout leader)(?!(?<=(?:the|your|that) )(?:man|guy|girl)[.!])${before}${noun}`,
    ),
    value: 'by noun',
    status: 'stated',
    statement: 'Is a {noun}.',
  },
  {
    pattern: phrase(
      `${iAm} (?:\\w+ )?(mom|mommy|mama|dad|daddy|mother|father|grandma|grandpa|aunt|uncle|stepmom|stepdad|female|male)\\b(?= (?:to|of)\\b| ?[.,;!?)]| ?$| and\\b)`,
    ),
    value: 'by noun',
    status: 'stated',
    statement: 'Is a {noun}.',
  },
  {
    pattern: phrase(
      `${opening}(?:as )?(?:an? )?(?:${described(4, 1)}${noun}|(?:${described(2)})(?:(latina|chicana|filipina)\\b(?= (?:here|(?:\\w+ )?(?:nurse|teacher|mom|student|engineer|doctor|lawyer|girl|woman)\\b))|(latina|chicana|filipina)\\b|(${kin})\\b(?= (?:here|of|to)\\b)${notModifier}|(woman|man|guy|dude|girl|lady|gal|female|male)\\b(?= here\\b)))`,
    ),
    value: 'by noun',
    status: 'stated',
    statement: 'Is a {noun}.',
    requires: (sentence, match) => /(?:latina|chicana|filipina)$/i.test(match[0]) || closesFragment(sentence, match),
  },
  // "White dude in his garage", "Girl dad x3", "housewife and proud": a noun of a person begins the sentence, unlike in news.
  {
    pattern: phrase(
      `^(?:(?!the |that |this |some |any |no |which |every |my |our |your |his |her |their |only |a |an |is |was )[\\w'-]+ ){1,3}(${plainNoun}) (?:here|checking in)\\b|^(?:(?:just|only|also|hi|hello|hey|well|ok|yes|yep|fwiw|tbh|ngl|lol),? )*(?:an? |your (?:average|typical|friendly \\w+) )?${origin}${described(4)}${origin}(?:(${plainNoun})\\b(?=,? (?:here|in (?:his|her|my|their) (?:garage|kitchen|truck|\\d\\ds|late|early|mid|feelings)|from|reporting|checking in|with (?:a|an|no|two|three|zero|\\d)|who|and proud|of (?:an?|one|two|three|four|five|six|seven|eight|\\d+|twins|girls|boys|my|these|teen\\w*|toddlers)|x ?\\d|to (?:a|an|two|three|twins|\\w+ (?:boys|girls|kids)))\\b|, \\d\\d\\b)|(housewife|sahm|sahd|wahm|stay[- ]at[- ]home (?:mom|dad|mother|father)|girl dad|boy dad|girl mom|boy mom|boymom|girldad|widow|widower)\\b(?! (?:was|is|said|has|who was)))(?!['-]\\w)`,
    ),
    value: 'by noun',
    status: 'stated',
    statement: 'Is a {noun}.',
    requires: ({ text }, match) =>
      /^(?:girl|boy) ?(?:dad|mom)|sah[md]|housewife/i.test(match[0]) ||
      !/^[^.!?]{0,80}\b(?:was|were|is|arrested|says|said|told|has|had|gets|got|wins|dies|claims|tries|finds|asked|calls|walks|came)\b/.test(
        text.slice(match.index + match[0].length).replace(/\b(?:i|my|we|i'm|who)\b.*$/i, ''),
      ),
  },
  // "As a black guy from Mobile, I ...", "marrying into the family as a woman": of the writer where nobody else is spoken of.
  {
    pattern: phrase(`\\bas (?:an? |the (?:only|sole|lone|token|one) )${origin}${before}${origin}(?:${noun})`),
    value: 'by noun',
    status: 'inferred',
    statement: 'Is a {noun}.',
    presupposes: true,
    requires: ({ text }, match) => {
      const rest = text.slice(0, match.index);
      return (
        !/\b(?:he|she|they|him|them|her|his|their|you|your|who|dressed|same|such|known|seen?|portray\w*|cast|works?|worked|act(?:s|ed|ing)?|hired|describe[sd]?|treat(?:s|ed)?|posing|disguised|soon|well|far|long|much|twice|half|just|good|strong|tall|character)\b/i.test(
          rest.slice(-60),
        ) && !/\b(?:she|he|they)\b/i.test(text.slice(match.index + match[0].length).slice(0, 40))
      );
    },
  },
  // "Just a lady with a very nice couch".
  {
    pattern: phrase(
      `(?:^|, |[a-z] )just an? ${origin}${described(3)}(${plainNoun})\\b(?= (?:with|who|in (?:his|her|my)|trying|living|from|doing|and (?:his|her)|looking)\\b)(?!['-])`,
    ),
    value: 'by noun',
    status: 'stated',
    statement: 'Is a {noun}.',
    requires: ({ text }, match) =>
      !/\b(?:it|it's|is|was|saw|met|there's|that's|he's|she's|not)\b/i.test(
        text.slice(Math.max(0, match.index - 30), match.index + 2),
      ),
  },
  // "I'm a Latino teacher": the form for men.
  {
    pattern: phrase(
      `(?:${iAm} an? |\\bas an? |^(?:proud )?)(?:\\w+ )?(latino|chicano|filipino|tejano)(?! (?:woman|girl|mom|mother|lady|gal|american|food|family|community|culture|music|kids?|students?|festival|heritage|market|grocery|restaurant|neighborhood|and proud)\\b)(?= (?!and\\b|or\\b|but\\b)[a-z]+| from\\b)`,
    ),
    value: 'male',
    status: 'inferred',
    statement: 'Writes as a man ({cue}).',
  },
  // "Being their dad is the best thing", "being a dad to these two".
  {
    pattern: phrase(
      `\\bbeing (?:their|his|her|your|this \\w+'s|my (?:\\w+ )?(?:\\w+)'s?) (mom|mommy|mama|mother|dad|daddy|father|grandma|grandpa|aunt|uncle|stepmom|stepdad|nana|papa)\\b(?! (?:was|figure))`,
    ),
    value: 'by noun',
    status: 'inferred',
    statement: 'Is a {noun}.',
    requires: ({ text }) => !/\b(?:she|he) (?:loves|loved|says|said)\b/i.test(text),
  },
  // A role that was had, is wanted or given up tells the sex as well, and nothing else.
  {
    pattern: phrase(
      `(?:\\bi |\\bwe |${opening})(?:always |really |just |so |only |never |didn't |do |don't )?(?:wanna|want to|wanted to|hope to|can't wait to|get to|got to|trying to|going to|gonna|used to|would love to|'d love to|was|am|'m) (?:be|being|become)? ?(?:an? |the |your )${described(4)}(dad|father|daddy|mom|mother|mommy|mama|grandma|grandpa|grandmother|grandfather|husband|wife|stay[- ]at[- ]home (?:mom|dad)|boy mom|girl dad|bride|groom|waitress|cocktail waitress|waiter|altar boy|cheerleader mom|single mom|single dad)\\b(?!['-])(?! (?:figure|to (?:a|my|this) (?:cat|dog|plant|puppy|kitten)))`,
    ),
    value: 'by noun',
    status: 'inferred',
    statement: '',
    requires: ({ text }, match) =>
      !/\b(?:you|joke|cat|dog|plants?|sourdough|puppy|kitten)\b/i.test(text) && !/^\W*(?:be|become)\b/i.test(match[0]),
  },
  // "If I were a man I would ...": then she is none.
  {
    pattern: phrase(
      `\\b(?:if i (?:was|were) (?:born )?an?|if i(?:'d| had) been (?:born )?an?|had i been (?:born )?an?|were i an?) (man|guy|dude|boy|woman|girl|lady|chick)\\b(?=[,. ] ?(?:i|they|people|nobody|no one|it|this|everyone|my|would|he|with \\w+ \\w+ i)\\b| ?[.!]| ?$)(?! (?:who|with a|of my|in charge))`,
    ),
    value: 'other than noun',
    status: 'inferred',
    statement: '',
    counterfactual: true,
  },
  {
    pattern: phrase(
      `(?:^|[,.;:!?—-] ?|\\b(?:and|but|so|because|speaking|especially|also|that|well|even|know|me|myself|life|years|experience|identity) )as an? ${before}${noun}`,
    ),
    value: 'by noun',
    status: 'stated',
    statement: 'Is a {noun}.',
    requires: about,
  },
  {
    pattern: phrase(`\\bbeing (?:an? |the )${before}${noun}`),
    value: 'by noun',
    status: 'inferred',
    statement: 'Is a {noun}.',
    requires: about,
  },
  {
    pattern: phrase(`\\b(?:i|me),? (?:as )?an? ${before}${noun}(?= ?[,;.)]| crying| in (?:my|a)| who\\b)`),
    value: 'by noun',
    status: 'stated',
    statement: 'Is a {noun}.',
  },
  {
    pattern: phrase(
      `\\bi(?:'m|m| am|'ll| will|'ve|ve| have)? (?:just |recently |officially |finally |soon |first )?(?:be|became|become|becoming|going to be|gonna be|about to be|about to become|getting to be|been|was|grew up) (?:an? |the |her |his |their |my \\w+'s )${before}${noun}`,
    ),
    value: 'by noun',
    status: 'inferred',
    statement: 'Is a {noun}.',
  },
  {
    pattern: phrase(
      `(?:\\bwhen i was (?:an? |the )|\\bas an? (?=(?:little|young|small|teenage|teen|chubby|shy|skinny|lonely) )|\\bi was born an? |\\bi was raised an? |\\bi was (?:always |born )?(?=female|male))${before}(woman|girl|lady|female|man|boy|male|guy|girl scout|boy scout|altar boy|tomboy)\\b(?!['-])`,
    ),
    value: 'by noun',
    status: 'inferred',
    statement: 'Grew up as a {noun}.',
    requires: (sentence, match) => /\bi\b/i.test(match[0]) || about(sentence, match),
  },
  {
    pattern: phrase(
      `\\b(?:oldest|youngest|eldest|middle|one|only one) of (?:\\w+) (sisters|girls|brothers|boys)\\b(?=.{0,60}|$)|\\b(?:us|we|my fellow|fellow) ${described(2)}(women|ladies|gals|girls|moms|mothers|mamas|men|guys|dads|fathers|fellas|boys|dudes)\\b(?!['-])|\\b(women|ladies|gals|girls|moms|men|guys|dads|dudes) like (?:me|us|myself)\\b|\\ban? (woman|lady|girl|gal|mom|man|guy|dude|dad) like (?:me|myself)\\b`,
    ),
    value: 'by noun',
    status: 'inferred',
    statement: 'Counts among the {noun}.',
    presupposes: true,
    requires: (sentence, match) =>
      !/\bof\b/i.test(match[0]) ||
      /(?:^|\b(?:i'm|i am|i was|as|being) )(?:the )?$/i.test(sentence.text.slice(0, match.index)),
  },
  {
    pattern: phrase(
      `\\b(?:(?:kids|kiddos?|grandkids|grandbabies|grandchildren|children|nieces|nephews|son|daughter|granddaughter|grandson|toddler|boys|girls|baby|stepkids|stepson|stepdaughter|(?:\\d+|two|three|four|five|six|seven)[- ]year[- ]old|everybody|everyone|they|students)(?: all| still| just| finally| has started| started)?(?: to)? calls?(?:ed|ing)? me|said|just be called|am called|being called) (?:his |her |their )?(${female}|${male}|mommy|mamma|nana|nanny|gigi|papa|pawpaw|pop-pop|pops|papaw|mamaw|mimi|grammy|gramps|mr|mrs|ms|miss)\\b(?! (?:bear|of the|as a joke))`,
    ),
    value: 'by noun',
    status: 'inferred',
    statement: 'Is called {noun} at home.',
    requires: ({ text }, match) =>
      /\bcall/i.test(match[0]) && !/\b(?:at work|coworkers|office|guys|joking|joke)\b/i.test(text),
  },
  {
    pattern: phrase(
      `(?:\\bwhen i was pregnant|\\bwhile (?:i was )?pregnant with|\\bi(?:'m|m| am|'ve been| got| was) (?:[\\w-]+ ){0,3}?pregnant\\b(?! pause)|${opening}(?:(?:officially |still |very )?pregnant (?:with|and|again|here)|(?:\\d+|\\w+) (?:weeks|months|wks) (?:pregnant|preggo|preg)\\b)|\\bi (?:gave birth(?! to (?:this|that|the|an? (?!boy|girl|baby|son|daughter|healthy|beautiful|\\w+ (?:boy|girl|baby|pound))))|miscarried|went into labor|was in labor|am in labor)|\\bmy (?:\\w+ )?(?:c-section|hysterectomy|mastectomy|lumpectomy|ob-?gyn|gyno|gynecologist|menopause|perimenopause|hot flashes|ovar(?:y|ies)|uterus|cervix|iud|pcos|mammogram|bras?|boobs?|breasts|tampons?|mascara|lipstick|pap smear|miscarriage|pregnancy|due date|baby bump|epidural|maternity leave|maternity pants|bridal shower|wedding dress|bridesmaids|sorority(?: sisters?)?|endometriosis|fibroids|postpartum \\w+|breast milk|breast pump|stretch marks|monthly cramps)\\b|\\bmy period (?:is|was|came|started)|\\bon my period\\b|\\bmy period\\b(?= ?[.,!])|\\bi(?:'m|m| am)(?: still| currently)? (?:breastfeeding|nursing (?:my|our|the) (?:baby|daughter|son|newborn|twins?)|(?:\\w+ (?:weeks|months) )?postpartum|perimenopausal|menopausal|in menopause|in labor|in the maternity ward)\\b|\\bme (?:\\w+ ){0,4}?in the maternity ward|\\b(?:my|in the) (?:third|first|second) trimester\\b|\\bi (?:had|have) (?:a|my|two|three|another) (?:\\w+ )?(?:c-sections?|hysterectomy|mastectomy|miscarriages?|mammogram|iud)\\b|\\bi(?:'m| am) due in (?:january|february|march|april|may|june|july|august|september|october|november|december|\\w+ weeks)|\\bmy ex-?boyfriends?'? baby|\\bi (?:joined|pledged|rushed|was in) (?:a|my) sorority|\\bmy (?:first )?(?:mother'?s|mothers) day\\b|\\b(?:mother'?s|mothers) day (?:gift|card|breakfast|haul|brunch|present)s?\\b(?=.{0,80}\\b(?:me|i got|(?:made|given|from|by) (?:\\w+ )?(?:my|the) (?:own |two |three |little )*(?:kids|boys|girls|son|daughter|children|gremlins|babies))\\b)|\\bhappy mothers?'?s? day to me\\b|${opening}(?:breastfeeding|pumping at work|postpartum|perimenopausal|menopausal)\\b)`,
    ),
    value: 'female',
    status: 'inferred',
    statement: 'Writes as a woman ({cue}).',
  },
  {
    pattern: phrase(
      `(?:\\bmy (?:\\w+ ){0,2}?(?:vasectomy|prostate(?: \\w+)?|beard|mustache|moustache|goatee|sideburns|testicles?|nuts|balls|penis|foreskin|erections?|paternity leave|bachelor party|fraternity(?: brothers?)?|frat(?: brothers?)?)\\b(?! (?:of|in the air))|\\bi (?:shaved|shaved off|trimmed|grew|am growing|'m growing|have|had) (?:my|a|out my|off my) (?:\\w+ )?(?:beard|mustache|moustache|goatee)\\b|\\bi(?:'m| am) growing (?:my|a|out my) (?:\\w+ )?(?:beard|mustache|moustache)|\\bi (?:got|had|am getting|'m getting) a vasectomy|\\bi got my (?:wife|girlfriend) pregnant|\\bi (?:joined|pledged|rushed|was in) (?:a|my) (?:fraternity|frat)\\b|(?:${iAm} |^)(?:fully |newly )?bearded\\b(?= (?:since|for|and|now|again)| ?[.,!])|${opening}(?:grew|growing|shaved|trimmed) (?:my|out my|off my|out the|the|a) (?:\\w+ ){0,2}(?:beard|mustache|moustache|goatee|stache)\\b|\\bmy (?:first )?(?:father'?s|fathers) day\\b|\\b(?:father'?s|fathers) day (?:gift|card|breakfast|haul|brunch|present)s?\\b(?=.{0,60}\\b(?:me|i got|my (?:own |two |three |little )*(?:kids|boys|girls|son|daughter|children|gremlins|babies)|two hugs)\\b)|\\bhappy fathers?'?s? day to me\\b|\\bmy (?:ed|erectile)\\b)`,
    ),
    value: 'male',
    status: 'inferred',
    statement: 'Writes as a man ({cue}).',
  },
];

/** "I'm 38, mom.": somebody is spoken to. */
const isAddress = ({ text }: Sentence, { 0: words, index }: RegExpExecArray): boolean =>
  /,\s*(?:mom|mama|mum|dad|daddy|man|dude|girl|guy|lady|gal|brother|sister|grandma|grandpa|boy|fella|son|aunt \w+|uncle \w+)$/i.test(
    words,
  ) && /^ ?(?:[.!?,]|$)/.test(text.slice(index + words.length));

/** "Me and a disabled brother", "every hat: plumber, priest, accountant": somebody beside the writer, or a list of parts. */
const isSomebodyBeside = ({ text }: Sentence, { index, 0: words }: RegExpExecArray): boolean =>
  /\b(?:me|i|us) (?:and|with|plus) (?:an?|my|his|her|one) (?:[\w-]+ ){0,2}$/i.test(
    text.slice(0, index + words.length).replace(/[\w-]+\W*$/, ''),
  ) || /\b(?:every|many|several|all the) hats?\b/i.test(text.slice(0, index));

/** Parents of pets, plants and dough. */
const isOfThing = ({ text }: Sentence, noun: string): boolean =>
  /^(?:mom|mommy|mama|mother|dad|daddy|father|parent)$/.test(noun) &&
  /\b(?:adopted (?:an? )?(?:sourdough|plant|cactus|goldfish|roomba|rock|succulent)|sourdough|succulents?|houseplants?|roomba|starter)\b/i.test(
    text,
  );

const titles = 'mommy mamma nana nanny gigi papa pawpaw pop pops papaw mamaw mimi grammy gramps mr mrs ms miss';
const triggers = triggerWords(
  female.split('|'),
  male.split('|'),
  titles,
  'sisters brothers women ladies gals girls moms mothers mamas men guys dads fathers fellas boys dudes',
  'pregnant birth miscarried labor section hysterectomy mastectomy lumpectomy ob obgyn gyn gyno gynecologist menopause menopausal perimenopause perimenopausal flashes ovary ovaries uterus cervix iud pcos mammogram bra bras boob boobs breast breasts tampon tampons mascara lipstick pregnancy bump epidural period breastfeeding nursing postpartum trimester ward leave pants shower dress smear miscarriage miscarriages due sorority endometriosis fibroids cramps bridesmaids stretch sections baby',
  'latino filipino tejano preggo preg bearded stache growing grew shaved trimmed fathers mothers father mother day ed erectile man guy dude boy woman girl lady chick chicano girldad boymom pumping bearded',
  'vasectomy prostate beard mustache moustache goatee sideburns testicle testicles nuts balls penis foreskin erection erections party fraternity frat',
);
const feminine = new RegExp(
  `^(?:${female}|sisters|women|ladies|gals|girls|moms|mothers|mamas|mommy|mamma|nana|nanny|gigi|mamaw|mimi|grammy|mrs|ms|miss)$`,
  'i',
);
/** "(34F)", "34/F", "31F here" and "52m," of the writer. */
const tagPatterns = [
  /\b(?:I|[Mm]e|OP),? ?[([]?\d\d ?\/? ?([MFmf])\b[)\]]?/g,
  /\b(?:I|[Mm]e|OP),? ?[([]([MFmf])[ /,]{0,2}\d\d[)\]]/g,
  /\b[Mm]y ?[([]\d\d ?\/?([MFmf])[)\]] (?=[^()\n]{1,40}[([](?:\d\d|[MFmf]))/g,
  /^(?:\w+,? )?(?:I'm |i'm |im |I am )?\d\d ?\/? ?([MFmf])(?= here\b|[,./]|$| from\b| in\b| and\b)/g,
  /^([MF])[ /,]{0,2}\d\d(?= here\b|[,./]|$| from\b| in\b)/g,
  /^(?:I'm |i'm |im |I am )?([MFmf])\/\d\d\b/g,
  /^(?:I'm |i'm |im |I am )?\d\d ?\/ ?([MFmf])\b/g,
  /^(?:I'm |i'm |im |I am )?\d\d([MFmf])(?= (?:looking|seeking|single|married|divorced|with|who|i|my|never|trying|just|virgin|living|student|nurse|teacher|gay|straight|bi|lurker|new)\b)/g,
  /^(?:I'm |i'm |im |I am )?\d\d,? (?:years old,? |yo )?([Mm]ale|[Ff]emale)\b/g,
];

/** Sex, where the writer names it or tells of what only one sex has. Spouses say nothing: a wife may have a wife. */
export function sexCues(all: readonly Sentence[]): Cue[] {
  const cues: Cue[] = [];
  for (const sentence of all) {
    for (const { pattern, value, status, statement, requires, presupposes, counterfactual } of mentionsAny(
      sentence,
      triggers,
    )
      ? rules
      : [])
      for (const match of counterfactual
        ? matchesOf(sentence.text, pattern)
        : presupposes
          ? matchesOf(sentence.text, pattern).filter((found) => isPresupposed(sentence, found))
          : assertedMatches(sentence, pattern)) {
        if (
          !counterfactual &&
          /\b(?:not|no|wish|like (?!me|us|my)|never|fake|imaginary|honorary|men's|women's|dog|cat|plant|fur)\b/i.test(
            match[0].replace(/like (?:me|us|myself)/i, ''),
          ) &&
          !/\b(?:dog|cat|plant|fur) (?:mom|dad|mama|lady)/i.test(match[0])
        )
          continue;
        if (requires && !requires(sentence, match)) continue;
        if (value === 'by noun' && isAddress(sentence, match)) continue;
        const word = (
          (match as readonly (string | undefined)[]).slice(1).find((group) => group !== undefined) ?? ''
        ).toLowerCase();
        if (isOfThing(sentence, word) || isSomebodyBeside(sentence, match)) continue;
        const named = feminine.test(word) ? 'female' : 'male';
        const sex =
          value === 'by noun' ? named : value === 'other than noun' ? (named === 'male' ? 'female' : 'male') : value;
        const text = (statement || 'Writes as a {noun}.'.replace('{noun}', sex === 'male' ? 'man' : 'woman'))
          .replace('a {noun}', /^[aeiou]/.test(word) ? `an ${word}` : `a ${word}`)
          .replace('{noun}', word)
          .replace(
            '{cue}',
            match[0]
              .trim()
              .toLowerCase()
              .replace(/^.*?(?=pregnan|gave birth|beard)|^my /, ''),
          );
        cues.push(cueAt(sentence, match, sex, status, text));
      }
    for (const pattern of tagPatterns)
      for (const match of matchesOf(sentence.text, pattern)) {
        const letter = match[1]!.charAt(0).toUpperCase();
        const sex = letter === 'F' ? 'female' : 'male';
        cues.push(cueAt(sentence, match, sex, 'stated', `Is ${sex} (${letter}).`));
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
