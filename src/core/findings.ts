/** Something that a reader of the report should know. Library code never prints; this is its only voice. */
export interface Finding {
  readonly level: 'info' | 'caution';
  /** Stable kebab-case name, for tests and for readers of run-record.json. */
  readonly code: string;
  /** One sentence for a person. */
  readonly message: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

/** Receives findings; the runner puts them into the run record and the report. */
export type RecordFinding = (finding: Finding) => void;

/** Receives progress of long work: `done` of `total` units. Never part of a result. */
export type Progress = (done: number, total: number) => void;
