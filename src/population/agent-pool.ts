import { z } from 'zod';
import { textColumn, type Column, type Table } from '../core/table.js';
import { traitDomains } from '../psychometrics/inventory.js';
import { statusColumn } from './persona-pool.js';
import type { Target } from './target.js';

/** Columns that every agent pool has, besides the variables of its target with their `_status` and the `_t` of each domain. */
export const agentPoolColumns = ['agent', 'persona', 'person', 'copy', 'weight', 'age_years', ...traitDomains] as const;

/** The sidecar of an agent pool (agent-pool/1): what the columns are and what stands behind them. */
export const AgentPoolInfo = z.strictObject({
  schema: z.literal('agent-pool/1'),
  /** The table beside this file, and the hash of its bytes. */
  table: z.strictObject({ file: z.literal('agent-pool.parquet'), sha256: z.string(), rows: z.number().int() }),
  /** Column name -> what it is. */
  columns: z.record(z.string(), z.string()),
  weight: z.string(),
  target: z.strictObject({ name: z.string(), title: z.string(), universe: z.string() }),
  instrument: z.string(),
  norms: z.string(),
  traitsAligned: z.boolean(),
  effectiveSampleSize: z.number(),
  effectivePeople: z.number(),
  maxMarginErrorPoints: z.number(),
  unmet: z.array(z.string()),
  provenance: z.strictObject({
    version: z.string(),
    writer: z.string(),
    respondent: z.string(),
    /** Hashes of the canonical content of target, norms and inventory. */
    target: z.string(),
    norms: z.string(),
    inventory: z.string(),
  }),
});
export type AgentPoolInfo = z.infer<typeof AgentPoolInfo>;

/** One agent as a record for people and programs that do not read Parquet. */
export const AgentRecord = z.strictObject({
  agent: z.string(),
  persona: z.string(),
  person: z.string(),
  /** Which copy of the persona, from 1. */
  copy: z.number().int().min(1),
  /** Mean 1 over the pool. */
  weight: z.number().min(0),
  ageYears: z.number().int(),
  /** Variable -> category and how it came about. */
  attributes: z.record(z.string(), z.strictObject({ value: z.string(), status: z.string() })),
  /** Domain -> score on the response scale, and T-score by sex and age. */
  traits: z.record(z.string(), z.strictObject({ score: z.number(), t: z.number() })),
  text: z.string(),
});
export type AgentRecord = z.infer<typeof AgentRecord>;

/** What a simulation accepts: the table and its sidecar, complete, without NaN. */
export interface AgentPool {
  readonly info: AgentPoolInfo;
  readonly table: Table;
}

/** For each agent the row of its persona in the pool and which copy it is. */
export interface AgentRow {
  readonly row: number;
  readonly copy: number;
}

/** Agents in the order of the pool, copies of one persona beside each other. */
export const agentRows = (counts: ArrayLike<number>): AgentRow[] =>
  Array.from({ length: counts.length }, (_, row) => row).flatMap((row) =>
    Array.from({ length: counts[row]! }, (_, copy) => ({ row, copy: copy + 1 })),
  );

/**
 * The agent pool in columns (agent-pool/1), one row an agent.
 *
 * @param pool persona-pool/1
 * @param weights (pool rows) weight of each agent of a persona; they have mean 1 over the agents
 */
export function agentPoolTable(target: Target, pool: Table, agents: readonly AgentRow[], weights: Float64Array): Table {
  const width = String(agents.length).length;
  const taken = (name: string): Column => {
    const column = pool.columns[name]!;
    if (Array.isArray(column)) return agents.map(({ row }) => (column as readonly string[])[row]!);
    const numbers = column as Float64Array | Int32Array | Uint8Array;
    const out = numbers.constructor === Float64Array ? new Float64Array(agents.length) : new Int32Array(agents.length);
    agents.forEach(({ row }, i) => (out[i] = numbers[row]!));
    return out;
  };
  const columns: Record<string, Column> = {
    agent: agents.map((_, i) => `a-${String(i + 1).padStart(width, '0')}`),
    persona: taken('persona'),
    person: taken('person'),
    copy: Int32Array.from(agents, ({ copy }) => copy),
    weight: Float64Array.from(agents, ({ row }) => weights[row]!),
    age_years: taken('age_years'),
  };
  for (const { name } of target.variables) {
    columns[name] = taken(name);
    columns[statusColumn(name)] = taken(statusColumn(name));
  }
  for (const domain of traitDomains) {
    columns[domain] = taken(domain);
    columns[`${domain}_t`] = taken(`${domain}_t`);
  }
  return { schema: 'agent-pool/1', rows: agents.length, columns };
}

/** One agent of the table as a record. */
export function agentRecord(target: Target, agents: Table, i: number, text: string): AgentRecord {
  const textAt = (name: string): string => textColumn(agents, name)[i]!;
  const numberAt = (name: string): number => (agents.columns[name] as Float64Array)[i]!;
  return {
    agent: textAt('agent'),
    persona: textAt('persona'),
    person: textAt('person'),
    copy: numberAt('copy'),
    weight: numberAt('weight'),
    ageYears: numberAt('age_years'),
    attributes: Object.fromEntries(
      target.variables.map(({ name }) => [name, { value: textAt(name), status: textAt(statusColumn(name)) }]),
    ),
    traits: Object.fromEntries(
      traitDomains.map((domain) => [domain, { score: numberAt(domain), t: numberAt(`${domain}_t`) }]),
    ),
    text,
  };
}
