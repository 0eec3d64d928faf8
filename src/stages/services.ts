import { z } from 'zod';
import type { RecordFinding } from '../core/findings.js';
import type { Table } from '../core/table.js';
import type { Judge, PersonaWriter, Respondent, Reviser } from '../persona/ports.js';
import { stageDefiner } from '../pipeline/stage.js';
import type { KernelSums } from '../survey/bandwidth.js';
import type { Embedder } from '../text/embedder.js';
import type { LanguageOf } from '../text/language.js';
import type { SourceRecord } from '../io/files.js';
import type { ColumnMap, readRawPosts } from '../io/histories.js';
import type { MarginFileCell } from '../io/margins.js';
import type { FileColumns } from '../io/read-columns.js';
import type { EvidenceReader } from '../persona/evidence/evidence.js';
import type { BlindScorer } from '../persona/filter/blind-scorer.js';
import type { TopicsIn } from '../persona/sensitive-topics.js';
import type { CueValidity } from '../persona/trait-posterior.js';

/** Which models a run was made with: an input, because other models give other results. */
export const Models = z.strictObject({
  /** `embedded` or `openai:NAME`. */
  model: z.string(),
  /** In the order of asking; empty without a judge. */
  judges: z.array(z.string()),
  baseUrl: z.string().nullable(),
});

/** The file that posts or a pool came from: an input, by its hash. */
export const InputFile = z.strictObject({ sha256: z.string() });

/** Everything that stages may ask for from outside; `cli/wiring.ts` makes the adapters. */
export interface Services {
  /** Reads the raw posts of the file or folder that the user named. */
  readonly readPosts: (...options: Tail<Parameters<typeof readRawPosts>>) => ReturnType<typeof readRawPosts>;
  /** Which columns of that file look like author, text, date, age and sex. */
  readonly guessColumns: () => Promise<ColumnMap>;
  /** Records of the pool file that the user named. */
  readonly readPool: () => AsyncIterable<SourceRecord>;
  /** Cells of a margins file that the user named. */
  readonly readMargins: (
    file: 'margins' | 'personMargins',
    record: RecordFinding,
  ) => Promise<readonly MarginFileCell[]>;
  /** Columns of a file of records that the user named. */
  readonly readColumns: (
    file: 'sample' | 'persons' | 'zones' | 'labels' | 'earlier',
    isWanted: (column: string) => boolean,
  ) => Promise<FileColumns>;
  readonly writer: PersonaWriter;
  readonly respondent: Respondent;
  readonly reviser: Reviser;
  /** How far the trait cues in the evidence may be trusted. */
  readonly cueValidity: CueValidity;
  /** Reads texts as the embedded writer does; the rules of the filter read with it too. */
  readonly reader: EvidenceReader;
  /** Which sensitive topics a text touches, for sources that forbid some. */
  readonly topicsIn?: TopicsIn;
  /** Says where a text puts a person on the Big Five, knowing nothing but the text. */
  readonly blindScorer: BlindScorer;
  /** Empty without a judge model. */
  readonly judges: readonly Judge[];
  readonly embedder: Embedder;
  readonly languageOf: LanguageOf;
  /** Plain, or spread over workers; the same bytes either way. */
  readonly kernelSums: KernelSums;
  /** Threads for long computations, this one among them; the bytes of a result do not depend on it. */
  readonly workers: number;
  /** Bytes of a table as they will be on disk, for hashes in sidecars. */
  readonly encodeTable: (table: Table) => Uint8Array;
  /** Calls of a language model that may be under way at once. */
  readonly concurrency: number;
  /** Names of writer and respondent, for the provenance of what is emitted. */
  readonly makers: { readonly writer: string; readonly respondent: string };
  readonly version: string;
}

type Tail<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest] ? Rest : never;

/** Defines a stage over {@link Services}. */
export const defineStage = stageDefiner<Services>();
