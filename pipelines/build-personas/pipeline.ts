import type { Pipeline } from '../../src/pipeline/plan.js';
import { value } from '../../src/pipeline/artifact.js';
import {
  administerInventory,
  calibratePool,
  checkGates,
  drawReference,
  emitAgentPool,
  filterPersonas,
  ingestHistories,
  measurePopulationStage,
  minePersonas,
  selectAgents,
  sourceSchemas,
  transportPool,
  weightPool,
  writeReport,
} from '../../src/stages/index.js';

const { Target, TraitNorms, Inventory, Rubric, Models, InputFile } = sourceSchemas;

/** From post histories to an aligned agent pool. Inputs -> outputs are files below the run folder, or sources. */
export const buildPersonas: Pipeline = {
  name: 'build-personas',
  summary: 'Write personas from post histories, reject the bad ones with reasons, and align the rest to a target population.',
  sources: {
    posts: value(InputFile),
    models: value(Models),
    target: value(Target),
    norms: value(TraitNorms),
    inventory: value(Inventory),
    rubric: value(Rubric),
  },
  wires: [
    {
      stage: ingestHistories,
      inputs: { posts: 'posts' },
      outputs: { histories: 'stages/histories.jsonl', tally: 'stages/ingest-tally.json' },
    },
    {
      stage: minePersonas,
      inputs: { histories: 'stages/histories.jsonl', target: 'target', inventory: 'inventory', norms: 'norms', models: 'models' },
      outputs: { personas: 'stages/personas.jsonl', failures: 'stages/mining-failures.jsonl' },
    },
    {
      stage: filterPersonas,
      inputs: { personas: 'stages/personas.jsonl', histories: 'stages/histories.jsonl', rubric: 'rubric', models: 'models' },
      outputs: { kept: 'stages/kept.jsonl', rejected: 'rejected.jsonl' },
    },
    {
      stage: administerInventory,
      inputs: { kept: 'stages/kept.jsonl', inventory: 'inventory', norms: 'norms', target: 'target', models: 'models' },
      outputs: { pool: 'stages/persona-pool.parquet', unmeasured: 'stages/unmeasured.jsonl' },
    },
    {
      stage: drawReference,
      inputs: { target: 'target', norms: 'norms' },
      outputs: { reference: 'stages/reference.parquet' },
    },
    {
      stage: weightPool,
      inputs: { pool: 'stages/persona-pool.parquet', reference: 'stages/reference.parquet', target: 'target' },
      outputs: { weighted: 'stages/weighted.parquet' },
    },
    {
      stage: transportPool,
      inputs: {
        pool: 'stages/persona-pool.parquet',
        weighted: 'stages/weighted.parquet',
        reference: 'stages/reference.parquet',
        target: 'target',
      },
      outputs: { transported: 'stages/transported.parquet' },
    },
    {
      stage: calibratePool,
      inputs: {
        pool: 'stages/persona-pool.parquet',
        transported: 'stages/transported.parquet',
        reference: 'stages/reference.parquet',
        target: 'target',
      },
      outputs: { calibrated: 'stages/calibrated.parquet', summary: 'stages/calibration.json' },
    },
    {
      stage: selectAgents,
      inputs: {
        pool: 'stages/persona-pool.parquet',
        calibrated: 'stages/calibrated.parquet',
        reference: 'stages/reference.parquet',
        target: 'target',
      },
      outputs: { aligned: 'stages/aligned.parquet' },
    },
    {
      stage: measurePopulationStage,
      inputs: {
        tally: 'stages/ingest-tally.json',
        personas: 'stages/personas.jsonl',
        rejected: 'rejected.jsonl',
        unmeasured: 'stages/unmeasured.jsonl',
        pool: 'stages/persona-pool.parquet',
        weighted: 'stages/weighted.parquet',
        transported: 'stages/transported.parquet',
        calibrated: 'stages/calibrated.parquet',
        aligned: 'stages/aligned.parquet',
        summary: 'stages/calibration.json',
        reference: 'stages/reference.parquet',
        target: 'target',
        inventory: 'inventory',
      },
      outputs: { diagnostics: 'diagnostics.json' },
    },
    {
      stage: emitAgentPool,
      inputs: {
        kept: 'stages/kept.jsonl',
        pool: 'stages/persona-pool.parquet',
        aligned: 'stages/aligned.parquet',
        diagnostics: 'diagnostics.json',
        target: 'target',
        inventory: 'inventory',
        norms: 'norms',
      },
      outputs: { agentPool: 'agent-pool.parquet', info: 'agent-pool.json', agents: 'agents.jsonl' },
    },
    {
      stage: writeReport,
      inputs: {
        diagnostics: 'diagnostics.json',
        agents: 'agents.jsonl',
        pool: 'stages/persona-pool.parquet',
        calibrated: 'stages/calibrated.parquet',
        aligned: 'stages/aligned.parquet',
        reference: 'stages/reference.parquet',
        target: 'target',
        norms: 'norms',
      },
      outputs: { html: 'report.html', markdown: 'report.md', json: 'report.json' },
    },
    { stage: checkGates, inputs: { diagnostics: 'diagnostics.json' }, outputs: {} },
  ],
};
