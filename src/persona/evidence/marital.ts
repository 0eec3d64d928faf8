import type { Cue, Sentence } from './reading.js';
import { assertedMatches, claimAt, iAm, matchesOf, phrase } from './reading.js';

type Status = 'married' | 'widowed' | 'divorced' | 'separated' | 'never married';

const spouse = '(?:husband|wife)';
const died = '(?:died|passed|passed away|was killed|is gone|has been gone|got killed)';

interface Rule {
  readonly pattern: RegExp;
  readonly value: Status;
  readonly status: 'stated' | 'inferred';
  readonly statement: string;
  /** Whether "before", "when" and "since" in front of it leave it true. */
  readonly bare?: boolean;
}

const rules: readonly Rule[] = [
  {
    pattern: phrase(`${iAm} (?:happily |very |a )?married\\b(?! to (?:my|the) (?:job|work|farm|shop))`),
    value: 'married',
    status: 'stated',
    statement: 'Is married.',
  },
  {
    pattern: phrase(
      "\\b(?:we(?:'ve|ve| have)|i(?:'ve|ve| have)) been married (?:[\\w-]+ ){0,3}?(?:\\d|years?|since|going on|for)",
    ),
    value: 'married',
    status: 'stated',
    statement: 'Is married.',
  },
  {
    pattern: phrase(
      '\\b(?:we|i) (?:just |finally )?got married(?= (?:yesterday|last (?:week|month|weekend|saturday|sunday)|this (?:week|month|weekend|year|spring|summer|fall|winter|morning)|on saturday|today|at the courthouse))',
    ),
    value: 'married',
    status: 'stated',
    statement: 'Got married.',
  },
  {
    pattern: phrase(`\\bi (?:got )?remarried\\b|\\bmy (?:second|third|new) ${spouse}\\b`),
    value: 'married',
    status: 'stated',
    statement: 'Is remarried.',
    bare: true,
  },
  {
    pattern: phrase(`${iAm} (?:a |the )?(?:\\w+ ){0,2}?(?:widow|widower|widowed)\\b(?!['-])`),
    value: 'widowed',
    status: 'stated',
    statement: 'Is widowed.',
  },
  {
    pattern: phrase(
      `\\bmy late ${spouse}\\b|\\bsince (?:i lost my ${spouse}|my ${spouse} ${died})|\\bmy ${spouse} ${died}(?! out)|\\bi (?:lost|buried) my ${spouse}\\b|\\b(?:after|before|when|since) my ${spouse} ${died}`,
    ),
    value: 'widowed',
    status: 'stated',
    statement: 'Is widowed after losing {poss} {spouse}.',
    bare: true,
  },
  {
    pattern: phrase(`${iAm} (?:a )?(?:\\w+ )?divorced\\b|\\bi got divorced\\b|\\bi divorced (?:him|her)\\b`),
    value: 'divorced',
    status: 'stated',
    statement: 'Is divorced.',
  },
  {
    pattern: phrase(
      `\\b(?:since|after) (?:my|the) divorce\\b|\\bmy divorce (?:was|is|got|went|became) (?:final|finalized|official|through)|\\bmy divorce papers\\b|\\bmy divorce\\b(?! (?:lawyer|attorney))`,
    ),
    value: 'divorced',
    status: 'stated',
    statement: 'Is divorced.',
    bare: true,
  },
  {
    pattern: phrase(`\\bmy ex[- ]?${spouse}\\b`),
    value: 'divorced',
    status: 'inferred',
    statement: 'Has an ex-{spouse}.',
    bare: true,
  },
  {
    pattern: phrase(
      `\\bmy ${spouse} and i (?:(?:are|have|have been|'ve been|just|recently) )?(?:legally )?separated|\\bi(?:'m|m| am) separated from my ${spouse}|\\bi(?:'ve|ve| have) been (?:legally )?separated (?:from my ${spouse}|for|since)|${iAm} (?:legally )?separated\\b(?! (?:from (?!my)|by))|\\bsince (?:we|my ${spouse} and i) separated\\b`,
    ),
    value: 'separated',
    status: 'stated',
    statement: 'Is separated.',
    bare: true,
  },
  {
    pattern: phrase(
      "\\bi(?:'ve|ve| have)? never (?:been |got |gotten |was )?married\\b|\\bi never did (?:marry|get married)\\b|\\bi never married\\b",
    ),
    value: 'never married',
    status: 'stated',
    statement: 'Never married.',
  },
  {
    pattern: phrase(`${iAm} not married\\b.{0,40}\\bnever been\\b`),
    value: 'never married',
    status: 'stated',
    statement: 'Never married.',
  },
  {
    pattern: phrase(`\\bmy ${spouse}\\b(?!-to-be| to be| material|'s ex)`),
    value: 'married',
    status: 'inferred',
    statement: 'Has a {spouse}.',
    bare: true,
  },
];

/** The sentence after a mention says that the spouse is dead. */
const lostSpouse = /^(?:she|he) (?:died|passed|was killed|has been gone|'s been gone|has been dead)\b/i;
/** What a spouse would have said is a memory; it says nothing either way. */
const remembered = /\b(?:she|he)(?: would|'d) have\b/i;

/** Marital status, where the writer names it; a living spouse in the present implies a marriage. */
export function maritalCues(all: readonly Sentence[]): Cue[] {
  const cues: Cue[] = [];
  for (const sentence of all) {
    if (!/marri|wife|husband|divorc|separat|widow/i.test(sentence.text)) continue;
    const lost = lostSpouse.test(sentence.next);
    for (const { pattern, value, status, statement, bare } of rules) {
      const matches = bare ? matchesOf(sentence.text, pattern) : assertedMatches(sentence, pattern);
      for (const match of matches.filter(({ index }) => !bare || isReal(sentence.text, index))) {
        const isMention = status === 'inferred' && value === 'married';
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
              .replace('{spouse}', /wife/i.test(match[0]) ? 'wife' : 'husband'),
            status: isMention && lost ? 'stated' : status,
          }),
        });
      }
    }
  }
  return cues;
}

/** A spouse who is wished for or supposed is none. */
function isReal(text: string, index: number): boolean {
  return !/\b(?:if|wish|wisht|someday|future|to be|pretend\w*|imagine|called|like|says?|said)\b[^,;.]{0,16}$/i.test(
    text.slice(Math.max(0, index - 40), index),
  );
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
  return spouses.at(-1) ?? exes.at(-1);
}
