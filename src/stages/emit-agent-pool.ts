import { z } from 'zod';
import { canonicalJson, sha256 } from '../core/canonical-json.js';
import { Failure } from '../core/failure.js';
import type { RecordFinding } from '../core/findings.js';
import type { RandomStream } from '../core/random.js';
import { numberColumn, textColumn, type Table } from '../core/table.js';
import { columns, rows, value } from '../pipeline/artifact.js';
import {
  agentPoolColumns,
  AgentPoolInfo,
  agentPoolTable,
  AgentRecord,
  agentRecord,
  agentRows,
} from '../population/agent-pool.js';
import { Diagnostics } from '../population/diagnostics.js';
import { personaPoolColumns, statusColumn } from '../population/persona-pool.js';
import { Target } from '../population/target.js';
import { Inventory, TraitNorms, traitDomains } from '../psychometrics/inventory.js';
import { authorReplicates, replicateWeights } from '../survey/replicates.js';
import { defineStage } from './services.js';

/** Stage `emit-agent-pool`: write the agent pool: Parquet with weights and replicate weights, its description, and one readable record an agent. */
export const emitAgentPool = defineStage({
  name: 'emit-agent-pool',
  version: 2,
  summary:
    'Write the agent pool: Parquet with weights and replicate weights, its description, and one readable record an agent.',
  config: z.strictObject({
    replicates: z
      .number()
      .int()
      .min(0)
      .default(40)
      .describe('columns of replicate weights, from bootstrap samples of the authors; 0 for none'),
  }),
  inputs: {
    /** Texts of the personas, in the order of the pool. */
    kept: rows(z.object({ id: z.string(), text: z.string() })),
    pool: columns('persona-pool/1', personaPoolColumns),
    aligned: columns('aligned-pool/1', ['persona', 'count', 'weight']),
    diagnostics: value(Diagnostics),
    target: value(Target),
    inventory: value(Inventory),
    norms: value(TraitNorms),
  },
  outputs: {
    agentPool: columns('agent-pool/1', agentPoolColumns),
    info: value(AgentPoolInfo),
    agents: rows(AgentRecord),
  },
  conserves: [
    { of: 'aligned', by: 'persona', times: 'count', kept: { agentPool: 'persona' } },
    { of: 'aligned', by: 'persona', times: 'count', kept: { agents: 'persona' } },
  ],
  uses: ['makers', 'encodeTable', 'version'],

  async run({ kept, pool, aligned, diagnostics, target, inventory, norms }, { replicates }, context) {
    const { emit, services } = context;
    const counts = numberColumn(aligned, 'count');
    const agents = agentPoolTable(target, pool, agentRows(counts), numberColumn(aligned, 'weight'));
    const replicated = replicates > 0 ? replicateColumns(agents, replicates, context) : {};
    const table = { ...agents, columns: { ...agents.columns, ...replicated } };
    // Texts come as a stream in the order of the pool, which is the order of the agents; personas may be missing in between.
    const persona = textColumn(table, 'persona');
    let next = 0;
    for await (const { id, text } of kept)
      while (next < persona.length && persona[next] === id) {
        await emit.agents(agentRecord(target, table, next, text));
        next++;
      }
    if (next < persona.length)
      throw new Failure('integrity', {
        where: 'emit-agent-pool',
        problem: 'an agent has no text, or the texts are not in the order of the pool',
        got: persona[next]!,
      });
    const hashOf = (content: unknown): string => sha256(canonicalJson(content));
    return {
      agentPool: table,
      info: {
        schema: 'agent-pool/1' as const,
        table: { file: 'agent-pool.parquet' as const, sha256: sha256(services.encodeTable(table)), rows: table.rows },
        columns: { ...describeColumns(target), ...describeReplicates(Object.keys(replicated)) },
        weight: 'mean 1 over the pool; all 1 after selection, calibration weights when all personas are kept',
        target: { name: target.name, title: target.title, universe: target.universe },
        instrument: inventory.name,
        norms: norms.name,
        traitsAligned: target.traits.includes(norms.name),
        effectiveSampleSize: diagnostics.effectiveSampleSize,
        effectivePeople: diagnostics.effectivePeople,
        maxMarginErrorPoints: diagnostics.maxMarginErrorPoints,
        unmet: diagnostics.unmet,
        provenance: {
          version: services.version,
          ...services.makers,
          target: hashOf(target),
          norms: hashOf(norms),
          inventory: hashOf(inventory),
        },
      },
    };
  },
});

/** Replicate weights of the agents, as columns. */
function replicateColumns(
  agents: Table,
  replicates: number,
  { random, record }: { readonly random: RandomStream; readonly record: RecordFinding },
): Record<string, Float64Array> {
  const drawn = authorReplicates(textColumn(agents, 'person'), replicates, random.fork('replicates'));
  if (drawn === null) {
    record({
      level: 'caution',
      code: 'no-replicate-weights',
      message:
        'all agents come from one author: there are no replicate weights, and nothing can be said about uncertainty',
    });
    return {};
  }
  const weights = replicateWeights(drawn, numberColumn(agents, 'weight'));
  return Object.fromEntries(weights.map((column, r) => [`replicate_${r + 1}`, column]));
}

const describeReplicates = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    names.map((name, r) => [
      name,
      `replicate weight ${r + 1} of ${names.length}, mean 1: authors drawn anew (rescaling bootstrap). Variance of an estimate = mean squared difference of its values under the replicate weights from its value under weight; draws within authors come on top`,
    ]),
  );

function describeColumns(target: Target): Record<string, string> {
  return {
    agent: 'name of the agent',
    persona: 'persona that the agent is a copy of',
    person: 'pseudonym of the real author behind the persona',
    copy: 'number of the copy, from 1',
    weight: 'weight of the agent, mean 1',
    age_years: 'age in whole years',
    ...Object.fromEntries(
      target.variables.flatMap(({ name, categories }) => [
        [name, `one of: ${categories.join(' | ')}`],
        [statusColumn(name), 'stated | inferred | imputed'],
      ]),
    ),
    ...Object.fromEntries(
      traitDomains.flatMap((domain) => [
        [domain, 'domain score: mean of the items on the response scale'],
        [`${domain}_t`, 'T-score (mean 50, SD 10) among people of the same sex and age'],
      ]),
    ),
  };
}
