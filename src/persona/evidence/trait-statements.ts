import type { Evidence } from '../narrative-persona.js';
import type { TraitStatementLexicon } from './lexicons.js';
import { assertedMatches, phrase } from './reading.js';
import type { Sentence } from './reading.js';

type TraitStatement = Evidence['traitStatements'][number];
type Entry = TraitStatementLexicon['entries'][number];

/** Reads what people say of their own traits. Linear in the text: every piece of a sentence is looked at once. */
export type ReadTraitStatements = (sentences: readonly Sentence[]) => TraitStatement[];

/** Adverbs and articles that may stand before a trait, longest first within the pattern; each says something of how it is meant. */
const adverbs = {
  plain:
    'a,an,the,that,just,basically,definitely,actually,honestly,still,also,both,quite,pretty,already,certainly,simply,clearly,obviously,probably,known to be,considered,more of a,more of an,one of those,considered to be,not just,not just a,not just an,not only,not only a,not only an,the kind of,kind of a,fairly'.split(
      ',',
    ),
  habit:
    'always,usually,generally,normally,naturally,typically,mostly,often,constantly,chronically,perpetually,overall,for the most part,most of the time,by nature,a naturally,a generally,a very,an extremely,a really,a pretty,such a,such an'.split(
      ',',
    ),
  somewhat:
    'a bit,a little,a little bit,a bit of a,a bit of an,a little bit of a,somewhat,slightly,kind of,kinda,sort of,sorta,rather,mildly,moderately,relatively,something of a,a tad,reasonably'.split(
      ',',
    ),
  strongly:
    'very,very much,very much a,very much an,really,extremely,incredibly,terribly,painfully,super,so,so very,highly,deeply,ridiculously,totally,completely,absolutely,insanely,way too,too,overly,extraordinarily,hopelessly,chronically,notoriously,exceptionally,unbelievably,cripplingly,intensely,fiercely,utterly,perpetually,seriously,such a,such an,a total,a complete,a huge,a massive,a big,a real,a true,a born,a classic,an extreme,an incurable,a hopeless,a chronic,a lifelong,a very,a really,an extremely,an incredibly,always,constantly'.split(
      ',',
    ),
  not: 'not,not a,not an,not the,not very,not really,not particularly,not exactly,not much of a,not much of an,not that,not too,not so,not the most,not a very,not a particularly,neither'.split(
    ',',
  ),
  never: 'never,not at all,far from,anything but,the opposite of,not remotely,not in the least,hardly,hardly a'.split(
    ',',
  ),
};

/** People that a trait may be said of as a noun: "a shy person", "the organised type". */
const kindOfPerson =
  '(?: (?:and [a-z-]+ )?(?:person|type|kind|sort|guy|girl|gal|woman|man|soul|individual|human|human being|kid|dude|lady|boy|creature|worker|mess|people|one)(?: of (?:person|guy|girl|woman|man|gal))?)?';
/** What may follow a trait without narrowing it: everything else ("shy about singing", "calm now") leaves it unread. */
const manner =
  '(?: (?:by nature|at heart|in general|overall|generally|as a person|in nature|most of the time|all the time|around (?:new |other )?(?:people|others|strangers)|with (?:new )?(?:people|others|strangers)|in (?:social situations|groups|crowds|public|big groups|large groups)|and proud of it|to a fault|sometimes too much|like that|that way|too|also|myself))?';
const lastingManner = /by nature|at heart|general|overall|as a person|of the time|all the time/i;
/** The end of a piece: of the clause, or where the next piece begins. */
const boundary = (more: string): string =>
  `(?= ?(?:$|,|&|/)| (?:and|but|or|nor|so|because|cause|yet|though|although${more})\\b)`;

/** "I am", "I've always been" and the like; a wish, a past or a doubt is none of them. */
const beingHead = phrase(
  "\\bi(?:'m|m| am|'ve always been| have always been|'ve never been| have never been| tend to be| consider myself(?: to be)?|'d describe myself as| would describe myself as| describe myself as|'d call myself| would call myself)(?= )",
);
const doingHead = phrase('\\bi(?= )');
const joking =
  /\b(?:lol|lmao|rofl|haha\w*|hehe\w*|jk|just kidding|not really|sarcasm|yeah right)\b|(?:^|\s)\/s\b|[;:]-?[)pPD]/i;

/** Before "I", in its clause: said of a time or a possibility, not of the person. */
const passing =
  /\b(?:maybe|perhaps|either|sometimes|today|tonight|lately|right now|at the moment|this (?:morning|week|time)|now that|these days)\b[^,.;:!?()]{0,24}$/i;
/** Where the clause of a statement ends. */
const clauseEnd = /[.;:!?()–—]| - |--|$/;
/** Another trait in a list ("kind, funny and shy"), passed over when it is short. */
const otherTrait = /^ ?(?:[a-z'-]+ ){0,2}[a-z'-]+?(?= ?(?:,|&|\/)| (?:and|but)\b)/i;
const link = /^ ?(?:,|&|\/)? ?(?:(?:and|but|or|nor|yet)\b)?/i;
const longestList = 8;

/** Something said of oneself, from one place of a clause to another. */
interface Piece extends Pick<TraitStatement, 'keying' | 'strength'> {
  readonly entry: Entry;
  readonly from: number;
  readonly to: number;
}

/**
 * Builds the reader of explicit trait statements: "I'm painfully shy", "I've never been the organised type", "I worry about
 * everything". Questions, jokes, wishes, the past, quotations and other people are not read; a negation turns a trait around
 * ("I'm not shy": somewhat the opposite; "never", "far from": plainly). Moods count only where they are said to be usual. The
 * same entry of the lexicon counts once, as it was said last.
 */
export function traitStatementReader({ entries }: TraitStatementLexicon): ReadTraitStatements {
  const moods = new Set(entries.flatMap(({ usually }) => usually));
  const trait = expressionsOf(entries, ({ is, usually }) => [...is, ...usually], kindOfPerson);
  const deed = expressionsOf(entries, ({ does }) => does, '');

  /** The statements of a clause that begins with `head`, in a list or alone. */
  function piecesOf(clause: string, head: string, { pattern, entryOf }: Expressions): Piece[] {
    const pieces: Piece[] = [];
    let at = 0;
    let denied = /never been$/i.test(head);
    for (let k = 0; k < longestList; k++) {
      // "Too sensitive" is an expression of its own; "too shy" is an adverb and one.
      const [bare, full] = [bareLead(clause, at), leadAt(clause, at)];
      const whole = matchAt(pattern, clause, bare.to);
      const [lead, match] = whole ? [bare, whole] : [full, matchAt(pattern, clause, full.to)];
      const end = match ? pattern.lastIndex : at + (otherTrait.exec(clause.slice(at))?.[0].length ?? 0);
      if (end === at) break;
      const denies = denied ? 'never' : lead.denies;
      if (match) {
        const [, expression, person, manner] = match as unknown as readonly [string, string, string, string];
        const lasting = /always/i.test(head) || lead.habit || person !== '' || lastingManner.test(manner);
        if (!moods.has(expression.toLowerCase()) || (lasting && denies === undefined)) {
          const entry = entryOf(expression.toLowerCase());
          const opposite = entry.keying === 1 ? -1 : 1;
          pieces.push({
            entry,
            keying: denies === undefined ? entry.keying : opposite,
            strength: denies === undefined ? lead.strength : denies === 'never' ? 'plainly' : 'somewhat',
            from: at,
            to: end,
          });
        }
      }
      const [joint] = link.exec(clause.slice(end))!;
      if (joint.trim() === '') break;
      denied = denies !== undefined && /\b(?:or|nor)$/i.test(joint);
      at = end + joint.length;
    }
    return pieces;
  }

  return (sentences) => {
    const said = new Map<Entry, TraitStatement>();
    for (const sentence of sentences) {
      const { text, post, start, next } = sentence;
      if (/\?\W*$/.test(text) || joking.test(text) || joking.test(next.slice(0, 20))) continue;
      for (const [head, expressions] of [
        [beingHead, trait],
        [doingHead, deed],
      ] as const)
        for (const { 0: lead, index } of assertedMatches(sentence, head)) {
          if (passing.test(text.slice(Math.max(0, index - 48), index))) continue;
          const rest = text.slice(index + lead.length);
          const clause = rest.slice(0, clauseEnd.exec(rest)!.index);
          for (const { entry, keying, strength, from, to } of piecesOf(clause, lead, expressions)) {
            // The span of the first begins with "I", that of another with its own words.
            const begin = from === 0 ? index : index + lead.length + from + /^ */.exec(clause.slice(from))![0].length;
            const source = { post, start: start + begin, end: start + index + lead.length + to };
            said.delete(entry);
            said.set(entry, { domain: entry.domain, keying, strength, source });
          }
        }
    }
    return [...said.values()];
  };
}

/** What stands before a trait: its strength, a denial, and whether it says that this is usual. */
interface Lead {
  readonly strength: TraitStatement['strength'];
  readonly denies: 'not' | 'never' | undefined;
  readonly habit: boolean;
  readonly to: number;
}

const denials = { not: ["don't", 'do not', 'dont', "can't", 'cannot'], never: ['rarely', 'seldom', 'hardly ever'] };
const adverb = new RegExp(
  ` ?(${oneOf([...Object.values(adverbs), ...Object.values(denials), ['do', 'can', 'tend to']].flat())})(?= )`,
  'iy',
);

/** No adverbs or articles. */
const bareLead = (clause: string, from: number): Lead => ({
  strength: 'plainly',
  denies: undefined,
  habit: false,
  to: clause[from] === ' ' ? from + 1 : from,
});

function matchAt(pattern: RegExp, text: string, index: number): RegExpExecArray | null {
  pattern.lastIndex = index;
  return pattern.exec(text);
}

/** Reads adverbs and articles from a place on. */
function leadAt(clause: string, from: number): Lead {
  let [strength, denies, habit, at]: [Lead['strength'], Lead['denies'], boolean, number] = [
    'plainly',
    undefined,
    false,
    from,
  ];
  for (;;) {
    adverb.lastIndex = at;
    const word = adverb.exec(clause)?.[1]!.toLowerCase();
    if (word === undefined) return { strength, denies, habit, to: clause[at] === ' ' ? at + 1 : at };
    if (adverbs.not.includes(word) || denials.not.includes(word)) denies = 'not';
    if (adverbs.never.includes(word) || denials.never.includes(word)) denies = 'never';
    if (adverbs.habit.includes(word)) habit = true;
    if (adverbs.strongly.includes(word)) strength = 'strongly';
    if (adverbs.somewhat.includes(word)) strength = 'somewhat';
    at = adverb.lastIndex;
  }
}

/** One pattern for all expressions, and the entry that a text that matched belongs to. */
interface Expressions {
  /** Groups: the expression, the kind of person, the manner. */
  readonly pattern: RegExp;
  readonly entryOf: (text: string) => Entry;
}

function expressionsOf(
  entries: readonly Entry[],
  of: (entry: Entry) => readonly string[],
  person: string,
): Expressions {
  const all = entries.flatMap((entry) => of(entry).map((text) => ({ whole: new RegExp(`^(?:${text})$`), entry })));
  const known = new Map<string, Entry>();
  return {
    pattern: new RegExp(
      `(${oneOf(entries.flatMap(of)).replaceAll('(', '(?:')})(${person})(${manner})${boundary(person === '' ? '' : '|who')}`,
      'iy',
    ),
    entryOf(text) {
      const entry = known.get(text) ?? all.find(({ whole }) => whole.test(text))!.entry;
      known.set(text, entry);
      return entry;
    },
  };
}

/** The longest of some expressions, so that none hides another. */
function oneOf(expressions: readonly string[]): string {
  return [...new Set(expressions)].sort((a, b) => b.length - a.length).join('|');
}
