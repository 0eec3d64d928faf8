import { isAsserted, isOwnClause, isRetracted, isSupposed } from './assertion.js';
import type { Sign } from './hobby-signs.js';
import type { LifeLexicon } from './lexicons.js';
import { isBygone, isOwnAct, subjectless } from './own-acts.js';
import { matchesOf, phrase } from './reading.js';
import type { Sentence } from './reading.js';
import { wordIndex, wordsOf } from './word-index.js';

/** Up to three words that may stand in front of a condition: "my stupid left", "a really bad". */
const kind =
  '(?:(?!(?:no|not|any|his|her|their|your|of|for|with|mom|dad|wife|husband|son|daughter|friend|patients?|people|someone|who|what|seen|heard|read|how|that|which|whether|about|all)\\b)[\\w-]+ ){0,3}';
/** Before a condition that somebody has, takes, treats or wears. */
const bearing = new RegExp(
  `\\b(?:(?:my|on|having|have|had|has|got|get|getting|take|taking|takes|took|wear|wearing|use|using|need|caught|developed|survived|beat|fighting|battling|(?:treat|diagnos|medicat|hospitaliz|test|evaluat|treated|operat)\\w* (?:positive )?(?:for|with|on)|(?:living|live|lived|dealing|deal|dealt|struggl\\w+|suffer\\w*|cop\\w+|born|down|laid up|out sick|recover\\w+|rehab\\w*|meds?|medication|medicine|pills?|surgery|therapy|treatment|shots?|infusions?|appointment|since|after|because of|thanks to) (?:with|from|for)?|(?:day|week|month|year|round) \\w+ of|(?:came|come|went|left|sent me) (?:\\w+ )?(?:out|home|away)|(?:year|month|week|day)s? (?:of|with|into|post|after)|go to|going to|went to|go in for|another|this|the) ?)${kind}$`,
  'i',
);
/** A clause that begins with a condition, up to three words before it. */
const heading =
  /(?:^|[.,;(–—] ?|\b(?:and|but|so|plus) )(?:(?!the\b|his\b|her\b|their\b|your\b|is\b|are\b|does\b|do\b|if\b|for\b|with\b|about\b|my\b)[\w'-]+ ){0,3}$/i;
/** What the course of an illness looks like, right after its name. */
const course =
  /^(?:'s)?(?:[ -](?:flare\w*|since|for (?:\d+|\w+) (?:years|months|weeks|days)|day \d+|round \d+|again|free|survivor|warrior|patient here|diagnosed|diagnosis|surgery|(?:is|are) (?:back|acting|kicking|killing|no joke|winning|a liar|flaring)|acting up|kicked|got me|has me|had me|strikes|struck|life|sufferer|gang|haver|here|in remission|(?:last|this|next) (?:week|month|year|spring|summer|fall|winter)|in (?:january|february|march|april|may|june|july|august|september|october|november|december|my)|tomorrow|today|yesterday|at \d\d|(?:two|three|four|five|\d) (?:days|times|nights) a week|every (?:day|night|\w+day|other|month|week|few)|(?:meds? |pills? )?(?:makes?|made|keeps?|kept|gave|gives?|put|wiped?|knocks?|wrecks?|ruins?|has|have|had) (?:me|my)|meds?|number \d))\b/i;
/** The thing itself as a subject: "the tinnitus never stops". */
const asSubject =
  /^ (?:(?:brain|fog|pain|fatigue|belly|meds|scars?) )?(?:never|won't|wont|keeps?|kicked|kicks|got|gets|hurts?|acts?|flares?|flared|came back|is back|comes?|goes|makes?|wakes?|has me|had me|started|stops?|isn't|doesn't|is (?:getting|worse|better|bad|real|unreal|winning|killing|acting))\b/i;
/** Others' illness, events, jobs, figures of speech. */
const notHad =
  /^(?:'s|[ -](?:awareness|research|walk|charity|unit|ward|fund|fundraiser|memes?|jokes?|nurses?|doctors?|patients?|clinic|rates?|risk|scare|screening event|history|kids?|students?|people|child(?:ren)?|for my|every time|everytime|when(?:ever)?|negative|came back negative|is (?:not|a myth|overdiagnosed)|center|foundation|month|benefit|specialist|nurse|vest|culture|of (?:spreadsheets|emails)))/i;
const noneOfIt =
  /\b(?:no|not|never|without|ambulatory|focus\w*|combat|perform|blast|off of|isn't|wasn't|don't|didn't|doesn't|haven't|negative for|ruled out|raised? (?:money )?for|run for|ran for|work(?:s|ed|ing)? (?:with|in|on|at|for)|nurse|teach\w*|books? (?:on|about)|article (?:on|about)|research\w*|donat\w+|afraid of|fear of|worried about|convinced|basically|practically|almost|nearly|giving me|gave me|give me|gives me|(?:my|his|her) (?:mom|dad|mother|father|wife|husband|son|daughter|sister|brother|grandma|grandpa|grandmother|grandfather|aunt|uncle|friend|boss|dog|cat|kid)(?:'s)?)\b[^,.;!?]{0,30}$/i;
const aboutMe = /(?:^|[^\p{L}'])(?:i|i'm|im|i've|ive|my|me|myself)(?![\p{L}'])/iu;

const part =
  '(hips?|knees?|backs?|shoulders?|ankles?|wrists?|elbows?|neck|foot|feet|toe|leg|arm|hand|finger|thumb|collarbone|rib|ribs|spine|gallbladder|appendix|tonsils|spleen|kidney|thyroid|uterus|prostate|hernia|acl|mcl|meniscus|achilles|hamstring|rotator cuff|wisdom teeth|disc|discs|tailbone|pelvis|femur|tibia|jaw|nose|eardrum|retina|cornea|cataracts?|aorta|bladder|colon|vertebrae?|calf|groin|labrum)';
const side =
  '(?:(?:left|right|other|first|second|both|lower|upper|bad|poor|whole|stupid|dumb|good|one|two|big|little|old) ){0,2}';
const adverb = '(?:just |finally |recently |also |once )?';
/** Injuries and operations: a verb and a part of the body, in either order. */
const injuries = [
  `(?:\\bi(?:'ve| have)? |\uE000)${adverb}(?:broke|broken|tore|torn|sprained|fractured|dislocated|blew out|threw out|threw|shattered|wrecked|ruptured|herniated|pulled|strained|busted|rolled|hurt|injured|messed up|cracked|popped|twisted) (?:my |an? |two |three |both |some )${side}${part}\\b`,
  `(?:\\bi (?:just )?(?:had|got|have had|'ve had|am getting|'m getting) |\uE000(?:just )?(?:had|got|getting) )(?:my |an? )${side}${part} (?:out|removed|replaced|fused|repaired|taken out|reconstructed|fixed|operated on|done|surgery|replacement|transplant|scoped|reset)\\b`,
  `(?:\uE000|\\bmy )${side}${part} (?:(?:was|were|got|is|are|being|just) )?(?:replaced|fused|removed|reconstructed|shot|giving out|gave out|went out|goes out|blew out|is bone on bone|bone on bone|replacement|surgery|rebuilt|scoped|wrecked|never healed|is held together|held together)\\b`,
  `\\b(?:recovering|recovery|rehab|pt|physical therapy|out|off work|laid up) (?:from|for|after|with) (?:my |an? |the )?${side}${part}(?: surgery| replacement| fusion| repair| transplant)?\\b`,
  `\\b(?:took|take|taking|cut|yanked|pulled|replaced|fused|fixed|operated on|rebuilt|scoped) (?:out )?my ${side}${part}\\b`,
  `(?:\\bi |)(?:have )?lost (?:an?|my|half (?:a|my)|most of my|part of my|some of my) ${side}(eye|leg|arm|foot|finger|kidney|lung|breast|hearing|sight|vision|eyesight|toe|hand|thumb|colon|sense of smell)\\b`,
].map(phrase);
const bodyTriggers =
  /\b(?:lost|took|take|taking|cut|yanked|broke|broken|tore|torn|sprained|fractured|dislocated|blew|threw|shattered|wrecked|ruptured|herniated|pulled|strained|busted|rolled|hurt|injured|messed|cracked|popped|twisted|out|removed|replaced|fused|repaired|reconstructed|fixed|operated|done|surgery|replacement|transplant|scoped|reset|shot|giving|gave|went|goes|bone|rebuilt|healed|held|recovering|recovery|rehab|pt|therapy|laid)\b/i;

const doctors =
  'cardiologist,rheumatologist,endocrinologist,neurologist,oncologist,nephrologist,pulmonologist,psychiatrist,urologist,gastroenterologist,podiatrist,orthopedist,physical therapist,audiologist,hematologist,allergist,dermatologist,pain doctor,heart doctor,kidney doctor,surgeon'.split(
    ',',
  );

/** Reads conditions, treatments and injuries of the writer, and the specialists that the writer sees. */
export function healthSignReader({ conditions }: LifeLexicon): (sentence: Sentence) => Sign[] {
  const index = wordIndex(
    conditions.flatMap(({ name, words, signs = [] }) =>
      [...words, ...signs].map((word): [string, string] => [word, name]),
    ),
  );
  const specialists = wordIndex(doctors.map((doctor): [string, string] => [doctor, doctor]));
  return (sentence) => [
    ...index
      .find(sentence)
      .filter(({ start, end }) => isSuffered(sentence, start, end))
      .map(({ value, said, start, end }) => ({
        topic: value,
        statement: value.toLowerCase().includes(said) ? `Has ${value}.` : `Has ${value} (“${said}”).`,
        start,
        end,
      })),
    ...specialists
      .find(sentence)
      .filter(({ start, end }) => sees(sentence, start, end))
      .map(({ value, start, end }) => ({
        topic: value,
        statement: `Sees ${/^[aeiou]/.test(value) ? 'an' : 'a'} ${value}.`,
        start,
        end,
      })),
    ...(bodyTriggers.test(sentence.text) ? injuries : []).flatMap((pattern) =>
      matchesOf(sentence.text, pattern)
        .filter(({ index: at, 0: { length } }) => isOwnHurt(sentence, at, at + length))
        .map((match) => {
          const organ = match.slice(1).find(Boolean)!.toLowerCase();
          return {
            topic: `the ${organ}`,
            statement: `Has had trouble with the ${organ} (“${match[0].trim().toLowerCase()}”).`,
            start: match.index,
            end: match.index + match[0].length,
          };
        }),
    ),
  ];
}

function isSuffered(sentence: Sentence, start: number, end: number): boolean {
  const { text } = sentence;
  const before = text.slice(Math.max(0, start - 70), start);
  const after = text.slice(end, end + 40);
  // "MS" and "Ms."
  if (end - start < 4 && !/^[A-Z\d]+$/.test(text.slice(start, end)) && !/\b(?:my|have|with|got) $/i.test(before))
    return false;
  if (notHad.test(after) || noneOfIt.test(before) || isBygone(text, start, end)) return false;
  if (bearing.test(before) && isOwnAct(sentence, start, end)) return !/\bthe $/i.test(before) || asSubject.test(after);
  const tellsOfSelf = aboutMe.test(text) || aboutMe.test(sentence.next) || wordsOf(sentence).length <= 12;
  const named = heading.test(before) && course.test(after);
  const subject = /(?:^|[.,;] ?|\b(?:and|but) )the $/i.test(before) && asSubject.test(after) && isPersonal(sentence);
  return (
    ((named && tellsOfSelf) || subject) &&
    !isSupposed(sentence, start) &&
    isAsserted(text, start) &&
    !isRetracted(sentence, end) &&
    // In lower case, as "Lupus is a liar" looks like somebody's name.
    (subject ||
      isOwnClause({ ...sentence, text: text.toLowerCase() }, start) ||
      subjectless(sentence, start) !== undefined)
  );
}

/** Whether the words around speak of the writer: "the tinnitus never stops but the dog helps". */
const isPersonal = ({ text, next, previous }: Sentence): boolean =>
  [text, next, previous].some((near) => aboutMe.test(near));

const sees = (sentence: Sentence, start: number, end: number): boolean =>
  /\bmy (?:\w+ )?$/i.test(sentence.text.slice(0, start)) &&
  !/^'?s? (?:friend|neighbor|brother|son|daughter)/i.test(sentence.text.slice(end)) &&
  !isSupposed(sentence, start);

const isOwnHurt = (sentence: Sentence, start: number, end: number): boolean =>
  isAsserted(sentence.text, start) &&
  !isSupposed(sentence, start) &&
  !isRetracted(sentence, end) &&
  !isBygone(sentence.text, start, end) &&
  (/\b(?:i|my)\b/i.test(sentence.text.slice(start, end)) || isOwnClause(sentence, start));
