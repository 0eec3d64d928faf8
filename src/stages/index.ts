import { Target } from '../population/target.js';
import { Inventory, TraitNorms } from '../psychometrics/inventory.js';
import { Rubric } from '../persona/filter/rubric.js';
import { DataUse, DeletedAuthors } from './data-use.js';
import { InputFile, Models } from './services.js';

export { administerInventory } from './administer-inventory.js';
export { DataUse, DeletedAuthors, unstatedUse } from './data-use.js';
export { calibratePool } from './calibrate-pool.js';
export { checkCalibration } from './check-calibration.js';
export { checkGates } from './check-gates.js';
export { checkWeights } from './check-weights.js';
export { drawReference } from './draw-reference.js';
export { emitAgentPool } from './emit-agent-pool.js';
export { emitSubpopulation } from './emit-subpopulation.js';
export { extrapolatePilot } from './extrapolate-pilot.js';
export { filterPersonas } from './filter-personas.js';
export { importPool } from './import-pool.js';
export { ingestHistories } from './ingest-histories.js';
export { measureAttrition } from './measure-attrition.js';
export { measurePopulationStage } from './measure-population.js';
export { measureTexts } from './measure-texts.js';
export { minePersonas } from './mine-personas.js';
export { retrieveSubpopulation } from './retrieve-subpopulation.js';
export { revisePersonas } from './revise-personas.js';
export { selectAgents } from './select-agents.js';
export { shuffleTexts } from './shuffle-texts.js';
export { transportPool } from './transport-pool.js';
export { weightPool } from './weight-pool.js';
export { weightSample } from './weight-sample.js';
export { writeReport } from './write-report.js';

/** Schemas of what pipelines take from outside. */
export const sourceSchemas = { Target, TraitNorms, Inventory, Rubric, Models, InputFile, DataUse, DeletedAuthors };
