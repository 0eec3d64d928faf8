// IPIP-NEO-120 trait target from the published norms of J. A. Johnson (means and SDs of raw
// sums by sex and age), with the domain correlations of a published meta-analysis.
import { assert, assertNear, DOMAINS, isPositiveDefinite, LETTERS, moments, parseArgs, readJson, round6, roundShares, sum, writeJson } from './lib.mjs';
import { FACETS } from './facets.mjs';

const args = parseArgs(['norms', 'out'], 'usage: node traits-ipip-neo-120.mjs --norms ipip_neo_norms_johnson.json --out ipip-neo-120-johnson.json');

const LEVELS = Array.from({ length: 97 }, (_, i) => 1 + i / 24); // means of 24 answers 1..5
const BANDS = [[18, 20], [21, 40], [41, 60], [61, 120]];
const REST_ORDER = ['N', 'E', 'O', 'A', 'C']; // six facet means, then six facet sds, per domain

// The file holds 12 groups; the first eight are the 120-item ones, men first, young to old.
const groups = readJson(args.norms).norms.slice(0, 8);
const pick = (sex, band) => {
  const group = groups[(sex === 'male' ? 0 : 4) + band];
  assert(group.category.startsWith(sex === 'male' ? 'men' : 'women'), `group ${group.category}`);
  assert(group.category.includes(['under 21', '21 and 40', 'between 41', 'over 60'][band]), `group ${group.category}`);
  assert(group.rest.length === 60, 'sixty facet figures');
  return group;
};

/**
 * Normal curve on the 97 levels with exactly the wanted mean and sd. The ends cut the curve off,
 * which alone would pull both in, so its two parameters are adjusted until the moments agree.
 */
function discreteNormal(mean, sd) {
  let mu = mean;
  let sigma = sd;
  for (let step = 0; step < 500; step++) {
    const density = LEVELS.map((x) => Math.exp(-((x - mu) ** 2) / (2 * sigma ** 2)));
    const now = moments(LEVELS, density);
    if (Math.abs(now.mean - mean) < 1e-12 && Math.abs(now.sd - sd) < 1e-12) return density;
    mu += mean - now.mean;
    sigma *= sd / now.sd;
  }
  throw new Error(`no discretised normal with mean ${mean}, sd ${sd}`);
}

const cells = [];
let largestGap = 0;
for (const sex of ['female', 'male']) {
  BANDS.forEach((ages, band) => {
    const group = pick(sex, band);
    const mean = LETTERS.map((l) => group.domain_mean[l] / 24);
    const sd = LETTERS.map((l) => group.domain_sd[l] / 24);
    const facet = (from) => LETTERS.flatMap((l) => group.rest.slice(12 * REST_ORDER.indexOf(l) + from, 12 * REST_ORDER.indexOf(l) + from + 6).map((x) => round6(x / 4)));
    const facetMean = facet(0);
    // Facets and domains were printed separately; their agreement confirms the order of `rest`.
    LETTERS.forEach((l, d) => {
      const gap = Math.abs(sum(facetMean.slice(6 * d, 6 * d + 6)) * 4 - group.domain_mean[l]);
      largestGap = Math.max(largestGap, gap);
      assert(gap < 2, `${group.category} ${l}: facets do not belong to this domain`);
    });
    cells.push({
      sex, ages, n: null, smoothed: false,
      mean: mean.map(round6),
      sd: sd.map(round6),
      histogram: mean.map((m, d) => roundShares(discreteNormal(m, sd[d]))),
      facetMean,
      facetSd: facet(6),
    });
  });
}
// Printed norm, men 21-40: N 66.97 (16.48), C 85.50 (14.27).
const men = cells.find((c) => c.sex === 'male' && c.ages[0] === 21);
assertNear(men.mean[3] * 24, 66.97, 1e-4, 'N mean of men 21-40');
assertNear(men.sd[2] * 24, 14.27, 1e-4, 'C sd of men 21-40');

// Davies et al. (2015): observed (uncorrected) meta-analytic correlations, N 61,000-92,000 a pair.
const PAIRS = { EA: 0.16, EC: 0.15, EN: -0.22, EO: 0.26, AC: 0.32, AN: -0.24, AO: 0.15, CN: -0.27, CO: 0.09, NO: -0.07 };
const correlation = LETTERS.map((a) => LETTERS.map((b) => (a === b ? 1 : (PAIRS[a + b] ?? PAIRS[b + a]))));
assert(isPositiveDefinite(correlation), 'correlation positive definite');

writeJson(args.out, {
  schema: 'trait-target/1',
  name: 'ipip-neo-120-johnson',
  instrument: 'ipip-neo-120',
  title: 'Big Five domain and facet norms of the 120-item IPIP-NEO, by sex and age',
  universe: 'visitors of a personality-test website (J. A. Johnson); country and group sizes not stated with the norms',
  period: 'not stated with the norms',
  source: {
    title: 'IPIP-NEO-120 norms of J. A. Johnson as printed in his scoring script, via five-factor-e (ipipneo/norm.py); correlations: Davies et al. (2015), meta-analysis, via R package configural',
    publisher: 'J. A. Johnson; NeuroQuestAi/five-factor-e',
    licence: 'MIT (five-factor-e); published figures',
  },
  flags: [
    'volunteers, self-selected: used only conditional on sex and age, never as a raw marginal',
    'converted: raw sums of 24 items (24-120) divided by 24, facet sums of 4 items divided by 4',
    'histograms are not observed: normal curves on the 97 levels whose parameters were set so that mean and sd on the bounded scale equal the published ones',
    "the youngest cell is Johnson's group under 21, which includes people under 18; here it stands for ages 18-20",
    'the source labels the third group of women "between 41 and 61"; read as 41-60, like the men',
    "correlation is the observed meta-analytic matrix of Davies et al. (2015), from several instruments, not from Johnson's sample, and not within sex x age cells",
    'n and alpha are null: not given with the norms',
    `facet means, printed separately, add up to the domain mean only approximately: the largest gap is ${largestGap.toFixed(2)} points of the raw sum (24-120)`,
  ],
  domains: DOMAINS,
  scale: { min: 1, max: 5, levels: 97 },
  smoothing: 'none; published means and sds are used as they are',
  facets: { names: FACETS.map((f) => f.id) },
  cells,
  correlation,
  correlationBasis: 'observed meta-analytic correlations over several instruments (Davies et al. 2015), not within cells',
  alpha: null,
  items: [],
});
