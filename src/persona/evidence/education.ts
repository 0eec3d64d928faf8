import type { Occupations } from './lexicons.js';
import {
  assertedMatches,
  claimAt,
  closesFragment,
  iAm,
  iAmA,
  iOr,
  mentionsAny,
  opening,
  phrase,
  triggerWords,
} from './reading.js';
import type { Cue, Sentence } from './reading.js';

/** The levels, lowest first. */
export const educationLevels = [
  'No high school diploma',
  'High school diploma',
  'Some college',
  "Associate's degree",
  "Bachelor's degree",
  'Graduate degree',
] as const;
type Level = (typeof educationLevels)[number];

const bachelor =
  "(?:bachelor'?s|bachelors|bachelor of \\w+|(?:b\\.?a\\.?|b\\.?s\\.?|bsn|b\\.?f\\.?a\\.?|bsw|bba)(?= (?:degree|in|from|at \\d\\d|and i)| ?[.,;])|b\\.?s\\.?n\\.?|bachelor of (?:arts|science|fine arts)|undergraduate degree|college degree|university degree|four-year degree|4-year degree|undergrad degree|undergrad)";
const graduate =
  "(?:master'?s|masters|(?:m\\.?a\\.?|m\\.?s\\.?)(?= (?:degree|in|from))|mba|mfa|msw|mph|mls|mlis|m\\.?ed\\.?|mdiv|master of \\w+|ph\\.? ?d\\.?|doctorate|doctoral degree|j\\.?d\\.?(?= (?:degree|from|in))|law degree|graduate degree|grad degree|advanced degree|medical degree|dnp|pharmd|edd|md(?= from))";
const associate =
  "(?:associate'?s|associates|associate of (?:arts|science|applied science|applied arts)|associate degree|two-year degree|2-year degree|a\\.?a\\.?s?\\.?(?= (?:degree|in|from)))";
const got =
  "(?:have|'ve got|do have|got|earned|finished|hold|completed|received|defended|finally got|finally finished|wrapped up|went back and got|went back for and got|went back for|took|did|pulled off)";
const mine = '(?:an? |my |the |that |two |both an? |\\\\w+ )';
/** What is joked to be a subject. */
const notSubject =
  '(?! (?:degree )?(?:in|from|of) (?:the university of (?:youtube|google|life|hard knocks|twitter|facebook|reddit)|the school of|burning|procrastinat\\w*|overthinking|sarcasm|napping|naps|worrying|laundry|bullshit|bs|netflix|google|googling|youtube|wine|snack\\w*|memes|being|losing|missing|making|getting|eating|ignoring|avoiding|life|hard knocks|common sense|drama|petty|complaining|regret|awkward\\w*|wishful|parallel parking|finding|falling|forgetting|spilling|killing|breaking|dad jokes|coffee|disappointment|anxiety|parenting|momming|street smarts))';
/** Reading on for it, not having it. */
const underWay =
  '(?! (?:student|program|application|in progress|candidate|coursework|classes|courses|thesis|advisor|committee|someday|next (?:year|month|week|spring|fall)|(?:in|by) (?:may|june|december|20\\d\\d)\\b(?! (?:from|at))))';
const done = (degree: string): string =>
  `${iOr}(?:already |finally |just |also |only )?${got} (?:${mine}(?:(?!working|toward|halfway|half)\\w+ ){0,2}?)?${degree}(?:\\b|(?<=\\.))${underWay}${notSubject}`;
const own = (degree: string): string =>
  `(?<!\\b(?:school|schools|program|programs|apply|applying|studying|study|work|working|towards?|finish|finishing|get|getting|want|pursuing|start|starting|started|for|on|begin|beginning|back for) (?:on |for |up )?)\\bmy (?:\\w+ )?${degree}(?! (?:student|program|application|thesis|classes|coursework|advisor|committee|someday))(?:\\b|(?<=\\.))(?= (?:degree|in|from|is|was|hangs|and|diploma|at|cost|got|didn't|doesn't|did|has|years|taught)| ?[.,;!?]| ?$)${notSubject}`;
/** A degree that stands alone: "B.A. in sociology as of yesterday", "PhD in chemistry here". */
const alone = (degree: string): string =>
  `${opening}(?:an? |my |with a |got a |finally |a useless |a shiny new )?${degree}(?:\\b|(?<=\\.))${notSubject} (?:degree )?(?:in|from) [a-z]+(?: [a-z]+)?(?=(?: as of| here| from| and| but| at|,|\\.|!| class| of| under|$))${underWay}`;
/** A degree that has come to its end, that one has something with, or that hangs on a wall. */
const reached = (degree: string): string =>
  `(?:${opening}|\\bmy |\\bi )(?:(?:got|have) )?(?:an? |my |the )?${degree}(?: degree)?,? (?:(?:is|was|in \\w+|degree) )?(?:finally |officially |now |at last |all )?(?:done|finished|complete|completed|earned|conferred|in hand|achieved|unlocked|framed|on the wall|on my wall|hanging|collecting dust|under my belt|paid off|after (?:\\w+ )?(?:\\w+ )?(?:years?|semesters?|decades?)|at (?:age )?\\d\\d|[’']\\d\\d|class of|and still|and i still|and a (?:mortgage|lot of|ton of|job)|holder|here,?)(?![\\w'])${underWay}|\\b(?:i'm|i am|me,?|here|woman|man|guy|person|girl|one) with (?:an? |my |two |three )(?:\\w+ )?${degree}(?:\\b|(?<=\\.))${underWay}${notSubject}|\\bin (?:my|the|our) (?:whole )?family (?:with|to (?:get|earn|have|finish)) (?:an? |my |their )?(?:\\w+ )?${degree}|\\b(?:i |we both |${opening})(?:have|hold|'ve got|both have) (?:an? |two |three |both |my )(?:[\\w']+ ){0,3}?${degree}(?:\\b|(?<=\\.))${underWay}${notSubject}|\\b(?:using|use|used|paying (?:off|for)|pay (?:off|for)|loans? (?:for|from)) my (?:\\w+ )?${degree}(?:\\b|(?<=\\.))${underWay}|${opening}(?:earned|got|picked up|received|completed|finished|wrapped up|banged out) (?:an? |my |the )?(?:\\w+ )?${degree}(?:\\b|(?<=\\.))${underWay}${notSubject}`;
const inProgress =
  '(?:working (?:on|toward|towards)|work (?:on|toward|towards)|getting|pursuing|finishing(?: up)?|studying for|halfway (?:through|to)|in the middle of|started|starting|back (?:in school )?for|going (?:back )?for|enrolled in|doing|chipping away at|close to finishing|a semester (?:away|short|shy) (?:from|of)|a year (?:away|short|shy) (?:from|of)|in (?:an?|my|the))';
const asStudent = (what: string): string =>
  `(?:${iAm} |\\bi'm (?:only )?|\\bi've been |\\bwhile i'm |\\bwhile (?=\\w+ing)|${opening}(?:currently |still )?)${inProgress} (?:an? |my |the |for my )?(?:\\w+ )?(?:${what})(?:\\b|(?<=\\.))(?! (?:is|was|for my (?:son|daughter|kid)))`;
const yearName = '(?:freshman|sophomore|junior|senior|first[- ]year|second[- ]year|third[- ]year|fourth[- ]year)';
const subject = '(?:[a-z]+ ){0,2}?';

interface Rule {
  readonly pattern: RegExp;
  readonly value: Level;
  readonly status: 'stated' | 'inferred';
  readonly statement: string;
  /** Whether it may stand without "I'm" and must then end like a sentence. */
  readonly fragment?: boolean;
}

/** A stay at a school: "two years at UNM", "a semester of college". */
const stay = '(?:an?|one|two|three|1|2|3|a couple(?: of)?|a few|some) (?:semesters?|years?|quarters?|terms?|classes)';
const schools =
  '(?:(?:community |junior |state |business |art |night |city )?college|university|uni|undergrad|juco|c\\.?c\\.?|[a-z]+ (?:state|tech|community college|university|college)|u of [a-z]|unm|unlv|unc|usc|ucla|ucsd|ucf|usf|fsu|lsu|osu|psu|msu|asu|nau|byu|tcu|smu|utep|utsa|uta|wvu|wsu|ksu|isu|ohio u|nyu|suny|cuny|uga|gsu|vcu|odu|umass|uconn|temple|drexel|pitt|purdue|rutgers|fiu|fau|mtsu|niu|siu|wku|eku|uab)';
/** "Tenth grade" and lower: school that was left before a diploma. */
const earlyGrade =
  '(?:the )?(?:(?:fifth|sixth|seventh|eighth|ninth|tenth|eleventh|5th|6th|7th|8th|9th|10th|11th)(?: grade)?|(?:freshman|sophomore|junior) year(?: of high school)?)';

const rules: readonly Rule[] = [
  {
    pattern: phrase(
      `${done(graduate)}|${own(graduate)}|${alone(graduate)}|${reached(graduate)}|(?:${iOr}|${iAm} |${opening})(?:just |finally )?(?:officially |now |finally )*an? (?:pharmd|md|jd|dvm|dds|phd|doctor of \\w+|lawyer)\\b(?= ?[.,!;]|$)|${iOr}(?:just |finally )?(?:got|was|been|were) hooded\\b|${opening}hooded (?:this|today|yesterday|last|in|on)\\b|${iOr}(?:just |finally |successfully )?(?:defended|passed) my (?:dissertation|thesis|quals|orals|comps)\\b|${done('bar exam')}|${iOr}(?:finally )?passed the bar\\b(?! exam question)|\\bwith my (?:mba|phd|master'?s)\\b|\\b(?:law|med|medical|grad|graduate|vet|dental|divinity) school (?:taught|gave|ruined|cost|prepared|broke|made|left) me\\b|${opening}(?:jd|mba|phd|edd|dvm|dds|pharmd|mfa)(?:\\/[a-z]{2,4})?(?: here\\b| and (?:i|still|a)\\b|,)`,
    ),
    value: 'Graduate degree',
    status: 'stated',
    statement: '{degree}.',
  },
  {
    pattern: phrase(
      `${iOr}(?:went to|graduated from|graduated|finished|got through|did|survived|made it through|am done with) (?:law|med|medical|dental|vet|veterinary|graduate|grad|pharmacy) school\\b(?! (?:apps|applications|tour))|\\b(?:after|since) i (?:finished|graduated from) (?:law|med|medical|dental|graduate|grad) school\\b|\\bmy dissertation (?:was|got)|\\bi (?:successfully )?defended my (?:dissertation|thesis)\\b|\\b(?:my|during|in|finished) (?:my )?(?:medical )?residency\\b(?! (?:card|permit|requirement|application))|\\bi did my (?:residency|postdoc|clerkship)|\\bi(?:'m| am) a (?:postdoc|post-doc)\\b`,
    ),
    value: 'Graduate degree',
    status: 'stated',
    statement: 'Finished {cue}.',
  },
  {
    pattern: phrase(`${done(bachelor)}|${own(bachelor)}|${alone(bachelor)}|${reached(bachelor)}`),
    value: "Bachelor's degree",
    status: 'stated',
    statement: "Holds a bachelor's degree{subject}.",
  },
  {
    pattern: phrase(
      `(?:\\bi |${opening})(?:just |finally |already )?(?:graduated|finished) (?:from )?(?:college|university|uni|undergrad|nursing school with)\\b|\\b(?:since|after|when) i (?:graduated|finished) (?:from )?(?:college|university|undergrad)\\b|\\b(?:first|only) (?:one |person )?in (?:my|the|our) family to (?:finish|graduate(?: from)?|get through|complete) (?:college|university)|${iAmA}(?:recent |proud |first[- ]gen(?:eration)? |unemployed |\\d{4} )*(?:college|university) grad(?:uate)?s?\\b|\\bgraduated from [a-z .]{3,24} with a (?:\\w+ )?degree\\b|\\bi graduated (?:with (?:a degree|honors|my degree|an? \\w+ degree)|summa|magna|cum laude)|\\bi (?:have|got|earned|finished) (?:a|my|an) (?:(?!high|associate|two|useless high)\\w+ )?degree in (?!burning|procrastination|sarcasm|overthinking|being|life|napping|bs\\b)\\w+|\\bmy degree (?:is|was) in \\w+|\\bmy (?:english|history|art|psych|psychology|communications|business|biology|philosophy|sociology|theater|music|political science|engineering|computer science|accounting|journalism|marketing|education|liberal arts|art history|film|chemistry|physics|math|anthropology|religious studies|graphic design|nursing) degree\\b|\\bi majored in \\w+|${iOr}(?:graduated|got my degree) from (?:the )?(?:university|[a-z]+ (?:state|university|college|tech)\\b|ucla|usc|nyu|mit|uc \\w+|harvard|yale|stanford|princeton|cornell|penn|duke|berkeley|notre dame|georgetown|suny|cuny|byu|osu|lsu|asu|fsu)(?!.{0,12}high)(?! of (?:youtube|google|life|hard knocks))|${opening}class of (?:'?\\d\\d|(?:19|20)\\d\\d),? (?:university of|u of|[a-z]+ (?:state|university|college|tech))\\b|\\bmy alma mater\\b|${iOr}(?:graduated|have a degree|got (?:my|a) degree) from (?:michigan|texas|ohio state|penn state|florida|georgia|alabama|auburn|clemson|tennessee|kentucky|kansas|nebraska|iowa|wisconsin|minnesota|illinois|indiana|purdue|missouri|oklahoma|arkansas|oregon|washington|colorado|arizona|utah|utah state|maryland|virginia|virginia tech|north carolina|wake forest|vanderbilt|tulane|emory|rice|baylor|smu|tcu|syracuse|rutgers|uconn|umass|boston college|bu|northeastern|tufts|brown|dartmouth|columbia|northwestern|depaul|marquette|howard|spelman|morehouse|hampton|famu|fiu|ucf|usf|gonzaga|stanford|cal|unlv|unm|unc|uga|unt|utep|utsa|wvu|vcu|odu|ecu|gsu|iu|cu|ku|mizzou|pitt|temple|drexel|villanova|hofstra|fordham|pace|rit|rpi|wpi|caltech|gatech|georgia tech|texas tech|texas a&m)\\b|(?<!\\bfor )\\bmy (?!high|associate|law|graduate|grad|master|medical|useless|two|advanced|doctoral|college|honorary|first|next|third|second|black)[a-z]+ (?:[a-z]+ )?degree(?= (?:and|is|was|did|didn't|has|hangs|in|taught|got|for|to|doesn't)\\b| ?[.,!]| ?$)|\\bwho majored in \\w+`,
    ),
    value: "Bachelor's degree",
    status: 'inferred',
    statement: 'Graduated from college.',
  },
  {
    pattern: phrase(
      `${iAm} (?:\\w+ ){0,3}?in (?:law|med|medical|dental|grad|graduate|vet) school\\b|${asStudent(graduate)}|${opening}(?:currently |still )?(?:in |in my )?(?:my )?(?:first|second|third|fourth|last|final|1st|2nd|3rd|4th) year (?:of|in) (?:law|med|medical|grad|graduate|vet|dental|pharmacy|divinity) school\\b|${iAmA}(?:\\w+ ){0,2}?(?:grad student|graduate student|law student|med student|medical student|phd student|ph\\.?d\\.? candidate|doctoral (?:student|candidate)|mba student|1l|2l|3l|dental student|vet student)\\b|\\bmy (?:grad|graduate) school (?:classes|program|advisor)|\\bmy dissertation (?:committee|advisor|chapter|defense)|\\bmy (?:phd|mba|master'?s) (?:program|thesis|advisor|classes|coursework)\\b|\\b(?:started|start|starting|through|semester of|in) (?:law|med|medical|grad|graduate|vet|dental) school\\b(?=.{0,40}\\b(?:i|my|me)\\b)(?<=\\b(?:i|my|i'm) .{0,30})`,
    ),
    value: "Bachelor's degree",
    status: 'inferred',
    statement: 'Is in graduate study ({cue}).',
    fragment: true,
  },
  {
    pattern: phrase(
      `${done(associate)}|${own(associate)}|${alone(associate)}|${reached(associate)}|\\bi graduated from (?:the )?community college\\b`,
    ),
    value: "Associate's degree",
    status: 'stated',
    statement: "Holds an associate's degree{subject}.",
  },
  {
    pattern: phrase(
      `${iOr}(?:dropped out of|left|quit|flunked out of|bombed out of) (?:college|university|undergrad|community college)\\b|${iOr}never finished (?:college|my (?:bachelor'?s?|degree)|the degree|undergrad)|${iOr}(?:did|had|went|finished|got|completed|have) (?:about |just |only )?(?:a|one|two|three|2|3|a couple of|a couple|a few) (?:semesters?|years?) (?:of|at|in) (?:the |a )?(?:local )?(?:(?:community |state |junior )?college|university)|\\bi have some college\\b|\\bi did some college\\b|${opening}some college,? no degree\\b|${iAmA}(?:proud )?college dropout\\b|\\bi went to college for (?:a|one|two|three|2|3) (?:semesters?|years?)\\b|\\bi'm \\d+ credits (?:short|shy|away)|(?:\\bi have |${opening})(?:about |around |like |roughly )?\\d+ (?:college )?credits(?: and no| but no| toward|\\b)|\\bi ran out of money (?:for|in) college|\\bi never got (?:my|a|the) (?:college |bachelor'?s )?degree\\b|${iOr}(?:only |just |barely )?(?:did|had|have|made it|lasted|went|survived|managed|got through|finished|completed|took|put in|spent) (?:only |maybe |about |all of )?${stay} (?:of|at|in|to|worth of) (?:my |the |a )?${schools}\\b(?! (?:town|football|and (?:got|graduated|my degree)))|${opening}${stay} (?:of|at|in) (?:the )?${schools}(?=,? (?:then|and then|before|till|until|but|and (?:i |a )?(?:quit|left|dropped|life|never|ran|had|now|no degree|nothing)|no degree|didn't)\\b| ?[,.;](?!.{0,30}\\b(?:graduated|my degree|teaching|as a|professor)\\b))|\\b(?:a|the|any) degree (?:that )?i (?:never|didn't|did not) (?:finish|finished|get|got|earn|complete|completed)\\b|\\bnever (?:finished|completed) (?:my |the |that )?(?:degree|bachelor'?s|college|undergrad)\\b|\\bi(?:'m| am|'ve been)? (?:\\w+ )?(?:credits?|classes|semesters?|a class) (?:short|shy|away)\\b|${iOr}(?:dropped out|flunked out|washed out|withdrew|transferred) (?:of|from|out of|to) (?:the )?${schools}\\b|${iOr}(?:started|tried|attended) ${schools} (?:but|and (?:quit|left|dropped|never|hated)|for (?:a|one|two) )`,
    ),
    value: 'Some college',
    status: 'stated',
    statement: 'Went to college without finishing.',
  },
  {
    pattern: phrase(
      `${iAm} (?:a |in (?:my )?(?:\\w+ year (?:of|at) )?)(?:[a-z0-9'-]+ ){0,3}?(?:college student|college freshman|college sophomore|college junior|college senior|nursing student|university student|college kid|undergrad|undergraduate|community college|nursing school|college|university|\\w+ major)(?! (?:professor|teacher|town|instructor|counselor|graduate|grad|kid's|degree|advisor|fund|football|fan))\\b|\\b(?:first|second|third|last|final|freshman|sophomore|junior|senior) (?:week|day|semester|year) (?:of|at|in) (?:community |my )?college(?= (?:and|is|was|today|for me)|[.!,])(?<!my (?:son|daughter)'s .{0,40})|\\b(?:in|from|at|back to|outside) (?:the|my) dorms?\\b|\\bmy (?:midterms?|finals week|orgo|gen eds?|dorm mates?|college classes|college courses|community college|dorm|dorm room|roommate at college|college roommate (?:is|just|won't|keeps)|major is|finals (?:are|start)|professor (?:is|just|said|gave)|professors)\\b|${iOr}(?:start(?:ed|ing)?|go to|attend|am attending|enrolled (?:in|at)|take classes at|am taking (?:\\w+ )?classes at|'m taking (?:\\w+ )?classes at|am studying \\w+ at|'m studying \\w+ at) (?:classes at |at )?(?:the |my |a )?(?:local )?(?:community college|college|university|[a-z]+ (?:state|university|community college))\\b|${iAmA}(?:rising )?${yearName} (?:at|in college|in undergrad)\\b(?! (?:high|heart|law|med))|\\bi(?:'m| am) (?:majoring|double majoring) in\\b|${opening}(?:majoring in|studying) [a-z ]{2,20} at\\b|${iAmA}(?:${subject})(?:major|student) at (?:the |a )?[a-z]+(?: [a-z]+)?(?: (?:state|university|college|tech))?\\b(?! (?:high|elementary|heart))|${asStudent(`${bachelor}|${associate}|my degree|undergrad`)}|${opening}sophomore|${opening}undergrad at|\\bwhile i (?:finish|get|work on) (?:my )?(?:degree|bachelor'?s|school)\\b`,
    ),
    value: 'Some college',
    status: 'inferred',
    statement: 'Goes to college.',
  },
  {
    pattern: phrase(
      `\\bi (?:only |just )?(?:have|'ve got|got|earned|finally got) (?:only |just )?(?:an? |my )(?:ged|high school (?:diploma|education|degree|equivalency)|hs diploma)\\b|(?:${opening}|\\bi )(?:finally |just )?(?:got|earned|passed|have) (?:my |the |a )?(?:high school |hs )?equivalency\\b|(?<!\\b(?:getting|get|for|on|finish|finishing|toward|towards|want|need|pursuing|start|starting) )\\bmy ged\\b(?! (?:class|test|exam))|(?:${opening}|\\bi )(?:finally |just )?(?:got|passed|earned) (?:my |a |the )(?:ged|high school diploma)\\b|${opening}(?:just |only )?(?:a |my )?(?:high school diploma|ged|high school education)(?= ?(?:[,.;!]|$)| and| at| here| but| only)|(?:\\bi |${opening})(?:barely |finally |just |only )?graduated (?:from )?(?:vocational )?(?:high school|hs)\\b|\\bmy high school diploma\\b|\\bi (?:never went to|didn't go to|didnt go to|skipped|never did|never set foot in a?|never bothered with) college\\b|${opening}never (?:went|been) to college\\b|\\bi went to vocational high school|\\bi went straight (?:to|into) (?:work|the \\w+) (?:after|out of|from) high school|\\bno college,? (?:just|i|and)\\b|${iAmA}high school (?:grad|graduate)\\b|\\bi have no college\\b|\\bi stopped (?:at|after) high school\\b|\\bstraight out of high school\\b(?<=\\bi .{0,60})`,
    ),
    value: 'High school diploma',
    status: 'stated',
    statement: '{school}.',
  },
  {
    pattern: phrase(
      `${iOr}(?:dropped out of|quit|left) (?:high school|school (?:in|at|after)(?! \\d ?(?:pm|am|:)))\\b|${iAmA}high school dropout\\b|${iOr}dropped out (?:(?:in|at|after|my|during) )?(?:the )?(?:\\w+th grade|\\d\\dth|1[4-7]|fifteen|sixteen|seventeen|(?:freshman|sophomore|junior|senior) year of high school)|${iOr}(?:never|didn't|did not|didnt) (?:finish(?:ed)?|graduated?(?: from)?|completed?|get through|made? it through) high school\\b|${iOr}(?:went|only went|got|only got|only made it|made it) (?:only )?(?:as far as|through|to) (?:the )?(?:sixth|seventh|eighth|ninth|tenth|eleventh|[6-9]th|1[01]th) grade\\b|${iOr}quit (?:school )?after the (?:\\w+th) grade|\\bi left school (?:at|after|in)\\b|\\bi (?:never|don't|do not|dont) (?:got |get |even )?ha(?:d|ve) (?:a |my )(?:high school )?(?:diploma|ged)|\\bi never (?:got|earned) (?:my|a) (?:high school )?(?:diploma|ged)\\b|${opening}(?:still )?no (?:diploma|high school diploma|hs diploma|ged)\\b(?! (?:required|needed|necessary))|${iOr}(?:only |just |barely )?(?:finished|completed|quit(?: school)? (?:in|after|at)|left (?:school )?(?:in|after)|stopped (?:at|after|in)|bailed (?:in|after)|dropped out (?:in|after|of|during)|made it (?:to|through)|got (?:to|as far as|through|past)|went (?:to|through|as far as)|(?:was|got) (?:kicked out|expelled) in) ${earlyGrade}\\b(?! (?:english|math|science|teacher|class|with|wearing|musical|play))(?=.{0,20}\\b(?:and|then|when|because|to|but|was it|that was|is all|only|had|so|at|quit|left|never|school)\\b|[.,;!]| ?$)|\\b(?:i )?never (?:got|made it|went|finished|gotten) (?:past|beyond|further than|farther than|out of|through)? ?${earlyGrade}\\b|\\b(?:tenth|ninth|eighth|eleventh|10th|9th|8th|11th)[- ]grade (?:education|dropout)\\b|${iOr}(?:got|was) (?:kicked|thrown) out of (?:high )?school\\b|${iOr}(?:dropped out|quit school|left school) (?:at|in|when i was) (?:1[3-7]|thirteen|fourteen|fifteen|sixteen|seventeen|the)\\b`,
    ),
    value: 'No high school diploma',
    status: 'stated',
    statement: 'Left school before a diploma.',
  },
];

/** "Holds a master's degree", from however it was written. */
function degreeOf(words: string): string {
  if (/\bmaster|\bm\.?[as]\.?(?= )|\bm(?:ba|fa|sw|ph|ls|lis|div)\b|\bm\.?ed/i.test(words))
    return "Holds a master's degree";
  if (/\bph|\bdoctora|\bedd\b/i.test(words)) return 'Holds a doctorate';
  if (/\bj\.?d\b|\blaw\b|\bbar\b/i.test(words)) return 'Holds a law degree';
  return /\bmedical\b|\bmd\b/i.test(words) ? 'Holds a medical degree' : 'Holds a graduate degree';
}

const statedTriggers = triggerWords(
  "degree degrees college school university uni undergrad undergraduate bachelor bachelors bachelor's master masters master's phd ph doctorate associate associates associate's ged diploma grade student dissertation thesis dorm roommate exam candidate classes graduated grad graduate dropout dropped credits ba bs bfa bsn bsw bba aa aas mba mfa mph mls mlis msw mdiv jd dnp edd pharmd law med majored major majoring bar hooded dvm dds semester semesters quarters terms midterm midterms orgo dorms flunked withdrew phd's unm unlv unc usc ucla ucsd ucf usf fsu lsu osu psu msu asu nau byu tcu smu utep utsa uta wvu wsu ksu isu nyu suny cuny uga gsu vcu odu umass uconn temple drexel pitt purdue rutgers fiu fau mtsu niu siu wku eku uab mit harvard yale stanford princeton cornell duke berkeley georgetown juco cc quals orals comps tenth ninth eighth eleventh seventh sixth residency postdoc clerkship alma professor professors finals studying sophomore freshman junior senior hs",
);

/** Degrees with full stops: "M.A.", "Ph. D.". */
const dotted = /\b(?:[BMA]\. ?[ASF]|[Pp]h\. |M\. ?Ed|J\. ?D|M\. ?D)/i;

/** Education that the writer tells of, and what a licensed profession needs. */
export function educationReader({ graduate: professions }: Occupations): (all: readonly Sentence[]) => Cue[] {
  const professional = phrase(
    `${iAm} an? (?:[a-z'-]+ ){0,2}?(${professions.join('|')})\\b(?!'s)(?! (?:assistant|tech|technician|school|student|secretary|(?:for|to) my))`,
  );
  const professionTriggers = triggerWords(professions);
  return (all) =>
    all.flatMap((sentence) => [
      ...(mentionsAny(sentence, statedTriggers) || dotted.test(sentence.text) ? statedCues(sentence) : []),
      ...(mentionsAny(sentence, professionTriggers) ? assertedMatches(sentence, professional) : [])
        .filter(
          (match) =>
            !/\b(?:future|aspiring|wannabe|student|armchair|basically|internet|part-time|amateur|kitchen)\b/i.test(
              match[0],
            ),
        )
        .filter(
          ({ index, 0: words }) =>
            !/^ ?(?:,|and|of|in|at|to|for) ?(?:\w+ )?(?:lawyer|referee|chauffeur|chef|nurse|this house|my kids?|my own|procrastination|love)/i.test(
              sentence.text.slice(index + words.length),
            ),
        )
        .map((match) => {
          const title = match[1]!.toLowerCase();
          const statement = `Trained as ${/^[aeiou]/.test(title) ? 'an' : 'a'} ${title}.`;
          return cueAt(sentence, match, 'Graduate degree', 'inferred', statement);
        }),
    ]);
}

/** What a degree is in, as far as it is named: " in soil science". */
function subjectOf(sentence: Sentence, match: RegExpExecArray): string {
  const text = sentence.text.slice(match.index, match.index + match[0].length + 40);
  const named =
    /\b(?:degree |diploma )?(?:is |was )?in ((?:(?!(?:and|but|at|from|in|on|of|to|so|as|the|my|night|may|june|december|which|because|\d+)\b)[a-z]+ ?){1,3})/i.exec(
      text,
    );
  return named ? ` in ${named[1]!.trim().toLowerCase()}` : '';
}

/** A degree in what nobody teaches. */
const joking =
  /\b(?:degree|masters?|master's|bachelor'?s?|doctorate|ph\.?d\.?|diploma|mba|major(?:ed|ing)?|minor(?:ed|ing)?) (?:in|of) (?:over-?thinking|procrastination|procrastinating|sarcasm|napping|sleeping|eating|complaining|worrying|awkwardness|anxiety|chaos|disappointment|heartbreak|bad decisions|life|being|doing nothing|netflix|snacking|hard knocks|youtube)\b/i;

function statedCues(sentence: Sentence): Cue[] {
  if (
    /\bfor my (?:kids?|son|daughter)\b|\bmy (?:son|daughter|kid|kids|brother|sister|husband|wife|girlfriend|boyfriend)'?s? (?:\w+ )?(?:graduat|dorm|college|degree|first year|freshman)/i.test(
      sentence.text,
    )
  )
    return [];
  if (joking.test(sentence.text)) return [];
  return rules.flatMap(({ pattern, value, status, statement, fragment }) =>
    assertedMatches(sentence, pattern)
      .filter((match) => !fragment || closesFragment(sentence, match))
      .map((match) => {
        const cue = match[0]
          .trim()
          .replace(/^(?:since |after )?(?:i|my|working on my)\b ?/i, '')
          .replace(/^.*\b(?:my|an?|in|from|to|finished|for) (?=\w)/i, '');
        return cueAt(
          sentence,
          match,
          value,
          status,
          statement
            .replace('{cue}', cue)
            .replace('{degree}', degreeOf(match[0]) + subjectOf(sentence, match))
            .replace('{subject}', subjectOf(sentence, match))
            .replace('{school}', /\bged\b/i.test(match[0]) ? 'Has a GED' : 'Finished high school'),
        );
      }),
  );
}

function cueAt(
  sentence: Sentence,
  match: RegExpExecArray,
  value: Level,
  status: 'stated' | 'inferred',
  statement: string,
): Cue {
  return {
    variable: 'education',
    value,
    order: sentence.order,
    date: sentence.date,
    claim: claimAt(sentence, match, { dimension: 'demographics', statement, status }),
  };
}

/** The highest level reached, whatever was left unfinished before. */
export function settleEducation(cues: readonly Cue[]): Cue | undefined {
  const rank = ({ value }: Cue): number => educationLevels.indexOf(value as Level);
  return cues.reduce<Cue | undefined>(
    (best, cue) => (best === undefined || rank(cue) > rank(best) ? cue : best),
    undefined,
  );
}
