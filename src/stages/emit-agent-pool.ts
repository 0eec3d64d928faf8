import { z } from 'zod';
import { canonicalJson, sha256 } from '../core/canonical-json.js';
import { Failure } from '../core/failure.js';
import { numberColumn, textColumn } from '../core/table.js';
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
import { defineStage } from './services.js';

/** Stage `emit-agent-pool`: write the agent pool: Parquet with weights, its description, and one readable record an agent. */
export const emitAgentPool = defineStage({
  name: 'emit-agent-pool',
  version: 1,
  summary: 'Write the agent pool: Parquet with weights, its description, and one readable record an agent.',
  config: z.strictObject({}),
  inputs: {
    /** Texts of the personas, in the order of the pool. */
    kept: rows(z.object({ id: z.string(), text: z.string() })),
    pool: columns('persona-pool/1', personaPoolColumns),
    aligned: columns('aligned-pool/1', ['count', 'weight']),
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
  uses: ['makers', 'encodeTable', 'version'],

  async run({ kept, pool, aligned, diagnostics, target, inventory, norms }, _, { emit, services }) {
    const counts = numberColumn(aligned, 'count');
    const table = agentPoolTable(target, pool, agentRows(counts), numberColumn(aligned, 'weight'));
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
        columns: describeColumns(target),
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
