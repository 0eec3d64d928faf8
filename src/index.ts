/** Public API: named re-exports, grouped by layer; nothing else. */

// core
export { canonicalJson, sha256 } from './core/canonical-json.js';
export { exitCodes, Failure, type FailureCode, type FailureParts } from './core/failure.js';
export type { Finding } from './core/findings.js';
export { randomStream, type RandomStream } from './core/random.js';
export { Secret } from './core/secret.js';
export type { SolverStatus } from './core/solver-status.js';
export { checkTable, type Column, type Table } from './core/table.js';

// io
export { readRecords } from './io/files.js';
export { groupHistories } from './io/group-histories.js';
export { guessColumns } from './io/guess-columns.js';
export { readRawPosts, type ColumnMap } from './io/histories.js';
export { readMarginCells } from './io/margins.js';
export { readTable, writeTable } from './io/parquet.js';

// numerics
export { logKernelSums, type KernelSumsInput } from './numerics/kernel-sums.js';
export { sparseRows, type SparseRows } from './numerics/sparse-rows.js';

// transport
export {
  divergenceMeter,
  frechetDistance,
  wasserstein1,
  type Divergences,
  type WeightedPoints,
} from './transport/divergences.js';
export { mmd, type Mmd, type MmdOptions } from './transport/mmd.js';
export { exactTransport, type ExactTransport, type TransportPlan } from './transport/exact.js';
export { latticeBarycentricMap } from './transport/lattice-coupling.js';
export { latticeSinkhorn, type LatticeOptions } from './transport/lattice-sinkhorn.js';
export { meanCost, type PointMasses } from './transport/problem.js';
export {
  semiRelaxedTransport,
  type SemiRelaxedOptions,
  type SemiRelaxedSolution,
  type TransportProblem,
} from './transport/semi-relaxed.js';
export { sinkhorn, type SinkhornOptions, type SinkhornSolution } from './transport/sinkhorn.js';
export { sinkhornDivergence } from './transport/sinkhorn-divergence.js';
export { energyDistance, marginalWasserstein, slicedWasserstein, type Sample } from './transport/sliced.js';
export { twoSampleTest, type TwoSampleTest } from './transport/two-sample-test.js';

// survey
export { settleAgreement, type DisagreementPolicy } from './survey/agreement.js';
export { balanceTable } from './survey/balance-table.js';
export {
  calibrate,
  type CalibrationOptions,
  type CalibrationProblem,
  type CalibrationSolution,
} from './survey/calibrate.js';
export { heldOutBandwidth, scottBandwidth, silvermanBandwidth } from './survey/bandwidth.js';
export { capFrontier } from './survey/cap-frontier.js';
export { cubeSample } from './survey/cube.js';
export { peopleDiagnostics, weightDiagnostics, type WeightDiagnostics } from './survey/diagnostics.js';
export { checkFeasibility, feasibilityOfZones, loadSlackSolver, type Feasibility } from './survey/feasibility.js';
export { fitWeights, type WeightingOptions, type WeightingResult } from './survey/fit-weights.js';
export { gapList, GapList } from './survey/gap-list.js';
export { classifierLogRatio, clippedWeights, logDensityRatio, smoothedWeights } from './survey/importance.js';
export { integerize, type IntegerOptions, type IntegerWeights } from './survey/integerize.js';
export { knownGaps } from './survey/known-gaps.js';
export { marginCosts } from './survey/margin-costs.js';
export { groupMargins, type MarginCell, type ZoneMargins } from './survey/margins.js';
export { personConstraints } from './survey/person-margin.js';
export { prepareZones, type MarginPolicies, type WeightingSample } from './survey/prepare-zones.js';
export { adjustPrices, type Prices } from './survey/price-years.js';
export { rake, type RakingSolution } from './survey/rake.js';
export { rakeTable } from './survey/rake-table.js';
export { readLabelMap, relabel } from './survey/relabel.js';
export { replicateEstimate, replicateFits, svrepdesignCode } from './survey/replicate-fits.js';
export { authorReplicates, combineDraws, replicateWeights } from './survey/replicates.js';
export { uniqueSignatures } from './survey/signatures.js';
export { weightReport } from './survey/weight-report.js';
export type { CategoryMargin, NumericConstraint, WeightingProblem } from './survey/weighting-problem.js';
export { wholeRecords, type WholeRecords } from './survey/whole-records.js';
export { fitZones } from './survey/zones.js';

// psychometrics
export { agreement, intraclassCorrelation, quadraticKappa } from './psychometrics/agreement.js';
export { InventoryQuality, inventoryQuality } from './psychometrics/inventory-quality.js';
export { Inventory, TraitNorms, traitDomains, type TraitDomain } from './psychometrics/inventory.js';
export { reliability } from './psychometrics/reliability.js';
export { responseModel, drawAnswers } from './psychometrics/response-model.js';
export { responseQuality } from './psychometrics/response-quality.js';
export { scoreInventory } from './psychometrics/scoring.js';
export { tScores } from './psychometrics/t-scores.js';

// text
export { cachedEmbedder, vectorsInMemory, type VectorStore } from './text/cached-embedder.js';
export type { Embedder } from './text/embedder.js';
export { nearDuplicates } from './text/near-duplicates.js';
export { personalData } from './text/personal-data.js';
export { staticEmbedder } from './text/static-embedder.js';
export { transformersEmbedder } from './text/transformers-embedder.js';
export { useEmbedder } from './text/use-embedder.js';
export { vectorFile } from './text/vector-file.js';
export { openVectorSearch, type Nearest, type SearchOptions, type VectorSearch } from './text/vector-search.js';

// model
export type { Answer } from './model/answer.js';
export { ask } from './model/ask.js';
export type { ChatModel, ChatReply, ChatRequest } from './model/chat-model.js';
export { openAiEmbedder, openAiModel } from './model/openai.js';
export { openLedger, readLedger } from './model/ledger.js';
export { ledgered, replayModel } from './model/replay.js';
export { scriptedModel } from './model/scripted.js';

// persona
export { embeddedRespondent } from './persona/embedded-respondent.js';
export { embeddedWriter } from './persona/embedded-writer.js';
export { assess } from './persona/filter/assess.js';
export { blindScorer } from './persona/filter/blind-scorer.js';
export { duplicateAuthors } from './persona/filter/duplicate-authors.js';
export { textQuality } from './persona/filter/text-figures.js';
export { permuteTexts, TextGates, textGates, TextQuality } from './persona/filter/text-quality.js';
export { Rubric } from './persona/filter/rubric.js';
export { History, type Post } from './persona/history.js';
export { NarrativePersona, type Evidence } from './persona/narrative-persona.js';
export type { Judge, PersonaWriter, Respondent, Reviser } from './persona/ports.js';

// population
export { AgentPoolInfo, AgentRecord, type AgentPool } from './population/agent-pool.js';
export { calibratePool } from './population/align/calibrate-pool.js';
export { buildConstraints } from './population/align/constraints.js';
export { jointAlignment, type JointAlignment, type JointProblem } from './population/align/joint-alignment.js';
export { missingPersonas } from './population/align/missing-personas.js';
export { selectFromPool } from './population/align/select-pool.js';
export { completeAttributes } from './population/complete-attributes.js';
export { Diagnostics } from './population/diagnostics.js';
export { populationJoint, type PopulationJoint } from './population/joint.js';
export { knownGroups } from './population/known-groups.js';
export { referencePeople, type People } from './population/people.js';
export { respondentCheck } from './population/respondent-check.js';
export { checkTarget, Target } from './population/target.js';

// report
export { renderHtml } from './report/html.js';
export { renderMarkdown } from './report/markdown.js';
export type { PopulationReport } from './report/population-report.js';

// pipeline
export { planPipeline, type Pipeline, type Wire } from './pipeline/plan.js';
export { runPipeline, type RunOptions } from './pipeline/run.js';
export type { RunRecord } from './pipeline/run-record.js';
export { stageDefiner, type Stage } from './pipeline/stage.js';
export { verifyRun } from './pipeline/verify.js';
