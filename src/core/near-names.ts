/** Longer names are compared by their beginnings. */
const longest = 64;

/**
 * Names that somebody may have meant, nearest first: at most a third of the letters are different.
 *
 * @param most names that are given back
 */
export function nearest(asked: string, names: Iterable<string>, most = 5): string[] {
  const found: { name: string; distance: number }[] = [];
  const limit = Math.max(1, Math.floor(Math.min(asked.length, longest) / 3));
  for (const name of names) {
    if (Math.abs(name.length - asked.length) > limit) continue;
    const distance = editDistance(asked.slice(0, longest), name.slice(0, longest));
    if (distance <= limit) found.push({ name, distance });
  }
  return found
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
}

/** Letters to insert, delete or replace; case does not count. @see Wagner & Fischer (1974), Journal of the ACM 21, 168-173 */
function editDistance(a: string, b: string): number {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()];
  let row = Array.from({ length: right.length + 1 }, (_, j) => j);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++)
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (left[i - 1] === right[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[right.length]!;
}
