import { isOwnHousehold, isPresupposed } from './assertion.js';
import type { Cue, Sentence } from './reading.js';
import { assertedMatches, claimAt, closesFragment, iAm, iAmA, iOr, matchesOf, opening, phrase } from './reading.js';

type Status = 'married' | 'widowed' | 'divorced' | 'separated' | 'never married';

const spouse = '(?:husband|wife|hubby|spouse|hubs|missus|wifey)';
const died =
  "(?:died|passed|passed away|was killed|is gone|has been gone|'s been gone|been gone|got killed|is dead|has been dead|is no longer with us|lost (?:his|her) (?:battle|fight))";

const years = '(?:[\\w-]+ ){0,4}?(?:\\d|years?|yrs|since|going on|for|decades?|months)';
const recently =
  '(?= (?:yesterday|last (?:week|month|weekend|year|fall|summer|spring|winter|june|may|october|saturday|sunday)|this (?:week|month|weekend|year|spring|summer|fall|winter|morning)|on saturday|today|at (?:the courthouse|city hall|twenty|\\d\\d)|in (?:(?:19|20)\\d\\d|january|february|march|april|may|june|july|august|september|october|november|december|our|my|a|the)|back in|\\d+ years ago|(?:two|three|four|five|six|ten|twenty|thirty) years ago))';

interface Rule {
  readonly pattern: RegExp;
  readonly value: Status;
  readonly status: 'stated' | 'inferred';
  readonly statement: string;
  /** Whether it stands for something that exists in whatever clause it is named: "if my husband asks". */
  readonly presupposes?: boolean;
  /** Whether the noun stands without "my", so that the text must be the writer's own elsewhere. */
  readonly bare?: boolean;
  /** Whether it may stand without "I'm" and must then end like a sentence. */
  readonly fragment?: boolean;
}

const rules: readonly Rule[] = [
  {
    pattern: phrase(
      `${iAm} (?:happily |very |a |an old |legally |very much |not single,? i'm |boringly |\\w+ly )?married\\b(?! (?:to (?:my|the|a|this|an|our) (?:(?!husband|wife|man|woman|guy|girl|soldier|nurse|teacher|doctor|cop|plumber|farmer|pastor|marine|lawyer|engineer|chef|trucker|best|high|college|same|love|wonderful|great|good|first|most|person|\\w+(?:er|or|ist|ian|man|ant)\\b)\\w+)|in (?:my head|the game)))`,
    ),
    value: 'married',
    status: 'stated',
    statement: 'Is married.',
  },
  {
    pattern: phrase(
      `${opening}(?:happily |newly |still )?married (?:with|for|since|\\d+|to (?:a|an|the (?:same|love|best|most)|my (?:high school|college|best|husband|wife)|him|her)|(?:two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|forty|fifty)\\b|mom|dad|mother|father|man|woman|guy|couple|no kids|and|,)|\\b(?:as|speaking as) a (?:\\w+ )?married (?:man|woman|guy|person|mom|dad|couple)\\b(?=.{0,40}\\b(?:i|we|my)\\b)`,
    ),
    value: 'married',
    status: 'stated',
    statement: 'Is married.',
  },
  {
    pattern: phrase(`${opening}married(?= ?[,.;]| ?$)`),
    value: 'married',
    status: 'stated',
    statement: 'Is married.',
    fragment: true,
  },
  {
    pattern: phrase(`(?:\\bwe(?:'ve|ve| have) |\\bi(?:'ve|ve| have) |${opening})been (?:happily )?married ${years}`),
    value: 'married',
    status: 'stated',
    statement: 'Is married.',
  },
  {
    pattern: phrase(
      `(?:\\b(?:we|i|my (?:husband|wife|partner|girlfriend|boyfriend|fianc[ée]e?) and (?:i|me)|me and my (?:husband|wife|partner|girlfriend|boyfriend|fianc[ée]e?)) (?:just |finally |officially )?|${opening}(?:just |finally |officially )?)(?:got married|tied the knot|eloped|got hitched|said (?:our|my) vows)(?:${recently}|(?= ?[.!,]| ?$))`,
    ),
    value: 'married',
    status: 'stated',
    statement: 'Got married.',
  },
  {
    pattern: phrase(
      `\\bi (?:just |finally )?married (?:into|my (?:high school|college|best|husband|wife|first love|sweetheart|boss|neighbor|roommate)|the (?:love|man|woman|girl|guy|boy)|him|her\\b|a (?!fool|jerk|drunk|cheater))`,
    ),
    value: 'married',
    status: 'inferred',
    statement: 'Is married.',
  },
  {
    pattern: phrase(
      `\\b(?:our|my) (?:\\w+ )?(?:\\d+(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|twentieth|silver|golden|wedding) (?:wedding )?anniversary\\b(?! (?:of|at|as|sober|party|with the company|edition|sale|tour))|\\bfor our (?:\\w+ )?anniversary\\b|\\bwe(?:'re| are) newlyweds\\b|\\bas newlyweds\\b|${iAm} (?:a )?newlywed\\b|\\bin our (?:\\d+|\\w+) years of marriage\\b|\\bour marriage (?:is|has|works|survived|counselor)\\b|\\bsame marriage\\b|\\bmy marriage (?:is|has been|works)\\b(?! over)`,
    ),
    value: 'married',
    status: 'inferred',
    statement: 'Is married.',
  },
  {
    pattern: phrase(`\\bi (?:got )?remarried\\b|\\bmy (?:second|third|new) ${spouse}\\b`),
    value: 'married',
    status: 'stated',
    statement: 'Is remarried.',
    presupposes: true,
  },
  // The spouse without "my", doing something or with the writer: "hubby and I", "wife left in march", "husband plus me".
  {
    pattern: phrase(
      `(?:^|[.,;:!?—-] ?|\\b(?:and|but|so|because|then|while|when|that|the|lol|since|if|with|told|asked|says) )(?<!\\bex[- ])(?:the )?(husband|wife|hubby|hubs|wifey|missus|spouse)(?: and (?:i|me|the kids|our)\\b|,? plus me\\b| (?:just |still |also |already |finally |always |never |even |actually |keeps? |really )?(?:is|was|isn't|wasn't|has|had|hasn't|and|does|doesn't|didn't|says|said|thinks|thought|took|takes|left|leaves|went|goes|got|gets|made|makes|found|finds|bought|buys|told|tells|asked|asks|wants|hates|loves|likes|works|worked|came|comes|gave|gives|brought|brings|put|puts|built|snores|needs|laughed|swears|insists|insisted|calls|called|cooks|cooked|drives|drove|fixed|runs|ran|kept|keeps|knows|knew|let|lets|lost|passed|died|stays|travels|sleeps|handles|walked|walks|will|won't|can't|can|would|surprised|decided|picked|noticed|claims)\\b|'s (?:at|on|out|in|asleep|working|car|truck|birthday|job|family|side|mom|dad)\\b)(?! of\\b)`,
    ),
    value: 'married',
    status: 'inferred',
    statement: 'Has a {spouse}.',
    bare: true,
  },
  // The end of a marriage told as a deed: "got divorced in January", "ours was final in May", "signed the papers".
  {
    pattern: phrase(
      `${opening}(?:just |finally |recently |officially )?(?:got|getting over (?:a|my)|went through (?:a|my)|survived (?:a|my)) divorced?\\b(?= (?:in|last|this|at|after|two|three|\\d|a|and|years|when|from (?:him|her|my))| ?[.,!])|\\b(?:i|we) (?:just |finally |both |recently )?(?:signed|finalized) (?:the |our |my )?(?:last )?divorce papers|\\bco-?parent(?:ing)? with my ex\\b`,
    ),
    value: 'divorced',
    status: 'stated',
    statement: 'Is divorced.',
  },
  {
    pattern: phrase(
      `\\bdivorcing (?:my|a|the|him|her|someone)\\b.{0,60}\\b(?:was|is|got) final|\\b(?:ours|mine|our divorce|my divorce) (?:was|is|became|went|got) (?:final|finalized)\\b|\\b(?:me and (?:the|my)|(?:the|my)) (?:ex|missus|wife|husband|hubby) (?:and i |and me )?(?:split|divorced|called it quits)(?: up)?\\b(?=.{0,60}\\b(?:papers|final|court|19\\d\\d|20\\d\\d|years|lawyers?|custody)\\b)`,
    ),
    value: 'divorced',
    status: 'stated',
    statement: 'Is divorced.',
    presupposes: true,
  },
  {
    pattern: phrase(
      `\\bmy (?:ex|first|second|former) (?:husband|wife|spouse|hubby)\\b|(?:^|[.,;!?] ?|\\b(?:and|but|so|because|since|while|then) )(?:the )?ex-?(?:husband|wife)(?: and i\\b| (?=\\w+ )|'s (?:got|house|weekend|turn))`,
    ),
    value: 'divorced',
    status: 'inferred',
    statement: 'Has an ex-{spouse}.',
    presupposes: true,
  },
  // "Going on 12 years married to the same man", "married into a Polish family", "eloped in May".
  {
    pattern: phrase(
      `(?:\\bi |\\bwe |${opening})(?:'ve |have )?(?:been )?married into (?:a|an|the|this|his|her)\\b|(?:${opening}|\\bwe(?:'re| are) |\\bi(?:'m|m| am) )(?:going on |coming up on |celebrating )?(?:\\d+|\\w+(?:-\\w+)?) years (?:of marriage|married|of wedded|wed)\\b|${opening}(?:just |finally |officially )?(?:married (?:him|her|my|the) (?:\\w+ ){0,3}(?:and|in|last|at|on|when)\\b|eloped|got (?:married|hitched|remarried))(?:${recently}|(?= ?[.!,]| ?$| (?:and|two|three|\\d|on|over|during|this|after|at|in|by)\\b))(?! (?:young|too|at (?:eighteen|nineteen|1\\d)))|\\b(?:i|we) (?:got|were|are|have been) (?:happily )?(?:wed|remarried)\\b`,
    ),
    value: 'married',
    status: 'inferred',
    statement: 'Is married.',
  },
  {
    pattern: phrase(
      `\\bmarrying into (?:a|an|the|this|his|her) (?=.{0,120}\\b(?:i|me|my)\\b|(?:[\\w-]+ ){1,4}as an?\\b)|\\bmy (?:dh|dw)\\b|\\b(?:dh|dw) (?:and (?:i|me)|is|was|says|said|has|took|works|thinks)\\b`,
    ),
    value: 'married',
    status: 'inferred',
    statement: 'Is married.',
    presupposes: true,
  },
  {
    pattern: phrase(
      `${iOr}(?:never|didn't ever|haven't ever) (?:did |ever |once |even )?(?:marry|married|marri|wed|got married|get married)\\b(?! (?:again|her|a \\w+ again))|${opening}never (?:been |got |gotten )?(?:married|hitched|wed)\\b|(?:${iAm} |${opening})(?:still )?(?:an? )?(?:old maid|spinster|bachelor for life|lifelong bachelor)\\b`,
    ),
    value: 'never married',
    status: 'stated',
    statement: 'Never married.',
  },
  // Widowed without "my": "lost my husband", "buried my wife", "since he passed".
  {
    pattern: phrase(
      `\\b(?:i|${opening}) ?(?:lost|buried|said goodbye to|laid) (?:my|the love of my life,? my) (?:\\w+ )?(?:husband|wife|hubby|spouse)\\b(?! (?:at|in) (?:the|a|ikea|costco|walmart|target)\\b(?! (?:war|crash|accident)))|^(?:widow|widower) (?:here|of|since|for)\\b|${iAm} (?:now )?(?:a )?(?:young )?widow(?:er|ed)?\\b|\\bmy (?:husband|wife|hubby) (?:of \\w+ (?:years )?)?(?:has been gone|passed|died)\\b`,
    ),
    value: 'widowed',
    status: 'stated',
    statement: 'Is widowed.',
    presupposes: true,
  },
  {
    pattern: phrase(
      `\\bmy mother-in-law\\b|\\bmy in-laws\\b|\\bmy father-in-law\\b|\\bmy mil\\b(?= (?:is|was|says|and))`,
    ),
    value: 'married',
    status: 'inferred',
    statement: 'Has parents-in-law.',
    presupposes: true,
  },
  {
    pattern: phrase(
      `${iAm} (?:a |the |an? \\w+ )?(?:\\w+ ){0,2}?(?:widow|widower|widowed)\\b(?!['-])(?! (?:during|every|from (?:football|hunting|golf)|when|of the|season))`,
    ),
    value: 'widowed',
    status: 'stated',
    statement: 'Is widowed.',
  },
  {
    pattern: phrase(
      `${iAmA}(?:recent |young |proud |\\d+ year old |old )?(?:widow|widower|widowed)\\b(?!['-])(?! (?:during|every|season|of the))|\\b(?:as|being) an? (?:\\w+ )?(?:widow|widower)\\b(?=.{0,80}\\b(?:i|my|me)\\b)|\\bi (?:became|was left) a (?:\\w+ )?(?:widow|widower)\\b|\\b(?:i was|i've been|i have been|been) widowed\\b|\\bsince i was widowed\\b`,
    ),
    value: 'widowed',
    status: 'stated',
    statement: 'Is widowed.',
    fragment: true,
  },
  {
    pattern: phrase(
      `\\bmy late ${spouse}\\b|\\b(?:since|after|before|when|until) (?:i lost my ${spouse}|my ${spouse} ${died})|\\bmy ${spouse}(?: of (?:\\w+ ){1,2}years)?,? (?:\\w+,? )?(?:just |recently |suddenly )?${died}(?! out\\b| on (?:the|a)\\b| me\\b)|\\b(?:i|i've|${opening})(?:just )? ?(?:lost|buried) my ${spouse}\\b(?! (?:at|in) (?:the|a)\\b(?! (?:war|crash|accident)))|\\bmy ${spouse}'s (?:death|passing|funeral|ashes|grave|headstone)\\b|\\b(?:losing|lost|without) my ${spouse} (?:to|in)\\b(?! the (?:xbox|game|tv))|\\bmy ${spouse},? (?:god|may) (?:rest|he rest|she rest)`,
    ),
    value: 'widowed',
    status: 'stated',
    statement: 'Is widowed after losing {poss} {spouse}.',
    presupposes: true,
  },
  {
    pattern: phrase(
      `${iAm} (?:a )?(?:\\w+ )?divorced\\b(?! from reality)|\\bi got (?:a )?divorced?\\b|\\bi(?:'ve| have) been divorced\\b|\\bi divorced (?:him|her|my|that)\\b|\\bwe (?:got )?divorced\\b(?= (?:in|last|when|after|\\w+ years|\\d|this|years)| ?[.,])|${iAm} a (?:\\w+ )?divorc[eé]e\\b|\\bwhen i got divorced\\b`,
    ),
    value: 'divorced',
    status: 'stated',
    statement: 'Is divorced.',
  },
  {
    pattern: phrase(
      `${opening}(?:been |recently |newly |freshly |twice |thrice |happily |finally |officially )?divorced\\b(?! from|\\w)|\\b(?:as|being) an? (?:\\w+ )?divorced (?:man|woman|guy|mom|dad|mother|father|person)\\b`,
    ),
    value: 'divorced',
    status: 'stated',
    statement: 'Is divorced.',
    fragment: true,
  },
  {
    pattern: phrase(
      `\\b(?:since|after|before|during|until|post) (?:my|the|our) divorce\\b|\\bmy divorce (?:was|got|went|became|came) (?:final|finalized|official|through)|\\bmy divorce (?:is|was) (?:final|finalized|official|done)\\b|\\bmy divorce (?:papers|decree|settlement)\\b|\\bmy divorce\\b(?! (?:lawyer|attorney|is|hearing|date|will|won't|isn't|may|should|proceedings|takes|drags|case|mediation))|\\bsince we divorced\\b`,
    ),
    value: 'divorced',
    status: 'stated',
    statement: 'Is divorced.',
    presupposes: true,
  },
  {
    pattern: phrase(`\\bmy ex[- ]?(?:husband|wife|spouse)\\b`),
    value: 'divorced',
    status: 'inferred',
    statement: 'Has an ex-{spouse}.',
    presupposes: true,
  },
  {
    pattern: phrase(
      `\\bmy (?:husband|wife|spouse) and (?:i|me) (?:(?:are|have|have been|'ve been|just|recently|finally|got|decided to) ){0,2}(?:legally )?(?:separated?|split(?: up)?|live apart|living apart)\\b|\\bi(?:'m|m| am) separated from my (?:husband|wife|spouse)|(?:\\bi(?:'ve|ve| have) |\\bwe(?:'ve|ve| have) |${opening})been (?:legally )?separated (?:from my (?:husband|wife|spouse)|for|since|\\d)|${iAm} (?:legally )?separated\\b(?! (?:from (?!my)|by))|${opening}(?:legally |recently |newly )?separated(?= ?[,.;]| from my| for| since| not)|\\bsince (?:we|my (?:husband|wife|spouse) and i) separated\\b|\\bwe(?:'re| are) (?:legally )?separated\\b|\\bwe separated (?:last|in|this|two|three|a few)|\\bmy (?:husband|wife) (?:just |finally )?moved out\\b`,
    ),
    value: 'separated',
    status: 'stated',
    statement: 'Is separated.',
    presupposes: true,
  },
  {
    pattern: phrase(
      `${iOr}never (?:(?:once |ever )?(?:been |got |gotten |was )?married|tied the knot|walked down the aisle|got around to (?:getting married|marrying))\\b|\\bi never did (?:marry|get married)\\b|(?<!\\b(?:and|&) )\\bi never married\\b|\\b(?:single|and),? never married\\b|\\bi(?:'ve| have) (?:stayed|been) single (?:all my life|my (?:whole|entire) life|forever|since birth)\\b|${iAmA}(?:lifelong|confirmed|life-long|happy|eternal|perpetual) (?:bachelor|bachelorette|spinster|single (?:man|woman|guy))\\b|${iAm} (?:still )?a (?:\\d+ year old )?(?:bachelor|bachelorette|spinster)\\b(?! party)`,
    ),
    value: 'never married',
    status: 'stated',
    statement: 'Never married.',
  },
  {
    pattern: phrase(`${iAm} not married\\b.{0,40}\\bnever (?:have )?been\\b`),
    value: 'never married',
    status: 'stated',
    statement: 'Never married.',
  },
  {
    pattern: phrase(
      `\\b(?:my|the) ${spouse} and i\\b|\\bme and (?:my|the) ${spouse}\\b|\\bmy ${spouse}\\b(?!-to-be| to be| material|'s ex)`,
    ),
    value: 'married',
    status: 'inferred',
    statement: 'Has a {spouse}.',
    presupposes: true,
  },
];

/** The sentence after a mention says that the spouse is dead. */
const lostSpouse =
  /^(?:she|he) (?:died|passed|was killed|has been gone|'s been gone|has been dead|is gone now|would have been|would be \d)\b/i;
/** What a spouse would have said is a memory; it says nothing either way. */
const remembered =
  /\b(?:she|he)(?: would|'d) have\b|\b(?:when (?:we|i) (?:was|were) (?:still )?(?:together|married)|back when|used to|back then|at the time|my (?:then|first|former)|then[- ](?:husband|wife)|was (?:still )?alive|in 19\d\d|years ago)\b/i;
/** "The divorce" of others: of the parents, of a friend. */
const ofOthers = /\b(?:parents?'?|mom|mother|dad|father|sister|brother|son|daughter|friend'?s?|their|they)\b/i;

/** Marital status, where the writer names it; a living spouse in the present implies a marriage. */
export function maritalCues(all: readonly Sentence[]): Cue[] {
  const cues: Cue[] = [];
  for (const sentence of all) {
    if (
      !/marri|marry|wife|husband|divorc|separat|split|apart|widow|hubby|hubs|spouse|missus|bachelor|spinster|annivers|knot|aisle|in-law|newlywed|eloped|hitched|moved out|single|maid|\b(?:wed|ex|final|dh|dw)\b|\bmil\b/i.test(
        sentence.text,
      )
    )
      continue;
    const lost = lostSpouse.test(sentence.next);
    for (const { pattern, value, status, statement, presupposes, fragment, bare } of rules) {
      if (bare && !isOwnHousehold(sentence)) continue;
      const matches =
        presupposes || bare
          ? matchesOf(sentence.text, pattern).filter((match) => isPresupposed(sentence, match))
          : assertedMatches(sentence, pattern);
      for (const match of matches) {
        if (fragment && !closesFragment(sentence, match)) continue;
        if (/\bthe divorce\b/i.test(match[0]) && ofOthers.test(`${sentence.previous.slice(-120)} ${sentence.text}`))
          continue;
        const isMention = /^(?:Has a |Has parents)/.test(statement);
        if (isMention && !lost && remembered.test(sentence.text)) continue;
        cues.push({
          variable: 'marital_status',
          value: isMention && lost ? 'widowed' : value,
          order: sentence.order,
          date: sentence.date,
          claim: claimAt(sentence, match, {
            dimension: 'demographics',
            statement: (isMention && lost ? 'Is widowed after losing {poss} {spouse}.' : statement)
              .replace('{poss}', 'their')
              .replace(
                '{spouse}',
                /wife|missus|wifey/i.test(match[0]) ? 'wife' : /spouse/i.test(match[0]) ? 'spouse' : 'husband',
              ),
            status: isMention && lost ? 'stated' : status,
          }),
        });
      }
    }
  }
  return cues;
}

/**
 * What the cues say together. Widowhood and divorce outweigh mentions of a spouse, who may be the one lost; a stated
 * marriage after them outweighs both. Contradictory statements otherwise: the latest.
 */
export function settleMarital(cues: readonly Cue[]): Cue | undefined {
  const stated = cues.filter(({ claim }) => claim.status === 'stated');
  if (stated.length > 0) return stated.reduce((best, cue) => (cue.order >= best.order ? cue : best));
  const exes = cues.filter(({ value }) => value === 'divorced');
  // An ex-husband and a husband: married again, to someone.
  const spouses = cues.filter(({ value }) => value === 'married');
  const rest = cues.filter(({ value }) => value !== 'married' && value !== 'divorced');
  return rest.at(-1) ?? spouses.at(-1) ?? exes.at(-1);
}
