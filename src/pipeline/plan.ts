import { z } from 'zod';
import { canonicalJson, sha256 } from '../core/canonical-json.js';
import { Failure } from '../core/failure.js';
import { extensionOf, type ArtifactKind } from './artifact.js';
import type { AnyStage, Ports } from './stage.js';

/** One stage in its place: which artifacts it reads and writes. An artifact is a source, or a file below the run folder. */
export interface Wire {
  readonly stage: AnyStage;
  /** Input of the stage -> artifact. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Output of the stage -> artifact. */
  readonly outputs: Readonly<Record<string, string>>;
  /**
   * Names a repetition of stages for comparison. It has the settings and the random numbers of the stage itself, and its
   * own name in the record: `branch/stage`. A stage that fails ends its branch, not the run; whoever reads from a branch
   * does so by an optional input.
   */
  readonly branch?: string;
}

/** What a stage in its place is called: with its branch, where it has one. */
export const nameOf = ({ stage, branch }: Wire): string =>
  branch === undefined ? stage.name : `${branch}/${stage.name}`;

/** A declared pipeline. */
export interface Pipeline {
  readonly name: string;
  readonly summary: string;
  /** Artifacts that come from outside, with what they must be. */
  readonly sources: Ports;
  readonly wires: readonly Wire[];
}

/** A value given from outside, with the hash of the file that it came from. */
export interface Source {
  readonly value: unknown;
  readonly sha256: string;
  /** For people: a path or a name from the catalog. */
  readonly origin: string;
  /** The hash as it is now, of a file that a stage reads by itself: it must not change while it is read. */
  readonly hashNow?: () => Promise<string>;
}

export interface PlannedStage {
  readonly wire: Wire;
  /** Resolved: defaults filled in. */
  readonly config: unknown;
  /** Same key, same result: sha256 of name, version, config, keys of the inputs, random path. */
  readonly key: string;
}

/**
 * Orders and checks a pipeline without doing any work: configs are parsed, wires must fit, and every stage gets its key.
 *
 * @param configs by stage name; unknown names are an error
 * @throws {Failure} `usage` naming the stage and the field
 */
export function planPipeline(
  pipeline: Pipeline,
  configs: Readonly<Record<string, unknown>>,
  sources: Readonly<Record<string, Pick<Source, 'sha256'>>>,
  seed: string,
): PlannedStage[] {
  const stageNames = pipeline.wires.map(({ stage }) => stage.name);
  const unknown = Object.keys(configs).find((name) => !stageNames.includes(name));
  if (unknown !== undefined)
    throw new Failure('usage', {
      where: 'config.stages',
      problem: 'unknown stage',
      got: unknown,
      expected: stageNames.join(', '),
    });
  const absent = Object.keys(pipeline.sources).find((name) => !(name in sources));
  if (absent !== undefined)
    throw new Failure('usage', { where: `${pipeline.name}.${absent}`, problem: 'nothing is given for this source' });
  const available = new Map<string, { kind: ArtifactKind; key: string }>(
    Object.entries(pipeline.sources).map(([name, kind]) => [name, { kind, key: sources[name]!.sha256 }]),
  );
  return pipeline.wires.map((wire) => {
    const { stage, inputs, outputs } = wire;
    const config = parseConfig(stage, configs[stage.name] ?? {});
    const inputKeys = Object.keys(stage.inputs).map((port) => {
      if (inputs[port] === undefined && 'optional' in stage.inputs[port]!) return [port, null];
      const found = available.get(inputs[port] ?? '');
      if (found === undefined || !isSameKind(found.kind, stage.inputs[port]!))
        throw new Failure('usage', {
          where: `${pipeline.name}.${stage.name}.${port}`,
          problem: found === undefined ? 'nothing is wired to this input' : 'another kind of artifact is wired here',
          got: inputs[port] ?? 'nothing',
        });
      return [port, found.key];
    });
    const key = sha256(canonicalJson([stage.name, stage.version, config, inputKeys, [seed, stage.name]]));
    for (const [port, kind] of Object.entries(stage.outputs)) {
      const file = outputs[port];
      if (file === undefined || !file.endsWith(`.${extensionOf(kind)}`) || available.has(file))
        throw new Failure('usage', {
          where: `${pipeline.name}.${stage.name}.${port}`,
          problem: 'no file of its own for this output',
          got: file ?? 'nothing',
          expected: `a new name that ends in .${extensionOf(kind)}`,
        });
      available.set(file, { kind, key: sha256(`${key} ${port}`) });
    }
    return { wire, config, key };
  });
}

/** Same kind, and the same schema where a kind names one. Values and rows are checked when they are read. */
const isSameKind = (a: ArtifactKind, b: ArtifactKind): boolean =>
  a.kind === b.kind && (a.kind !== 'columns' || b.kind !== 'columns' || a.schema === b.schema);

function parseConfig(stage: AnyStage, given: unknown): unknown {
  const parsed = stage.config.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new Failure('usage', {
    where: `config.stages.${stage.name}`,
    problem: z.prettifyError(parsed.error).replaceAll('\n', ' '),
  });
}
