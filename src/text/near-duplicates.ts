import { fold, words } from './tokens.js';

export interface NearDuplicateOptions {
  /** Smallest Jaccard similarity of the word 5-shingles that counts, in (0, 1]. Default 0.8. */
  readonly threshold?: number;
}

/** Words in a shingle. */
const shingleLength = 5;
/** Values in a MinHash signature; divisible by every number of rows that is tried. */
const signatureLength = 128;

/**
 * All pairs of texts that are nearly the same: `[i, j, jaccard]` with i < j, in order of i then j. Similarity is the exact
 * Jaccard similarity of the sets of word 5-shingles (a shorter text is one shingle; a text without words is like nothing).
 * Pairs are found by MinHash with fixed hash functions and locality-sensitive bands, sized so that a pair at the threshold
 * is missed with a probability under one in a million, then verified. Same texts, same pairs, in any order of work.
 *
 * Time is linear in the length of the texts plus the number of candidate pairs (n identical texts have n²/2).
 *
 * @see Broder (1997), On the resemblance and containment of documents; Leskovec et al., Mining of Massive Datasets, ch. 3
 */
export function nearDuplicates(
  texts: readonly string[],
  { threshold = 0.8 }: NearDuplicateOptions = {},
): [number, number, number][] {
  const sets = texts.map(shingles);
  const rows = bandRows(threshold);
  const signatures = sets.map(signature);
  const seen = new Set<number>();
  const pairs: [number, number, number][] = [];
  for (let band = 0; band < signatureLength; band += rows) {
    for (const bucket of buckets(signatures, sets, band, rows).values())
      for (let a = 0; a < bucket.length; a++)
        for (let b = a + 1; b < bucket.length; b++) {
          const [i, j] = [bucket[a]!, bucket[b]!];
          const key = i * texts.length + j;
          if (seen.has(key)) continue;
          seen.add(key);
          const similarity = jaccard(sets[i]!, sets[j]!);
          if (similarity >= threshold) pairs.push([i, j, similarity]);
        }
  }
  return pairs.sort(([a, b], [c, d]) => a - c || b - d);
}

/** The most rows a band (fewest candidates) that still find a pair at the threshold: (1 − tʳ)^(128/r) < 10⁻⁶. */
function bandRows(threshold: number): number {
  for (const rows of [8, 4, 2]) {
    let power = 1;
    for (let k = 0; k < rows; k++) power *= threshold;
    if ((signatureLength / rows) * Math.log1p(-Math.min(power, 1 - 1e-12)) < Math.log(1e-6)) return rows;
  }
  return 1;
}

function buckets(
  signatures: readonly Uint32Array[],
  sets: readonly ReadonlySet<number>[],
  band: number,
  rows: number,
): Map<string, number[]> {
  const found = new Map<string, number[]>();
  signatures.forEach((values, text) => {
    if (sets[text]!.size === 0) return;
    const key = values.subarray(band, band + rows).join(' ');
    const bucket = found.get(key);
    if (bucket) bucket.push(text);
    else found.set(key, [text]);
  });
  return found;
}

/** The 53-bit hashes of the word 5-shingles of a text, in order of their first occurrence; a shorter text is one shingle. */
export function shingles(text: string): Set<number> {
  const hashes = words(text).map(({ text: word }) => hashWord(fold(word)));
  const found = new Set<number>();
  const last = Math.max(hashes.length - shingleLength, hashes.length === 0 ? -1 : 0);
  for (let from = 0; from <= last; from++) {
    let [high, low] = [0x9e3779b9, 0x85ebca6b];
    for (let k = from; k < Math.min(from + shingleLength, hashes.length); k++) {
      high = mix(high ^ hashes[k]!);
      low = mix(low + Math.imul(hashes[k]!, 0xc2b2ae35));
    }
    found.add((high >>> 11) * 0x100000000 + (low >>> 0));
  }
  return found;
}

function signature(set: ReadonlySet<number>): Uint32Array {
  const smallest = new Uint32Array(signatureLength).fill(0xffffffff);
  for (const shingle of set) {
    const [low, high] = [shingle >>> 0, Math.floor(shingle / 0x100000000)];
    const base = mix(low ^ mix(high));
    const stride = mix(high ^ Math.imul(low, 0x27d4eb2d)) | 1;
    // Kirsch & Mitzenmacher (2008): two hashes stand for many.
    for (let k = 0; k < signatureLength; k++) {
      const value = mix(base + Math.imul(k, stride)) >>> 0;
      if (value < smallest[k]!) smallest[k] = value;
    }
  }
  return smallest;
}

function jaccard(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  let common = 0;
  for (const shingle of small) if (large.has(shingle)) common++;
  return common / (a.size + b.size - common);
}

/** FNV-1a over code units. */
function hashWord(word: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  return hash | 0;
}

/** Finalizer of MurmurHash3: every input bit moves every output bit. */
function mix(x: number): number {
  let h = x | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
