import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { sha256 } from '../core/canonical-json.js';
import { Failure } from '../core/failure.js';

/** A run of dimensions that come from one source: they are scaled to one length before the sources are put together. */
const Block = z.strictObject({
  dimensions: z.number().int().positive().multipleOf(2),
  /** Share of this source in the similarity of two texts; the shares of a table add up to one. */
  share: z.number().positive().max(1),
});

/** What stands beside a table of word vectors: how it is laid out, where it is from and what was measured. */
const TableCard = z.object({
  schema: z.literal('static-embedding/1'),
  name: z.string(),
  words: z.number().int().positive(),
  blocks: z.array(Block).min(1),
  files: z.record(z.string(), z.strictObject({ sha256: z.string() })),
});

/** Word vectors in four bits a number. */
export interface StaticTable {
  /** Name and version of the model. */
  readonly name: string;
  /** Folded words, one a row. */
  readonly vocabulary: readonly string[];
  readonly blocks: readonly z.infer<typeof Block>[];
  /** Size of one step of a row's block, rows x blocks. */
  readonly steps: Float32Array;
  /** Rows x half the dimensions; the low half of a byte comes first, and 8 means nought. */
  readonly nibbles: Uint8Array;
}

/** The built program lies one folder deeper than its source. */
const folder = new URL(
  import.meta.url.endsWith('.ts') ? '../../data/embeddings/' : '../../../data/embeddings/',
  import.meta.url,
);

/**
 * The table that ships with the package, about 5 MB.
 *
 * @throws {Failure} `integrity` when a file is not the one that the card describes
 */
export function readStaticTable(from: URL = folder): StaticTable {
  const card = TableCard.parse(JSON.parse(readFileSync(new URL('static-en.json', from), 'utf8')));
  const read = (name: string): Buffer => {
    const bytes = readFileSync(new URL(name, from));
    if (sha256(bytes) !== card.files[name]?.sha256)
      throw new Failure('integrity', {
        where: `data/embeddings/${name}`,
        problem: 'not the file that static-en.json describes',
        hint: 'Reinstall the package.',
      });
    return bytes;
  };
  const vocabulary = read('static-en.words.txt').toString('utf8').trimEnd().split('\n');
  const table = read('static-en.bin');
  const steps = new Float32Array(card.words * card.blocks.length);
  // Written with the least byte first, whatever the machine.
  for (let k = 0; k < steps.length; k++) steps[k] = table.readFloatLE(4 * k);
  return { name: card.name, vocabulary, blocks: card.blocks, steps, nibbles: table.subarray(4 * steps.length) };
}
