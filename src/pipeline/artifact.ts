import type { z } from 'zod';
import type { Table } from '../core/table.js';

/** A small JSON value, validated as a whole. */
export interface ValueKind<T> {
  readonly kind: 'value';
  readonly schema: z.ZodType<T>;
}

/** Many records, streamed: one JSON line each, every one validated. */
export interface RowsKind<T> {
  readonly kind: 'rows';
  readonly schema: z.ZodType<T>;
}

/** Numbers and texts in columns; the schema is the table's name and version, and the columns it must have. */
export interface ColumnsKind {
  readonly kind: 'columns';
  readonly schema: string;
  readonly required: readonly string[];
}

/** A finished document: HTML, Markdown, or CSV for other programs. */
export interface TextKind {
  readonly kind: 'text';
  readonly extension: 'html' | 'md' | 'csv';
}

export type ArtifactKind = ValueKind<unknown> | RowsKind<unknown> | ColumnsKind | TextKind;

/** Kind of one validated value. */
export const value = <T>(schema: z.ZodType<T>): ValueKind<T> => ({ kind: 'value', schema });
/** Kind of many validated rows. */
export const rows = <T>(schema: z.ZodType<T>): RowsKind<T> => ({ kind: 'rows', schema });
/** Kind of a table with these columns at least. */
export const columns = (schema: string, required: readonly string[]): ColumnsKind => ({
  kind: 'columns',
  schema,
  required,
});
/** Kind of a document. */
export const text = (extension: TextKind['extension']): TextKind => ({ kind: 'text', extension });

/** Marks an input that need not be wired, or an output that need not be written. */
export interface Optional {
  readonly optional: true;
}
/**
 * Kind of an input that need not be wired: the stage then receives undefined. Of an output (other than rows): the stage may
 * return undefined, and then there is no such file.
 */
export const optional = <K extends ArtifactKind>(kind: K): K & Optional => ({ ...kind, optional: true });

/** Records that can be read again and again, in the order in which they were written. */
export interface RowSource<T> extends AsyncIterable<T> {
  readonly count: number;
}

/** All rows in memory: only for stages that cannot work on a stream. */
export async function collectRows<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of source) all.push(row);
  return all;
}

/** What a stage receives for an input of a kind. */
export type InputOf<K> = K extends Optional ? WiredInputOf<K> | undefined : WiredInputOf<K>;

type WiredInputOf<K> =
  K extends ValueKind<infer T>
    ? T
    : K extends RowsKind<infer T>
      ? RowSource<T>
      : K extends ColumnsKind
        ? Table
        : string;

/** What a stage returns for an output of a kind; rows are emitted one by one instead. */
export type OutputOf<K> = K extends Optional ? WrittenOutputOf<K> | undefined : WrittenOutputOf<K>;

type WrittenOutputOf<K> = K extends ValueKind<infer T> ? T : K extends ColumnsKind ? Table : string;

/** File extension of a kind. */
export function extensionOf(kind: ArtifactKind): string {
  switch (kind.kind) {
    case 'value':
      return 'json';
    case 'rows':
      return 'jsonl';
    case 'columns':
      return 'parquet';
    case 'text':
      return kind.extension;
  }
}
