import {
  assertedMatches,
  claimAt,
  closesFragment,
  firstGroup,
  iAm,
  isProfile,
  matchesOf,
  mentionsAny,
  modifiers,
  opening,
  phrase,
  triggerWords,
} from './reading.js';
import type { Cue, Sentence } from './reading.js';

const hispanic =
  'hispanic|latina|afro-latina|afro-latino|latine|spanish-speaking hispanic|nuyorican|latino|latinx|chicana|chicano|mexican|mexican[- ]american|puerto rican|cuban|cuban[- ]american|dominican|salvadoran|guatemalan|honduran|colombian|venezuelan|peruvian|ecuadorian|boricua|tejano|tejana|bolivian|chilean|argentinian|argentine|panamanian|costa rican|nicaraguan|uruguayan|paraguayan|tico|nica|catracho|quisqueyano|quisqueyana|cubano|cubana|mexicano|mexicana|latino american|hispanic american|honduran[- ]american|salvadoran[- ]american|salvadorian|guatemalan[- ]american|colombian[- ]american|dominican[- ]american|peruvian[- ]american|venezuelan[- ]american|ecuadorian[- ]american';
const asian =
  'asian|asian[- ]american|chinese|chinese[- ]american|japanese[- ]american|korean|korean[- ]american|vietnamese|vietnamese[- ]american|filipino|filipina|filipino[- ]american|hmong|cambodian|laotian|taiwanese|taiwanese[- ]american|south asian|indian[- ]american|punjabi|gujarati|bengali|tamil|desi|sri lankan|indonesian|malaysian|burmese|tongan|chamorro|polynesian|pakistani|pakistani[- ]american|bangladeshi|thai|native hawaiian|samoan|pacific islander|nepali|japanese|nepalese|tibetan|bhutanese|mongolian|okinawan|cantonese|hokkien|fijian|marshallese|micronesian|guamanian|aapi|malayali|telugu|kannadiga|marathi|sindhi|kashmiri|sinhalese|east asian|southeast asian|viet|pinoy|pinay|khmer|lao|lao[- ]american|hmong[- ]american|pakistani american|south asian american|cambodian[- ]american|bangladeshi[- ]american|thai[- ]american|indonesian[- ]american|indo[- ]american|sri lankan[- ]american|burmese[- ]american|tongan american|samoan[- ]american';
const black =
  'black|african[- ]american|afro[- ]caribbean|black american|kenyan|trinidadian|sudanese|haitian|haitian[- ]american|nigerian|nigerian[- ]american|jamaican|somali|ethiopian|ghanaian|liberian|eritrean|congolese|cameroonian|senegalese|gambian|ugandan|zimbabwean|barbadian|bajan|bahamian|rwandan|sierra leonean|ivorian|togolese|zambian|tanzanian|south sudanese|west african|east african|african immigrant|caribbean american|gullah|gullah geechee|igbo|yoruba|jamaican[- ]american|ghanaian[- ]american|kenyan[- ]american|somali[- ]american|ethiopian[- ]american|afro[- ]american|black american|foundational black american';
const native =
  "native american|american indian|indigenous|enrolled member of the \\w+|mixed[- ]race|mixed|half black,? half white|half white,? half \\w+|blasian|hapa|black and white|navajo|diné|cherokee|lakota|ojibwe|anishinaabe|choctaw|chickasaw|creek|apache|hopi|pueblo|alaska native|yupik|inupiaq|tlingit|enrolled member|biracial|mixed race|multiracial|blackfeet|crow|comanche|ho-chunk|menominee|lumbee|seminole|osage|muscogee|mvskoke|oneida|mohawk|onondaga|seneca|shoshone|paiute|zuni|tohono o'odham|yaqui|potawatomi|kiowa|pawnee|oglala|oglala lakota|sioux|cree|métis|inuit|iñupiat|haida|nez perce|salish|yakama|caddo|quapaw|arapaho|northern cheyenne|mescalero|san carlos apache|white mountain apache|passamaquoddy|penobscot|wampanoag|pequot|narragansett indian|catawba|chippewa|red lake ojibwe|multi-ethnic|multiethnic|tribal member|tribal citizen|first nations";
const person =
  '(?: (?:woman|man|guy|girl|lady|dude|mom|dad|mother|father|person|adoptee|male|female|american|gal|kid|boy|grandmother|grandfather|family|folks|student|nurse|teacher|engineer|developer|lawyer|doctor|professional|couple|household|immigrant|daughter|son|chick|bloke|veteran|homeowner|writer))';
/** People of the family, whose origin is the writer's. */
const relatives =
  '(?:parents|family|mother|mom|mama|dad|father|folks|grandparents|grandmother|grandma|household|immigrant parents|upbringing|roots|heritage|ancestry|side of the family)';
/** What may follow a bare "I'm black": the end of the clause. */
const end = '(?= ?[.,;!?)~]| ?$| (?:and|but|so|on|by|from|if|too|myself|grew)\\b)(?! and blue)';

/** Words for people of an origin, as alternatives of a pattern, with the category that they tell. */
export const groups: readonly { words: string; variable: 'race' | 'hispanic'; value: string }[] = [
  { words: hispanic, variable: 'hispanic', value: 'Hispanic' },
  { words: asian, variable: 'race', value: 'AAPI' },
  { words: black, variable: 'race', value: 'Black' },
  { words: 'white|caucasian', variable: 'race', value: 'White' },
  { words: native, variable: 'race', value: 'Other race' },
];

/** Longest first, so that "Vietnamese American" is not cut to "Vietnamese". */
const longestFirst = (words: string): string =>
  words
    .split('|')
    .sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
    .join('|');

/** `own`: may stand without "I'm" and must then end like a sentence. */
const rules = groups
  .map((group) => ({ ...group, words: longestFirst(group.words) }))
  .flatMap(({ words, variable, value }) => [
    {
      pattern: phrase(
        `${iAm} (?:half |part |full |a proud |proud |an? |an enrolled |the only |the one |one of the few |first[- ]gen(?:eration)? |second[- ]gen(?:eration)? |1st gen |ethnically |racially |biracial,? )*(?:(?!white as|black as)(${words}))(?:${end}|${person})`,
      ),
      status: 'stated' as const,
      fragment: false,
      variable,
      value,
      words,
      statement: 'Is {group}.',
    },
    {
      pattern: phrase(
        `(?:(?:^|[,.;:!?—-] ?|\\b(?:speaking|and|but|so|because|me|myself|even|know|life|growing up|raised) )(?:as|being) (?:an? |the only |one of the (?:few|only) )|\\b(?:as|being) (?:an? |the only )|${iAm} (?:an? |the only |your (?:average|typical) )${modifiers(3)})(?:[a-z0-9'-]+ ){0,1}?(${words})(?:${person}(?! of mine)|(?= in (?:tech|this|my|the|a)\\b)|(?=,? i\\b))`,
      ),
      status: 'stated' as const,
      fragment: false,
      variable,
      value,
      words,
      statement: 'Is {group}.',
    },
    {
      pattern: phrase(
        `${opening}(?:an? |just an? |proud |first[- ]gen(?:eration)? |second[- ]gen(?:eration)? |\\d\\d,? |single |older |young |straight |gay |queer |trans |disabled )*(${words})(?:${person}|(?= ?[,.;!]| ?$| (?:here|and (?:proud|first|i|tired|from)|from|checking|born|raised)\\b))`,
      ),
      status: 'stated' as const,
      fragment: true,
      variable,
      value,
      words,
      statement: 'Is {group}.',
    },
    // "As an Indian American, I", "Choctaw on both sides", "Mexican American and proud", "daughter of Korean immigrants".
    {
      pattern: phrase(
        `(?:^|[.;!?—-] ?|, |\\b(?:and|but|so|because|me|growing up|raised|life) )(?:as|being) (?:an? |the only |one of (?:the few|two|the two|three) )(?:proud |half |first[- ]gen(?:eration)? )*(?!white (?:belt|collar)|black (?:belt|sheep))(${words})(?= ?[,(.]| (?:i|we|my|in (?:this|a|the|my|[A-Z])|who|from|and proud)\\b)`,
      ),
      status: 'stated' as const,
      fragment: false,
      variable,
      value,
      words,
      statement: 'Is {group}.',
    },
    {
      pattern: phrase(
        `(?:${opening}|${iAm} )(?:an? |half |part |full[- ]blood(?:ed)? |fully |100% |all |proud(?:ly)? |just an? |first[- ]gen(?:eration)? |second[- ]gen(?:eration)? )*(?!(?:black|white) (?:and|&))(${words})(?:[- ]american)?(?= (?:on (?:both|my (?:\\w+'?s?|mother's|father's)|all) sides?|by (?:birth|blood|way of|descent|heritage)|through and through|(?:and|&) (?:proud|loving|italian|irish|german|polish|greek|jewish|catholic|black|white|indigenous|muslim|christian|queer|gay)|born (?:and|&) raised|immigrant|refugee|from (?:[A-Z]|the|a|south|north|east|west|rural|small)|(?:kid|guy|girl|woman|man|dude|lady|mom|dad) (?:from|here|in|who|with)))`,
      ),
      status: 'stated' as const,
      fragment: false,
      variable,
      value,
      words,
      statement: 'Is {group}.',
    },
    {
      pattern: phrase(
        `(?:\\b(?:us|we|fellow|my fellow) (?!white (?:belt|collar))(${words})s? (?:folks|people|women|men|girls|guys|moms|dads|families|kids|teachers|nurses)\\b|\\b(${words}) (?:folks|people|women|men|girls|guys|moms|dads|kids) like (?:me|us|myself)\\b|\\bmy (${words}) (?:ass|self|skin|hair|body|butt|behind)\\b|\\bi identify as (?:an? )?(${words})\\b|\\b(?:my (?:heritage|ancestry|background|ethnicity|race|roots)|ethnically i'm|racially i'm) (?:is |are )?(?:mostly |all )?(${words})\\b|\\bthe only (${words})${person}?,? (?:in|on|at) (?:my|our|this)\\b(?=.{0,60}|$))(?<!\\bblack (?:hair|ass))`,
      ),
      status: 'inferred' as const,
      fragment: false,
      variable,
      value,
      words,
      statement: 'Is {group}.',
    },
    {
      pattern: phrase(
        `(?:${iAm} (?:an? |the )?|\\bas (?:an? |the )|${opening}(?:an? |proud )?)(?:(?:proud|oldest|eldest|youngest|first[- ]gen(?:eration)?|american[- ]born|us[- ]born|only) )*(?:daughter|son|child|kid|grandson|granddaughter|grandchild|product) of (?:two |poor |undocumented |working[- ]class )*(${words}) (?:immigrants?|refugees?|parents|migrants?|farmworkers?|farmers|family)\\b|\\b(?:raised by|born to) (?:my |an? |two |immigrant |strict )*(${words}) (?:parents|mother|mom|mama|grandmother|grandma|immigrants|grandparents|family|dad|father|women)\\b`,
      ),
      status: 'inferred' as const,
      fragment: false,
      variable,
      value,
      words,
      statement: 'Comes from a {group} family.',
    },
    {
      pattern: phrase(
        `\\b(?:my (?:family|people|folks|parents) (?:is|are)|we(?:'re| are)|our family is|i come from an?|i was raised in an?|i grew up in an?|i was born into an?) (?:all |big |loud |huge |traditional |immigrant |strict |very |proud )*(${words})(?:${end}|${person}|(?= (?:household|home|family|catholic|immigrant)))`,
      ),
      status: 'inferred' as const,
      fragment: false,
      variable,
      value,
      words,
      statement: 'Comes from a {group} family.',
    },
    {
      pattern: phrase(
        `\\b(?:my|our) (?:very |big |loud |strict |immigrant |traditional )?(?!white|black (?:sheep|friday)|mixed)(${words}) ${relatives}\\b(?!-in-law|'s (?:friend|neighbor))`,
      ),
      status: 'inferred' as const,
      fragment: false,
      variable,
      value,
      words,
      statement: 'Comes from a {group} family.',
    },
  ]);

const countries: readonly { words: string; variable: 'race' | 'hispanic'; value: string }[] = [
  {
    words:
      'mexico|puerto rico|san juan|guadalajara|mexico city|tijuana|havana|bogot[aá]|caracas|lima|quito|tegucigalpa|managua|panama|bolivia|chile|argentina|uruguay|paraguay|costa rica|cuba|guatemala|el salvador|honduras|colombia|ecuador|peru|venezuela|nicaragua|the dominican republic|puebla|monterrey|veracruz|zacatecas|durango mexico|guerrero|nayarit|guanajuato|jalisco|michoac[aá]n|oaxaca|chihuahua|sinaloa',
    variable: 'hispanic',
    value: 'Hispanic',
  },
  {
    words:
      'china|korea|south korea|seoul|busan|shanghai|beijing|mumbai|delhi|karachi|dhaka|tokyo|osaka|taipei|cebu|phnom penh|bangkok|sri lanka|indonesia|malaysia|burma|myanmar|samoa|guam|tonga|vietnam|the philippines|taiwan|india|pakistan|bangladesh|laos|cambodia|thailand|japan|hong kong|gujarat|punjab|saigon|manila|hanoi|nepal',
    variable: 'race',
    value: 'AAPI',
  },
  {
    words:
      'haiti|nigeria|lagos|accra|port-au-prince|kingston|trinidad|cameroon|senegal|sudan|sierra leone|the congo|ghana|jamaica|somalia|ethiopia|kenya|eritrea|liberia',
    variable: 'race',
    value: 'Black',
  },
];
const kinOf =
  "\\b(?:my (?:parents|folks|family|family's|grandparents|people|roots|mom's family|dad's family|mother's family|father's family)|(?:me|i) and my \\w+|my \\w+ and (?:i|me)|my (?:mother|mom|dad|father) and (?:father|dad|mother|mom)|both (?:of )?my parents|my whole family)";
const origins = countries.map(({ words, variable, value }) => ({
  pattern: phrase(
    `(?:${kinOf} (?:\\w+ )?(?:came|moved|immigrated|emigrated|fled|come|comes)|\\b(?:i|we) (?:came|moved|immigrated|emigrated|fled)(?= (?:here|over|to the)\\b)|${opening}(?:immigrated|moved here|came here))(?: here| over)?(?: to (?:the )?(?:us|u\\.s\\.|states|america))? from (?:\\w+, )?(${words})\\b(?! (?:on|after|for) (?:vacation|a trip|work))|(?:${kinOf} (?:is|are)|\\bi(?:'m| am)|\\bwe(?:'re| are)|${opening})(?: all| both)? ?(?:originally )?from (?:\\w+, )?(${words})\\b(?! (?:on|after|for) )|(?:${kinOf} were|\\bi was|${opening}) ?(?:born in|adopted from|born and raised in) (?:\\w+, )?(${words})\\b`,
  ),
  status: 'inferred' as const,
  fragment: false,
  variable,
  value,
  statement: 'Has family roots in {group}.',
}));

/** Words for grandparents that are used in one group only. */
const kin = [
  {
    pattern: phrase(
      '\\bmy (?:\\w+ )?(abuelita|abuela|abuelo|abuelito|tía|tia|tío|abuelos|abuelitos|tías|tias|tíos|tios|primos|primas)\\b|\\bmy (?:own |daughters )?(quinceañera|quinceanera)\\b',
    ),
    fragment: false,
    status: 'inferred' as const,
    variable: 'hispanic' as const,
    value: 'Hispanic',
    statement: 'Calls a {relative} “{group}”.',
  },
  {
    pattern: phrase(
      '\\bmy (lola|lolo|halmoni|harabeoji|obaachan|ojiichan|nai nai|po po|gung gung|ye ye|bà|tita|dadi|nani ji)\\b(?! (?:is a dog|the dog))',
    ),
    fragment: false,
    status: 'inferred' as const,
    variable: 'race' as const,
    value: 'AAPI',
    statement: 'Calls a relative “{group}”.',
  },
  {
    pattern: phrase(
      `\\b(?:my (?:tribe|rez|reservation|tribal (?:id|card|council|enrollment))|enrolled (?:in (?:my|the) (?:tribe|\\w+ nation)|(?:${longestFirst(native)})(?: nation)?)|on (?:my|our|the) rez)\\b()`,
    ),
    fragment: false,
    status: 'inferred' as const,
    variable: 'race' as const,
    value: 'Other race',
    statement: 'Belongs to a Native American tribe.',
  },
];

/** Two backgrounds in one person, or parents of two. */
const mixedParents = phrase(
  "\\bmy (?:mom|mother|dad|father)(?: is|'s) (black|white|asian|korean|japanese|chinese|filipin[ao]|native|vietnamese)\\b.{0,24}\\b(?:mom|mother|dad|father)(?: is|'s) (?:black|white|asian|korean|japanese|chinese|filipin[ao]|native|vietnamese)\\b",
);
/** "Half Filipino, half Irish". */
const halves = phrase('\\bhalf[- ]([a-z]+),?(?: and)? half[- ]([a-z]+)\\b');
const raceOf = (word: string): string =>
  /^(?:white|irish|italian|german|polish|english|french|scottish|swedish|norwegian|greek|russian|dutch|caucasian)$/i.test(
    word,
  )
    ? 'White'
    : (rules.find(
        ({ variable, value, words }) =>
          variable === 'race' && value !== 'Other race' && new RegExp(`^(?:${words})$`, 'i').test(word),
      )?.value ?? '');
/** "Not Hispanic" is never read from silence, only from words. */
const notHispanic = phrase(
  `${iAm} not (?:actually |even )?(hispanic|latin[aox])\\b(?! enough)|\\bi(?:'ve| have) no (?:\\w+ )?(hispanic|latin[ao]) (?:\\w+ )?(?:background|heritage|ancestry|roots|blood|family)\\b|\\bi(?:'m| am) (?:a )?(non-hispanic|non hispanic)\\b|${opening}(non-hispanic) (?:white|black)\\b`,
);

const triggers = triggerWords(
  [...groups, ...countries].flatMap(({ words }) => words.split('|')),
  'abuelos abuelitos tías tias tíos tios primos primas quinceañera quinceanera lola lolo halmoni harabeoji obaachan ojiichan nai po gung ye bà tita dadi ji tribe rez reservation tribal enrolled latinos latinas filipinos',
  'non hispanic latino latina latinx white black asian mixed half hapa michoacan abuelita abuela abuelo abuelito tía tia tío',
);

/** In the middle of a sentence a bare colour is no group: "more than black and white". */
const standsAlone = (sentence: Sentence, { 0: words, index }: RegExpExecArray): boolean =>
  !/^(?:black|white|mixed|creek|crow)$/i.test(words.trim()) || index < 4 || isProfile(sentence);

/** Nationality words that go with a language, a cuisine or a class are not about the writer. */
const notSelf =
  /\b(?:food|(?:japanese|chinese|korean|vietnamese|thai|hindi|nepali) (?:teacher|tutor|student|major)|class|homework|restaurant|speak\w*|studying|learning|major|craving|cooking|market)\b/i;

const allRules = [...rules, ...origins, ...kin];

/** Race and Hispanic origin, where the writer names them or the family's country. Never infers "Not Hispanic" or "White" from silence. */
export function ethnicityCues(all: readonly Sentence[]): Cue[] {
  const cues: Cue[] = [];
  const telling = all.filter((one) => mentionsAny(one, triggers));
  for (const sentence of telling)
    for (const { pattern, status, variable, value, statement, fragment } of allRules)
      for (const match of assertedMatches(sentence, pattern)) {
        if (!standsAlone(sentence, match) || (fragment && !closesFragment(sentence, match))) continue;
        const after = sentence.text.slice(match.index + match[0].length, match.index + match[0].length + 16);
        if (notSelf.test(match[0]) || notSelf.test(after)) continue;
        const group = capitalized(firstGroup(match)!);
        cues.push({
          variable,
          value,
          order: sentence.order,
          date: sentence.date,
          claim: claimAt(sentence, match, {
            dimension: 'demographics',
            statement: statement
              .replace('a {group}', /^[aeiou]/i.test(group) ? 'an {group}' : 'a {group}')
              .replace('{group}', group)
              .replace('{relative}', relativeOf(group)),
            status,
          }),
        });
      }
  for (const sentence of telling) {
    const { order, date } = sentence;
    for (const match of matchesOf(sentence.text, notHispanic))
      cues.push({
        variable: 'hispanic',
        value: 'Not Hispanic',
        order,
        date,
        claim: claimAt(sentence, match, { dimension: 'demographics', statement: 'Is not Hispanic.', status: 'stated' }),
      });
    for (const match of [
      ...assertedMatches(sentence, mixedParents),
      ...assertedMatches(sentence, halves).filter(
        ([, one, two]) => raceOf(one!) !== '' && raceOf(two!) !== '' && raceOf(one!) !== raceOf(two!),
      ),
    ])
      cues.push({
        variable: 'race',
        value: 'Other race',
        order,
        date,
        claim: claimAt(sentence, match, {
          dimension: 'demographics',
          statement: 'Is of two races.',
          status: 'inferred',
        }),
      });
  }
  return cues;
}

const lowerGroups = new Set([
  'biracial',
  'mixed race',
  'multiracial',
  'enrolled member',
  'abuela',
  'abuelos',
  'abuelitos',
  'tías',
  'tias',
  'tíos',
  'tios',
  'primos',
  'primas',
  'quinceañera',
  'quinceanera',
  'lola',
  'lolo',
  'halmoni',
  'abuelita',
  'abuelo',
  'abuelito',
  'tia',
  'tía',
  'tío',
]);

function relativeOf(name: string): string {
  if (/s$/.test(name)) return 'relative';
  if (/^abuel/.test(name)) return /a$/.test(name) ? 'grandmother' : 'grandfather';
  return /a$/.test(name) ? 'aunt' : 'uncle';
}

/** "mexican-american" → "Mexican-American"; "the philippines" → "the Philippines". */
export function capitalized(group: string): string {
  const lower = group.toLowerCase();
  if (lowerGroups.has(lower)) return lower === 'enrolled member' ? 'an enrolled member of a tribe' : lower;
  return lower.replace(/(?<![\p{L}])(?!the\b)\p{L}/gu, (letter) => letter.toUpperCase());
}
