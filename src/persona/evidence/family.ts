import type { FamilyRule } from './family-reader.js';
import { countPattern, inWords, numberOf } from './numbers.js';
import { described, iAm, iAmA, iOr, opening, phrase, triggerWords } from './reading.js';

const group = (match: RegExpExecArray, skip = 0): string =>
  ((match as readonly (string | undefined)[]).slice(1 + skip).find((text) => text !== undefined) ?? '').toLowerCase();
const an = (noun: string): string => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;

/** "Has two kids.", in the writer's own word. */
const counted = (match: RegExpExecArray): string => {
  const noun = group(match, 1);
  const n = numberOf(match[1]!.replace(/-$/, ''));
  const count = n === undefined ? match[1]!.toLowerCase() : inWords(n);
  return `Has ${count} ${n === 1 ? noun.replace('children', 'child').replace(/(?:ie)?s$/, (end) => (end === 'ies' ? 'y' : '')) : noun}.`;
};

const childTriggers = triggerWords(
  'kids kiddos children boys sons girls daughters twins triplets toddler toddlers baby newborn mom mother dad father mama parent parents daughter son teen teens teenager teenagers stepkids stepson stepdaughter foster little one ones year old olds of',
);
const children =
  'kids|kiddos|children|boys|sons|girls|daughters|babies|toddlers|teens|teenagers|littles|stepkids|step kids|grown kids|little ones|little girls|little boys';
/** What is called a child without being one. */
const notChildren =
  "(?! (?:in my|in the|in our) (?:class|classroom|room|school|team|grade|study|daycare|care|bus|van|program|camp|group|troop))(?!(?: and|,| -|;)? (?:they're |they are |all |both |are |of them |who are |all of whom are )*(?:succulents|cats|dogs|plants|chickens|goats|puppies|hamsters|furry|four[- ]legged|fur\\b|horses|huskies|pugs|tomatoes|rescue))";
const notPets = '(?<!\\b(?:fur|dog|cat|plant|pet|furry|four-legged|goat|chicken) )';
const age =
  '(?:\\d{1,2}[- ]?(?:years?[- ]olds?|yr[- ]olds?|yo|y\\/o|months?[- ]old|weeks?[- ]old|week old|day old|hours old))';

/** Family, household, pets, service and the like: what a life is told by besides work, health and hobbies. */
export const familyRules: readonly FamilyRule[] = [
  {
    topic: 'children',
    triggers: childTriggers,
    pattern: phrase(
      `(?:${iOr}(?:got |have |had |raised |am raising |raising |'re raising |are raising |adopted |'m raising )|${opening})(?:\\w+ )?(${countPattern}) (?:(?!fur|dog|cat)\\w+ ){0,2}?(${children})\\b${notChildren}`,
    ),
    dimension: 'experiences',
    statement: counted,
    fragment: true,
  },
  {
    topic: 'children',
    triggers: childTriggers,
    pattern: phrase(
      `${notPets}\\b(?:mom|mother|mama|momma|dad|father|parents?|sahm|mommy|daddy) (?:of|to) (?:an? )?(${countPattern}|twins|triplets)()\\b(?! (?:the|my|years?|yr|yrs|months?|weeks?))(?!-)(?!(?: \\w+){0,2} (?:cats|dogs|plants|chickens|goats|puppies|pugs|rescues|goldens|huskies|pit bulls))`,
    ),
    dimension: 'experiences',
    statement: (match) =>
      /twins|triplets/i.test(match[1]!)
        ? `Has ${match[1]!.toLowerCase()}.`
        : counted(Object.assign([...match], { 2: 'children' }) as unknown as RegExpExecArray),
  },
  {
    topic: 'parent',
    triggers: childTriggers,
    pattern: phrase(
      `(?:${iAm} (?:an? |the )?${described(4)}|${opening}(?:an? )?${described(4, 1)}|${opening}(?=\\w+ (?:of|to|here)\\b))(mom|mother|mama|momma|dad|father|parent|stepmom|stepdad|mommy|daddy)\\b(?= (?:to|of|and|here|with|who)\\b| ?[.,;!]| ?$)(?!,? (?:i'm|i am) \\d)`,
    ),
    dimension: 'experiences',
    statement: (match) => `Is ${an(group(match))}.`,
    fragment: true,
  },
  ...(
    [
      'daughter',
      'son',
      'stepson',
      'stepdaughter',
      'foster son',
      'foster daughter',
      'toddler',
      'newborn',
      'baby',
      'teenager',
    ] as const
  ).map((noun): FamilyRule => ({
    topic: noun.replace(/^(?:step|foster )/, ''),
    triggers: triggerWords(noun),
    pattern: phrase(
      `\\b(?:my|our) (?:(?:\\w+ and )?(?:oldest|youngest|middle|older|younger|teenage|little|only|grown|new|newborn|baby|adult|autistic|first|second|third|sweet|beautiful|\\w+[- ]year[- ]old|${age}) ){0,2}${noun}\\b(?!-in-law| in law|'s|'s bottle| shower| food| brother| sister| daddy| mama| bump| blanket| pictures| photos| step)`,
    ),
    dimension: 'experiences',
    statement: () => `Has a ${noun}.`,
    presupposes: true,
  })),
  {
    topic: 'young child',
    triggers: triggerWords('old olds month months year years yr yo'),
    pattern: phrase(
      `\\b(?:my|our|i have an?|we have an?) (?:\\w+ )?(${age})(?= ?[.,;!?)]| ?$| (?:and|is|was|just|has|asked|said|told|who|won't|still|at|to|in|learned|started|thinks|loves|wants|boy|girl|twins|son|daughter))(?! (?:car|house|dog|cat|laptop|phone|couch|truck|puppy|kitten|roof|furnace))`,
    ),
    dimension: 'experiences',
    statement: (match) => `Has a child (${group(match)}).`,
    presupposes: true,
  },
  {
    topic: 'children',
    triggers: childTriggers,
    pattern: phrase(
      `\\b(?:my|our) (?:own |grown |adult |little |two |three |older |younger |teenage |step)*(kids|kiddos|children|twins|boys|girls|littles|stepkids|sons|daughters)\\b${notChildren}(?!')`,
    ),
    dimension: 'experiences',
    statement: (match) => `Has ${group(match)}.`,
    presupposes: true,
  },
  {
    topic: 'children',
    triggers: childTriggers,
    pattern: phrase(
      `(?:\\b(?:and|but|with|while|after|before|until|once|because|so) |^)the (kids|twins)\\b(?= (?:are|aren't|arent|were|have|are in|get|got|go|went|started|finally|to|still|and i|in bed|asleep|down|off))(?=.{0,120}\\b(?:i|me|my|we|our)\\b|(?<=\\b(?:i|me|my|we|i'm)\\b.{0,80}))`,
    ),
    dimension: 'experiences',
    statement: (match) => `Has ${group(match)}.`,
  },
  {
    topic: 'children',
    triggers: triggerWords('kid kiddo child'),
    pattern: phrase(
      `\\b(?:my|our) (?:oldest |youngest |middle |older |younger |only |own )?(kid|kiddo|child)\\b(?!-)(?! (?:self|brother|sister|support (?:case|lawyer))|hood|'s (?:friend|teacher))`,
    ),
    dimension: 'experiences',
    statement: (match) => `Has a ${group(match)}.`,
    presupposes: true,
  },
  {
    topic: 'household',
    triggers: triggerWords('family household'),
    pattern: phrase(
      `\\b(?:we(?:'re| are) a |our |my |as a |${opening})(?:little )?(?:family|household) of (two|three|four|five|six|seven|eight|nine|ten|\\d{1,2})\\b`,
    ),
    dimension: 'experiences',
    statement: (match) => `Lives in a family of ${group(match)}.`,
  },
  {
    topic: 'pregnancy',
    triggers: triggerWords('pregnant expecting baby trimester due coming way'),
    pattern: phrase(
      `(?:${iAm} (?:\\w+ ){0,3}?pregnant\\b|${opening}(?:(?:\\d+|\\w+) (?:weeks|months) |officially |still )?pregnant\\b(?= (?:with|and|again|here)|[.!,])|\\bwe(?:'re| are) (?:\\w+ )?(?:pregnant|expecting)\\b(?! (?:that|it|rain|snow|guests|company|visitors|a lot|the|to|more|too|an? (?!baby|boy|girl|little|new)))|\\b(?:i'm|i am) expecting (?:our|my|a baby|twins)|\\bwith an? baby (?:coming|on the way|due)|\\b(?:baby|one|second|third) (?:is )?(?:on the way|due in|coming (?:in|soon|this))|\\bour (?:first|second|third|fourth) (?:is )?(?:due|coming|on the way))`,
    ),
    dimension: 'experiences',
    statement: (match) => (/pregnant/i.test(match[0]) ? 'Is pregnant or expects a baby.' : 'Expects a baby.'),
  },
  {
    topic: 'grandchildren',
    triggers: triggerWords('grandkids grandchildren grandbabies'),
    pattern: phrase(
      `(?:${iOr}(?:got |have |had )|${opening}|\\bmy )(?:\\w+ )?(${countPattern}) (?:\\w+ )?(grandkids|grandchildren|grandbabies|great-grandchildren|great-grandkids)\\b`,
    ),
    dimension: 'experiences',
    statement: counted,
    fragment: true,
  },
  {
    topic: 'grandchildren',
    triggers: triggerWords('of'),
    pattern: phrase(
      `\\b(grandma|grandmother|grandpa|grandfather|grandparents?|nana|papa) (?:of|to) (${countPattern})\\b`,
    ),
    dimension: 'experiences',
    statement: (match) => `Is a ${match[1]!.toLowerCase()} of ${inWords(numberOf(match[2]!)!)}.`,
  },
  {
    topic: 'grandchildren',
    triggers: triggerWords(
      'grandkids grandchildren grandbabies granddaughter grandson grandbaby granddaughters grandsons',
    ),
    pattern: phrase(
      '\\b(?:my|our) (?:\\w+ ){0,2}?(granddaughters?|grandsons?|grandkids|grandchildren|grandbabies|grandbaby)\\b',
    ),
    dimension: 'experiences',
    statement: (match) => `Has ${/s$|children|ies$/.test(group(match)) ? group(match) : `a ${group(match)}`}.`,
    presupposes: true,
  },
  {
    topic: 'siblings',
    triggers: triggerWords('sister brother sisters brothers siblings child'),
    pattern: phrase(
      `(?:${iOr}(?:got |have )|\\bmy )(?:\\w+ )?(${countPattern}) (?:older |younger |little |big )?(brothers|sisters|siblings)\\b`,
    ),
    dimension: 'experiences',
    statement: counted,
  },
  {
    topic: 'siblings',
    triggers: triggerWords('child youngest oldest middle twin triplet of'),
    pattern: phrase(
      `${iAmA}(?:the )?(only child|(?:youngest|oldest|eldest|middle child|one|second|third|baby|middle) of (?:${countPattern})(?: (?:kids|siblings|children|girls|boys|sisters|brothers))?|identical twin|twin|triplet)\\b(?= ?[.,;!]| ?$| (?:and|so|in|from|which|who|but))`,
    ),
    dimension: 'experiences',
    statement: (match) =>
      `Is ${/^(?:youngest|oldest|eldest|middle|baby|second|third)/.test(group(match)) ? `the ${group(match)}` : an(group(match))}.`,
    fragment: true,
  },
  {
    topic: 'siblings',
    triggers: triggerWords('sister brother'),
    pattern: phrase(
      "\\bmy (?:little |older |younger |big |baby |kid |twin |only |oldest |youngest |half |step)*(sister|brother)\\b(?!-in-law| in law|s|'s (?:friend|boyfriend|girlfriend))",
    ),
    dimension: 'experiences',
    statement: (match) => `Has a ${group(match)}.`,
  },
  ...(['nephew', 'niece', 'nephews', 'nieces', 'godson', 'goddaughter'] as const).map((noun): FamilyRule => ({
    topic: 'nephews and nieces',
    triggers: triggerWords(noun),
    pattern: phrase(`\\bmy (?:\\w+ )?${noun}\\b`),
    dimension: 'experiences',
    statement: () => `Has ${noun.endsWith('s') ? noun : `a ${noun}`}.`,
    presupposes: true,
  })),
  {
    topic: 'partner',
    triggers: triggerWords('boyfriend girlfriend partner fiance fiancé fiancée fiancee bf gf'),
    pattern: phrase(
      '\\bmy (?:\\w+ )?(?<!ex |ex-|old |first |last |former |business |lab |dance |crime |best |bridge |tennis |law |training |sparring |gym |running |study |work |golf |writing |chess |hiking |climbing |duet )(boyfriend|girlfriend|partner|fianc[eé]e?|bf|gf)\\b(?! (?:in crime|at the firm|company|program|was|broke up|dumped|left))',
    ),
    dimension: 'experiences',
    statement: (match) => `Has a ${group(match).replace(/^bf$/, 'boyfriend (bf)').replace(/^gf$/, 'girlfriend (gf)')}.`,
    presupposes: true,
  },
  {
    topic: 'partner',
    triggers: triggerWords('engaged proposed'),
    pattern: phrase(
      `(?:${iAm} (?:an )?|\\bwe(?:'re| are) (?:\\w+ )?|\\b(?:i|we) (?:just )?got |${opening}(?:just |finally |newly |recently )?(?:got )?)engaged\\b(?! (?:in|with|by|to (?:my work|my job)|audience))|\\b(?:he|she) (?:finally )?proposed (?:to me )?(?=.{0,30}\\bi said yes)|\\bi said yes\\b(?=.{0,20}\\b(?:ring|engaged|wedding))`,
    ),
    dimension: 'experiences',
    statement: () => 'Is engaged.',
  },
  {
    topic: 'single',
    triggers: triggerWords('single'),
    pattern: phrase(
      `${iAmA}(?:happily |very |newly |still |perpetually |forever )?single\\b(?= ?[.,;!]| ?$| (?:and|again|by|since|for|at|in|guy|man|woman|lady|person|at|with no|with a)\\b)(?! (?:handed|minded))`,
    ),
    dimension: 'experiences',
    statement: () => 'Is single.',
    fragment: true,
  },
  {
    topic: 'pet',
    triggers: triggerWords('dog cat puppy kitten dogs cats'),
    pattern: phrase(
      '\\b(?:my|our) (?:old |new |little |two |three |rescue )?(dog|cat|puppy|kitten|dogs|cats)\\b(?! (?:food|sitter|is named after))',
    ),
    dimension: 'experiences',
    statement: (match) => `Has ${/s$/.test(group(match)) ? group(match) : `a ${group(match)}`}.`,
    presupposes: true,
  },
  {
    topic: 'service',
    triggers: triggerWords('army navy marines force guard veteran'),
    pattern: phrase(
      '\\bi (?:was|served|did (?:two|three|four|a|\\d) (?:tours?|years?)) (?:\\w+ ){0,2}?in the (army|navy|marines|air force|coast guard|national guard)\\b',
    ),
    dimension: 'experiences',
    statement: (m) =>
      `Served in the ${m[1]!.toLowerCase().replace(/(?<!\p{L})\p{L}/gu, (letter) => letter.toUpperCase())}.`,
  },
  {
    topic: 'service',
    triggers: triggerWords('army navy marines force guard veteran'),
    pattern: phrase("\\bi(?:'m|m| am) a (?:\\w+ ){0,2}?(veteran)\\b"),
    dimension: 'experiences',
    statement: () => 'Is a veteran.',
  },
  {
    topic: 'caregiving',
    triggers: triggerWords('care look caring'),
    pattern: phrase(
      '\\bi (?:take care of|look after|care for|am caring for) my (mother|father|mom|dad|husband|wife|grandmother|grandma|brother|sister|mother-in-law)\\b',
    ),
    dimension: 'experiences',
    statement: (m) => `Takes care of their ${m[1]!.toLowerCase()}.`,
  },
  {
    topic: 'lives with',
    triggers: triggerWords('live living moved'),
    pattern: phrase(
      "\\b(?:i live with|i(?:'m| am) living with|i moved (?:back )?in with) my (parents|mom|mother|dad|father|grandmother|grandma|mamaw|memaw|sister|brother|cousin|roommates?|daughter|son|girlfriend|boyfriend|aunt|uncle)\\b",
    ),
    dimension: 'experiences',
    statement: (m) => `Lives with their ${m[1]!.toLowerCase()}.`,
  },
  {
    topic: 'sobriety',
    triggers: triggerWords('sober sponsor clean recovery'),
    pattern: phrase(
      `\\bi(?:'ve|ve| have) been (?:sober|clean)\\b(?! (?:up|out|shaven))|\\bi(?:'m|m| am) (?:\\w+ ){0,3}?sober\\b|\\bmy sponsor\\b|${opening}(?:\\w+ )?(?:\\w+ (?:years?|months|days) (?:clean|sober)|(?:clean|sober) (?:since|for|\\d+))\\b|\\b(?:i'm|i am) in recovery\\b`,
    ),
    dimension: 'experiences',
    statement: () => 'Is sober, in recovery.',
  },
  // Bare "kids", "son" and "daughter" who do something, as people write of their own: "son starts at Purdue tomorrow".
  ...(
    [
      'kids',
      'son',
      'daughter',
      'twins',
      'toddler',
      'kindergartner',
      'preschooler',
      'teenager',
      'oldest',
      'youngest',
    ] as const
  ).map((noun): FamilyRule => ({
    topic: noun === 'kids' || noun === 'twins' ? 'children' : noun,
    triggers: triggerWords(noun),
    pattern: phrase(
      `(?:^|[.;:!?—-] ?|, |\\b(?:and|but|so|because|then|while|when|that|lol|since|until|before|after|with|told|asked|husband|wife|hubby|ex) )(?:the |oldest |youngest |middle |both )?${noun}(?:,? (?:just |still |also |already |finally |always |never |even |actually |keeps? |both |all |really )?(?:(?<!kids )is (?!an? )|starts?|started|has|had|and (?:i|me)|says|said|thinks?|thought|took|takes|left|leaves|went|goes|got|gets|made|makes|found|finds|told|tells|asked|asks|wants?|hates?|loves?|likes|came|comes|lost|turned|turns|graduated|graduates|moved|moves|called|calls|brought|brings|broke|threw|spilled|ate|won't|wont|can't|refuses?|woke|wakes|slept|are (?:in|at|with|finally|asleep|out|grown|home|fine|good|driving|sick|fighting)|were|home|asleep|sick|in (?:bed|school|college|tow)|at (?:school|camp|practice|grandma's)|down for|lost)\\b|'s (?:in|at|out|asleep|home|teacher|school|birthday|soccer|first)\\b)`,
    ),
    dimension: 'experiences',
    statement: () => `Has ${/est$/.test(noun) ? 'children' : /s$/.test(noun) ? noun : `a ${noun}`}.`,
    presupposes: true,
    household: true,
  })),
  {
    topic: 'children',
    triggers: childTriggers,
    pattern: phrase(
      `(?:(?<!\\b(?:you|they|he|she|who|people|that|we all) )\\b(?:with|and|plus|feeding|raising|raised|have|had|got|of|wrangling|chasing|juggling|between|for|parenting|homeschool\\w*|us and|me and|me plus|has given me|gave me|our|my|(?:mom|dad|mother|father|mama|daddy|parent|stepdad|stepmom|nana|papa) to) |${opening})(?:our |my )?(${countPattern}) (?:(?!fur|dog|cat|other|of|neighbor|foster dogs?)\\w+ ){0,2}?(${children}|under (?:two|three|four|five|six|seven|eight|ten|\\d{1,2}))\\b${notChildren}(?! (?:years?|months|weeks|dollars|bucks|meal|menu))`,
    ),
    dimension: 'experiences',
    statement: (match) =>
      /^under/i.test(match[2]!)
        ? `Has ${match[1]!.toLowerCase()} children ${match[2]!.toLowerCase()}.`
        : counted(match),
    presupposes: true,
    household: true,
  },
  {
    topic: 'children',
    triggers: childTriggers,
    pattern: phrase(
      `(?:\\b(?:i|we)(?: \\w+)?(?:'ve| have| got|'ve got| have got)|\\b(?:i'm|i am|me|us|we're|here|home|stuck|alone) (?:here |home |alone |stuck )?(?:with|and)|${opening}(?:have|got|raising)|\\bit's) (?:an? |one |the |our |my )(?:(?:wild|sweet|wonderful|beautiful|amazing|tiny|crazy|little|very|grown|teenage|adult|toddler|baby|new) )?(kid|kiddo|child|toddler|newborn|baby|infant|preschooler|teenager|teen|tween|twins|son|daughter|stepson|stepdaughter|kindergartner|baby girl|baby boy|${age})\\b(?! (?:car|house|dog|cat|laptop|phone|couch|truck|puppy|kitten|shower|step|brother|sister|face|tooth|carrot|bump|fever|grand|yoda)|'s)`,
    ),
    dimension: 'experiences',
    statement: (match) =>
      `Has ${/twins/.test(group(match)) ? 'twins' : /\d/.test(group(match)) ? `a child (${group(match)})` : an(group(match))}.`,
  },
  {
    topic: 'children',
    triggers: triggerWords(
      'grader freshman sophomore junior senior kindergartner kindergartener preschooler schooler graduate',
    ),
    pattern: phrase(
      `\\b(?:my|our) (?:\\w+ )?((?:first|second|third|fourth|fifth|sixth|seventh|eighth|\\d(?:st|nd|rd|th))[- ]grader|high[- ]schooler|middle[- ]schooler|preschooler|kindergart[e]?ner|college (?:kid|freshman|student))\\b`,
    ),
    dimension: 'experiences',
    statement: (match) => `Has a child (${group(match)}).`,
    presupposes: true,
  },
  {
    topic: 'parent',
    triggers: triggerWords('mom dad mother father mama daddy mommy parent momma dada papa'),
    pattern: phrase(
      `(?:\\bbeing (?:their|his|her|a|your|this \\w+'s) |${opening}(?:proud |tired |single |girl |boy |busy |new |first[- ]time |foster |bonus |dance |hockey |soccer |cheer |baseball |band |twin )*|\\b(?:i'm|i am|as) (?:an? |the )?(?:proud |tired |single |girl |boy |new |first[- ]time )*)(mom|dad|mother|father|mama|daddy|mommy|momma|parent)\\b(?= (?:is the|of (?:\\w+|a )|to (?:an?|two|three|four|five|six|\\d|these|this|those|my|twins|\\w+ (?:boys|girls|kids))|x ?\\d|times \\w+)\\b|x\\d)(?! (?:of|to) (?:the|dragons|all|(?:an? |my |this |two |three |four |\\d )?(?:\\w+ )?(?:cats?|dogs?|plants?|puppy|kitten|sourdough|chickens|fur\\w*|succulents)))`,
    ),
    dimension: 'experiences',
    statement: (match) => `Is ${an(group(match))}.`,
  },
  {
    topic: 'household',
    triggers: triggerWords('people us house household roof mouths'),
    pattern: phrase(
      `(?:^|\\b(?:with|there are|there's|we're|we are|feeding|of) )(?:all )?(${countPattern}) (?:of us|people|humans|adults|mouths to feed|generations) (?:(?:living |all |crammed |packed |to feed )*(?:in|under) (?:this|our|my|one|the same|a \\w+[- ]bedroom) (?:\\w+ )?(?:house|home|apartment|roof|trailer|condo|household|place|bathroom))`,
    ),
    dimension: 'experiences',
    statement: (match) => `Lives in a household of ${group(match)} people.`,
    presupposes: true,
  },
  {
    topic: 'caregiving',
    triggers: triggerWords('caregiver caretaker care caring caregiving carer look looking after'),
    pattern: phrase(
      `\\b(?:caregiver|caretaker|carer|caregiving|caring|care|looking after|cares?) (?:for |to |of )?(?:my|our) (?:\\w+ )?(mother|father|mom|dad|husband|wife|grandmother|grandma|grandpa|grandfather|brother|sister|mother-in-law|parents|son|daughter|uncle|aunt)\\b`,
    ),
    dimension: 'experiences',
    statement: (match) => `Takes care of their ${group(match)}.`,
    presupposes: true,
  },
  {
    topic: 'grandchildren',
    triggers: triggerWords(
      'granny grammy gramma mimi gigi nana papa pawpaw papaw memaw gramps grandma grandpa grandparent',
    ),
    pattern: phrase(
      `\\b(granny|grammy|gramma|mimi|gigi|nana|papa|pawpaw|papaw|memaw|gramps|grandma|grandpa|grandparent|grandmother|grandfather) (?:of|to|x) ?(${countPattern})\\b(?: (?:grand\\w+|kids|boys|girls))?`,
    ),
    dimension: 'experiences',
    statement: (match) => `Is a ${match[1]!.toLowerCase()} of ${inWords(numberOf(match[2]!)!)}.`,
  },
];
