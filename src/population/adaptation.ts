import { z } from 'zod';
import { textColumn, numberColumn, type Table } from '../core/table.js';
import { peopleDiagnostics } from '../survey/diagnostics.js';
import { describeConstraint, type PoolVariable } from './query.js';
import type { LedgerEntry, SubpopulationMember, SubpopulationRequest } from './subpopulation.js';

/** What came of a request, in numbers (adaptation/1). */
export const Adaptation = z.strictObject({
  schema: z.literal('adaptation/1'),
  query: z.string(),
  /** Constraints in words, and the words of the query that were read as each. */
  understood: z.array(z.strictObject({ constraint: z.string(), phrases: z.array(z.string()) })),
  notes: z.array(z.string()),
  compared: z.string(),
  embedder: z.string(),
  reviser: z.string(),
  /** The agent pool that the agents come from. */
  pool: z.strictObject({ sha256: z.string(), agents: z.number().int(), target: z.string() }),
  agents: z.number().int(),
  /** Agents of the pool that meet every constraint, that could by a revision, and that conflict in something locked. */
  found: z.strictObject({ exact: z.number().int(), revisable: z.number().int(), locked: z.number().int() }),
  /** Agents of the subpopulation that are as they were, and that were revised. */
  unchanged: z.number().int(),
  revised: z.number().int(),
  rolledBack: z.number().int(),
  rollbackReasons: z.record(z.string(), z.number().int()),
  /** Variable -> revisions tried and accepted that change it. */
  acceptance: z.record(
    z.string(),
    z.strictObject({ tried: z.number().int(), accepted: z.number().int(), rate: z.number() }),
  ),
  /** `variable: from -> to` -> accepted revisions. */
  changes: z.record(z.string(), z.number().int()),
  /** Accepted revisions to values that no agent of the pool has together. */
  withoutDonor: z.number().int(),
  similarity: z.strictObject({ max: z.number(), median: z.number(), min: z.number() }),
  effectiveSampleSize: z.number(),
  effectivePeople: z.number(),
});
export type Adaptation = z.infer<typeof Adaptation>;

/** What {@link summarizeAdaptation} counts. */
export interface AdaptationParts {
  readonly request: SubpopulationRequest;
  readonly pool: Adaptation['pool'];
  readonly reviser: string;
  readonly members: readonly SubpopulationMember[];
  readonly ledger: readonly LedgerEntry[];
  /** The subpopulation in columns (agent-pool/1). */
  readonly table: Table;
}

/** Counts what was asked, found, revised and rolled back. */
export function summarizeAdaptation({ request, pool, reviser, members, ledger, table }: AdaptationParts): Adaptation {
  const accepted = ledger.filter(({ status }) => status === 'accepted');
  const variables = [...new Set(ledger.flatMap(({ changes }) => changes.map(({ variable }) => variable)))];
  const touching = (entries: readonly LedgerEntry[], variable: string): number =>
    entries.filter(({ changes }) => changes.some((change) => change.variable === variable)).length;
  const similarities = members.map(({ similarity }) => similarity).sort((a, b) => b - a);
  const weights = numberColumn(table, 'weight');
  return {
    schema: 'adaptation/1',
    query: request.query,
    understood: request.constraints.map((constraint) => ({
      constraint: describeConstraint(constraint),
      phrases: constraint.phrases,
    })),
    notes: request.notes,
    compared: request.compared,
    embedder: request.embedder,
    reviser,
    pool,
    agents: members.length,
    found: { exact: request.exact, revisable: request.revisable, locked: request.locked },
    unchanged: members.length - accepted.length,
    revised: accepted.length,
    rolledBack: ledger.length - accepted.length,
    rollbackReasons: counted(ledger.flatMap(({ reason }) => reason ?? [])),
    acceptance: Object.fromEntries(
      variables.map((variable) => {
        const [tried, kept] = [touching(ledger, variable), touching(accepted, variable)];
        return [variable, { tried, accepted: kept, rate: kept / tried }];
      }),
    ),
    changes: counted(
      accepted.flatMap(({ changes }) => changes.map(({ variable, from, to }) => `${variable}: ${from} -> ${to}`)),
    ),
    withoutDonor: accepted.filter(({ donor }) => donor === null).length,
    similarity: {
      max: similarities[0]!,
      median: similarities[Math.floor(similarities.length / 2)]!,
      min: similarities.at(-1)!,
    },
    effectiveSampleSize: peopleDiagnostics(textColumn(table, 'persona'), weights).effectivePeople,
    effectivePeople: peopleDiagnostics(textColumn(table, 'person'), weights).effectivePeople,
  };
}

const counted = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

/** Largest difference between two agent pools in the weighted share of a category, in percentage points. */
export function largestShift(variables: readonly PoolVariable[], before: Table, after: Table): number {
  const shares = (table: Table, variable: string): Map<string, number> => {
    const weights = numberColumn(table, 'weight');
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const found = new Map<string, number>();
    textColumn(table, variable).forEach((value, i) => found.set(value, (found.get(value) ?? 0) + weights[i]! / total));
    return found;
  };
  return Math.max(
    0,
    ...variables.flatMap(({ name, categories }) => {
      const [was, is] = [shares(before, name), shares(after, name)];
      return categories.map((category) => 100 * Math.abs((is.get(category) ?? 0) - (was.get(category) ?? 0)));
    }),
  );
}
