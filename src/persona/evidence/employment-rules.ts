import type { Occupations } from './lexicons.js';
import { withoutWork } from './no-work-rules.js';
import { described, iAm, iOr, opening, phrase } from './reading.js';

export type Status = 'employed' | 'unemployed' | 'not in labor force';

export interface Rule {
  readonly pattern: RegExp;
  readonly value: Status;
  readonly status: 'stated' | 'inferred';
  /** `{1}` stands for the first group, in lower case, with `a` or `an` before it where the statement says `a {1}`. */
  readonly statement: string;
  /** What makes the match say something else. */
  readonly except?: RegExp;
  /** Whether it may stand without "I'm" and must then end like a sentence. */
  readonly fragment?: boolean;
  /** Whether it counts only in a list that describes the writer. */
  readonly profile?: boolean;
  /** Whether it stands for something that exists in whatever clause it is named: "if my boss asks". */
  readonly presupposes?: boolean;
}

/** Words before a title that make it something else than a present, paid trade. */
export const quality =
  /\b(?:terrible|good|bad|great|lousy|horrible|decent|slow|fast|hard|better|natural|mean|amateur|armchair|future|aspiring|wannabe|hobby|frustrated|failed|former|ex|retired|certified|licensed|born|backyard|regular|secret|would-be|unpaid|volunteer|home|self-taught|closet|kitchen|part-time therapist|personal|human|professional (?:worrier|overthinker)|basically|practically|smooth|team|micro|heavy|light)\b/i;
const ended =
  /\b(?:retired|former|ex-?|used to|laid|quit|last day|old job|years ago|was|were|student|future|wannabe)\b/i;

/** Longest first, so that "nurse practitioner" is not read as "nurse". */
const oneOf = (titles: readonly string[]): string =>
  [...titles].sort((a, b) => b.length - a.length || (a < b ? -1 : 1)).join('|');

/** An object of up to five words, as far as it can be restated. */
const thing =
  "((?:(?!(?:and|but|because|since|so|when|while|until|till|for|with|at|in|on|to|from|if|which|that|who|by|i|we|my)\\b)[a-z0-9'&-]+ ?){1,5})";
const here = '(?:still |now |currently |mostly |mainly |also |actually |just |only |really )?';
const notTitle = "(?!['-])(?! (?:student|school|friend|in training|assistant|joke|mode|voice|trainee|by trade))";
const daily =
  '(?:full[- ]time|part[- ]time|two jobs|three jobs|2 jobs|3 jobs|nights|days|weekends|doubles|mornings|evenings|overtime|second shift|third shift|first shift|graveyards?|the graveyard(?: shift)?|swing shift|the (?:night|day|early|late|morning|evening|closing|opening) shift|night shift|day shift|overnights|from home|from my (?:kitchen|couch|bedroom|living room)|remote|remotely|retail|construction|security|the (?:register|counter|front desk|line|floor|door|deli|grill|drive[- ]?thru|phones)|(?:about |like |around )?\\d\\d(?:[- ]?\\+)? hours?(?: a| per)?|twelves|12s|tens|a desk job|an office job|a 9[- ]to[- ]5|9[- ]to[- ]5|nine to five|shifts?|rotating shifts)';

/** What people sell, make or handle for pay rather than for themselves. */
const goods =
  'cars|used cars|trucks|trailers|insurance|real estate|houses|homes|pools|furniture|shoes|phones|software|solar|solar panels|tires|mattresses|appliances|flooring|floors|roofs|drywall|sheetrock|brick|bricks|tile|concrete|cable|pipe|steel|glass|lumber|hair|grass|lawns|meat|teeth|offices|rooms|hotel rooms|packages|mail|pizzas?|groceries|cranes?|forklifts?|machinery|dogs|tables|bar|shelves|phones|calls|claims|loans|orders|bikes|computers|engines|transmissions|elevators|furnaces|air conditioners|hvac|boilers|plumbing|power lines|copiers|brakes|diesels?|planes|aircraft|websites|apps|databases|tractors|horses|cows|fruit|boxes|freight|pianos|buildings|contracts|tax returns|crews?|accounts|servers|networks|fiber|records|medical devices|medical equipment';

/** Patterns of work, of looking for it and of life without it, built from the lexicon once. */
export function employmentRules({ titles, ambiguous, workplaces, fields }: Occupations): Rule[] {
  const title = `(${oneOf(titles)})\\b${notTitle}`;
  const plain = `(${oneOf(titles.filter((t) => !ambiguous.includes(t)))})\\b(?!['-])(?! (?:student|school|friend|in training|joke|mode|voice|trainee|at heart|widow|wife|family|(?:for|to|of) (?:my|the|our|this) (?:kids?|mom|mother|dad|father|husband|wife|family|friends|house|household|cat|dog|group|own|internet)|in this house|of (?:procrastination|nothing|naps)))`;
  const adjectives = "(?:[a-z0-9'&/-]+,? ){0,3}?";
  return [
    ...(
      [
        [
          `${iOr}work (?:\\w+ )?(?:nights |days |part-time |part time |full-time |full time )?as (?:an? |the )?(?!hard|volunteer|well|usual|a (?:team|group|unit|volunteer|favor)|intended|expected|much|long|soon|fast|if|many)${thing}`,
          'Works as {a 1}.',
          /volunteer/i,
        ],
        [
          `\\b(?:i(?:'ve| have)|i'm|i am|${opening})(?: been)? ?working (?:\\w+ )?as (?:an? |the )?(?!hard|volunteer|well|usual|intended|expected|much|long|soon|fast|if|many)${thing}`,
          'Works as {a 1}.',
          /volunteer/i,
        ],
        [
          `(?:${iAm}|\\bi(?:'m| am) \\d\\d and|\\band) an? ${adjectives}${plain}`,
          'Works as {a 1}.',
          new RegExp(`${quality.source}|^and`, 'i'),
        ],
        [
          `(?:^|[.,;] |\\b(?:speaking|and|but|so|because|even|my life|my years|my (?:first|second|third|fourth|fifth|\\w+th) year) )as an? ${adjectives}${plain}(?=.{0,60}\\b(?:i|my|me|we)\\b)`,
          'Works as {a 1}.',
          quality,
        ],
        [`\\bas an? ${adjectives}${plain}(?=,? (?:\\w+ ){0,2}?i (?!was|used|wore|had)\\w)`, 'Works as {a 1}.', quality],
        [
          `\\bmy (?:day |night |main |part[- ]time |full[- ]time |current )?job (?:is )?as an? ${adjectives}${title}`,
          'Works as {a 1}.',
          undefined,
        ],
        [
          `(?:\\bi(?:'ve| have) been |${opening}been )an? ${adjectives}${plain}(?= (?:for|since|going on|\\d|here|at|most|all|longer|over|almost|nearly|in|my))`,
          'Works as {a 1}.',
          quality,
        ],
        [`${iAm} an? [a-z -]{3,24} and an? ${plain}`, 'Works as {a 1}.', quality],
        [
          `${iOr}(?:do|am doing|'m doing|handle|run|manage) ${thing}for (?:an? |the )((?:[\\w'-]+ ){0,2}?(?:${oneOf(workplaces)}|company|firm|agency|district|county|city|state|government))\\b`,
          'Does {1} for a {last}.',
          /volunteer|fun/i,
        ],
        [
          `(?:${iOr}|\\bjust )(?:started|start|working|am|'m|been) (?:out )?at (?:the|a|an|our) ((?:[\\w'-]+ ){0,2}?(?:${oneOf(workplaces)}))\\b(?= (?:in|last|this|as|on|for|since|and|full|part|\\d+)| ?[.,!])`,
          'Works at a {1}.',
          /\b(?:party|concert|waiting|meeting|sitting|church|bar|restaurant|hospital with|gym)\b/i,
        ],
        [
          `${opening}(?:back on )?(?:\\w+ )?shift at (?:the|an?|our|my) ((?:[\\w'-]+ ){0,2}?[\\w'-]+)\\b(?= ?[.,;!]| ?$| (?:in|and|tonight|today|for|since|again))`,
          'Works shifts at the {1}.',
          undefined,
        ],
        [
          `\\bi(?:'m| am) (?:now |currently |still )?(?:the|our|a)(?: only| new| head| lead| senior| night| day)? ${plain}(?= (?:at|for|in|on)\\b)`,
          'Works as {a 1}.',
          quality,
        ],
        [
          `(?:${iAm}|\\bi work|\\bi've been|\\bi have been|${opening}(?:work|working|been)) (?:from home |remotely |full[- ]time |part[- ]time |nights |days )?in (?:the )?(?:\\w+ )?(${oneOf(fields)})\\b(?! (?:school|class|classes|college|jail|hell|today))`,
          'Works in {1}.',
          /\b(?:interested|major|degree)\b/i,
        ],
        [
          `\\b(?:an? |my |our )(?:\\w+ )?(?:job|career|gig|position) in (?:the )?(${oneOf(fields)})\\b`,
          'Works in {1}.',
          /\b(?:old|last|first|former|dream|new) (?:job|career|gig|position)/i,
        ],
        [
          `(?:\\bi |^|, )(?!do\\b|want)(?:${here})(?:work|working)? ?in (tech|the trades|it|healthcare|retail|finance)\\b(?=,? (?:i\\b|so\\b|and\\b|where\\b|as\\b))`,
          'Works in {1}.',
          /^in/i,
        ],
        [
          `\\b(?:man|woman|guy|girl|person|mom|dad|one|people) in (tech|finance|stem|the trades|construction|nursing|medicine|academia|law enforcement|sales|engineering|trucking)\\b(?=,? i\\b)`,
          'Works in {1}.',
          undefined,
        ],
        [
          `${iOr}(?:work|working|been working|worked) (?:\\w+ )?(?:(?:in|at|for|on|over at|out of|down at|with) )(?:an? |the |our |my |one of the |this |the same )?${adjectives}(${oneOf(workplaces)})\\b(?!['-])`,
          'Works at a {1}.',
          /volunteer|\bi worked\b|^worked|^\W*(?:the|a)\b/i,
        ],
        [
          `(?:\\bi(?:'ve| have) |${opening}(?:have )?)(?:been |worked )(?:\\w+ )?(?:at|for|with|in|on) (?:an? |the (?:same )?|our |my )?${adjectives}(${oneOf(workplaces)}|company|firm|department|district|agency|state|county|city|railroad|post office|force)\\b(?=.{0,30}\\b(?:\\d+|years?|since|months|decade|forever|long)\\b)`,
          'Works at a {1}.',
          /volunteer/i,
        ],
        [
          `${iOr}(?:work|working) (?:\\w+ )?(?:for|at|with) (?:the |an? |our )?((?:state|county|city|railroad|government|feds|federal government|school district|school system|park service|forest service|va|dmv|irs|military|army|navy|air force|post office|phone company|power company|gas company|cable company|airline|airlines|usps|ups|fedex|amazon|walmart|target|costco|kroger|starbucks|home depot|lowe's|mcdonald's)|(?:small|big|large|local|family|regional|private|public)(?: \\w+)? (?:company|firm|business|agency|bank|practice|shop)|contractor|subcontractor|company|nonprofit|non-profit|[a-z]+ (?:company|firm|agency|department|shop|business|plant|office|lab|center|clinic|store|district))\\b`,
          'Works for {1}.',
          /volunteer/i,
        ],
        [
          `${iOr}(?:teach|been teaching|am teaching|'m teaching) (?!sunday|my|him|her|them|myself|you|me\\b|the (?:kid|dog)|people)(?:[a-z0-9'-]+ ){0,2}?(kindergarten|pre-?k|(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\\d+(?:st|nd|rd|th)) grade(?:rs)?(?: (?:math|science|english|ela|history|reading))?|high school(?: (?:math|science|english|history|chemistry|biology|band|art))?|middle school(?: (?:math|science|english|history|band|art))?|elementary(?: school)?|math|english|algebra|chemistry|biology|physics|history|science|spanish|french|art|composition|special education|special ed|music|band|civics|social studies|freshman comp|preschool|esl|college|at (?:the|a) (?:\\w+ )?(?:college|school|university)|yoga|swim lessons|piano|pe|gym|drama|choir)\\b`,
          'Teaches {1}.',
          undefined,
        ],
        [
          `${opening}(substitute teach|student teach|teach)ing (?:this|full|at|in|for|again|\\w+ grade|my)\\b`,
          'Has work teaching ({1}ing).',
          undefined,
        ],
        [
          `${iOr}(?:run|own|manage|'m running|am running|supervise|lead|head|oversee|'m in charge of|am in charge of) (?:my own |an? |the |our |two |three )((?:[\\w'-]+ ){0,3}?(?:shop|salon|store|restaurant|diner|bakery|company|business|garage|farm|ranch|daycare|food truck|studio|practice|bar|cafe|crew|team|department|section|warehouse|kitchen|office|lab|branch|clinic|gym|program|library|floor|plant|shift|line|desk|register|press|dairy|greenhouse|nursery|mill|yard|motel|hotel|theater|website|route))\\b(?!s)`,
          'Runs a {1}.',
          /\b(?:around|errands|household|house|dream)\b/i,
        ],
        [
          `${iOr}(?:manage|supervise) a (?:crew|team|staff) of (?:\\d+|\\w+)(?: \\w+)? at (?:the|a|our) (${oneOf(workplaces)}|\\w+)\\b`,
          'Supervises people at a {1}.',
          undefined,
        ],
        [
          `(?<!\\b(?:mind|minding|minded|minds) )\\bmy own ((?:\\w+ )?(?:business|company|shop|firm|salon|practice|agency|studio|bakery))\\b`,
          'Runs their own {1}.',
          /dream|want|someday/i,
        ],
        [
          `${iOr}(?:drive|haul|driving|been driving) (?:for ((?:uber|lyft|doordash|instacart|ups|fedex|amazon))|for (?:a living|a trucking company|a \\w+ company|the \\w+)|(?:an? |the )?((?:school |city |church |tour |shuttle |metro )?bus|long haul|over the road|freight|reefer|flatbed|truck|tow truck|cab|taxi|semi|18[- ]wheeler|forklift|ambulance|delivery(?: truck| van)?|snowplow|garbage truck|tractor trailer|tanker))\\b(?! (?:to|home|myself))`,
          'Drives {the 1} for a living.',
          /church|my truck/i,
        ],
        [
          `${iAm} (?:self[- ]employed|a freelancer|freelance|my own boss|employed)\\b|\\bi work for myself\\b|\\bi freelance\\b|${opening}self[- ]employed\\b|\\bas a freelancer\\b`,
          'Is self-employed.',
          undefined,
        ],
        [
          `${opening}(?:two|three|2|3) jobs\\b|${iOr}(?:work|working) ${daily}\\b(?! (?:of|on my (?:tan|novel)))|\\bi(?:'m| am|'ve been| have been) (?:working|pulling|on) ${daily}\\b`,
          'Has paid work.',
          undefined,
        ],
        [
          `(?:\\bi |${opening})(?:just |finally )?(?:started|got|landed|accepted) (?:my|a|the|this) (?:new )?job\\b(?! (?:offer|interview|search))|^new job\\b(?! (?:search|hunt|listing|posting|would))|\\bmy (?:new|current|day) job\\b|(?:\\bi |${opening})(?:just |finally )?got (?:hired|promoted)\\b|\\bsince (?:we|i) got hired\\b|\\bmy promotion\\b|\\bi got (?:the|a) (?:job|promotion|raise)\\b|\\bfirst day (?:of work |on the job |of my new job )?at (?:the|my) (?:new )?(?:job|office|${oneOf(workplaces)})\\b|\\bat the new (?:place|job|gig)\\b|\\bi (?:make|made|am|was made) (?:manager|supervisor|foreman|partner|lead) (?:at|in|of|last|this)\\b`,
          'Has a job.',
          undefined,
        ],
        [
          `\\b(?:i |we (?:both )?)(?:still |do |now |also |already )?(?:have|got|'ve got) (?:an? |two |three )(?:\\w+ ){0,3}?(?:jobs?|gig)\\b(?! (?:for you|to do|offer|interview))|\\ba (?:good|decent|steady|boring|stable|nice|real|full[- ]time|part[- ]time) (?:\\w+ )?(?:job|gig)\\b(?=.{0,40}\\b(?:i|my|me)\\b)|(?:^|[,.;] |as it is,? |\\band )(?:high school diploma and )?a (?:good|decent|steady) ((?:\\w+ )?)job\\b`,
          'Has a job ({1}).',
          /\b(?:had|if|need|want|wish|hope|looking|do a)\b/i,
        ],
        [
          `\\bi (?:have|'ve got|got) an? (?!good|new|real|full|part|day|steady|decent|great|bad)(\\w+) job\\b(?! (?:interview|offer))`,
          'Has a {1} job.',
          /had|coding interview/i,
        ],
      ] as const
    ).map(([source, statement, except]): Rule => ({
      pattern: phrase(source),
      value: 'employed',
      status: 'stated',
      statement,
      ...(except ? { except } : {}),
    })),
    {
      pattern: phrase(
        `${opening}(?:an? )?${described(4)}${plain}(?= (?:here|checking in|by (?:day|trade)|since|for (?:\\w+ ){1,2}years|of \\d+ years|with \\d+ years)\\b|, \\d\\d\\b)`,
      ),
      value: 'employed',
      status: 'stated',
      statement: 'Works as {a 1}.',
      except: /\b(?:retired|former|ex|unemployed|student|aspiring)\b/i,
    },
    {
      pattern: phrase(
        `^(?:(?!the|an?|my|our|his|her|their|this|that|every|some|one|new|local|dear|retired|former|ex|future)[\\w'-]+ ){0,3}?${plain}(?= (?:in|at|from) [^,.;!?]{2,40}(?:[,.;!]|$))`,
      ),
      value: 'employed',
      status: 'stated',
      statement: 'Works as {a 1}.',
      except: quality,
      fragment: true,
    },
    {
      pattern: phrase(`(?:^|, )(?:an? )?${described(4)}${plain}(?= ?[,.;|/]| ?$)`),
      value: 'employed',
      status: 'stated',
      statement: 'Works as {a 1}.',
      except: /\b(?:retired|former|ex|unemployed|student|aspiring|future)\b/i,
      profile: true,
    },
    {
      pattern: phrase(
        `${iAm} an? ${adjectives}(?!doctor|judge|writer|coach|cook|chef|baker|painter|philosopher|detective|historian)(${oneOf(ambiguous)})\\b(?= (?:at|for (?:the|a)|in (?:a|the)|by (?:day|trade)|on the)\\b)`,
      ),
      value: 'employed',
      status: 'stated',
      statement: 'Works as {a 1}.',
      except: quality,
    },
    {
      pattern: phrase(
        `\\bi (?:${here})([a-z]+(?: [a-z'-]+){0,4}?) for a living\\b|${opening}([a-z]+ [a-z'-]+(?: [a-z'-]+)?) for a living\\b`,
      ),
      value: 'employed',
      status: 'stated',
      statement: 'Works for a living: {1}.',
      except: /\b(?:wish|want|would|used to|could)\b/i,
    },
    {
      pattern: phrase(
        `${iOr}(?:been |do |doing |am doing |'m doing |been doing )((?:billing|payroll|data entry|bookkeeping|hvac|landscaping|construction|roofing|drywall|concrete|plumbing|electrical work|it support|tech support|customer (?:service|support)|accounting|taxes|people'?s taxes|peoples taxes|hair|nails|lashes|social work|home care|home health|security|maintenance|demolition|flooring|framing|carpentry|masonry|welding|paperwork|intake|scheduling|logistics|marketing|graphic design|web design|web development|contract work|childcare|daycare|house cleaning|pest control|auto body|body work|medical billing|claims|underwriting|research|quality control|inventory|janitorial work|freelance \\w+))\\b`,
      ),
      value: 'employed',
      status: 'stated',
      statement: 'Does {1} for work.',
      except: /\b(?:my (?:own )?taxes|my hair|my nails)\b/i,
    },
    {
      pattern: phrase(
        `(?:\\bi ${here}|${opening}(?:now |still )?(?:i )?)(sell|fix|repair|install|weld|frame|lay|pour|hang|cut|clean|deliver|operate|groom|bartend|wait|tend|stock|answer|process|design|edit|audit|inspect|manage|landscape|assemble|build|tune|train|haul|service|test|translate|draft|shoe|milk|pick|pack|load|bag|guard|rebuild) ((?:(?!my|the|our|his|her|their|your|this|that)[a-z-]+ ){0,2}?(?:${goods}))\\b|(?:\\bi(?:'ve| have) been |${opening}been )(selling|fixing|repairing|installing|welding|framing|laying|pouring|hanging|cutting|cleaning|delivering|operating|grooming|waiting|tending|stocking|processing|designing|managing|building|training|hauling|inspecting|rebuilding) ((?:(?!my|the|our)[a-z-]+ ){0,2}?(?:${goods}))\\b`,
      ),
      value: 'employed',
      status: 'inferred',
      statement: 'Works with {last} ({1}).',
      except: /\b(?:my (?:car|house|hair|teeth|phone|room)|fix my|clean my|restore|laying in|old radios|rid)\b/i,
    },
    {
      pattern: phrase(`${iOr}manage (?:an?|two|three) ${thing}`),
      value: 'employed',
      status: 'inferred',
      statement: 'Manages {a 1}.',
      except: /\b(?:smile|way|house|household|laugh|nap|few)\b/i,
    },
    {
      pattern: phrase(
        `(?:\\bi |${opening})(?:just |recently |finally )?(?:hit|celebrated|reached|passed|put in|am coming up on|'m coming up on) \\d{1,2} years (?:with|at|for) (?:the |my |an? )?((?:[\\w']+ ){0,2}?[\\w']+)(?= ?[.,;!]| ?$| and)`,
      ),
      value: 'employed',
      status: 'inferred',
      statement: 'Has worked for years with the {1}.',
      except: /\b(?:husband|wife|him|her|partner|boyfriend|girlfriend|this|same)\b/i,
    },
    {
      pattern: phrase(`${iOr}(?:sell|'ve sold) (?!out\\b|my|our|him|her|it\\b|them|you|this|that)${thing}`),
      value: 'employed',
      status: 'inferred',
      statement: 'Sells {1}.',
      except: /\b(?:i'd|would|could|soul|kidney|organs|short)\b/i,
    },
    {
      pattern: phrase(
        `(?<!lost |quit |leave |left |from |hate |over |a |old |new |last |first |former )\\bmy (shift|boss|coworkers?|co-workers?|supervisor|manager|paycheck|crew|foreman|clients|patients|customers|commute|employees|employer|cubicle|work schedule|work week|workday|lunch break|day job|shift lead|district manager|deadlines at work|(?:\\w+ )?shift(?: starts| ends)?)\\b(?! (?:was|were|used|back|at the (?:prison|hospital) gift))`,
      ),
      value: 'employed',
      status: 'inferred',
      statement: '{routine}.',
      except: ended,
      presupposes: true,
    },
    {
      pattern: phrase(
        `\\b(?:at work|on my shift|off work|got off shift|off shift|my lunch break|on the clock|in the office|to the office|at the office|to work|from work|out of work|working late|work from home|wfh) (?:today|tonight|this morning|this week|all week|yesterday|tomorrow|last night|again|on monday|right now|rn)\\b|(?:today|tonight|yesterday|morning) at work\\b|\\b(?:called|calling|call) (?:in sick|out of work|off work|out sick)(?: today)?\\b|\\bi(?:'m| am) (?:still |back )?(?:at work|on the clock|on shift|on break at work|stuck at work|off work)\\b|\\bi (?:just )?got (?:off|home from|back from|to) work\\b|\\bi (?:have to|gotta|need to|had to|get to|start|go to|went to) (?:go to |be at |be in to |get to )?work (?:today|tonight|tomorrow|in the morning|this (?:morning|weekend|saturday|sunday)|at \\d|early|late|a double|on)\\b|\\bhr emails?\\b|\\bi (?:clock(?:ed)? (?:in|out)|work tomorrow|work tonight|work today|work weekends)\\b|\\bi have (?:an? )?(?:\\w+ )?(?:conference call|staff meeting|work trip|work meeting|business trip|shift)\\b|\\b(?:hr|hour) shift (?:done|over|tonight|today|tomorrow|starts)\\b|\\bshift starts at\\b|\\b(?:the |my )?overtime (?:is|pays?|was)\\b|\\bmy job (?:is|pays|at|has|makes|lets|requires|offers|starts|involves|wants|here|sucks)\\b|\\bi (?:love|like|hate|enjoy|tolerate) my job\\b|\\bi'?m the only income\\b|\\bmy work (?:is|laptop|email|phone|schedule|friends|wife|husband)\\b`,
      ),
      value: 'employed',
      status: 'inferred',
      statement: 'Goes to work.',
      except: /\bout of work (?:right now|again|rn|all week|this week)|work from home (?:again )?jobs\b/i,
    },
    {
      pattern: phrase(
        `\\bmy (?:\\w+ )?job (?:at|with|in) (?:the |an? )?(?:\\w+ ){0,2}?(${oneOf(workplaces)}|${oneOf(fields)})\\b(?! (?:ended|was|when|back))`,
      ),
      value: 'employed',
      status: 'inferred',
      statement: 'Has a job at a {1}.',
      except: /\b(?:old|last|first|former|ex|previous|dream|college|summer|quit|left) job/i,
      presupposes: true,
    },
    {
      pattern: phrase(
        `\\b(?:this|these|my|at my|at our|our|here at the|the) (${oneOf(workplaces)}|shop|office|jobsite|job site|firehouse|station|precinct|ward|unit|branch|department)\\b(?= (?:i work|where i work|i manage|is short[- ]?staffed|got slammed|schedule))|\\b(?:guys|girls|people|women|crew|folks|team) at (?:my|our) (shop|office|plant|store|work|job|firm|warehouse|company|station|hospital|school|restaurant)\\b|\\bhere at the (shop|office|plant|store|warehouse|station|hospital|mill)\\b`,
      ),
      value: 'employed',
      status: 'inferred',
      statement: 'Works at a {1}.',
    },
    {
      pattern: phrase(`\\b(?:i'm |i am |${opening})married to my (?:job|work|career)\\b`),
      value: 'employed',
      status: 'inferred',
      statement: 'Has a job.',
    },
    {
      pattern: phrase(`\\bi(?:'ve| have)(?: been)? (\\w+ing (?:[a-z]+ )?)here (?:for )?(?:\\d+|\\w+) years\\b`),
      value: 'employed',
      status: 'inferred',
      statement: 'Has worked {1} for years.',
      except: /living|staying|standing|coming|shopping|sitting|waiting|going|eating|renting|posting/i,
    },
    {
      pattern: phrase(
        `(?:\\bwe(?:'re| are) (?:both )?|\\band i are (?=both)|${opening})(?:two|both) ((?:${oneOf(titles)})s)\\b`,
      ),
      value: 'employed',
      status: 'inferred',
      statement: 'Is one of two {1} in the household.',
    },
    {
      pattern: phrase(
        `(?:${opening}|\\bmy |\\bi have (?:an? )?)((?:nurs|teach|wait|warehous|clean|deliver|cater|groom|weld|driv)ing|warehouse|hospital|er|icu|bar|diner|night|factory|plant|kitchen|retail|security|store|salon) shift\\b(?= (?:starts|ends|tonight|tomorrow|today|at|done|over|was|is|again|this))`,
      ),
      value: 'employed',
      status: 'inferred',
      statement: 'Works a {1} shift.',
    },
    {
      pattern: phrase(
        `\\b(?:went|gone|go) straight (?:in)?to (?:work (?:at|in|on) )?(?:the )?(docks|mines?|mill|plant|factory|oil fields?|army|navy|shop|farm|railroad|shipyard|fields|trades)\\b(?=.{0,80}\\b(?:still|ever since|since then|been there)\\b)`,
      ),
      value: 'employed',
      status: 'inferred',
      statement: 'Went to work at the {1}.',
    },
    {
      pattern: phrase(
        `(?:${iAm} (?:active duty|deployed|stationed|enlisted|in the (?:army|navy|air force|marines|coast guard|national guard|reserves|military|service))|\\bas an active duty|\\bactive duty (?:army|navy|air force|marine))\\b`,
      ),
      value: 'employed',
      status: 'stated',
      statement: 'Serves in the armed forces.',
    },
    ...withoutWork(title, adjectives),
  ];
}
