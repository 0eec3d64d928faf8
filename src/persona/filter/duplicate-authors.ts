import { shingles } from '../../text/near-duplicates.js';
import type { History } from '../history.js';

/** The person of whom somebody looks like another name, and how much of the smaller history is in both. */
export interface DuplicateAuthor {
  readonly person: string;
  readonly similarity: number;
}

/** Shingles that stand for a history when likely pairs are looked for. */
const sketchSize = 64;
/** Shingles of the sketch that two histories must share to be compared. */
const leastCommon = 2;
/** Histories that one is compared with: those that share most. */
const mostCompared = 3;
/** Fewer common shingles than this are a quotation, not an author, unless they are the whole shorter history. */
const leastShingles = 12;

/**
 * For each person the earlier one, by order of ids, whose history holds most of theirs or is held by it. Similarity is the
 * share of the different word 5-shingles of the shorter history that are in the longer one, in [0, 1]: posts may be
 * reordered, left out, added or lightly edited. Histories with a quotation in common, fewer than 12 shingles, are not alike.
 *
 * Likely pairs are found by the smallest shingle hashes of each history (a MinHash sketch), each remembered for the first
 * person who has it; a person is compared with the three who share most of them. So the time is linear in the length of the
 * histories, also with one author under very many names, and memory holds 64 numbers a person.
 *
 * @see Broder (1997), On the resemblance and containment of documents
 */
export function duplicateAuthors(histories: readonly History[]): ReadonlyMap<string, DuplicateAuthor> {
  const sorted = histories.toSorted((a, b) => (a.person < b.person ? -1 : a.person > b.person ? 1 : 0));
  const firstWith = new Map<number, number>();
  const found = new Map<string, DuplicateAuthor>();
  sorted.forEach((history, index) => {
    const own = shinglesOf(history);
    const sketch = Float64Array.from(own).sort().subarray(0, sketchSize);
    const common = new Map<number, number>();
    for (const shingle of sketch) {
      const first = firstWith.get(shingle);
      if (first === undefined) firstWith.set(shingle, index);
      else common.set(first, (common.get(first) ?? 0) + 1);
    }
    const likely = [...common]
      .filter(([, count]) => count >= leastCommon)
      .sort(([i, a], [j, b]) => b - a || i - j)
      .slice(0, mostCompared);
    let best: DuplicateAuthor | undefined;
    for (const [first] of likely) {
      const { person } = sorted[first]!;
      const similarity = containment(own, shinglesOf(sorted[first]!));
      if (similarity > (best?.similarity ?? 0)) best = { person, similarity };
    }
    if (best) found.set(history.person, best);
  });
  return found;
}

/** Post by post, so that the order of the posts does not matter. */
function shinglesOf({ posts }: History): Set<number> {
  const all = new Set<number>();
  for (const { text } of posts) for (const shingle of shingles(text)) all.add(shingle);
  return all;
}

/** Share of the smaller set that is in the larger one; 0 with too little in common. */
function containment(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  let common = 0;
  for (const shingle of small) if (large.has(shingle)) common++;
  return common < Math.min(leastShingles, small.size) ? 0 : common / small.size;
}
