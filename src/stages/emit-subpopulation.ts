import { z } from 'zod';
import { sha256 } from '../core/canonical-json.js';
import { numberColumn } from '../core/table.js';
import { collectRows, columns, rows, value } from '../pipeline/artifact.js';
import { Adaptation, largestShift, summarizeAdaptation } from '../population/adaptation.js';
import { agentPoolColumns, AgentPoolInfo, AgentRecord } from '../population/agent-pool.js';
import { variablesOfColumns } from '../population/query.js';
import {
  LedgerEntry,
  SubpopulationMember,
  SubpopulationRequest,
  takeAgents,
  withChanges,
} from '../population/subpopulation.js';
import { defineStage } from './services.js';

/** Stage `emit-subpopulation`: write the subpopulation as an agent pool of its own, with what was asked, found and revised. */
export const emitSubpopulation = defineStage({
  name: 'emit-subpopulation',
  version: 1,
  summary: 'Write the subpopulation as an agent pool of its own, with what was asked, found and revised.',
  config: z.strictObject({}),
  inputs: {
    pool: columns('agent-pool/1', agentPoolColumns),
    info: value(AgentPoolInfo),
    agents: rows(AgentRecord),
    request: value(SubpopulationRequest),
    members: rows(SubpopulationMember),
    ledger: rows(LedgerEntry),
  },
  outputs: {
    agentPool: columns('agent-pool/1', agentPoolColumns),
    info: value(AgentPoolInfo),
    agents: rows(AgentRecord),
    adaptation: value(Adaptation),
  },
  conserves: [
    { of: 'members', by: 'agent', kept: { agentPool: 'agent' } },
    { of: 'members', by: 'agent', kept: { agents: 'agent' } },
  ],
  uses: ['encodeTable', 'version', 'reviser'],

  async run({ pool, info, agents, request, members, ledger }, _, { emit, services }) {
    const taken = await collectRows(members);
    const entries = await collectRows(ledger);
    const table = takeAgents(pool, taken);
    const agentOf = new Map((await collectRows(agents)).map((agent) => [agent.agent, agent]));
    const textOf = new Map(
      entries.filter(({ status }) => status === 'accepted').map((entry) => [entry.agent, entry.textAfter!]),
    );
    const weights = numberColumn(table, 'weight');
    for (const [i, { agent, changes }] of taken.entries()) {
      const base = withChanges(agentOf.get(agent)!, changes);
      await emit.agents({ ...base, weight: weights[i]!, text: textOf.get(agent) ?? base.text });
    }
    const adaptation = summarizeAdaptation({
      request,
      pool: { sha256: info.table.sha256, agents: pool.rows, target: info.target.name },
      reviser: services.reviser.name,
      members: taken,
      ledger: entries,
      table,
    });
    return {
      agentPool: table,
      adaptation,
      info: {
        ...info,
        table: { ...info.table, sha256: sha256(services.encodeTable(table)), rows: table.rows },
        weight: 'mean 1 over the subpopulation; the weights of the agent pool that it was taken from, rescaled',
        traitsAligned: false,
        effectiveSampleSize: adaptation.effectiveSampleSize,
        effectivePeople: adaptation.effectivePeople,
        maxMarginErrorPoints: largestShift(variablesOfColumns(info.columns), pool, table),
        unmet: [...info.unmet, ...deviations(adaptation)],
        provenance: { ...info.provenance, version: services.version },
      },
    };
  },
});

/** In words: why this pool does not stand for the target of the pool that it was taken from. */
const deviations = ({ query, understood, pool, agents, revised, reviser }: Adaptation): string[] => [
  `a subpopulation of ${agents} of the ${pool.agents} agents of the agent pool with the hash ${pool.sha256}: it does not stand for ${pool.target}, and its margin error is its distance from that pool`,
  `query: ${JSON.stringify(query)}`,
  `constraints: ${understood.map(({ constraint }) => constraint).join('; ') || 'none understood, chosen by likeness of the texts'}`,
  `${revised} agents revised by ${reviser}; their scores were not measured again`,
];
