import type { LifeLexicon } from './lexicons.js';
import { adverbs, iAm, iOr, opening, phrase, triggerWords } from './reading.js';
import type { LifeRule } from './life.js';

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** Longest first, so that "fly fishing" is not cut to "fishing". */
const oneOf = (words: readonly string[]): string =>
  [...words]
    .sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
    .map(escaped)
    .join('|');

const likes =
  "(?:love|enjoy|like|adore|miss(?! out)|do|go|went|been|am into|'m into|got into|got back into|am (?:really |very )?into|took up|taken up|picked up|(?:recently |just )?started|practice|keep|find time for|make time for|live for|can't stop|am obsessed with|'m obsessed with|am hooked on|'m hooked on|am learning|'m learning|am addicted to|'m addicted to|relax by|relax with|unwind by|unwind with|destress by|am teaching myself|'m teaching myself|stick to|am big into|'m big into|am all about|'m all about|spend (?:my |most |all |every |too much |way too much |a lot of )?(?:free |spare )?(?:weekends?|time|evenings?|mornings?|saturdays?|sundays?|days?|summers?|nights?|hours|money|my \\w+)(?: on| off)?(?: of \\w+)?|retired to|mostly do|get to go|get to do|head out|get out|dabble in|joined a|belong to a|run a|am in a|'m in a|play in a|play on a)";
const fillers =
  '(?:(?:to go|going|some|a lot of|lots of|the|a|my|to|in|at|too much|old|more|again|really|on|of|little|bit of|doing|playing|for|with|adult|local|community|rec|pickup|\\w+ly) ){0,3}';
const around =
  '(?= ?[.,;!?)]| ?$| (?:in|on|with|every|at|again|is|was|season|since|for|\\d+|this|today|all|my|the|to|and|but|because|when|while|after|before|as|most|whenever|outside|around|near|a|about|online|too|so|or|alone|solo|here|has|keeps|group|club|weather|until|from|down|out|up|these|league|lessons|more|less|better|faster|slowly|badly|poorly|\\w+ly)\\b)';
const playing =
  "(?:play|playing|practice|practicing|practise|learn|learning|took up|taken up|taking up|picked up|started|start|do|doing|collect|collecting|love|loving|enjoy|enjoying|am into|'m into|got into|make|making|brew|brewing|bake|baking|build|building|grow|growing|restore|restoring|read|reading|paint|painting|fly|flying|ride|riding|sew|sewing|write|writing|watch|watching|raise|raising|obsessed with|hooked on|big on|addicted to|teaching myself|plays? in|go to|going to|take|taking|teach|joined an?|join an?|in an?|on an?|spend \\w+ \\w+ (?:on|with))";

/**
 * What a person does in free time. A verb in the first person, its form in -ing after a word of liking or doing, and a thing
 * after a word of playing or collecting; the statement keeps the writer's own form ("Enjoys hiking.").
 */
export function hobbyRules({ hobbies }: LifeLexicon): LifeRule[] {
  return hobbies.flatMap(({ statement, expressions, does, doing, things }): LifeRule[] => {
    const rules: LifeRule[] = [];
    const add = (
      words: readonly string[] | undefined,
      source: (any: string) => string,
      said: LifeRule['statement'],
    ): void => {
      if (words === undefined || words.length === 0) return;
      rules.push({
        topic: statement,
        triggers: triggerWords(words),
        pattern: phrase(source(oneOf(words))),
        dimension: 'interests',
        statement: said,
      });
    };
    add(
      expressions,
      (any) => `\\b(?:${any})\\b(?!['-])(?! (?:is|was) (?:stolen|gone|sold))`,
      () => statement,
    );
    add(
      does,
      (any) =>
        `\\b(?:i|we)(?:'ve|ve| have)? ${adverbs}(?:like to |love to |get to |try to |go |have to )?(${any})\\b(?!['-])${around}`,
      (match) => `Likes to ${match[1]!.toLowerCase()}.`,
    );
    add(
      doing,
      (any) =>
        `(?:${iOr}${likes} ${fillers}|\\bi was out |\\bmy (?:\\w+ )?(?:hobby|hobbies|pastime|passion|passions|therapy|escape|happy place|stress relief|outlet|favorite thing|thing|interests?)(?: is| are| include|:) (?:\\w+,? ){0,4}?|\\bweekends? (?:are|is) for |\\binto (?:\\w+, ){0,3}(?:and )?|\\bhobbies: (?:[\\w ]+, ){0,4}(?:and )?|\\btime for |\\bwhen i(?:'m| am) not (?:working,? )?(?:i'm )?|${opening}(?:still |mostly |out |back to |went |love |gone |hobbies include ))(${any})\\b(?!['-])${around}|(?:${iAm} |\\bi(?:'ve| have) been |${opening}(?:been )?)(?:\\w+ly )?(${any})\\b(?!['-])(?= (?:every|again|since|for (?:\\d+|\\w+ years)|in [a-z]+ (?:is|means)|in (?:the )?(?:north|south|new|west)|on (?:weekends|saturdays|sundays|my|the weekends)|season|these days|a lot|this (?:season|summer|winter|year)|with my|my way|\\d+ (?:miles|laps|days|times|hours))\\b)|\\b(${any}) (?:is|are|has been) (?:my|how i|what i|what keeps me|the only thing (?:i|that))\\b|\\bmy (${any}) (?:gear|group|club|buddies|buddy|partner|trips?|habit|hobby|shoes|boots|bag|needles|friends|days?|schedule|stuff|supplies|room|season|crew|league|class|lessons|pole|rods?|lures|spot)\\b`,
      (match) =>
        `Enjoys ${((match as readonly (string | undefined)[]).slice(1).find((group) => group !== undefined) ?? '').toLowerCase()}.`,
    );
    add(
      things,
      (any) =>
        `(?:${iOr}|${iAm} |\\bi(?:'ve| have) been |\\bbeen |\\bmy (?:hobby|passion|therapy|hobbies) (?:is|are) )(?:${playing} )(?:(?:too much|way too much|the|a|an|some|a lot of|lots of|old|little|bit of|and \\w+|in|at|on|of|my own|my|\\w+(?:ed|y|ic|er|al|an|ese|ly)|beer league|pickup|rec|rec league|adult|community|competitive|amateur|weekly|pick-up|co-ed|over-\\d+|mostly|more|vintage|as much|like|free|for fun|first|heirloom|homemade) ){0,4}(${any})\\b(?!['-])(?! (?:for|to) (?:my|the|our) (?:kid|son|daughter))|\\bmy (?:\\w+ )?(${any})\\b(?= (?:group|club|league|team|teacher|lessons?|practice|collection|guild|class|partner|night|buddies|gear|is|are|came|grew|won|finally|got|did|needs?))|${opening}(?:mostly |lots of |too many |too much |a lot of )(?:\\w+ ){0,2}?(${any})\\b|\\b(?:pickup|rec league|beer league|adult league|intramural|over-\\d+) (${any})\\b(?= (?:group|game|team|league|night|crew))`,
      (match) => {
        const thing = (
          (match as readonly (string | undefined)[]).slice(1).find((group) => group !== undefined) ?? ''
        ).toLowerCase();
        return statement.toLowerCase().includes(thing) ? statement : `${statement.replace(/\.$/, '')} (${thing}).`;
      },
    );
    return rules;
  });
}
