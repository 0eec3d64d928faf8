import type { Pipeline } from '../../src/pipeline/plan.js';
import { emitSubpopulation, retrieveSubpopulation, revisePersonas } from '../../src/stages/index.js';

const { pool, info, agents } = emitSubpopulation.inputs;
const { models } = revisePersonas.inputs;

/** From the agent pool of a finished run to a subpopulation that a query describes. */
export const adaptSubpopulation: Pipeline = {
  name: 'adapt-subpopulation',
  summary: 'Find the agents that a query describes, revise only what conflicts, and keep every difference.',
  /** The three files of an agent pool, and the model that revises. */
  sources: { pool, info, agents, models },
  wires: [
    {
      stage: retrieveSubpopulation,
      inputs: { info: 'info', agents: 'agents' },
      outputs: { request: 'stages/request.json', candidates: 'stages/candidates.jsonl' },
    },
    {
      stage: revisePersonas,
      inputs: {
        agents: 'agents',
        request: 'stages/request.json',
        candidates: 'stages/candidates.jsonl',
        models: 'models',
      },
      outputs: { members: 'subpopulation.jsonl', ledger: 'ledger.jsonl' },
    },
    {
      stage: emitSubpopulation,
      inputs: {
        pool: 'pool',
        info: 'info',
        agents: 'agents',
        request: 'stages/request.json',
        members: 'subpopulation.jsonl',
        ledger: 'ledger.jsonl',
      },
      outputs: {
        agentPool: 'agent-pool.parquet',
        info: 'agent-pool.json',
        agents: 'agents.jsonl',
        adaptation: 'adaptation.json',
      },
    },
  ],
};
