import type { Pipeline, Wire } from '../../src/pipeline/plan.js';
import { value } from '../../src/pipeline/artifact.js';
import {
  administerInventory,
  extrapolatePilot,
  filterPersonas,
  ingestHistories,
  measureAttrition,
  measureTexts,
  minePersonas,
  shuffleTexts,
  sourceSchemas,
} from '../../src/stages/index.js';
import { alignmentWires, closingWires, referenceWire } from '../alignment.js';

const { Target, TraitNorms, Inventory, Rubric, Models, InputFile, DataUse, DeletedAuthors } = sourceSchemas;

/** The inventory, administered to the personas of one branch. */
const inventoryWire = (personas: string, folder: string): Wire => ({
  stage: administerInventory,
  inputs: {
    kept: personas,
    inventory: 'inventory',
    norms: 'norms',
    target: 'target',
    models: 'models',
    reference: 'stages/reference.parquet',
  },
  outputs: {
    pool: `${folder}persona-pool.parquet`,
    unmeasured: `${folder}unmeasured.jsonl`,
    quality: `${folder}inventory-quality.json`,
    questions: `${folder}inventory-questions.jsonl`,
  },
});

/** Who was lost between the posts and the measured pool. */
const attritionWire: Wire = {
  stage: measureAttrition,
  inputs: {
    histories: 'stages/histories.jsonl',
    personas: 'stages/personas.jsonl',
    failures: 'stages/mining-failures.jsonl',
    rejected: 'rejected.jsonl',
    unmeasured: 'stages/unmeasured.jsonl',
    pool: 'stages/persona-pool.parquet',
    mining: 'stages/mining-questions.jsonl',
    judging: 'stages/judge-questions.jsonl',
    answering: 'stages/inventory-questions.jsonl',
    target: 'target',
  },
  outputs: { attrition: 'attrition.json', weights: 'stages/attrition-weights.parquet' },
};

/**
 * The run repeated with texts that changed owners: figures that stay as they were are not evidence about the texts.
 */
const controlWires: readonly Wire[] = [
  {
    stage: shuffleTexts,
    inputs: { kept: 'stages/kept.jsonl' },
    outputs: { shuffled: 'control/shuffled.jsonl' },
  },
  inventoryWire('control/shuffled.jsonl', 'control/'),
  ...alignmentWires({
    folder: 'control/',
    diagnostics: 'control/diagnostics.json',
    gaps: 'control/gap-list.json',
    texts: 'stages/text-quality.json',
    attrition: 'stages/attrition-weights.parquet',
  }),
].map((wire) => ({ ...wire, branch: 'control' }));

/** What comes from outside. */
const sources: Pipeline['sources'] = {
  posts: value(InputFile),
  dataUse: value(DataUse),
  deleted: value(DeletedAuthors.array()),
  models: value(Models),
  target: value(Target),
  norms: value(TraitNorms),
  inventory: value(Inventory),
  rubric: value(Rubric),
};

/** From post histories to a pool of measured personas. */
const personaWires: readonly Wire[] = [
  {
    stage: ingestHistories,
    inputs: { posts: 'posts', dataUse: 'dataUse', deleted: 'deleted' },
    outputs: {
      histories: 'stages/histories.jsonl',
      leftOut: 'stages/people-left-out.jsonl',
      tally: 'stages/ingest-tally.json',
    },
  },
  {
    stage: minePersonas,
    inputs: {
      histories: 'stages/histories.jsonl',
      target: 'target',
      inventory: 'inventory',
      norms: 'norms',
      models: 'models',
      tally: 'stages/ingest-tally.json',
      dataUse: 'dataUse',
    },
    outputs: {
      personas: 'stages/personas.jsonl',
      failures: 'stages/mining-failures.jsonl',
      leftOut: 'stages/people-passed-over.jsonl',
      questions: 'stages/mining-questions.jsonl',
    },
  },
  {
    stage: filterPersonas,
    inputs: {
      personas: 'stages/personas.jsonl',
      histories: 'stages/histories.jsonl',
      rubric: 'rubric',
      models: 'models',
      dataUse: 'dataUse',
    },
    outputs: { kept: 'stages/kept.jsonl', rejected: 'rejected.jsonl', questions: 'stages/judge-questions.jsonl' },
  },
  referenceWire,
  inventoryWire('stages/kept.jsonl', 'stages/'),
];

/** From post histories to an aligned agent pool. Inputs -> outputs are files below the run folder, or sources. */
export const buildPersonas = (shuffleControl: boolean): Pipeline => ({
  name: 'build-personas',
  summary:
    'Write personas from post histories, reject the bad ones with reasons, and align the rest to a target population.',
  sources,
  wires: [
    ...personaWires,
    {
      stage: measureTexts,
      inputs: {
        kept: 'stages/kept.jsonl',
        rejected: 'rejected.jsonl',
        histories: 'stages/histories.jsonl',
        pool: 'stages/persona-pool.parquet',
      },
      outputs: { texts: 'stages/text-quality.json' },
    },
    attritionWire,
    ...alignmentWires({
      folder: 'stages/',
      diagnostics: 'diagnostics.json',
      gaps: 'gap-list.json',
      texts: 'stages/text-quality.json',
      attrition: 'stages/attrition-weights.parquet',
    }),
    ...(shuffleControl ? controlWires : []),
    ...closingWires(shuffleControl ? 'control/diagnostics.json' : undefined, 'attrition.json', 'dataUse'),
  ],
});

/**
 * A pilot: the same on some of the people, as far as the measured pool, and what all of them would take. Margins of a population
 * are not met by a handful of people, so it ends there.
 */
export const pilotPersonas: Pipeline = {
  name: 'build-personas-pilot',
  summary: 'Write and measure personas of some people drawn at random, and say what all of them would take.',
  sources,
  wires: [
    ...personaWires,
    attritionWire,
    {
      stage: extrapolatePilot,
      inputs: {
        histories: 'stages/histories.jsonl',
        tally: 'stages/ingest-tally.json',
        personas: 'stages/personas.jsonl',
        failures: 'stages/mining-failures.jsonl',
        pool: 'stages/persona-pool.parquet',
        mining: 'stages/mining-questions.jsonl',
        judging: 'stages/judge-questions.jsonl',
        answering: 'stages/inventory-questions.jsonl',
      },
      outputs: { pilot: 'pilot.json' },
    },
  ],
};
