import type { ModelCounts } from './run-record.js';

/** Counts of both together. */
export const countsTogether = (a: ModelCounts, b: ModelCounts): ModelCounts => combined(a, b, 1);

/** What was counted between two moments. */
export const countsSince = (before: ModelCounts, now: ModelCounts): ModelCounts => combined(now, before, -1);

function combined(a: ModelCounts, b: ModelCounts, sign: 1 | -1): ModelCounts {
  const models = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(
    models.map((model) => {
      const [left, right] = [a[model] ?? {}, b[model] ?? {}];
      const outcomes = [...new Set([...Object.keys(left), ...Object.keys(right)])];
      return [model, Object.fromEntries(outcomes.map((name) => [name, (left[name] ?? 0) + sign * (right[name] ?? 0)]))];
    }),
  );
}
