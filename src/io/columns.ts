import { Failure } from '../core/failure.js';

/**
 * Checks that every column wanted is among those found.
 *
 * @param where the file (and place in it) that has the columns
 * @throws {Failure} `invalid-input` naming the columns missing and found, and the closest match of each
 */
export function requireColumns(where: string, wanted: readonly string[], found: readonly string[]): void {
  const missing = wanted.filter((name) => !found.includes(name));
  if (missing.length === 0) return;
  const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');
  const suggestions = missing.flatMap((name) => {
    const match = closestMatch(name, found);
    return match === undefined ? [] : [`"${match}" for "${name}"`];
  });
  throw new Failure('invalid-input', {
    where,
    problem: `missing ${missing.length === 1 ? 'column' : 'columns'} ${quoted(missing)}`,
    got: found.join(', '),
    expected: quoted(wanted),
    ...(suggestions.length === 0 ? {} : { hint: `Did you mean ${suggestions.join(', ')}?` }),
  });
}

/**
 * The candidate that differs least from a name: equal but for case, spaces and signs, else one that holds the other,
 * else the fewest edits, at most half of the name's letters. Ties go to the first.
 */
export function closestMatch(name: string, candidates: readonly string[]): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
  const wanted = plain(name);
  let best: string | undefined;
  let fewest = Math.floor(wanted.length / 2) + 1;
  for (const candidate of candidates) {
    const other = plain(candidate);
    if (other === '') continue;
    const holds = Math.min(other.length, wanted.length) > 2 && (other.includes(wanted) || wanted.includes(other));
    const distance = other === wanted ? 0 : holds ? 1 : editDistance(wanted, other);
    if (distance < fewest) [best, fewest] = [candidate, distance];
  }
  return best;
}

/** Insertions, deletions and replacements between two texts (Levenshtein), one row of the table at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
