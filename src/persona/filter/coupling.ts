import type { RandomStream } from '../../core/random.js';
import { quantile, sum } from '../../numerics/statistics.js';
import { extremeDistance } from './contradictions.js';
import type { Coupling } from './text-quality.js';

/** n, Σx, Σy, Σxx, Σyy, Σxy of one person's personas. */
const sums = 6;

/**
 * Pearson correlation of scores with T-scores over personas, with a 95 % percentile interval by drawing people (with all
 * their personas) with replacement, since personas of one person are no independent observations; and the share of extreme
 * personas (|T - 50| > 10) whose score has the sign of T - 50, where 0 agrees with nothing.
 *
 * Null: r where scores or T-scores do not vary; the interval also with fewer than two people, or where fewer than half of the
 * replicates have an r; the share without extreme personas. Time O(n + replicates x people).
 *
 * @param person (n) person of each persona, 0 to people - 1
 * @see Efron & Tibshirani (1993), An Introduction to the Bootstrap, ch. 13
 */
export function coupling(
  scores: ArrayLike<number>,
  tScores: ArrayLike<number>,
  person: ArrayLike<number>,
  { replicates, random }: { readonly replicates: number; readonly random: RandomStream },
): Coupling {
  const n = scores.length;
  // Centred first: sums of squares about a far mean would lose their digits.
  const [meanX, meanY] = [sum(scores) / n, sum(tScores) / n];
  const people = n === 0 ? 0 : 1 + Array.from(person).reduce((most, p) => Math.max(most, p), 0);
  const byPerson = new Float64Array(people * sums);
  const all = new Float64Array(sums);
  let [extreme, agreeing] = [0, 0];
  for (let i = 0; i < n; i++) {
    const [x, y] = [scores[i]! - meanX, tScores[i]! - meanY];
    const terms = [1, x, y, x * x, y * y, x * y];
    terms.forEach((term, k) => {
      byPerson[person[i]! * sums + k]! += term;
      all[k]! += term;
    });
    const distance = tScores[i]! - 50;
    if (Math.abs(distance) <= extremeDistance) continue;
    extreme++;
    if (Math.sign(scores[i]!) === Math.sign(distance)) agreeing++;
  }
  const r = varies(scores) && varies(tScores) ? correlationOf(all) : null;
  const drawn: number[] = [];
  for (let replicate = 0; people > 1 && r !== null && replicate < replicates; replicate++) {
    const total = new Float64Array(sums);
    for (let draw = 0; draw < people; draw++) {
      const from = random.below(people) * sums;
      for (let k = 0; k < sums; k++) total[k]! += byPerson[from + k]!;
    }
    const again = correlationOf(total);
    if (again !== null) drawn.push(again);
  }
  const known = drawn.length > 0 && 2 * drawn.length >= replicates;
  const at = (share: number): number | null => (known ? quantile(Float64Array.from(drawn), share) : null);
  return {
    r,
    lower: at(0.025),
    upper: at(0.975),
    signAgreement: extreme === 0 ? null : agreeing / extreme,
    extreme,
  };
}

/** Smaller differences than this share of a number are rounding. */
const rounding = 1e-12;

function varies(values: ArrayLike<number>): boolean {
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    least = Math.min(least, values[i]!);
    most = Math.max(most, values[i]!);
  }
  return most - least > rounding * Math.max(Math.abs(least), Math.abs(most));
}

function correlationOf(total: Float64Array): number | null {
  const [n, x, y, xx, yy, xy] = total as unknown as readonly [number, number, number, number, number, number];
  if (n === 0) return null;
  const [varianceX, varianceY] = [xx - (x * x) / n, yy - (y * y) / n];
  if (!(varianceX > rounding * xx) || !(varianceY > rounding * yy)) return null;
  const r = (xy - (x * y) / n) / Math.sqrt(varianceX * varianceY);
  return Math.max(-1, Math.min(1, r));
}
