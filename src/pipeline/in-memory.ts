import type { z } from 'zod';
import { randomStream } from '../core/random.js';
import type { InputOf, OutputOf, RowsKind, RowSource } from './artifact.js';
import type { Ports, Stage, StageContext } from './stage.js';

/** Rows in memory as a stage gets them. */
export const rowsInMemory = <T>(items: readonly T[]): RowSource<T> => ({
  count: items.length,
  async *[Symbol.asyncIterator]() {
    for (const item of items) yield await Promise.resolve(item);
  },
});

type RowsOf<O extends Ports> = {
  readonly [K in keyof O as O[K] extends RowsKind<unknown> ? K : never]: O[K] extends RowsKind<infer T> ? T[] : never;
};
type ReturnedOf<O extends Ports> = {
  readonly [K in keyof O as O[K] extends RowsKind<unknown> ? never : K]: OutputOf<O[K]>;
};

/** Runs one stage without a folder, a record or a log: to look ahead, never to make a result. */
export async function runInMemory<I extends Ports, O extends Ports, C extends z.ZodType, S>(
  stage: Stage<I, O, C, S>,
  inputs: { readonly [K in keyof I]: InputOf<I[K]> },
  config: unknown,
  services: S,
  seed: string,
): Promise<RowsOf<O> & ReturnedOf<O>> {
  const rows: Record<string, unknown[]> = {};
  const emit: Record<string, (row: unknown) => Promise<void>> = {};
  for (const [port, kind] of Object.entries(stage.outputs)) {
    if (kind.kind !== 'rows') continue;
    const own: unknown[] = (rows[port] = []);
    emit[port] = (row) => Promise.resolve(void own.push(row));
  }
  const nothing = (): void => undefined;
  const context: StageContext<O, S> = {
    random: randomStream(seed, stage.name),
    signal: new AbortController().signal,
    record: nothing,
    progress: nothing,
    services,
    findings: [],
    provenance: { version: '', seed, sources: [] },
    emit: emit as StageContext<O, S>['emit'],
  };
  const returned = await stage.run(inputs, stage.config.parse(config), context);
  return { ...rows, ...returned } as unknown as RowsOf<O> & ReturnedOf<O>;
}
