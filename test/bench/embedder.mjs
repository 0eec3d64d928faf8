// Microseconds of processor time a text: the static embedder beside the Universal Sentence Encoder, in one process.
//   npm run --silent bench -- embedder [--texts 2000]
// One JSON line. Texts are sentences of the demo histories; the encoder reads a twentieth of them.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { staticEmbedder } from '../../dist/src/text/static-embedder.js';
import { sentences, wordCount } from '../../dist/src/text/tokens.js';
import { useEmbedder } from '../../dist/src/text/use-embedder.js';

const { values } = parseArgs({ options: { texts: { type: 'string', default: '2000' } } });
const size = Number(values.texts);
const histories = readFileSync(new URL('../../data/histories/demo.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n');
const found = histories.flatMap((line) => sentences(JSON.parse(line).text).map(({ text }) => text));
const texts = Array.from({ length: size }, (_, k) => found[k % found.length]);
const { signal } = new globalThis.AbortController();

async function microseconds(embedder, list) {
  await embedder.embed(list, signal);
  const before = process.cpuUsage();
  await embedder.embed(list, signal);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / list.length;
}

const ours = await microseconds(staticEmbedder(), texts);
const theirs = await microseconds(useEmbedder(), texts.slice(0, Math.max(1, size / 20)));
const words = texts.reduce((sum, text) => sum + wordCount(text), 0) / size;
console.log(JSON.stringify({ texts: size, wordsPerText: words, static: ours, use: theirs, ratio: theirs / ours }));
