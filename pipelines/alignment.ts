import type { Wire } from '../src/pipeline/plan.js';
import {
  calibratePool,
  checkGates,
  drawReference,
  emitAgentPool,
  measurePopulationStage,
  selectAgents,
  transportPool,
  weightPool,
  writeReport,
} from '../src/stages/index.js';

/** From a pool of measured personas to the report: the part that all pipelines share. */
export const alignmentWires: readonly Wire[] = [
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
];
