import type { Wire } from '../src/pipeline/plan.js';
import {
  calibratePool,
  checkCalibration,
  checkGates,
  drawReference,
  emitAgentPool,
  measurePopulationStage,
  selectAgents,
  transportPool,
  weightPool,
  writeReport,
} from '../src/stages/index.js';

/** Reference people, for everything that is compared with people. */
export const referenceWire: Wire = {
  stage: drawReference,
  inputs: { target: 'target', norms: 'norms' },
  outputs: { reference: 'stages/reference.parquet' },
};

/** Where the wires of one branch find and leave their files. */
interface Places {
  /** Below the run folder, with its slash. */
  readonly folder: string;
  readonly diagnostics: string;
  /** The personas that are missing, where some are. */
  readonly gaps: string;
  /** What the texts are worth; personas without histories have no such file. */
  readonly texts?: string | undefined;
  /** Attrition weights, of pools that were made here. */
  readonly attrition?: string | undefined;
}

/** From a pool of measured personas to its diagnostics. */
export const alignmentWires = ({ folder, diagnostics, gaps, texts, attrition }: Places): readonly Wire[] => [
  {
    stage: weightPool,
    inputs: {
      pool: `${folder}persona-pool.parquet`,
      reference: 'stages/reference.parquet',
      target: 'target',
      ...(attrition !== undefined && { attrition }),
    },
    outputs: { weighted: `${folder}weighted.parquet` },
  },
  {
    stage: transportPool,
    inputs: {
      pool: `${folder}persona-pool.parquet`,
      weighted: `${folder}weighted.parquet`,
      reference: 'stages/reference.parquet',
      target: 'target',
    },
    outputs: { transported: `${folder}transported.parquet` },
  },
  {
    stage: calibratePool,
    inputs: {
      pool: `${folder}persona-pool.parquet`,
      transported: `${folder}transported.parquet`,
      reference: 'stages/reference.parquet',
      target: 'target',
    },
    outputs: {
      calibrated: `${folder}calibrated.parquet`,
      summary: `${folder}calibration.json`,
      gaps,
    },
  },
  { stage: checkCalibration, inputs: { summary: `${folder}calibration.json`, gaps }, outputs: {} },
  {
    stage: selectAgents,
    inputs: {
      pool: `${folder}persona-pool.parquet`,
      calibrated: `${folder}calibrated.parquet`,
      reference: 'stages/reference.parquet',
      target: 'target',
    },
    outputs: { aligned: `${folder}aligned.parquet` },
  },
  {
    stage: measurePopulationStage,
    inputs: {
      tally: 'stages/ingest-tally.json',
      personas: 'stages/personas.jsonl',
      rejected: 'rejected.jsonl',
      unmeasured: `${folder}unmeasured.jsonl`,
      pool: `${folder}persona-pool.parquet`,
      weighted: `${folder}weighted.parquet`,
      transported: `${folder}transported.parquet`,
      calibrated: `${folder}calibrated.parquet`,
      aligned: `${folder}aligned.parquet`,
      summary: `${folder}calibration.json`,
      reference: 'stages/reference.parquet',
      target: 'target',
      inventory: 'inventory',
      ...(texts !== undefined && { texts }),
    },
    outputs: { diagnostics },
  },
];

/**
 * From the diagnostics to the agents, the report and the gates.
 *
 * @param control diagnostics of the control run, where there was one
 * @param attrition who was lost on the way, where that is known
 */
export const closingWires = (control?: string, attrition?: string, dataUse?: string): readonly Wire[] => [
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
      summary: 'stages/calibration.json',
      aligned: 'stages/aligned.parquet',
      reference: 'stages/reference.parquet',
      target: 'target',
      norms: 'norms',
      ...(control !== undefined && { control }),
      ...(dataUse !== undefined && { dataUse }),
      ...(attrition !== undefined && { attrition }),
    },
    outputs: { html: 'report.html', markdown: 'report.md', json: 'report.json' },
  },
  { stage: checkGates, inputs: { diagnostics: 'diagnostics.json' }, outputs: {} },
];
