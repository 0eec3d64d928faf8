import type { z } from 'zod';
import { Failure } from '../../src/core/failure.js';
import type { Finding } from '../../src/core/findings.js';
import { randomStream } from '../../src/core/random.js';
import { checkTable, type Table } from '../../src/core/table.js';
import type { InputOf, OutputOf, RowsKind, RowSource } from '../../src/pipeline/artifact.js';
import type { Ports, Stage, StageContext } from '../../src/pipeline/stage.js';

type Inputs<I extends Ports> = {
  readonly [K in keyof I as undefined extends InputOf<I[K]> ? never : K]: InputOf<I[K]>;
} & { readonly [K in keyof I as undefined extends InputOf<I[K]> ? K : never]?: InputOf<I[K]> };
type Emitted<O extends Ports> = {
  readonly [K in keyof O as O[K] extends RowsKind<unknown> ? K : never]: O[K] extends RowsKind<infer T> ? T[] : never;
};
type Returned<O extends Ports> = {
  readonly [K in keyof O as O[K] extends RowsKind<unknown> ? never : K]: OutputOf<O[K]>;
};

/** What a stage may find around it, besides its services. */
export interface Surroundings {
  readonly seed?: string;
  readonly signal?: AbortSignal;
  /** What earlier stages recorded. */
  readonly findings?: readonly (Finding & { readonly stage: string })[];
}

/** What a stage said and wrote while it ran. */
export interface Seen<O extends Ports> {
  /** Rows by output, each checked against its schema as the runner does. */
  readonly rows: Emitted<O>;
  readonly findings: readonly Finding[];
  readonly progress: readonly (readonly [done: number, total: number])[];
}

/** Rows of memory as a stage gets them. */
export const rowsOf = <T>(items: readonly T[]): RowSource<T> => ({
  count: items.length,
  async *[Symbol.asyncIterator]() {
    for (const item of items) yield await Promise.resolve(item);
  },
});

/** The context of one run of a stage, and what the stage leaves in it. */
export function stageContext<I extends Ports, O extends Ports, C extends z.ZodType, S>(
  stage: Stage<I, O, C, S>,
  services: NoInfer<S>,
  { seed = '1', signal = new AbortController().signal, findings = [] }: Surroundings = {},
): Seen<O> & { readonly context: StageContext<O, S> } {
  const rows: Record<string, unknown[]> = {};
  const emit: Record<string, (row: unknown) => Promise<void>> = {};
  for (const [port, kind] of Object.entries(stage.outputs)) {
    if (kind.kind !== 'rows') continue;
    const own: unknown[] = (rows[port] = []);
    emit[port] = (row) => Promise.resolve(void own.push(kind.schema.parse(row)));
  }
  const recorded: Finding[] = [];
  const progress: [number, number][] = [];
  return {
    rows: rows as Emitted<O>,
    findings: recorded,
    progress,
    context: {
      random: randomStream(seed, stage.name),
      signal,
      record: (finding) => void recorded.push(finding),
      progress: (done, total) => void progress.push([done, total]),
      services,
      findings,
      provenance: { version: '0.0.0-test', seed, sources: [{ name: 'target', sha256: 'f'.repeat(64) }] },
      emit: emit as StageContext<O, S>['emit'],
    },
  };
}

/** Runs a stage by itself; settings get their defaults and outputs are checked, as the runner does both. */
export async function runStage<I extends Ports, O extends Ports, C extends z.ZodType, S>(
  stage: Stage<I, O, C, S>,
  inputs: Inputs<I>,
  config: z.input<NoInfer<C>>,
  services: NoInfer<S>,
  surroundings?: Surroundings,
): Promise<Seen<O> & { readonly outputs: Returned<O> }> {
  const { context, ...seen } = stageContext(stage, services, surroundings);
  const outputs = await stage.run(
    inputs as unknown as { readonly [K in keyof I]: InputOf<I[K]> },
    stage.config.parse(config),
    context,
  );
  for (const [port, kind] of Object.entries(stage.outputs)) {
    const output = (outputs as Record<string, unknown>)[port];
    if ('optional' in kind && output === undefined) continue;
    if (kind.kind === 'value') kind.schema.parse(output);
    if (kind.kind !== 'columns') continue;
    const table = output as Table;
    checkTable(table);
    const missing = kind.required.filter((column) => !(column in table.columns));
    if (table.schema !== kind.schema || missing.length > 0)
      throw new Error(`${port}: ${table.schema} lacks ${missing.join(', ')}`);
  }
  return { ...seen, outputs: outputs as unknown as Returned<O> };
}

/** The Failure that a stage ends in, and what it had said and written until then. Anything else is a defect. */
export async function failedStage<I extends Ports, O extends Ports, C extends z.ZodType, S>(
  stage: Stage<I, O, C, S>,
  inputs: Inputs<I>,
  config: z.input<NoInfer<C>>,
  services: NoInfer<S>,
  surroundings?: Surroundings,
): Promise<Seen<O> & { readonly failure: Failure }> {
  const { context, ...seen } = stageContext(stage, services, surroundings);
  try {
    await stage.run(
      inputs as unknown as { readonly [K in keyof I]: InputOf<I[K]> },
      stage.config.parse(config),
      context,
    );
  } catch (failure) {
    if (failure instanceof Failure) return { ...seen, failure };
    throw failure;
  }
  throw new Error(`${stage.name} did not fail`);
}

/** The finding with a code; there must be exactly one. */
export function findingOf(findings: readonly Finding[], code: string): Finding {
  const found = findings.filter((finding) => finding.code === code);
  if (found.length !== 1) throw new Error(`${found.length} findings ${code}`);
  return found[0]!;
}
