import { sha256 } from '../../core/canonical-json.js';
import type { History } from '../history.js';
import { remembered } from '../remembered.js';
import type { EvidenceReader } from './evidence.js';

/** Histories and texts whose reading is kept: some 10 and 1 kilobytes each. */
const mostHistories = 4096;
const mostTexts = 32_768;

/**
 * A reader that reads no history and no text twice: of one run, mining, filtering and measuring ask for the same ones. What
 * it says is what `reader` says. A text is known by its hash, so that none is held in memory.
 */
export function rememberingReader(reader: EvidenceReader): EvidenceReader {
  return {
    read: remembered((history) => reader.read(history), {
      keyOf: ({ posts, declared }) => sha256(JSON.stringify([posts, declared])),
      most: mostHistories,
    }),
    readText: (posts) => reader.readText(posts),
    readFacts: remembered((posts: History['posts']) => reader.readFacts(posts), {
      keyOf: (posts) => sha256(JSON.stringify(posts)),
      most: mostTexts,
    }),
  };
}
