import type { CommonWords, LifeLexicon } from './lexicons.js';

/** An entry of the lexicon: a hobby with the expressions that name it. */
export type Hobby = LifeLexicon['hobbies'][number];

/** How an expression names a hobby: a whole phrase, a verb, its past, its form in -ing, or what is played, read or made. */
export interface HobbyName {
  readonly hobby: Hobby;
  readonly kind: 'says' | 'does' | 'did' | 'doing' | 'thing' | 'made';
  /** Whether all its words are common ones, which mean other things as well: "reading", "pool". */
  readonly isCommon: boolean;
}

/** All names by their expressions; "kayak" is a verb as well as a thing. */
export function hobbyNames(
  { hobbies }: LifeLexicon,
  { words }: CommonWords,
): ReadonlyMap<string, readonly HobbyName[]> {
  const common = new Set(words);
  const isCommon = (expression: string): boolean =>
    expression.split(/[ -]/).every((word) => basesOf(word).some((base) => common.has(base)));
  const names = new Map<string, HobbyName[]>();
  const add = (hobby: Hobby, kind: HobbyName['kind'], expressions: readonly string[] = []): void => {
    for (const expression of expressions)
      names.set(expression, [...(names.get(expression) ?? []), { hobby, kind, isCommon: isCommon(expression) }]);
  };
  for (const hobby of hobbies) {
    const { expressions, does, doing, things, made } = hobby;
    add(hobby, 'says', expressions);
    add(hobby, 'does', does);
    add(hobby, 'did', does?.filter((verb) => !verb.includes(' ')).map(pastOf));
    add(hobby, 'doing', doing);
    add(hobby, 'thing', things);
    add(hobby, 'made', made);
  }
  return names;
}

/** What is claimed, in the writer's words where they say more: "Keeps bees.", "Spends time woodworking.", "Plays bridge.". */
export function hobbyStatement({ hobby: { statement }, kind }: HobbyName, said: string): string {
  if (kind === 'does') return `${thirdPerson(said)}.`;
  if (kind === 'doing') return `Spends time ${said}.`;
  const own = said.replace(/^(?:my|our|the|i) /, '');
  const isTold = kind === 'did' || said.startsWith('i ') || statement.toLowerCase().includes(own);
  return isTold ? statement : `${statement.slice(0, -1)} (${own}).`;
}

/** The forms that a word may have been made from: "running" is "run", "bowls" is "bowl". */
const basesOf = (word: string): string[] => [
  word,
  word.replace(/s$/, ''),
  word.replace(/ing$/, ''),
  word.replace(/ing$/, 'e'),
  word.replace(/(.)\1ing$/, '$1'),
  word.replace(/ed$/, ''),
];

/** "quilt" -> "quilted"; of verbs that go otherwise the past is not known. */
function pastOf(verb: string): string {
  if (verb.endsWith('e')) return `${verb}d`;
  if (/^[^aeiou]*[aeiou][bdgmnpt]$/.test(verb)) return `${verb}${verb.at(-1)!}ed`;
  return /[^aeiou]y$/.test(verb) ? `${verb.slice(0, -1)}ied` : `${verb}ed`;
}

/** "fish for trout" -> "Fishes for trout". */
function thirdPerson(verbPhrase: string): string {
  // "Ice fish" has its verb at the end, "keep bees" at the beginning.
  const compound =
    /^(.+ )((?:fish|hunt|dance|stitch|bike|run|climb|skate|ski|dive|watch|detect|print|felt|dye|race|ride|sail|chase)\b.*)$/.exec(
      verbPhrase,
    );
  if (compound !== null && !/^(?:keep|go|raise|watch|hunt|play|do|race)\b/.test(verbPhrase))
    return capitalized(`${compound[1]!}${thirdPerson(compound[2]!).toLowerCase()}`);
  const [verb = '', ...rest] = verbPhrase.split(' ');
  const ending = /(?:s|x|z|ch|sh|o)$/.test(verb)
    ? `${verb}es`
    : /[^aeiou]y$/.test(verb)
      ? `${verb.slice(0, -1)}ies`
      : `${verb}s`;
  return capitalized([ending, ...rest].join(' '));
}

const capitalized = (text: string): string => text.replace(/^\p{L}/u, (letter) => letter.toUpperCase());
