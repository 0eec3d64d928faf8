import { z } from 'zod';
import { isSafePath } from '../core/safe-path.js';

const FileRecord = z.strictObject({
  /** Relative to the run folder. */
  file: z.string().refine(isSafePath, 'expected a path below the run folder'),
  sha256: z.string(),
  /** Rows, for rows and columns. */
  rows: z.number().int().optional(),
});

/** Calls of language models by outcome, for each model. */
export const ModelCounts = z.record(z.string(), z.record(z.string(), z.number()));
export type ModelCounts = z.infer<typeof ModelCounts>;

/** What a run is made from; everything in it decides about the result. */
export const SourceRecord = z.strictObject({ origin: z.string(), sha256: z.string() });

/** What became of one stage. */
export const StageRecord = z.strictObject({
  name: z.string(),
  version: z.number().int(),
  key: z.string(),
  status: z.enum(['completed', 'failed', 'not-reached']),
  /** A repetition with the same inputs and settings as this stage: its files were copied. */
  sameAs: z.string().optional(),
  configGiven: z.unknown(),
  config: z.unknown(),
  /** Input -> artifact (a source or a file) and its hash. */
  inputs: z.record(z.string(), z.strictObject({ artifact: z.string(), sha256: z.string() })),
  outputs: z.record(z.string(), FileRecord),
  /** What became of the items that came in, for each law of the stage: `in` = `kept` + the sum of `dropped`. */
  conserved: z
    .array(
      z.strictObject({
        of: z.string(),
        in: z.number().int(),
        kept: z.number().int(),
        dropped: z.record(z.string(), z.number().int()),
      }),
    )
    .optional(),
  findings: z.array(
    z.strictObject({
      level: z.enum(['info', 'caution']),
      code: z.string(),
      message: z.string(),
      values: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});
export type StageRecord = z.infer<typeof StageRecord>;

/**
 * What a run was: deterministic, no times, no hosts, no paths of a machine. The same seed and inputs give the same bytes,
 * for any number of workers, and whether the run went through at once or was continued.
 */
export const RunRecord = z.strictObject({
  schema: z.literal('run-record/1'),
  pipeline: z.string(),
  version: z.string(),
  packages: z.record(z.string(), z.string()),
  seed: z.string(),
  status: z.enum(['completed', 'failed']),
  /** Only when the run failed: what was wrong, and its exit code. */
  failure: z.strictObject({ stage: z.string(), code: z.string(), message: z.string() }).optional(),
  sources: z.record(z.string(), SourceRecord),
  stages: z.array(StageRecord),
  /** Empty without a model. */
  models: ModelCounts,
  /** See `Sealed`: a change of the record itself is found too. */
  seal: z.string(),
});
export type RunRecord = z.infer<typeof RunRecord>;
