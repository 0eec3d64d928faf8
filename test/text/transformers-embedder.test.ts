import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { transformersEmbedder } from '../../src/text/transformers-embedder.js';

const signal = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), 'encoder-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const vocabulary = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'cats', 'dogs', 'rent'];
/** One row a word; [CLS] and [SEP] are zero, so a text's mean points where its words point. */
const rows = [
  [0, 0, 0],
  [0, 0, 1],
  [0, 0, 0],
  [0, 0, 0],
  [3, 4, 0],
  [4, 3, 0],
  [0, 0, 2],
];

describe('transformersEmbedder', () => {
  it('says where it looked when there is no such model', async () => {
    const embedder = transformersEmbedder({ folder, model: 'absent', dimensions: 3 });
    await expect(embedder.embed(['a'], signal)).rejects.toThrow(
      `transformersEmbedder.model: no such model in the folder; got ${join(folder, 'absent', 'config.json')}, expected a file. Put the ONNX model there by hand; nothing is downloaded.`,
    );
  });

  it('says that a broken model cannot be read, without the network', async () => {
    writeModel('broken', new Uint8Array([1, 2, 3]));
    const embedder = transformersEmbedder({ folder, model: 'broken', dimensions: 3 });
    await expect(embedder.embed(['a'], signal)).rejects.toThrow(
      'transformersEmbedder.model: the model cannot be read; got',
    );
  });

  it('averages the words of a local model and normalises', async () => {
    writeModel('tiny', onnxOf(rows));
    const embedder = transformersEmbedder({ folder, model: 'tiny', dimensions: 3, batchSize: 2 });
    const [cats, both, rent] = await embedder.embed(['cats', 'cats dogs', 'rent'], signal);
    expect([...cats!].map((x) => Number(x.toFixed(5)))).toEqual([0.6, 0.8, 0]);
    expect(both![0]).toBeCloseTo(Math.SQRT1_2, 5);
    expect(both![1]).toBeCloseTo(Math.SQRT1_2, 5);
    expect([...rent!]).toEqual([0, 0, 1]);

    const wrong = transformersEmbedder({ folder, model: 'tiny', dimensions: 4 });
    await expect(wrong.embed(['cats'], signal)).rejects.toThrow(
      'transformersEmbedder.dimensions: the model gives vectors of another length; got 3, expected 4.',
    );
    await expect(embedder.embed(['cats'], AbortSignal.abort())).rejects.toThrow('stopped before the last batch');
  });
});

function writeModel(name: string, onnx: Uint8Array): void {
  const path = join(folder, name);
  mkdirSync(join(path, 'onnx'), { recursive: true });
  writeFileSync(join(path, 'onnx', 'model.onnx'), onnx);
  writeFileSync(
    join(path, 'config.json'),
    JSON.stringify({ model_type: 'bert', architectures: ['BertModel'], hidden_size: 3 }),
  );
  writeFileSync(
    join(path, 'tokenizer_config.json'),
    JSON.stringify({ tokenizer_class: 'BertTokenizer', pad_token: '[PAD]', model_max_length: 64 }),
  );
  const special = (content: string, id: number): object => ({
    id,
    content,
    special: true,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
  });
  writeFileSync(
    join(path, 'tokenizer.json'),
    JSON.stringify({
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: vocabulary.slice(0, 4).map(special),
      normalizer: {
        type: 'BertNormalizer',
        clean_text: true,
        handle_chinese_chars: true,
        strip_accents: null,
        lowercase: true,
      },
      pre_tokenizer: { type: 'BertPreTokenizer' },
      post_processor: null,
      decoder: null,
      model: {
        type: 'WordPiece',
        unk_token: '[UNK]',
        continuing_subword_prefix: '##',
        max_input_chars_per_word: 100,
        vocab: Object.fromEntries(vocabulary.map((word, id) => [word, id])),
      },
    }),
  );
}

/** The smallest encoder: one Gather of a table by token id, as ONNX in protocol buffers (onnx.proto3, IR version 8, opset 13). */
function onnxOf(table: readonly (readonly number[])[]): Uint8Array {
  const varint = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...varint(n >>> 7)]);
  const number = (field: number, n: number): number[] => [...varint(field << 3), ...varint(n)];
  const bytes = (field: number, content: readonly number[]): number[] => [
    ...varint((field << 3) | 2),
    ...varint(content.length),
    ...content,
  ];
  const text = (field: number, content: string): number[] => bytes(field, [...Buffer.from(content)]);
  const tensorInfo = (name: string, type: number, dims: readonly (string | number)[]): number[] => [
    ...text(1, name),
    ...bytes(
      2,
      bytes(1, [
        ...number(1, type),
        ...bytes(
          2,
          dims.flatMap((dim) => bytes(1, typeof dim === 'string' ? text(2, dim) : number(1, dim))),
        ),
      ]),
    ),
  ];
  const data = [...new Uint8Array(Float32Array.from(table.flat()).buffer)];
  const graph = [
    ...bytes(1, [...text(1, 'table'), ...text(1, 'input_ids'), ...text(2, 'last_hidden_state'), ...text(4, 'Gather')]),
    ...text(2, 'tiny'),
    ...bytes(5, [...number(1, table.length), ...number(1, 3), ...number(2, 1), ...text(8, 'table'), ...bytes(9, data)]),
    ...bytes(11, tensorInfo('input_ids', 7, ['batch', 'length'])),
    ...bytes(11, tensorInfo('attention_mask', 7, ['batch', 'length'])),
    ...bytes(12, tensorInfo('last_hidden_state', 1, ['batch', 'length', 3])),
  ];
  return Uint8Array.from([...number(1, 8), ...bytes(7, graph), ...bytes(8, [...text(1, ''), ...number(2, 13)])]);
}
