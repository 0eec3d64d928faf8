import { isSupposed } from '../evidence/assertion.js';
import { numberOf } from '../evidence/numbers.js';
import { readSentences, type Sentence } from '../evidence/reading.js';
import type { Post } from '../history.js';
import type { Claim } from '../narrative-persona.js';
import type { Range } from './quote.js';

/** Words with which people speak of themselves: pronouns, and verb forms of languages that leave the pronoun out. */
const firstPerson = new RegExp(
  `(?<![\\p{L}\\p{N}'])(?:${[
    "i|i['’]?m|i['’]?ve|i['’]?d|i['’]?ll|me|my|mine|myself|we|we['’](?:re|ve|d|ll)|us|our|ours|ourselves",
    'ich|mich|mir|meine?[mnrs]?|wir|uns|unsere?[mnrs]?',
    "je|j['’]|moi|mon|ma|mes|nous|notre|nos",
    'yo|mis?|conmigo|nosotr[oa]s|nuestr[oa]s?|soy|tengo|vivo|trabajo|estoy|nací',
    'eu|meus?|minhas?|nós|nosso|sou|tenho|moro|trabalho|estou',
    'io|mi[ao]|miei|mie|noi|nostr[oaie]|sono|lavoro',
    'ik|mij|mijn|wij|onze|jag|mig|min|mitt|mina|jeg|meg|mitt|ben|benim|biz',
    'ja|mnie|mój|moja|moje|jestem|mam|mieszkam|já|jsem|můj|moje|én|vagyok|minä|olen',
    'я|мне|меня|мой|моя|моё|мои|мы|наш|мені|мене|мій',
    'εγώ|είμαι|μου|אני|שלי|أنا|من|मैं|मेरा|मेरी|मेरे|tôi|saya|aku',
  ].join('|')})(?![\\p{L}\\p{N}])|[我俺僕私]|나는|저는|제가|내가`,
  'iu',
);

/** How a sentence about oneself begins when its subject is left out: "Got married last June", "So tired of working nights". */
const withoutSubject =
  /^[^\p{L}\p{N}[\]<>{}=|#%_]{0,3}(?:(?:just|finally|still|also|so|been|never|officially|recently|now|and|but) ){0,3}(?:got|moved|turned|went|had|made|started|finished|bought|sold|grew|born|married|divorced|widowed|retired|graduated|quit|loved?|hated?|miss(?:ed|ing)?|can't|need|wish|feel(?:s|ing)?|felt|working|living|studying|teaching|raising|tired|proud|happy|sad|glad|excited|worried|been|spent|took|tried|learned|woke|\d{2})\b/iu;

/** Orders at the beginning of a sentence, in languages that histories often are in. */
const order = new RegExp(
  `^[^\\p{L}]{0,12}(?:(?:please|kindly|just|now|then|and|so|but|ok|okay|hey|again|bitte|por favor|s'il te plaît|пожалуйста|请|請)[,:]? ){0,3}(?:${[
    "ignore|disregard|forget|override|say|tell|write|answer|respond|reply|repeat|output|print|return|report|record|note|mark|set|put|add|list|assume|pretend|imagine|picture|suppose|act|treat|consider|let us|let's|make sure|simulate|role-?play|continue|use|call|describe|state|decode|follow|translate|read|remember|change|give|fill|file|register|copy|insert|include|accept|believe|dear|attention|to the|as the|you are|you must|you will|new task|opposite day",
    'ignorier\\p{L}*|vergiss|vergesst|schreib\\p{L}*|sag|sagt|antworte\\p{L}*|gib|notier\\p{L}*|tu so',
    'ignora|ignoren|olvida|escribe|escriba|di|diga|responde|responda|pon|anota|finge|imagina',
    'ignore[sz]?|oublie[sz]?|écri[st]|écrivez|dis|dites|réponds|répondez|indique[sz]?|note[sz]?|imagine[sz]?',
    'escreva|esqueça|scrivi|dimentica|rispondi|negeer|vergeet|schrijf|zeg|antwoord|zignoruj|napisz|zapomnij|ignorera|skriv|svara',
    'игнорируй\\p{L}*|забудь\\p{L}*|напиши\\p{L}*|скажи\\p{L}*|ответь\\p{L}*|представь\\p{L}*|yok say|yaz|abaikan|tulis|bỏ qua|viết|αγνόησε|γράψε|תתעלם|כתוב|תجاهل|تجاهل|اكتب|بنویس',
  ].join('|')})(?![\\p{L}\\p{N}])|(?:忽略|無視|写[下成上]?|回答|记录|記録|무시|답하|लिखें|अनदेखा)`,
  'iu',
);

/** Orders inside a sentence, and talk about the person who writes as if it were somebody else. */
const orderInside =
  /\b(?:mark|put|list|record|file|note|register|count|label|classify|report|describe|write|treat) (?:me|us|my|our|it|that|this) |\b(?:i|we) (?:hereby )?(?:order|command|instruct|ask|beg|want|need|tell|require|expect|tip|will tip|permit|authori[sz]e) (?:you|whoever|everyone|the (?:reader|model|system))\b|\b(?:you|model|reader|assistant) (?:must|should|shall|have to|need to|say|write|answer|believe|record|note)\b|\b(?:unless|until|so that) you\b|\bthe (?:words?|answer|value|output) \S/i;
const aboutTheAuthor =
  /\b(?:the|this|that|these|current|said) (?:author|writer|poster|user|subject|person|account(?: holder)?|applicant|narrator|persona|individual|reader|model)s?\b|\b(?:who|he|she) (?:wrote|writes|posts|posted)\b|\b(?:language|ai) models?\b|\b(?:dear|attention) (?:ai|model|reader)s?\b|\b(?:everybody|everyone|all people|users|people) (?:in|who|knows?|is|are)\b/i;
/** A name of a field with its value, rather than a sentence. */
const label = /^\W*[\p{L}\p{N}_ [\]-]{2,30}\s?[:=]|[=|{}\\]|<(?!3)|\w_\w/u;

/** One post, sentence by sentence. */
export interface OwnWords {
  /** The sentences that a quote stands in and that can say something of the author: see {@link ownWords}. */
  readonly at: (quote: Range) => readonly Sentence[];
  /** As {@link at}, with sentences that do not speak of the author but are no order either. */
  readonly plainAt: (quote: Range) => readonly Sentence[];
  /** All of those in one text, for patterns that read facts. */
  readonly plainText: string;
}

/**
 * Finds the sentences of a post in which its author speaks of themselves: those with the first person, or without a subject as
 * people leave it out, and the fragments beside them ("Barber in Jackson. I've cut hair for 26 years."). No order, nothing after
 * an order, no supposition, no quotation, no talk about "the author" and no field with its value (`age: 83`) is among them: what
 * others, or an order in a post, say of the author is nothing that the author said.
 */
export function ownWords(post: Post): OwnWords {
  const all = readSentences({ posts: [post] });
  const isTold = all.some(({ text }) => orderInside.test(text) || aboutTheAuthor.test(text));
  const plain = all.filter((sentence) => isPlain(sentence));
  const own = plain.filter(speaksOfSelf);
  const told = isTold || own.length === 0 ? own : plain.filter((s) => own.includes(s) || !label.test(s.text));
  // The letters of what others say are masked: a quote from it is none of the author's.
  const touching =
    (sentences: readonly Sentence[]) =>
    ({ start, end }: Range): readonly Sentence[] =>
      sentences.filter((s) =>
        /[\p{L}\p{N}]/u.test(s.text.slice(Math.max(0, start - s.start), Math.max(0, end - s.start))),
      );
  const telling = isTold ? own : plain.filter((s) => !label.test(s.text));
  return { at: touching(told), plainAt: touching(telling), plainText: telling.map(({ text }) => text).join('\n') };
}

const speaksOfSelf = ({ text }: Sentence): boolean =>
  firstPerson.test(text) || (withoutSubject.test(text) && !label.test(text));

/** A sentence that is no order, supposition, quotation or talk about the author. */
const isPlain = (sentence: Sentence): boolean =>
  !sentence.isMadeUp &&
  !order.test(sentence.text) &&
  // What follows an order may be what it orders to say.
  !order.test(sentence.previous) &&
  !orderInside.test(sentence.text) &&
  !orderInside.test(sentence.previous) &&
  !aboutTheAuthor.test(sentence.text) &&
  !isSupposed(sentence, sentence.text.length);

/** Statements of a liking, an interest or a conviction: all that a sentence without its author can tell. */
const attitude =
  /^(?:likes|dislikes|loves|hates|enjoys|follows|supports|opposes|favou?rs|admires|criticises|criticizes|mocks|distrusts|trusts|cares|worries|thinks|believes|values|is (?:a fan|fond|critical|interested|concerned|in favou?r|against)|shows (?:an )?interest|takes an interest|writes (?:of|about)|often writes|has \p{L}+ on the mind)(?![\p{L}\p{N}])/iu;

/**
 * Whether a quote can carry a claim: the author speaks there, or all that is claimed is an inferred attitude (values, interests).
 */
export const carriesClaim = (words: OwnWords, quote: Range, { dimension, statement, status }: Claim): boolean =>
  words.at(quote).length > 0 ||
  (status === 'inferred' &&
    /^(?:values|interests)$/.test(dimension) &&
    attitude.test(statement) &&
    words.plainAt(quote).length > 0);

/** What stands before and after a number that is somebody's age. */
const agedBefore =
  /(?:\b(?:am|'m|i|im|turn(?:ed|ing|s)?|age[d]?|now|being|bin|werde|tengo|cumplí|tenho|ho|ai|eu|ben|mam|мне)|j'ai)\W{1,3}(?:(?:now|just|only|almost|already|a|an|officially|schon|ya|already) ){0,2}$/iu;
const agedAfter =
  /^(?:st|nd|rd|th)?(?:[ -](?:birthday|years?\b|yrs?\b|y\/?o\b|jahre|años|anos|anni|ans\b|jaar|lat\b|лет|год|yaş|tuổi|tahun)|[歳岁살]| ?[fmFM]\b)/iu;

/** Whether the author's own words in these sentences give this age. */
export const saysAge = (own: readonly Sentence[], years: number): boolean =>
  own.some(({ text }) =>
    [...text.matchAll(/\p{L}+(?:-\p{L}+)?|\d+/gu)].some(
      ({ 0: word, index }) =>
        numberOf(word) === years &&
        (agedBefore.test(text.slice(Math.max(0, index - 30), index)) ||
          agedAfter.test(text.slice(index + word.length, index + word.length + 30))),
    ),
  );

/** Most words between "I" and the name of a category: "I live in the West". */
const nearWords = 4;

/** Whether the author's own words in these sentences name this category, close to the first person and in one clause with it. */
export const namesCategory = (own: readonly Sentence[], category: string): boolean =>
  own.some(({ text }) => text.split(/[,;:()!?]|\.(?!\d)/).some((clause, k) => isNamed(clause, category, k === 0)));

function isNamed(clause: string, category: string, isFirst: boolean): boolean {
  const at = clause.toLowerCase().indexOf(category.toLowerCase());
  if (
    at < 0 ||
    /[\p{L}\p{N}]/u.test(clause.charAt(at - 1)) ||
    /[\p{L}\p{N}]/u.test(clause.charAt(at + category.length))
  )
    return false;
  const before = clause.slice(0, at);
  if (/\b(?:not|never|no longer|used to|wish|isn't|wasn't|ain't)\b|n't\b/i.test(before)) return false;
  const words = before.trim().split(/\s+/).filter(Boolean);
  return words.slice(-nearWords - 1).some((word) => firstPerson.test(word)) || (isFirst && withoutSubject.test(clause));
}
