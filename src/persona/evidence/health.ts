import type { LifeRule } from './life.js';
import type { LifeLexicon } from './lexicons.js';
import { described, iAmA, opening, phrase, triggerWords } from './reading.js';

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** Words between "I have" and the condition, none of which begins another phrase. */
const kinds =
  "(?:(?!(?:has|have|had|is|was|were|are|gets?|got|says?|\\w+'s|of|for|to|with|in|at|by|who|that|from|his|her|their|your|about|no|not|almost|going|basically|practically|so|like|nearly|friend|fear|the|symptoms?|family|history|nightmares?)\\b)[a-z0-9'-]+,? (?:and )?){0,3}?";
/** What turns a condition into a manner of speaking: "a heart attack every time the phone rings". */
const figurative =
  "(?!['-]\\w)(?! (?:every time|every day at|everytime|when|whenever|if|over|just thinking|just looking|from (?:spreadsheets|this|that|the|reading|watching|laughing|my inbox)|about (?:my|the|this) (?:hair|inbox|laundry)|awareness|research|walk|charity|unit|ward|fund|meme|jokes?|nurse|doctor|patients?|clinic|students?|kids?|child(?:ren)?|people|to (?:mondays|math|exercise|nonsense|mornings|bullshit|drama|work|fun|criticism|feelings|love)|in (?:my|the) (?:mom|dad|family)))";

/** Health: a condition after "I have", "my", a diagnosis, or as a sentence of its own ("Type 1 diabetic since age 9"). */
export function healthRules({ conditions }: LifeLexicon): LifeRule[] {
  return conditions
    .filter(({ words }) => words.length > 0)
    .map(({ name, words }): LifeRule => {
      const word = `(${[...words]
        .sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
        .map(escaped)
        .join('|')})`;
      const sources = [
        `\\bi(?:'ve| have| still have| also have|'ve had| have had|'ve got| got|'m| am|'m on| am on|'ve been| have been|'m in| am in|'m a| am a|'ve lived with|'ve dealt with| live with| deal with| suffer from| struggle with| manage| get| got| take| wear| use|'m living with| am living with|'m battling|'m fighting| beat| survived| was born| was born with|'ve struggled with|'m recovering from|'m dealing with| was| developed| came down with| caught) ${kinds}${word}${figurative}`,
        `\\bmy ${kinds}${word}${figurative}(?! (?:story|patients?|teacher|students?))`,
        `\\b(?:i|${opening}) ?(?:was|got|just got|have been|been|'ve been|finally got)? ?(?:just |recently |officially |finally )?diagnosed (?:me )?with ${kinds}${word}`,
        `\\b(?:diagnosed me with|put me on|treating me for|tested positive for|being treated for|medication for|meds for|pills for|good for the|surgery for|treatment for|living with|life with|battle with|battling|having|because of (?:the|my)|thanks to (?:the|my)|on meds for|in|after|since) (?:the |my )?${kinds}${word}\\b(?= (?:in|on) my|.{0,40}\\b(?:me|my|i)\\b)(?<=\\b(?:i|me|my|i'm|i've)\\b.{0,80})`,
        `${iAmA}(?:\\d+[- ]year )?${described(2)}${word}(?= (?:since|for \\w+ years|here|survivor|day \\d|again|flare|patient here|diagnosis|sufferer|over here|in remission|in (?:both|my|one|the)|and)\\b| ?[,.;!](?! (?:yay|nay))| ?$)`,
        `${opening}(?:bad |another |killer |\\d+ )?${word} (?:day \\d+|number \\d+|again|flare(?:[- ]up)?|since|is kicking my|is acting up|kicked in|meds|got me)`,
        `\\b(?:anyone|anybody|any of you|who) else (?:here )?(?:with|have|has|got|deal(?:s|ing)? with|living with|on) ${word}${figurative}`,
        `\\bthe ${word} (?:in|on) my\\b`,
        `\\bi (?:was|got) diagnosed with [^.;!?]{3,40}? and (?:with |then )?${word}\\b`,
      ];
      return {
        topic: name,
        triggers: triggerWords(words),
        pattern: phrase(sources.join('|')),
        dimension: 'experiences',
        statement: (match) => {
          const said = (
            (match as readonly (string | undefined)[]).slice(1).find((group) => group !== undefined) ?? ''
          ).toLowerCase();
          return name.toLowerCase().includes(said) ? `Has ${name}.` : `Has ${name} (“${said}”).`;
        },
        needsPresent: true,
      };
    });
}
