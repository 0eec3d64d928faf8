import { z } from 'zod';
import { Failure } from '../core/failure.js';
import type { RandomStream } from '../core/random.js';
import { numberColumn, textColumn, type Column, type Table } from '../core/table.js';
import type { NarrativePersona } from '../persona/narrative-persona.js';
import { traitDomains } from '../psychometrics/inventory.js';
import type { AgentRecord } from './agent-pool.js';
import { Constraint, describeConstraint } from './query.js';

/** One attribute of an agent that a revision changes. */
export const AttributeChange = z.strictObject({ variable: z.string(), from: z.string(), to: z.string() });
export type AttributeChange = z.infer<typeof AttributeChange>;

/** What is asked of a subpopulation, and what of it was understood. */
export const SubpopulationRequest = z.strictObject({
  schema: z.literal('subpopulation-request/1'),
  query: z.string(),
  agents: z.number().int().positive(),
  constraints: z.array(Constraint),
  notes: z.array(z.string()),
  /** The text whose meaning is compared with the agents' texts. */
  compared: z.string(),
  embedder: z.string(),
  /** Agents of the pool: that meet every constraint, that could by a revision, and that cannot. */
  exact: z.number().int(),
  revisable: z.number().int(),
  locked: z.number().int(),
});
export type SubpopulationRequest = z.infer<typeof SubpopulationRequest>;

/** An agent that can serve: as it is (no changes), or after a revision. Candidates come in the order in which they are taken. */
export const Candidate = z.strictObject({
  agent: z.string(),
  /** Cosine to what was compared, six decimals. */
  similarity: z.number(),
  changes: z.array(AttributeChange),
  /** Agent of the pool whose values the changes take; null when nobody in it has them. */
  donor: z.string().nullable(),
});
export type Candidate = z.infer<typeof Candidate>;

/** One agent of a subpopulation, best first. */
export const SubpopulationMember = z.strictObject({
  schema: z.literal('subpopulation/1'),
  rank: z.number().int().min(1),
  agent: z.string(),
  /** Persona of the pool that the agent is made from. */
  persona: z.string(),
  similarity: z.number(),
  changes: z.array(AttributeChange),
  /** sha256 of the text; equal when nothing was revised. */
  textBefore: z.string(),
  textAfter: z.string(),
});
export type SubpopulationMember = z.infer<typeof SubpopulationMember>;

/** One revision that was tried: the whole text before and after, whether it counts, and why not. */
export const LedgerEntry = z.strictObject({
  agent: z.string(),
  persona: z.string(),
  changes: z.array(AttributeChange),
  donor: z.string().nullable(),
  reviser: z.string(),
  status: z.enum(['accepted', 'rolled-back']),
  reason: z.string().nullable(),
  textBefore: z.string(),
  /** Null when the reviser gave no text. */
  textAfter: z.string().nullable(),
});
export type LedgerEntry = z.infer<typeof LedgerEntry>;

/** Attributes that are never revised, whatever their status: T-scores and much of a text rest on them. */
const alwaysLocked: ReadonlySet<string> = new Set(['sex', 'age']);

/** Whether an agent is what a constraint asks. A variable that the agent does not have is not met. */
export function meets(
  { ageYears, attributes }: Pick<AgentRecord, 'ageYears' | 'attributes'>,
  constraint: Constraint,
): boolean {
  return constraint.kind === 'age'
    ? constraint.ranges.some(([from, to]) => ageYears >= from && ageYears <= to)
    : constraint.anyOf.includes(attributes[constraint.variable]?.value ?? '');
}

/** Whether a conflict with a constraint may be revised away: sex, age, and what is stated or inferred are locked. */
const isRevisable = ({ attributes }: AgentRecord, constraint: Constraint): boolean =>
  constraint.kind === 'category' &&
  !alwaysLocked.has(constraint.variable) &&
  attributes[constraint.variable]?.status === 'imputed';

/** Candidates in the order in which they are taken, and how many of the others conflict in something locked. */
export interface Ranking {
  readonly candidates: readonly Candidate[];
  readonly exact: number;
  readonly locked: number;
}

/**
 * Ranks a pool for a request: first all agents that meet every constraint, then those whose conflicts are in imputed
 * attributes only, each by similarity (ties by name). Values that a revision sets come from one donor of the pool, drawn by
 * weight among agents of the same sex and age band, else among all, so that what is set together also occurs together.
 *
 * @param similarities (agents) cosine of each agent
 */
export function rankAgents(
  agents: readonly AgentRecord[],
  similarities: ArrayLike<number>,
  constraints: readonly Constraint[],
  random: RandomStream,
): Ranking {
  const donors = donorFinder(agents);
  const [exact, revisable]: [Candidate[], Candidate[]] = [[], []];
  let locked = 0;
  agents.forEach((agent, i) => {
    const similarity = Math.round(similarities[i]! * 1e6) / 1e6;
    const conflicts = constraints.filter((constraint) => !meets(agent, constraint));
    if (conflicts.length === 0) exact.push({ agent: agent.agent, similarity, changes: [], donor: null });
    else if (!conflicts.every((conflict) => isRevisable(agent, conflict))) locked++;
    else {
      const stream = random.fork('donor', agent.agent);
      const donor = donors(agent, conflicts, stream);
      const changes = conflicts.flatMap((conflict) => {
        if (conflict.kind === 'age') return [];
        const { variable, anyOf } = conflict;
        const to = donor?.attributes[variable]!.value ?? anyOf[stream.fork(variable).below(anyOf.length)]!;
        return [{ variable, from: agent.attributes[variable]!.value, to }];
      });
      revisable.push({ agent: agent.agent, similarity, changes, donor: donor?.agent ?? null });
    }
  });
  return { candidates: [...exact.sort(bySimilarity), ...revisable.sort(bySimilarity)], exact: exact.length, locked };
}

const bySimilarity = (a: Candidate, b: Candidate): number =>
  b.similarity - a.similarity || (a.agent < b.agent ? -1 : 1);

/** Finds somebody who meets all the conflicts of another; groups and their donors are listed once. */
function donorFinder(agents: readonly AgentRecord[]) {
  const groupOf = ({ attributes }: AgentRecord): string =>
    `${attributes['sex']?.value ?? ''}/${attributes['age']?.value ?? ''}`;
  const groups = new Map<string, AgentRecord[]>();
  for (const agent of agents) {
    const group = groups.get(groupOf(agent));
    if (group === undefined) groups.set(groupOf(agent), [agent]);
    else group.push(agent);
  }
  const listed = new Map<string, readonly AgentRecord[]>();
  const suitable = (
    name: string,
    among: readonly AgentRecord[],
    conflicts: readonly Constraint[],
  ): readonly AgentRecord[] => {
    const key = [name, ...conflicts.map(describeConstraint)].join('\n');
    const known = listed.get(key) ?? among.filter((agent) => conflicts.every((conflict) => meets(agent, conflict)));
    listed.set(key, known);
    return known;
  };
  return (agent: AgentRecord, conflicts: readonly Constraint[], random: RandomStream): AgentRecord | undefined => {
    const alike = suitable(groupOf(agent), groups.get(groupOf(agent))!, conflicts);
    return byWeight(alike.length > 0 ? alike : suitable('', agents, conflicts), random);
  };
}

/** One of them, drawn in proportion to weight. */
function byWeight(agents: readonly AgentRecord[], random: RandomStream): AgentRecord | undefined {
  let left = random.uniform() * agents.reduce((sum, { weight }) => sum + weight, 0);
  return agents.find(({ weight }) => (left -= weight) < 0) ?? agents.at(-1);
}

/**
 * Refuses a request for more agents than there are, or than can meet what is asked.
 *
 * @throws {Failure} `usage` when the pool is smaller; `infeasible` naming the constraints, the numbers found and what stands in the way
 */
export function checkReachable(
  agents: readonly AgentRecord[],
  constraints: readonly Constraint[],
  { candidates, exact }: Ranking,
  wanted: number,
): void {
  if (wanted > agents.length)
    throw new Failure('usage', {
      where: '--agents',
      problem: 'more agents than the pool has; no agent is taken twice',
      got: wanted,
      expected: `at most ${agents.length}`,
    });
  if (candidates.length >= wanted) return;
  throw tooFew(
    constraints,
    wanted,
    `${exact} as they are and ${candidates.length - exact} by revision`,
    hintOf(agents, constraints, candidates.length),
  );
}

/** The failure of a subpopulation that cannot be filled. */
export const tooFew = (constraints: readonly Constraint[], wanted: number, found: string, hint: string): Failure =>
  new Failure('infeasible', {
    where: 'subpopulation',
    problem: `too few agents for: ${constraints.map(describeConstraint).join('; ') || 'no constraint'}`,
    got: found,
    expected: String(wanted),
    hint,
  });

/** Which single constraint, left out, would let most agents in. */
function hintOf(agents: readonly AgentRecord[], constraints: readonly Constraint[], found: number): string {
  const without = constraints.map((left) => ({
    left,
    count: agents.filter((agent) => constraints.every((c) => c === left || meets(agent, c) || isRevisable(agent, c)))
      .length,
  }));
  const [best] = without.sort((a, b) => b.count - a.count);
  const fewer = found > 0 ? `Ask for at most ${found} agents` : 'Ask for less';
  return best === undefined || best.count === found
    ? `${fewer}, or build a larger pool.`
    : `${fewer}, or leave out "${describeConstraint(best.left)}": ${best.count} agents would do then.`;
}

/** An agent with its attributes changed; what was imputed stays imputed. */
export const withChanges = (agent: AgentRecord, changes: readonly AttributeChange[]): AgentRecord => ({
  ...agent,
  attributes: {
    ...agent.attributes,
    ...Object.fromEntries(
      changes.map(({ variable, to }) => [variable, { value: to, status: agent.attributes[variable]!.status }]),
    ),
  },
});

/**
 * The rows of some agents of a pool, in the given order, with their changes and with weights of mean 1. Scores, ages and
 * everything that is not changed stay as they are.
 *
 * @param pool agent-pool/1
 * @throws {Failure} `infeasible` when all of them have weight 0
 */
export function takeAgents(pool: Table, taken: readonly Pick<SubpopulationMember, 'agent' | 'changes'>[]): Table {
  const rowOf = new Map(textColumn(pool, 'agent').map((agent, row) => [agent, row]));
  const rows = taken.map(({ agent }) => rowOf.get(agent)!);
  const poolWeights = numberColumn(pool, 'weight');
  const weights = Float64Array.from(rows, (row) => poolWeights[row]!);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0))
    throw new Failure('infeasible', { where: 'subpopulation', problem: 'all agents that were found have weight 0' });
  const columns: Record<string, Column> = Object.fromEntries(
    Object.entries(pool.columns).map(([name, column]) => [name, picked(column, rows)]),
  );
  columns['weight'] = weights.map((weight) => (weight / total) * rows.length);
  for (const variable of new Set(taken.flatMap(({ changes }) => changes.map((change) => change.variable))))
    columns[variable] = (columns[variable] as readonly string[]).map(
      (value, i) => taken[i]!.changes.find((change) => change.variable === variable)?.to ?? value,
    );
  return { schema: pool.schema, rows: rows.length, columns };
}

function picked(column: Column, rows: readonly number[]): Column {
  if (column instanceof Float64Array) return Float64Array.from(rows, (row) => column[row]!);
  if (column instanceof Int32Array) return Int32Array.from(rows, (row) => column[row]!);
  if (column instanceof Uint8Array) return Uint8Array.from(rows, (row) => column[row]!);
  return rows.map((row) => column[row]!);
}

/**
 * An agent as a reviser wants it. A pool keeps text, attributes and scores of a persona; the claims and cues that the text
 * was written from stay in the run that made it, so they are empty here.
 */
export const personaOf = ({
  persona,
  person,
  copy,
  text,
  ageYears,
  attributes,
  traits,
}: AgentRecord): NarrativePersona => ({
  id: persona,
  person,
  draw: copy,
  text,
  evidence: {
    attributes: {},
    claims: [],
    topics: [],
    tone: 0,
    words: 0,
    language: 'und',
    traitCues: traitDomains.map(() => ({ score: 0, words: 0 })),
    traitStatements: [],
  },
  disposition: {
    ageYears,
    attributes: attributes as NarrativePersona['disposition']['attributes'],
    traits: traitDomains.map((domain) => ((traits[domain]?.t ?? 50) - 50) / 10),
  },
  lineage: { writer: 'agent-pool', prompts: [], historySha256: '' },
});
