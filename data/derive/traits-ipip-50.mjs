// IPIP-50 trait target for US adults: histograms of domain scores by sex and age, the
// correlation within those cells, reliabilities and item response shares.
// Reads respondent rows and writes aggregates only.
import { assert, assertNear, DOMAINS, isPositiveDefinite, LETTERS, moments, parseArgs, readCsv, readJson, round6, roundShares, sum, writeJson } from './lib.mjs';

const args = parseArgs(
  ['rows', 'norms', 'out'],
  'usage: node traits-ipip-50.mjs --rows big5_items.csv[.gz] --norms norms.json --out ipip-50-us-adults.json',
);

const LEVELS = Array.from({ length: 41 }, (_, i) => 1 + i / 10); // means of ten answers 1..5
const BANDS = [[18, 24], [25, 34], [35, 44], [45, 54], [55, 64], [65, 120]];
const MIN_N = 100;
// Items scored 6 - answer. N is scored as neuroticism, so only its two calm items are reversed.
const REVERSED = { E: [2, 4, 6, 8, 10], A: [1, 3, 5, 7], C: [2, 4, 6, 8], N: [2, 4], O: [2, 4, 6] };
const ITEMS = LETTERS.flatMap((d) => Array.from({ length: 10 }, (_, i) => `${d}${i + 1}`));

// ---------------------------------------------------------------- rows -> kept respondents
const kept = readCsv(args.rows)
  .map((row) => ({ sex: { 1: 'male', 2: 'female' }[row.gender], age: Number(row.age), country: row.country, answers: ITEMS.map((i) => Number(row[i])) }))
  // 0 is a missed item; fifty equal answers are not answers; ages hold junk up to 1e9
  .filter((p) => p.sex && p.age >= 13 && p.age <= 99 && p.answers.every((a) => a >= 1 && a <= 5) && p.answers.some((a) => a !== p.answers[0]));
for (const p of kept) {
  p.scored = ITEMS.map((id, i) => (REVERSED[id[0]].includes(Number(id.slice(1))) ? 6 - p.answers[i] : p.answers[i]));
  p.sums = LETTERS.map((_, d) => sum(p.scored.slice(10 * d, 10 * d + 10))); // 10..50
}

const meanSd = (xs) => {
  const m = sum(xs) / xs.length;
  return [m, Math.sqrt(sum(xs.map((x) => (x - m) ** 2)) / (xs.length - 1))];
};
/** Cronbach's alpha of the ten items of each domain. */
const alphas = (people) =>
  LETTERS.map((_, d) => {
    const items = Array.from({ length: 10 }, (_, i) => meanSd(people.map((p) => p.scored[10 * d + i]))[1] ** 2);
    return (10 / 9) * (1 - sum(items) / meanSd(people.map((p) => p.sums[d]))[1] ** 2);
  });

// ---------------------------------------------------------------- check against the published norms
// norms.json: the same rows, domain order E,N,A,C,O, all countries and US, printed to 3-4 decimals.
const norms = readJson(args.norms);
const NORM_ORDER = ['E', 'N', 'A', 'C', 'O'].map((l) => LETTERS.indexOf(l));
assert(kept.length === norms.n && kept.length === 9801, `9,801 kept respondents, found ${kept.length}`);
const comparePeople = (people, expected, tolerance, what) => {
  assert(people.length === expected.n, `${what}: n ${people.length}, expected ${expected.n}`);
  NORM_ORDER.forEach((d, k) => {
    const [mean, sd] = meanSd(people.map((p) => p.sums[d] / 10));
    assertNear(mean, expected.mean[k], tolerance, `${what} ${LETTERS[d]} mean`);
    assertNear(sd, expected.sd[k], tolerance, `${what} ${LETTERS[d]} sd`);
  });
};
comparePeople(kept, norms, 0.000051, 'all');
alphas(kept).forEach((a, d) => assertNear(a, norms.alpha[NORM_ORDER.indexOf(d)], 0.00051, `alpha ${LETTERS[d]}`));
let compared = 0;
for (const [key, expected] of Object.entries(norms.cells)) {
  const [country, sex, ages] = key.split('|');
  const [low, high] = ages.split('-').map(Number);
  const people = kept.filter((p) => (country === 'all' || p.country === country) && p.sex === (sex === 'M' ? 'male' : 'female') && p.age >= low && p.age <= high);
  comparePeople(people, expected, 0.00051, key);
  compared++;
}
// Printed independently of norms.json (two decimals): men 18-24, women 25-34, all countries, E N A C O.
const PRINTED = { 'all|M|18-24': [[2.89, 2.96, 3.62, 3.25, 3.95], [0.95, 0.86, 0.73, 0.71, 0.61]], 'all|F|25-34': [[3.12, 3.14, 4.07, 3.46, 3.9], [0.94, 0.85, 0.61, 0.71, 0.62]] };
for (const [key, [means, sds]] of Object.entries(PRINTED)) {
  means.forEach((m, k) => assertNear(norms.cells[key].mean[k], m, 0.0051, `${key} mean ${k}`));
  sds.forEach((s, k) => assertNear(norms.cells[key].sd[k], s, 0.0055, `${key} sd ${k}`));
}
console.log(`norms reproduced: n, mean, sd and alpha of all ${kept.length}; n, mean, sd of ${compared} cells`);

// ---------------------------------------------------------------- US adults
const adults = kept.filter((p) => p.age >= 18);
const us = adults.filter((p) => p.country === 'US');
const inCell = (people, sex, [low, high]) => people.filter((p) => p.sex === sex && p.age >= low && p.age <= high);

const histograms = (people) =>
  LETTERS.map((_, d) => {
    const counts = LEVELS.map(() => 0);
    for (const p of people) counts[p.sums[d] - 10]++;
    return counts.map((c) => c / people.length);
  });

const cells = [];
for (const sex of ['female', 'male']) {
  let younger; // histograms of the next younger cell, smoothed already
  for (const ages of BANDS) {
    const own = inCell(us, sex, ages);
    const everywhere = inCell(adults, sex, ages);
    let shares = histograms(own);
    const smoothed = own.length < MIN_N;
    if (smoothed) {
      const useWorld = everywhere.length >= MIN_N;
      const reference = useWorld ? histograms(everywhere) : younger;
      shares = shares.map((h, d) => h.map((x, k) => (own.length * x + (MIN_N - own.length) * reference[d][k]) / MIN_N));
      console.log(`smoothed: ${sex} ${ages.join('-')}, n ${own.length}, with ${useWorld ? `all countries (n ${everywhere.length})` : `the next younger cell (all countries n ${everywhere.length})`}`);
    }
    const stats = shares.map((h) => moments(LEVELS, h));
    cells.push({
      sex, ages, n: own.length, smoothed,
      mean: stats.map((s) => round6(s.mean)),
      sd: stats.map((s) => round6(s.sd)),
      histogram: shares.map((h) => roundShares(h)),
    });
    younger = shares;
  }
}
assert(sum(cells.map((c) => c.n)) === us.length, 'every US adult is in one cell');

// Correlation of scores centred on their cell: age and sex differences are carried by the
// cells, so leaving them in the matrix would count them twice.
const centred = ['female', 'male'].flatMap((sex) =>
  BANDS.flatMap((ages) => {
    const people = inCell(us, sex, ages);
    const means = LETTERS.map((_, d) => sum(people.map((p) => p.sums[d])) / people.length);
    return people.map((p) => p.sums.map((x, d) => x - means[d]));
  }),
);
const covariance = LETTERS.map((_, i) => LETTERS.map((_, j) => sum(centred.map((x) => x[i] * x[j]))));
const correlation = covariance.map((row, i) => row.map((c, j) => (i === j ? 1 : round6(c / Math.sqrt(covariance[i][i] * covariance[j][j])))));
assert(isPositiveDefinite(correlation), 'correlation positive definite');

// Two contrasts for the flags: age (correlation) and sex (women minus men, in pooled SDs).
const ageCorrelation = (people, d) => {
  const ages = meanSd(people.map((p) => p.age));
  const scores = meanSd(people.map((p) => p.sums[d]));
  return sum(people.map((p) => (p.age - ages[0]) * (p.sums[d] - scores[0]))) / ((people.length - 1) * ages[1] * scores[1]);
};
const sexDifference = (people, d) => {
  const [women, men] = ['female', 'male'].map((sex) => people.filter((p) => p.sex === sex).map((p) => p.sums[d]));
  const [w, m] = [meanSd(women), meanSd(men)];
  const variance = ((women.length - 1) * w[1] ** 2 + (men.length - 1) * m[1] ** 2) / (women.length + men.length - 2);
  return (w[0] - m[0]) / Math.sqrt(variance);
};
const signed = (x) => `${x < 0 ? '-' : '+'}${Math.abs(x).toFixed(2).replace(/^0/, '')}`;
const womenShare = us.filter((p) => p.sex === 'female').length / us.length;
const under35 = us.filter((p) => p.age < 35).length / us.length;

const items = ITEMS.map((id, i) => {
  const answers = us.map((p) => p.answers[i]); // raw, before reverse keying
  const shares = [1, 2, 3, 4, 5].map((a) => answers.filter((x) => x === a).length);
  const { mean, sd } = moments([1, 2, 3, 4, 5], shares);
  return { id, domain: DOMAINS[LETTERS.indexOf(id[0])], mean: round6(mean), sd: round6(sd), shares: roundShares(shares) };
});

console.log(cells.map((c) => `${c.sex} ${c.ages.join('-')}: n ${c.n}${c.smoothed ? ' (smoothed)' : ''}; mean ${c.mean.map((m) => m.toFixed(3)).join(' ')}; sd ${c.sd.map((m) => m.toFixed(3)).join(' ')}`).join('\n'));
console.log(`alpha ${alphas(us).map((a) => a.toFixed(3)).join(' ')}\n${correlation.map((r) => r.map((x) => x.toFixed(3)).join(' ')).join('\n')}`);

writeJson(args.out, {
  schema: 'trait-target/1',
  name: 'ipip-50-us-adults',
  instrument: 'ipip-50',
  title: 'Big Five domain scores of US adults on the 50-item IPIP inventory, by sex and age',
  universe: `visitors of a personality-test website located in the United States, aged 18 to 99, male or female, complete answers (n ${us.length})`,
  period: 'about 2012 (file of 2014)',
  source: {
    title: 'Open-Source Psychometrics Project, BIG5 raw data, one random half of the respondents',
    publisher: 'openpsychometrics.org',
    licence: 'no formal licence; published by the site for general edification and research, anonymous; aggregates only here. Items: public domain (ipip.ori.org)',
  },
  flags: [
    `volunteers, self-selected: used only conditional on sex and age, never as a raw marginal (${(100 * womenShare).toFixed(0)} % are women, ${(100 * under35).toFixed(0)} % are under 35)`,
    `selection is not cured by conditioning, and a sign may be wrong: the correlation of age with openness is ${signed(ageCorrelation(us, 4))} among these US adults (${signed(ageCorrelation(adults, 4))} over all countries) but -.10 in the nationally representative ANES 2012 (weighted TIPI); the women-minus-men difference is ${signed(sexDifference(us, 3))} SD in neuroticism and ${signed(sexDifference(us, 4))} SD in openness here, +.14 and -.06 there`,
    'ANES uses a two-item-per-domain instrument on another scale: compare standardised contrasts, not means',
    'answers were collected with the labels 1 = Disagree, 3 = Neutral, 5 = Agree, not with the accuracy labels of the inventory file',
    'few older people: cells with fewer than 100 respondents are smoothed (see smoothing), and the two oldest cells (65+) rest largely on younger people',
    'country is the technical location of the visitor; race, education and region were not used',
    'sd and item sd use the divisor n; histogram shares are rounded to six decimals with the remainder on the largest level',
    'item shares, means and sds are raw answers before reverse keying, not weighted to the population',
  ],
  domains: DOMAINS,
  scale: { min: 1, max: 5, levels: 41 },
  smoothing:
    'Cells with n < 100 US respondents: histogram = (n*own + (100-n)*reference)/100, where the reference is the same sex x age cell over all countries if that has at least 100 respondents, else the next younger cell of the same sex as it stands in this file (smoothed where it was). Mean and sd are computed from the resulting histogram; n stays the number of US respondents.',
  cells,
  correlation,
  correlationBasis: `pooled within sex x age cells (US respondents, unsmoothed, n ${us.length})`,
  alpha: alphas(us).map(round6),
  items,
});
