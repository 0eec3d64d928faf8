import type { Rule, Status } from './employment-rules.js';
import { iAm, iAmA, opening, phrase } from './reading.js';

/** Patterns of unemployment, retirement, home-making and disability; `title` matches the titles of the lexicon. */
export function withoutWork(title: string, adjectives: string): Rule[] {
  const stated =
    (value: Status) =>
    ([source, statement, except]: readonly [string, string, RegExp?]): Rule => ({
      pattern: phrase(source),
      value,
      status: 'stated',
      statement,
      ...(except ? { except } : {}),
    });
  return [
    ...(
      [
        [
          `\\bi(?:'m|m| am|'ve been| have been) (?:currently |still |now |recently |newly |officially )?(?:unemployed|out of work|out of a job|without a job|between jobs|jobless|job hunting|job-hunting|job searching|looking for (?:a job|work|any job)|on unemployment|collecting unemployment|laid off|applying (?:for jobs|everywhere|to everything|to jobs))\\b`,
          'Is out of work.',
        ],
        [
          `${opening}(?:been |currently |still |newly |recently )*(?:unemployed|jobless|out of work|between jobs|job hunting|job searching|looking for work|on unemployment)(?= (?:since|for|and|again|right now|at|here|going|after|with|still|because|\\d)| ?[.,;!]| ?$)(?! (?:people|rate|workers))`,
          'Is out of work.',
        ],
        [
          `(?:\\bi |\\bwe (?:all )?|${opening})(?:just |recently )?(?:got |was |were |been |have been |'ve been )?laid off\\b(?! (?:in (?:19|20)|back|once|from that|when|years|twice|of|the|during))|\\bi(?:'ve| have) been laid off\\b|\\bi (?:just )?(?:lost my job|got let go|was let go|got fired|got canned|got the axe)\\b(?! (?:in|back|once|years|when|during))|\\bmy (?:job|position) (?:was|got|is being) (?:eliminated|cut)\\b(?! (?:in|back))|\\bi (?:still )?(?:can't|cannot|haven't been able to) find (?:a job|work|any work)\\b|\\bi (?:haven't|have not|havent) worked since\\b(?! i retired)|\\bi (?:don't|do not|dont) have a job\\b(?! (?:because|and don't want))`,
          '{lost}.',
          /\bi was laid off (?:from|at)\b/i,
        ],
        [
          `(?:\\bi |\\bi've |${opening})(?:just |recently |finally )?(?:got|was|been|am) (?:just )?(?:let go|laid off|fired(?! up)|canned|rif'?d|furloughed|downsized|axed|the axe|the boot|sacked|terminated|restructured out|a pink slip)\\b(?! (?:in (?:19|20)|back|once|when|years|twice))|\\bi (?:got|was handed|was given) (?:my |a )?(?:pink slip|walking papers|severance)\\b|\\bi(?:'m| am)? (?:living on|drawing|collecting|on) (?:my )?(?:severance|ui|unemployment)\\b|${opening}(?:on|drawing|collecting|living on) (?:ui|unemployment|severance)\\b|\\bi (?:haven't|have not|havent) (?:worked|had (?:a job|work|steady work)) (?:since|in|for)\\b(?! i retired)|${opening}(?:still )?no (?:job|work) (?:yet|right now|since|for)\\b|${opening}(?:\\w+ )?(?:months?|weeks?|days?|year) (?:unemployed|without (?:a job|work|a paycheck)|out of (?:a job|work)|jobless|into (?:unemployment|the job hunt))\\b|\\b(?:they|work|my (?:job|company|boss|plant|employer)|the (?:plant|mill|company|factory|store)) (?:just )?(?:laid me off|let me go|canned me|fired me|cut my position|laid us all off)\\b(?! (?:in (?:19|20)|back|once|when|years))`,
          'Is out of work.',
        ],
        [
          `\\bthe layoffs? (?:finally |just )?(?:got|hit|came for|took|reached) (?:me|my (?:job|team|department))\\b|${opening}(?:\\w+ )?(?:months?|weeks?|days?|year) of (?:job[- ](?:hunting|searching)|unemployment|looking for work|applications)\\b|${opening}(?:day|week|month) \\w+ of (?:unemployment|job[- ]?(?:hunting|searching)|being laid off)\\b|\\bi(?:'m| am) (?:back )?on the job (?:market|hunt)\\b`,
          'Is out of work.',
        ],
      ] as const
    ).map(stated('unemployed')),
    {
      pattern: phrase(
        `\\bmy unemployment (?:ran|runs|check|claim|benefits|ends)\\b|(?:sent|filled|sending|filling|put|putting) (?:out|in) (?:\\w+ ){0,2}?(?:applications|resumes)\\b|\\bday \\d+ of (?:unemployment|no job)|\\b(?:days|weeks|months) into unemployment\\b|\\bmy job (?:search|hunt)\\b|\\bsince (?:i|they) (?:got|was|laid me|let me) (?:laid )?(?:off|go)\\b`,
      ),
      value: 'unemployed',
      status: 'inferred',
      statement: 'Looks for work.',
    },
    {
      pattern: phrase(
        `${iAmA}(?:\\w+ ){0,2}?(?:retired|ret\\.) (?:[a-z'-]+ ){0,2}?${title}|\\bas a (?:\\w+ )?retired (?:[a-z'-]+ ){0,2}?${title}`,
      ),
      value: 'not in labor force',
      status: 'stated',
      statement: 'Is a retired {1}.',
      fragment: true,
    },
    ...(
      [
        [
          `\\b(?:as|being) an? (?:\\w+ )?retired (?:[a-z'-]+ ){0,2}?${title}(?=.{0,80}\\b(?:i|my|me)\\b)`,
          'Is a retired {1}.',
        ],
        [`(?:\\bi |${opening})retired as an? ${adjectives}${title}`, 'Is a retired {1}.'],
        [
          `${iAm} (?:(?:fully|newly|long|happily|finally|mostly|\\d\\d and|\\w+ and|medically) )?retired\\b(?! (?:from (?:dating|drama|caring|drinking|cooking|social|twitter|facebook|partying|giving|hosting|being|arguing)|number|jersey))|\\bsince i(?:'ve)? retired\\b|\\b(?:i|i've|i have) been (?:\\w+ )?retired\\b|(?:\\bi (?:finally |just |officially |also )?|${opening}(?:just |finally )?)retired (?:from (?!dating|drama|caring|drinking|cooking|social|twitter|partying)|in (?:19|20)\\d\\d|in (?:january|february|march|april|may|june|july|august|september|october|november|december)|last|this|at \\d\\d|at sixty|after|early|now|two|three|four|five|six|ten|\\d+|and)|\\bmy retirement (?:party|was|is|check|hobby|project|pension)|\\bnow that i(?:'m| am) retired\\b|\\bwhen i retired\\b|\\bbefore i retired\\b|\\bafter i retired\\b|\\bi took (?:early )?retirement|\\bin my retirement\\b|\\bretirement (?:suits|agrees with) me\\b|\\bmy pension\\b|\\bwe(?:'re| are) (?:both )?retired\\b`,
          'Is retired.',
        ],
        [
          `${opening}(?:happily |newly |finally |now |long |\\d\\d,? )*retired(?= ?[.,;!]| ?$| (?:here|for|since|and|now|teacher|nurse|after)\\b)`,
          'Is retired.',
        ],
        [
          `^(?:\\w+ )?retired (?:\\w+ )?(navy|army|air force|marine|marines|military|military officer|coast guard|federal employee|civil servant|autoworker|phone company|schoolteacher|usps)(?=,| here| and| from|[.])`,
          'Is retired from the {1}.',
        ],
        [
          `\\bi(?:'m|m| am) (?:now |currently |just |also )?(?:an? )?(?:\\w+ )?(stay[- ]at[- ]home (?:\\w+ )?(?:mom|dad|mother|father|parent|wife|husband)|housewife|homemaker|house ?husband|full-time mom|full-time dad|full-time parent|sahm|sahd)\\b|\\bas an? (?:\\w+ )?(stay[- ]at[- ]home (?:mom|dad|mother|father|parent|wife)|housewife|homemaker|sahm)\\b`,
          'Is a {1}.',
        ],
        [
          `${opening}(?:proud |busy |full[- ]time |tired )?(stay[- ]at[- ]home (?:mom|dad|mother|father|parent|wife)|homemaker|sahm|sahd|housewife)\\b(?= (?:of|to|here|with|and)| ?[.,;!]| ?$)`,
          'Is a {1}.',
        ],
        [
          `\\b(?:i(?:'m|m| am|'ve been)|been) on (?:permanent |full |social security )?(?:disability|ssdi|ssi)\\b|\\bmy (?:disability|ssdi) (?:check|payment|hearing|benefits|claim)\\b|\\bi (?:went|got|live|been) on disability\\b|\\bi (?:draw|get|receive|collect|live on) (?:\\w+ )?(?:disability|my disability|social security|ssdi|ssi)\\b|\\b(?:a year|a month|check) from (?:ssdi|ssi|disability|social security)\\b`,
          'Lives on disability or Social Security.',
        ],
        [
          `\\bi (?:don't|do not|dont|haven't) work(?:ed)? (?:anymore|any more|right now|outside the home|for pay|now|because of my|since (?:my|the) (?:stroke|accident|injury|baby|kids?|twins|diagnosis|surgery))\\b|\\bi(?:'m|m| am) not working (?:anymore|any more|right now|now|outside the home)\\b|\\bi stay home with (?:the|my|our) (?:kids|baby|babies|boys|girls|children|twins|two|three)\\b|\\bi quit (?:my job )?to (?:stay home|take care of|look after|care for|raise) (?:with )?(?:my|our)|\\bi can'?t work\\b(?! (?:today|tomorrow|tonight|saturday|sunday|monday|with|under|like|out|it|on|late|from|in|that|this|there))|\\bi(?:'m| am) (?:no longer able|unable) to work\\b|\\b(?:too sick|too disabled) to work\\b(?=.{0,30}\\b(?:i|my)\\b)|\\bi(?:'m| am) (?:a |the )?full[- ]time caregiver (?:for|to) my\\b|\\bi care for my (?:mother|mom|dad|father|husband|wife) full[- ]time\\b`,
          'Does not work for pay.',
        ],
        [
          `(?:${iAm} (?:a )?|${opening}(?:a )?)full[- ]time student\\b(?! (?:discount|rate|status|fees))`,
          'Is a full-time student.',
        ],
        [
          `${opening}(?:(?:happily|semi|newly|just|finally|now|we're|an?|old|two) )*retired (?:couple|folks?|pair|person|guy|man|woman|lady|empty nesters?|after|from the|from a|with|on|last|in (?:19|20)\\d\\d|as of|\\d+ years)\\b|${opening}(?:\\w+ )?(?:years?|months?|weeks?) (?:into|of|in) (?:my )?retirement\\b|\\bwe(?:'re| are) an? (?:\\w+ )?retired\\b|${opening}(?:day|week|month|year) \\w+ of (?:being retired|(?:my )?retirement)\\b|\\bi(?:'m| am|'ve been)? (?:\\w+ )?(?:retired|retire) (?:off|on) (?:my|a)\\b`,
          'Is retired.',
        ],
        [
          `${opening}(?:been |now |currently |living )*on (?:permanent |full |social security |ss )?(?:disability|ssdi|ssi)\\b|\\b(?:live|living|get by|getting by) on (?:\\w+ )?(?:my |our )?(?:disability|social security|ssdi|ssi|pension)\\b|\\b(?:mostly|just|only|all) social security\\b|\\bmy social security (?:is|check|and|covers|goes)\\b|\\bmy (?:pension|social security) and (?:her|his|my)\\b`,
          'Lives on a pension, disability or Social Security.',
        ],
        [
          `(?:\\bi |${opening})(?:had to |finally |just )?(?:leave|left|step out of|stepped out of|quit) the workforce\\b|${opening}(?:the |a )?full[- ]time (?:caregiver|carer) (?:for|to) (?:my|our)\\b|\\bi(?:'m| am) not looking for (?:a job|work|one)\\b|(?:\\bi |\\bi'm |${opening})(?:homeschool|home school|homeschooling|home schooling) (?:my|our|all|the|\\w+ of|two|three|four|five|six)\\b|\\bi(?:'m| am) (?:at )?home (?:all day )?with (?:the|my|our|a) (?:baby|newborn|kids|boys|girls|children|toddlers?|twins)|\\bi(?:'m| am)? (?:\\w+ )?(?:staying|stay) (?:at )?home (?:with|full[- ]time)|${opening}(?:\\w+ )?(?:stay(?:ing|ed)? home with) (?:my|our|the) (?:kids|baby|babies|boys|girls|twins)\\b|\\b(?:havent|haven't|have not|hasn't) worked (?:outside the home|a paying job|for pay|since (?:my|the) (?:first|oldest|baby|kids?|twins|daughter|son))`,
          'Does not work for pay.',
        ],
        [
          `(?:\\bi |\\bi've |${opening})(?:gave up|given up|quit|left|walked away from) my (?:job|career|work) to (?:look after|take care of|care for|raise|stay home|be home|homeschool|nurse)\\b|\\bi (?:haven't|have not|havent) been able to work\\b|\\bi (?:had|have) to stop working (?:because|due|when|after)\\b|\\b(?:i'm|i am) (?:fully |totally |permanently |100% )?disabled(?: and|,|\\.| ?$| since)`,
          'Does not work for pay.',
        ],
      ] as const
    ).map(stated('not in labor force')),
  ];
}
