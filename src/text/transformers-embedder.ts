import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../core/failure.js';
import { normalized } from './embedder.js';
import type { Embedder } from './embedder.js';

export interface TransformersEmbedderOptions {
  /** Folder that holds one folder a model. */
  readonly folder: string;
  /** Folder of the model inside it: `config.json`, `tokenizer.json`, `tokenizer_config.json`, `onnx/model.onnx`. */
  readonly model: string;
  /** Length of the vectors, as the model's card says; another length is a failure. */
  readonly dimensions: number;
  /** Texts in one call. Default 32. */
  readonly batchSize?: number;
}

type Extract = (texts: string[], options: object) => Promise<{ tolist(): number[][] }>;

/**
 * Any sentence encoder in ONNX from a local folder, by mean pooling. The package `@xenova/transformers` is loaded only
 * here and only when the first text is embedded; nothing is ever downloaded.
 *
 * @throws {Failure} on the first use, `usage` when the package is not installed, `invalid-input` when the folder holds no
 *   such model, the model cannot be read, or its vectors have another length; `interrupted` when the signal aborts
 */
export function transformersEmbedder({
  folder,
  model,
  dimensions,
  batchSize = 32,
}: TransformersEmbedderOptions): Embedder {
  let loading: Promise<Extract> | undefined;
  return {
    name: `transformers:${model}`,
    dimensions,
    async embed(texts, signal) {
      const extract = await (loading ??= load(folder, model));
      const vectors: Float32Array[] = [];
      for (let from = 0; from < texts.length; from += batchSize) {
        if (signal.aborted)
          throw new Failure('interrupted', {
            where: 'transformersEmbedder',
            problem: 'stopped before the last batch',
            got: from,
          });
        const batch = texts.slice(from, from + batchSize).map((text) => text.trim() || '.');
        const rows = (await extract(batch, { pooling: 'mean', normalize: false })).tolist();
        for (const row of rows) {
          if (row.length !== dimensions)
            throw new Failure('invalid-input', {
              where: 'transformersEmbedder.dimensions',
              problem: 'the model gives vectors of another length',
              got: row.length,
              expected: String(dimensions),
            });
          vectors.push(normalized(row));
        }
      }
      return vectors;
    },
  };
}

async function load(folder: string, model: string): Promise<Extract> {
  const config = join(folder, model, 'config.json');
  if (!existsSync(config))
    throw new Failure('invalid-input', {
      where: 'transformersEmbedder.model',
      problem: 'no such model in the folder',
      got: config,
      expected: 'a file',
      hint: 'Put the ONNX model there by hand; nothing is downloaded.',
    });
  const { env, pipeline } = await importPackage();
  env.allowRemoteModels = false;
  env.localModelPath = folder;
  try {
    return await pipeline('feature-extraction', model, { dtype: 'fp32' });
  } catch (cause) {
    throw new Failure(
      'invalid-input',
      {
        where: 'transformersEmbedder.model',
        problem: 'the model cannot be read',
        got: cause instanceof Error ? cause.message : String(cause),
        expected: 'a sentence encoder in ONNX with its tokenizer',
      },
      { cause },
    );
  }
}

async function importPackage(): Promise<typeof import('@xenova/transformers')> {
  try {
    return await import('@xenova/transformers');
  } catch (cause) {
    throw new Failure(
      'usage',
      {
        where: 'transformersEmbedder',
        problem: 'the optional package @xenova/transformers cannot be loaded',
        hint: 'Install it with npm install @xenova/transformers@npm:@huggingface/transformers.',
      },
      { cause },
    );
  }
}
