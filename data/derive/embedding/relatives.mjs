// Words that mean much the same pull one another's vectors together ("retrofitting", Faruqui et al. 2015, arXiv 1411.4166).

/** How much a link counts: words of one synset, a word and its broader term, a word and its base form. */
const weights = { synonym: 1, broader: 0.5, base: 2 };
const endings = [['s', ''], ['es', ''], ['ed', ''], ['d', ''], ['ing', ''], ['ing', 'e'], ['ly', '']];

/** For every word a map from its relatives to the weight of the link. */
export function relatives(vocabulary, synsets) {
  const lines = new Map(vocabulary.map((word, line) => [word, line]));
  const links = vocabulary.map(() => new Map());
  const link = (a, b, weight) => {
    if (a === b) return;
    links[a].set(b, (links[a].get(b) ?? 0) + weight);
    links[b].set(a, (links[b].get(a) ?? 0) + weight);
  };
  const known = (lemmas) => lemmas.map((lemma) => lines.get(lemma)).filter((line) => line !== undefined);
  const byId = new Map(synsets.map((synset) => [synset.id, synset]));
  for (const { lemmas, parents } of synsets) {
    const members = known(lemmas);
    members.forEach((a, k) => members.slice(0, k).forEach((b) => link(a, b, weights.synonym)));
    for (const parent of parents)
      for (const b of known(byId.get(parent)?.lemmas.slice(0, 2) ?? [])) for (const a of members) link(a, b, weights.broader);
  }
  vocabulary.forEach((word, line) => {
    for (const [ending, base] of endings) {
      const stem = word.length > 4 && word.endsWith(ending) ? lines.get(word.slice(0, -ending.length) + base) : undefined;
      if (stem !== undefined) link(line, stem, weights.base);
    }
  });
  return links;
}

/** Eight passes; `own` is the weight of a word's own vector against all of its relatives together. */
export function retrofitted(rows, d, links, own) {
  const out = Float64Array.from(rows);
  const pulled = new Float64Array(d);
  for (let pass = 0; pass < 8; pass++)
    links.forEach((relativesOf, i) => {
      if (relativesOf.size === 0) return;
      let total = 0;
      pulled.fill(0);
      for (const [b, weight] of relativesOf) {
        total += weight;
        for (let j = 0; j < d; j++) pulled[j] += weight * out[b * d + j];
      }
      const self = rows.subarray(i * d, (i + 1) * d).some((x) => x !== 0) ? own : 0;
      for (let j = 0; j < d; j++) out[i * d + j] = (self * rows[i * d + j] + pulled[j] / total) / (self + 1);
    });
  return out;
}
