// The student: the vector of a text is the sum of its words' vectors, and should point where the teacher's does.
import { uniform } from './vectors.mjs';

/**
 * Changes the words' vectors so that sums point along the targets: Adagrad on 1 - cosine, one text at a time. Each word of a text of
 * three or more is left out with probability `dropped`, so that no word relies on its neighbours.
 *
 * @param groups `{ lines, targets }`: the words of every text, and where the sum should point, row after row
 */
export function train(vectors, d, groups, { passes, rate, dropped, seed }) {
  const squares = new Float32Array(vectors.length).fill(1e-3);
  const order = groups.flatMap(({ lines }, g) => lines.flatMap((line, i) => (line.length > 0 ? [[g, i]] : [])));
  const draw = uniform(seed);
  const [sum, slope] = [new Float64Array(d), new Float64Array(d)];
  for (let pass = 0; pass < passes; pass++) {
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(draw() * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
    let loss = 0;
    const step = rate * (1 - pass / passes);
    for (const [g, i] of order) {
      const { lines, targets } = groups[g];
      const kept = lines[i].length > 2 ? lines[i].filter(() => draw() >= dropped) : lines[i];
      const words = kept.length > 0 ? kept : lines[i];
      sum.fill(0);
      for (const word of words) for (let j = 0; j < d; j++) sum[j] += vectors[word * d + j];
      let [ss, tt, st] = [1e-18, 1e-18, 0];
      for (let j = 0; j < d; j++) {
        const target = targets[i * d + j];
        ss += sum[j] * sum[j];
        tt += target * target;
        st += sum[j] * target;
      }
      const both = Math.sqrt(ss) * Math.sqrt(tt);
      const cosine = st / both;
      loss += 1 - cosine;
      for (let j = 0; j < d; j++) slope[j] = (cosine * sum[j]) / ss - targets[i * d + j] / both;
      for (const word of words)
        for (let j = 0, at = word * d; j < d; j++, at++) {
          squares[at] += slope[j] * slope[j];
          vectors[at] -= (step * slope[j]) / Math.sqrt(squares[at]);
        }
    }
    console.log(`pass ${pass + 1} of ${passes}: mean 1 - cosine ${(loss / order.length).toFixed(4)}`);
  }
}
