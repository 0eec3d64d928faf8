/** The best rows of those that were offered: higher scores first, of equal scores the lower row first. */
export interface BestRows {
  offer(row: number, score: number): void;
  /** Score of the last of the best; -Infinity while there is room for more. */
  floor(): number;
  /** Best first. */
  sorted(): { readonly rows: Int32Array; readonly scores: Float64Array };
}

/**
 * Keeps at most `most` rows in a heap whose root is the worst of them. What is kept does not depend on the order of offers.
 * Time O(log most) an offer at worst, O(1) for one that is not good enough.
 *
 * @param most ≥ 1
 */
export function bestRows(most: number): BestRows {
  const rows = new Int32Array(most);
  const scores = new Float64Array(most);
  let size = 0;

  /** Whether a row comes after another in the result. */
  const isWorse = (row: number, score: number, at: number): boolean =>
    score < scores[at]! || (score === scores[at]! && row > rows[at]!);
  function place(at: number, row: number, score: number): void {
    rows[at] = row;
    scores[at] = score;
  }
  function up(at: number, row: number, score: number): void {
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!isWorse(row, score, above)) break;
      place(at, rows[above]!, scores[above]!);
      at = above;
    }
    place(at, row, score);
  }
  function down(row: number, score: number): void {
    let at = 0;
    for (let below = 1; below < most; below = 2 * at + 1) {
      if (below + 1 < most && isWorse(rows[below + 1]!, scores[below + 1]!, below)) below++;
      if (isWorse(row, score, below)) break;
      place(at, rows[below]!, scores[below]!);
      at = below;
    }
    place(at, row, score);
  }

  return {
    offer(row, score) {
      if (size < most) up(size++, row, score);
      else if (!isWorse(row, score, 0)) down(row, score);
    },
    floor: () => (size < most ? -Infinity : scores[0]!),
    sorted() {
      const order = Array.from({ length: size }, (_, at) => at).sort(
        (a, b) => scores[b]! - scores[a]! || rows[a]! - rows[b]!,
      );
      return { rows: Int32Array.from(order, (at) => rows[at]!), scores: Float64Array.from(order, (at) => scores[at]!) };
    },
  };
}
