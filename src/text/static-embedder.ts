import { Failure } from '../core/failure.js';
import type { Embedder } from './embedder.js';
import { readStaticTable } from './static-table.js';
import type { StaticTable } from './static-table.js';
import { wordFinder } from './static-words.js';

/** How much an unknown word counts: as much as the median word of the table. */
const unknownLength = 1;
/** Texts between two looks at the signal. */
const batchSize = 256;

let shared: ((text: string) => Float32Array) | undefined;

/**
 * Word vectors that were distilled from the Universal Sentence Encoder, beside those of GloVe: 228 dimensions, English,
 * offline, about 5 MB, some microseconds a text, the same bytes on every machine.
 *
 * A text is the sum of its words, so neither their order nor a "not" far from its verb is understood: `data/embeddings/README.md`
 * says what it can do and how well. A word that the table does not know gets a direction of its own, drawn from
 * its letters: it is like itself alone. A text without words is the zero vector, like nothing.
 *
 * @throws {Failure} `integrity` on the first text when the table is damaged
 */
export function staticEmbedder(): Embedder {
  return {
    name: 'populace-static-en@1',
    dimensions: 228,
    embed(texts, signal) {
      return Promise.resolve().then(() => {
        const vectorOf = (shared ??= textVectors(readStaticTable()));
        return texts.map((text, k) => {
          if (k % batchSize === 0 && signal.aborted)
            throw new Failure('interrupted', {
              where: 'staticEmbedder',
              problem: 'stopped before the last batch',
              got: k,
            });
          return vectorOf(text);
        });
      });
    },
  };
}

/**
 * A text to its unit vector: the words' vectors are added up, each block is scaled to the root of its share, and the whole to
 * length 1. Only sums, products, quotients and square roots are taken, which IEEE 754 fixes to the last bit.
 */
export function textVectors({ vocabulary, blocks, steps, nibbles }: StaticTable): (text: string) => Float32Array {
  const find = wordFinder(vocabulary);
  const dimensions = blocks.reduce((sum, block) => sum + block.dimensions, 0);
  const halfRow = dimensions / 2;

  function addRow(sums: Float64Array, row: number): void {
    let [at, byte] = [0, row * halfRow];
    for (let b = 0; b < blocks.length; b++) {
      const step = steps[row * blocks.length + b]!;
      for (const end = at + blocks[b]!.dimensions; at < end; at += 2, byte++) {
        const pair = nibbles[byte]!;
        sums[at]! += step * ((pair & 15) - 8);
        sums[at + 1]! += step * ((pair >> 4) - 8);
      }
    }
  }

  return (text) => {
    const sums = new Float64Array(dimensions);
    for (const word of find(text))
      if (typeof word === 'number') addRow(sums, word);
      else addUnknown(sums, word);
    return inShares(sums, blocks);
  };
}

/** Adds a vector with entries of one size and signs from a hash of the word. */
function addUnknown(sums: Float64Array, word: string): void {
  let state = 0x811c9dc5;
  for (let k = 0; k < word.length; k++) state = Math.imul(state ^ word.charCodeAt(k), 0x01000193);
  const size = unknownLength / Math.sqrt(sums.length);
  for (let k = 0; k < sums.length; k++) {
    // The finalizer of MurmurHash3 over a counter: neighbouring states have nothing in common.
    let bits = (state = (state + 0x9e3779b9) | 0);
    bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
    sums[k]! += ((bits ^ (bits >>> 16)) & 1) === 0 ? size : -size;
  }
}

function inShares(sums: Float64Array, blocks: StaticTable['blocks']): Float32Array {
  const lengths: number[] = [];
  let from = 0;
  for (const { dimensions } of blocks) {
    let squares = 0;
    for (const end = from + dimensions; from < end; from++) squares += sums[from]! * sums[from]!;
    lengths.push(Math.sqrt(squares));
  }
  // A block without a vector leaves the whole to the others.
  const present = blocks.reduce((sum, { share }, b) => sum + (lengths[b]! > 0 ? share : 0), 0);
  const vector = new Float32Array(sums.length);
  from = 0;
  blocks.forEach(({ dimensions, share }, b) => {
    const factor = lengths[b]! > 0 ? Math.sqrt(share / present) / lengths[b]! : 0;
    for (const end = from + dimensions; from < end; from++) vector[from] = sums[from]! * factor;
  });
  return vector;
}
