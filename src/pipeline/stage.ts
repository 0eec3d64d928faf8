import type { z } from 'zod';
import type { Finding, Progress, RecordFinding } from '../core/findings.js';
import type { RandomStream } from '../core/random.js';
import type { ArtifactKind, InputOf, OutputOf, RowsKind } from './artifact.js';
import type { Conservation } from './conserve.js';

export type Ports = Readonly<Record<string, ArtifactKind>>;

type RowsOutputs<O extends Ports> = { [K in keyof O as O[K] extends RowsKind<unknown> ? K : never]: O[K] };
type ReturnedOutputs<O extends Ports> = {
  [K in keyof O as O[K] extends RowsKind<unknown> ? never : K]: OutputOf<O[K]>;
};

/** What a stage may touch besides its inputs and its config. */
export interface StageContext<O extends Ports, Services> {
  /** Already forked by the name of the stage. */
  readonly random: RandomStream;
  readonly signal: AbortSignal;
  readonly record: RecordFinding;
  readonly progress: Progress;
  /** Only what the stage declares in `uses`. */
  readonly services: Services;
  /** What earlier stages of this run recorded. */
  readonly findings: readonly (Finding & { readonly stage: string })[];
  /** What the run is made from. */
  readonly provenance: RunProvenance;
  /** Writes one row of a rows output; wait for it, so that the disk can keep up. */
  readonly emit: { readonly [K in keyof RowsOutputs<O>]: (row: OutputRow<O[K]>) => Promise<void> };
}

/** Identity of a run, without times and places. */
export interface RunProvenance {
  readonly version: string;
  readonly seed: string;
  readonly sources: readonly { readonly name: string; readonly sha256: string }[];
}

type OutputRow<K> = K extends RowsKind<infer T> ? T : never;

/**
 * One step of a pipeline: named inputs to named outputs, validated by the runner at both ends, so that `run` holds no
 * checks. It knows no files, no clock and no other stage.
 */
export interface Stage<I extends Ports, O extends Ports, C extends z.ZodType, Services> {
  readonly name: string;
  /** Raise it when the same inputs give another result. */
  readonly version: number;
  /** One line for people. */
  readonly summary: string;
  readonly config: C;
  readonly inputs: I;
  readonly outputs: O;
  /** What must be found again of what came in; the runner checks it when the stage is done. */
  readonly conserves?: readonly Conservation[];
  readonly uses: readonly (keyof Services & string)[];
  readonly run: (
    inputs: { readonly [K in keyof I]: InputOf<I[K]> },
    config: z.output<C>,
    context: StageContext<O, Services>,
  ) => Promise<ReturnedOutputs<O>> | ReturnedOutputs<O>;
}

/**
 * A stage whose types the runner does not know: what fits together is checked when the plan is made and at every boundary,
 * so that the runner may hand over what it has.
 */
export interface AnyStage {
  readonly name: string;
  readonly version: number;
  readonly summary: string;
  readonly config: z.ZodType;
  readonly inputs: Ports;
  readonly outputs: Ports;
  readonly conserves?: readonly Conservation[];
  readonly uses: readonly string[];
  readonly run: (inputs: never, config: never, context: never) => unknown;
}

/** Gives a function that defines stages over one set of services; each stage sees the services it names in `uses`. */
export const stageDefiner =
  <Services>() =>
  <I extends Ports, O extends Ports, C extends z.ZodType, const U extends readonly (keyof Services & string)[]>(
    stage: Stage<I, O, C, Pick<Services, U[number]>> & { readonly uses: U },
  ): Stage<I, O, C, Pick<Services, U[number]>> =>
    stage;
