/**
 * Words without which a pattern cannot match, read from its source. Thousands of sentences are asked hundreds of patterns, and
 * nearly all of them end here.
 */

/** Part of a pattern: what it can spell, or the alternatives that it is made of. */
interface Part {
  /** All that it can spell, in letters and `|` for whatever is no letter; undefined if that is too much to list. */
  readonly spellings: readonly string[] | undefined;
  /** The alternatives of a group that must take part in a match. */
  readonly alternatives?: readonly (readonly Part[])[];
  /** Whether it begins and ends beside a letter that is not its own never: with a gap, or not at all. */
  readonly starts: boolean;
  readonly ends: boolean;
  /** Whether it may be left out. */
  readonly empty: boolean;
  /** Whether it may stand twice in a row. */
  readonly repeated?: true;
}

/** More spellings than this are not put together. */
const most = 3000;
/** Words that nearly every sentence has tell nothing. */
const common = new Set(
  'i a an the my me we our us am is are was were be been m s t ve re d ll im ive and or but so to of in on at for with from by as that this have has had do did don not no you your they their there here just still now also all one if when what who how up out about like can will would get got'.split(
    ' ',
  ),
);

const spelled = (spellings: readonly string[]): Part => ({
  spellings,
  starts: spellings.every((text) => text === '' || text.startsWith('|')),
  ends: spellings.every((text) => text === '' || text.endsWith('|')),
  empty: spellings.includes(''),
});
const edge = spelled(['|']);
const nothing = spelled(['']);
const anything: Part = { spellings: undefined, starts: false, ends: false, empty: false };

/** What a class of characters can spell: "[- ]" nothing but gaps, "[ao]" two letters, "[a-z]" too much. */
function classSpellings(inside: string): readonly string[] | undefined {
  if (inside.startsWith('^') || /[a-z]-[a-z]|\\[wpWS]/i.test(inside)) return undefined;
  const letters = inside.replace(/\\./g, '').toLowerCase().match(/[a-z]/g) ?? [];
  const others = inside.replace(/\\[a-z]/gi, '-').replace(/[a-z]/gi, '') !== '';
  return [...letters, ...(others ? ['|'] : [])];
}

/** Cuts a pattern into its alternatives and those into parts. */
function parse(source: string): Part[][] {
  let at = 0;

  function alternatives(): Part[][] {
    const found: Part[][] = [[]];
    while (at < source.length && source[at] !== ')') {
      if (source[at] === '|') {
        found.push([]);
        at++;
      } else found.at(-1)!.push(quantified(part()));
    }
    return found;
  }

  function part(): Part {
    const c = source[at++]!;
    if (c === '[') {
      const from = at;
      while (source[at] !== ']') at += source[at] === '\\' ? 2 : 1;
      const spellings = classSpellings(source.slice(from, at++));
      return spellings ? spelled(spellings) : anything;
    }
    if (c === '(') {
      const kind = /^\?(?:<?[=!]|:)/.exec(source.slice(at))?.[0] ?? '';
      at += kind.length;
      const inner = alternatives();
      at++;
      if (kind === '' || kind === '?:') return grouped(inner);
      // What is looked at may say that no letter stands there.
      const gap =
        (kind === '?=' && inner.every((parts) => startsAtEdge(parts, false))) ||
        (kind === '?<=' && inner.every((parts) => startsAtEdge(mirrored(parts), false)));
      return gap ? edge : nothing;
    }
    if (c === '\\') return /[wpS]/.test(source[at++]!) ? anything : edge;
    if (c === '.') return anything;
    return /[a-z]/i.test(c) ? spelled([c.toLowerCase()]) : edge;
  }

  function quantified(one: Part): Part {
    const quantifier = /^(?:[?*+]|\{(\d+),?\d*\})\??/.exec(source.slice(at));
    if (!quantifier) return one;
    at += quantifier[0].length;
    const { spellings, starts, ends } = one;
    if (quantifier[0].startsWith('?') && spellings && spellings.length < most) return spelled(['', ...spellings]);
    const empty = one.empty || /^[?*]/.test(quantifier[0]) || quantifier[1] === '0';
    return empty ? { spellings: undefined, starts, ends, empty } : { ...one, spellings: undefined, repeated: true };
  }

  return alternatives();
}

/** A group; its spellings are those of all alternatives. */
function grouped(inner: readonly (readonly Part[])[]): Part {
  const rows = inner.map((parts) =>
    parts.reduce<readonly string[] | undefined>(
      (sofar, { spellings }) => (sofar && spellings ? product(sofar, spellings) : undefined),
      [''],
    ),
  );
  const spellings = rows.every((list) => list !== undefined) ? [...new Set(rows.flat())] : undefined;
  return spellings && spellings.length <= most
    ? { ...spelled(spellings), alternatives: inner }
    : {
        spellings: undefined,
        alternatives: inner,
        starts: inner.every((parts) => startsAtEdge(parts, false)),
        ends: inner.every((parts) => startsAtEdge(mirrored(parts), false)),
        empty: inner.some((parts) => parts.every(({ empty }) => empty)),
      };
}

/** Whether the first thing that a row of parts can match is no letter; `after` says so of what follows it. */
function startsAtEdge(parts: readonly Part[], after: boolean): boolean {
  for (const { starts, empty } of parts) {
    if (!starts) return false;
    if (!empty) return true;
  }
  return after;
}

/** The parts from the last to the first, read backwards. */
const mirrored = (parts: readonly Part[]): Part[] =>
  parts.toReversed().map((part) => ({ ...part, starts: part.ends, ends: part.starts }));

const product = (left: readonly string[], right: readonly string[]): readonly string[] | undefined =>
  left.length * right.length > most ? undefined : left.flatMap((a) => right.map((b) => a + b));

/** One whole, telling word of every spelling; undefined if a spelling has none. */
function wordsIn(spellings: readonly string[], left: boolean, right: boolean): ReadonlySet<string> | undefined {
  const found = new Set<string>();
  for (const spelling of spellings) {
    const words = `${left ? '|' : '~'}${spelling}${right ? '|' : '~'}`.match(/(?<=\|)[a-z]+(?=\|)/g) ?? [];
    const best = words
      .filter((word) => !common.has(word))
      .sort((a, b) => b.length - a.length)
      .at(0);
    if (best === undefined) return undefined;
    found.add(best);
  }
  return found;
}

/** The fewest words of which one stands in all that a row of parts can match. `left` and `right`: no letter stands beside it. */
function needed(parts: readonly Part[], left: boolean, right: boolean): ReadonlySet<string> | undefined {
  const candidates: (ReadonlySet<string> | undefined)[] = [];
  let [sofar, open]: [readonly string[], boolean] = [[''], left];
  for (const [k, part] of parts.entries()) {
    const grown = part.spellings && product(sofar, part.spellings);
    if (grown) {
      sofar = grown;
      continue;
    }
    candidates.push(wordsIn(sofar, open, startsAtEdge(parts.slice(k), right)));
    const before = startsAtEdge(mirrored(parts.slice(0, k)), left);
    if (part.alternatives && !part.empty) {
      // A letter of its next turn may stand beside a word of this one: "(?:dog){1,2}".
      const apart = part.repeated !== true || part.starts || part.ends;
      const after = startsAtEdge(parts.slice(k + 1), right);
      candidates.push(union(part.alternatives, before && apart, after && apart));
    }
    [sofar, open] = part.spellings ? [part.spellings, before] : [[''], part.ends && (!part.empty || before)];
  }
  candidates.push(wordsIn(sofar, open, right));
  return candidates
    .filter((words) => words !== undefined)
    .sort((a, b) => a.size - b.size)
    .at(0);
}

function union(
  alternatives: readonly (readonly Part[])[],
  left: boolean,
  right: boolean,
): ReadonlySet<string> | undefined {
  const all = alternatives.map((parts) => needed(parts, left, right));
  return all.every((words) => words !== undefined) ? new Set(all.flatMap((words) => [...words])) : undefined;
}

/**
 * Words (runs of the letters a to z, in lower case) of which every match of a pattern holds at least one; undefined where none
 * can be told. Reads what {@link phrase} takes: literals, classes, groups, looks around, quantifiers.
 */
export const neededWords = (source: string): ReadonlySet<string> | undefined => union(parse(source), false, false);

/** The words of a text as {@link neededWords} has them, without those that tell nothing. */
export const tellingWords = (text: string): ReadonlySet<string> =>
  new Set((text.toLowerCase().match(/[a-z]+/g) ?? []).filter((word) => !common.has(word)));
