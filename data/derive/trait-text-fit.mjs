// Fits the text model of traits and measures it on people who were not used for fitting. Pure: no files, no global
// randomness. The parts that the program itself uses (sentences, features, posterior) are passed in as `tools`, so that
// the script and the tests run the same code on the same functions.
import { DOMAINS, LETTERS, round6, sum } from './lib.mjs';

const folds = 10;
/** A word gets a weight of its own when this many people of the training set use it. */
const fewestUsers = 5;
/** Ridge penalties to choose from. */
const penalties = [5, 20, 80, 320];
/** Share of the prior variance of a score that word categories and style, and single words, have beside the published directions (1). */
const blockVariance = { category: 0.25, style: 0.25, word: 0.25 };
const resamples = 2000;

const mean = (xs) => sum(xs) / xs.length;
const sdOf = (xs) => {
  const m = mean(xs);
  return Math.sqrt(sum(xs.map((x) => (x - m) * (x - m))) / xs.length);
};

export function correlation(xs, ys) {
  const [mx, my] = [mean(xs), mean(ys)];
  return sum(xs.map((x, i) => (x - mx) * (ys[i] - my))) / (xs.length * sdOf(xs) * sdOf(ys));
}

/** 95 % interval of a correlation by Fisher's z. */
export function fisher(r, n) {
  const half = 1.959964 / Math.sqrt(n - 3);
  return [Math.tanh(Math.atanh(r) - half), Math.tanh(Math.atanh(r) + half)];
}

/** Slope of y on x with a 95 % interval. */
function slopeOf(xs, ys) {
  const [mx, my] = [mean(xs), mean(ys)];
  const sxx = sum(xs.map((x) => (x - mx) * (x - mx)));
  const slope = sum(xs.map((x, i) => (x - mx) * (ys[i] - my))) / sxx;
  const rest = sum(ys.map((y, i) => (y - my - slope * (xs[i] - mx)) ** 2));
  const half = 1.96 * Math.sqrt(rest / (xs.length - 2) / sxx);
  return { slope, interval: [slope - half, slope + half] };
}

/**
 * People with texts and outcomes: empty answers and answers that another person gave word for word are left out, and the
 * scores are standardized within sex and age by the norms, so that what sex and age say is not counted again.
 */
export function preparePeople(rows, norms, { wordProfile, sentences, normCellOf, sha256 }) {
  const seen = new Set();
  const people = [];
  const left = { empty: 0, repeated: 0 };
  for (const { id, gender, age, completions, big5_ipip50_mean: scores } of rows) {
    const texts = completions.map(({ text }) => text ?? '');
    const key = texts.map((text) => text.trim().toLowerCase()).join('|');
    const profileOf = (part) => wordProfile(part.flatMap(sentences));
    const profile = profileOf(texts);
    if (!/\p{L}/u.test(key)) left.empty++;
    else if (seen.has(key)) left.repeated++;
    else {
      const cell = norms.cells[normCellOf(norms, gender, age).index];
      people.push({
        fold: Number.parseInt(sha256(id).slice(0, 8), 16) % folds,
        sex: gender === 'male' ? 1 : 0,
        age,
        profile,
        halves: [0, 1].map((rest) => profileOf(texts.filter((_, k) => k % 2 === rest))),
        outcome: LETTERS.map((letter, d) => (scores[letter] - cell.mean[d]) / cell.sd[d]),
      });
    }
    seen.add(key);
  }
  return { people, left };
}

/** Features of a training set: the categories, the measures of style, and the words that enough people use. */
function featuresOf(people, categories, styleMeasures) {
  const users = new Map();
  for (const { profile } of people)
    for (const word of profile.counts.keys()) users.set(word, (users.get(word) ?? 0) + 1);
  const words = [...users].filter(([word, n]) => n >= fewestUsers && /^\p{L}/u.test(word)).map(([word]) => word);
  return [
    ...categories.map(({ name, words: list }) => ({ name, kind: 'category', words: list })),
    ...styleMeasures.map((name) => ({ name, kind: 'style', words: [] })),
    ...words.sort().map((word) => ({ name: word, kind: 'word', words: [word] })),
  ];
}

/** Inverse of a symmetric positive definite matrix (n x n) by Gauss-Jordan steps, in place. */
function invert(a, n) {
  for (let p = 0; p < n; p++) {
    const pivot = 1 / a[p * n + p];
    a[p * n + p] = 1;
    for (let j = 0; j < n; j++) a[p * n + j] *= pivot;
    for (let i = 0; i < n; i++) {
      if (i === p) continue;
      const factor = a[i * n + p];
      a[i * n + p] = 0;
      for (let j = 0; j < n; j++) a[i * n + j] -= factor * a[p * n + j];
    }
  }
  return a;
}

/**
 * Ridge regression of the five outcomes on one training set. The prior of the weights is centred on the published
 * directions, up to a factor that is estimated: a composite of the categories, weighted by the published correlations, enters
 * with a prior variance of 1, all other features share `blockVariance`. The penalty is chosen by the error of
 * leave-one-out predictions, which ridge regression gives in closed form; so is the spread of scores of new people.
 */
export function fitModel(people, categories, tools) {
  const { featureReader, featureValue, standardized, styleMeasures } = tools;
  const n = people.length;
  const plain = featuresOf(people, categories, styleMeasures);
  const observe = featureReader(plain);
  const observed = people.map(({ profile }) => observe(profile));
  const words = sum(people.map(({ profile }) => profile.words));
  const all = plain.map((feature, k) => {
    const base =
      feature.kind === 'style'
        ? mean(observed.map((row) => row[k]))
        : sum(observed.map((row, i) => row[k] * people[i].profile.words)) / words;
    const values = observed.map((row, i) => featureValue(feature.kind, row[k], base, people[i].profile.words));
    return { ...feature, base: round6(base), mean: round6(mean(values)), sd: round6(sdOf(values)) };
  });
  const kept = all.map(({ sd }, k) => (sd > 0 ? k : -1)).filter((k) => k >= 0);
  const features = kept.map((k) => all[k]);
  const p = features.length;
  const z = people.map(({ profile }, i) =>
    Float64Array.from(features, (feature, k) =>
      standardized(featureValue(feature.kind, observed[i][kept[k]], feature.base, profile.words), feature),
    ),
  );
  const size = { category: 0, style: 0, word: 0 };
  for (const { kind } of features) size[kind]++;
  const variance = features.map(({ kind }) => blockVariance[kind] / size[kind]);

  const kernel = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let dot = 0;
      for (let k = 0; k < p; k++) dot += variance[k] * z[i][k] * z[j][k];
      kernel[i * n + j] = kernel[j * n + i] = dot;
    }
  const published = DOMAINS.map((domain) => {
    const rho = features.map(({ kind, name }) =>
      kind === 'category' ? (categories.find((c) => c.name === name).published[domain] ?? 0) : 0,
    );
    const composite = z.map((row) => sum(rho.map((r, k) => r * row[k])));
    const sd = sdOf(composite);
    return { weights: rho.map((r) => r / sd), scores: composite.map((x) => x / sd) };
  });
  const outcomes = DOMAINS.map((_, d) => {
    const ys = people.map(({ outcome }) => outcome[d]);
    const m = mean(ys);
    return ys.map((y) => y - m);
  });

  const best = DOMAINS.map(() => ({ error: Infinity }));
  for (const penalty of penalties) {
    const a = Float64Array.from(kernel);
    for (let i = 0; i < n; i++) a[i * n + i] += penalty;
    const g = invert(a, n);
    const times = (v) =>
      Array.from({ length: n }, (_, i) => {
        let dot = 0;
        for (let j = 0; j < n; j++) dot += g[i * n + j] * v[j];
        return dot;
      });
    DOMAINS.forEach((_, d) => {
      // The composite adds c c' to the kernel: Sherman-Morrison.
      const [c, y] = [published[d].scores, outcomes[d]];
      const gc = times(c);
      const scale = 1 / (1 + sum(c.map((x, i) => x * gc[i])));
      const gy = times(y);
      const shift = scale * sum(c.map((x, i) => x * gy[i]));
      const alpha = gy.map((x, i) => x - shift * gc[i]);
      const leftOut = alpha.map((x, i) => y[i] - x / (g[i * n + i] - scale * gc[i] * gc[i]));
      const error = mean(leftOut.map((x, i) => (y[i] - x) ** 2));
      if (error < best[d].error) best[d] = { error, penalty, alpha, leftOut };
    });
  }
  const domains = best.map(({ penalty, alpha, leftOut }, d) => {
    const factor = sum(alpha.map((x, i) => x * published[d].scores[i]));
    const weights = features.map((_, k) => {
      let dot = 0;
      for (let i = 0; i < n; i++) dot += alpha[i] * z[i][k];
      return round6(factor * published[d].weights[k] + variance[k] * dot);
    });
    return {
      domain: DOMAINS[d],
      weights,
      mean: round6(mean(leftOut)),
      sd: round6(sdOf(leftOut)),
      penalty,
      leftOutR: correlation(leftOut, outcomes[d]),
    };
  });
  return { features, domains };
}

/** Standardized scores (5) of a profile under a fitted model. */
function scorer({ features, domains }, { featureReader, featureValue, standardized }) {
  const observe = featureReader(features);
  return (profile) => {
    const observed = observe(profile);
    const z = features.map((f, k) => standardized(featureValue(f.kind, observed[k], f.base, profile.words), f));
    return domains.map(({ weights, mean: m, sd }) => (sum(weights.map((w, k) => w * z[k])) - m) / sd);
  };
}

/** Correlation of two columns after both were regressed on sex, age and age squared. */
function partial(xs, ys, people) {
  const controls = [people.map(() => 1), people.map(({ sex }) => sex), people.map(({ age }) => age / 10), people.map(({ age }) => (age * age) / 100)];
  // Gram-Schmidt: what is left after the controls, one by one.
  const basis = [];
  const rest = (v) => basis.reduce((left, b) => { const f = sum(left.map((x, i) => x * b[i])); return left.map((x, i) => x - f * b[i]); }, v);
  for (const control of controls) {
    const left = rest(control);
    const norm = Math.sqrt(sum(left.map((x) => x * x)));
    basis.push(left.map((x) => x / norm));
  }
  return correlation(rest(xs), rest(ys));
}

/** Rounds all numbers of a value to six decimals. */
const rounded = (value) =>
  typeof value === 'number' ? round6(value) : Array.isArray(value) ? value.map(rounded) : value && typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, rounded(v)])) : value;

/**
 * Scores of everybody by models that never saw them, and everything that is measured on them. Vocabulary, norms of the
 * features, penalties, spread of the scores and validity are found anew in each training set.
 */
export function crossValidate(people, categories, correlations, tools) {
  const scores = people.map(() => []);
  const halves = people.map(() => []);
  const validity = people.map(() => []);
  for (let fold = 0; fold < folds; fold++) {
    const model = fitModel(people.filter((person) => person.fold !== fold), categories, tools);
    const score = scorer(model, tools);
    people.forEach((person, i) => {
      if (person.fold !== fold) return;
      scores[i] = score(person.profile);
      halves[i] = person.halves.map(score);
      validity[i] = model.domains.map(({ leftOutR }) => Math.max(0, leftOutR));
    });
  }
  const n = people.length;
  const meanWords = mean(people.map(({ profile }) => profile.words));
  const sorted = people.map(({ profile }) => profile.words).sort((a, b) => a - b);
  const quantile = (share) => sorted[Math.min(n - 1, Math.floor(share * n))];
  const cuts = [quantile(1 / 3), quantile(2 / 3), sorted[n - 1]];
  const outcome = (d) => people.map((person) => person.outcome[d]);

  const measured = DOMAINS.map((_, d) => {
    const [t, y] = [scores.map((s) => s[d]), outcome(d)];
    const r = correlation(t, y);
    const random = tools.randomStream('trait-text-model', 'bootstrap', d);
    const bootstrap = Array.from({ length: resamples }, () => {
      const pick = t.map(() => random.below(n));
      return correlation(pick.map((i) => t[i]), pick.map((i) => y[i]));
    }).sort((a, b) => a - b);
    const both = people.flatMap((person, i) => (person.halves.every(({ words }) => words > 0) ? [i] : []));
    return {
      r,
      rInterval: fisher(r, n),
      rBootstrap: [bootstrap[Math.floor(0.025 * resamples)], bootstrap[Math.floor(0.975 * resamples)]],
      partialR: partial(t, y, people),
      splitHalf: correlation(both.map((i) => halves[i][0][d]), both.map((i) => halves[i][1][d])),
    };
  });
  return { scores, validity, measured, meanWords, cuts, mostWords: quantile(0.95), correlations, outcome };
}

/** Posterior mean and SD of each held-out person for given validities, and how well they are calibrated. */
export function calibrationOf(people, { scores, validity, cuts, meanWords, correlations }, believed, words, tools) {
  const prior = { mean: new Float64Array(5), covariance: Float64Array.from(correlations.flat()) };
  const posteriors = people.map(({ profile }, i) => {
    const cues = scores[i].map((score) => ({ score, words: profile.words }));
    const measures = {
      cues: {
        validity: validity[i].map((r, d) => (believed[d] ? r : 0)),
        words: { mean: meanWords, ...words },
        mean: [0, 0, 0, 0, 0],
        sd: [1, 1, 1, 1, 1],
      },
      statements: undefined,
    };
    const { mean: m, covariance } = tools.traitPosterior(prior, { traitCues: cues, traitStatements: [] }, measures);
    return { mean: Array.from(m), sd: DOMAINS.map((_, d) => Math.sqrt(covariance[d * 6])) };
  });
  return DOMAINS.map((_, d) => {
    const y = people.map(({ outcome }) => outcome[d]);
    const means = posteriors.map((q) => q.mean[d]);
    const sds = posteriors.map((q) => q.sd[d]);
    const regression = believed[d] ? slopeOf(means, y) : null;
    return {
      slope: regression?.slope ?? null,
      slopeInterval: regression?.interval ?? null,
      coverage90: mean(y.map((x, i) => (Math.abs(x - means[i]) <= 1.644854 * sds[i] ? 1 : 0))),
      posteriorSd: mean(sds),
      byWords: cuts.map((cut, c) => {
        const own = people.flatMap(({ profile }, i) => (profile.words <= cut && (c === 0 || profile.words > cuts[c - 1]) ? [i] : []));
        return {
          mostWords: cut,
          people: own.length,
          r: correlation(own.map((i) => scores[i][d]), own.map((i) => y[i])),
          posteriorSd: mean(own.map((i) => sds[i])),
        };
      }),
    };
  });
}

/** Why a domain is believed, or is not. */
function reasonOf(believed, { r, rInterval, rBootstrap }, { slope }) {
  if (slope !== null && (slope < 0.7 || slope > 1.3)) return `not believed: the slope ${slope.toFixed(2)} of the score on the posterior mean is outside .7 to 1.3`;
  if (believed) return `held-out correlation ${r.toFixed(3)}, both 95 % intervals above 0, slope ${slope.toFixed(2)} within .7 to 1.3`;
  const low = Math.min(rInterval[0], rBootstrap[0]);
  return `not believed: held-out correlation ${r.toFixed(3)}, lower end ${low.toFixed(3)} of its 95 % interval not above 0; the trait is drawn as sex, age and the other evidence have it`;
}

/**
 * The model file: weights from all people, figures from people that were held out.
 *
 * A domain is believed when the 95 % intervals of its held-out correlation (Fisher and bootstrap) lie above 0 and the
 * slope on the posterior mean lies within .7 to 1.3. How the validity grows with words comes from the agreement of the
 * scores of odd and even sentences (Spearman-Brown), and stops at the 95th percentile of the words of these people.
 */
export function fitTraitText({ rows, norms, categories }, tools) {
  const { people, left } = preparePeople(rows, norms, tools);
  const held = crossValidate(people, categories, norms.correlation, tools);
  const positive = held.measured.map(({ rInterval, rBootstrap }) => rInterval[0] > 0 && rBootstrap[0] > 0);
  const agreement = mean(held.measured.filter((_, d) => positive[d]).map(({ splitHalf }) => splitHalf));
  const words = { half: round6(((held.meanWords / 2) * (1 - agreement)) / agreement), most: held.mostWords };
  const first = calibrationOf(people, held, positive, words, tools);
  const believed = positive.map((is, d) => is && first[d].slope >= 0.7 && first[d].slope <= 1.3);
  const calibration = calibrationOf(people, held, believed, words, tools);
  const model = fitModel(people, categories, tools);
  return {
    schema: 'trait-text-model/1',
    name: 'text-model-sentence-completion',
    title: 'Traits from the way of writing: ridge regression on word categories, style and single words',
    source: {
      title: 'Open-Source Psychometrics Project, SENTANCES1 raw data (sentence completions with 50-item IPIP scores), one random half of the respondents',
      url: 'https://openpsychometrics.org/_rawdata/',
      licence: 'no formal licence; published by the site for general edification and research, anonymous; weights and figures only here',
      directions: 'Yarkoni (2010), Personality in 100,000 words, Journal of Research in Personality 44, 363-373',
    },
    licence: 'MIT (weights and word lists, made for this project)',
    universe: `visitors of a personality-test website who completed six sentences, aged 18 and over: ${people.length} of ${rows.length}; ${left.empty} wrote nothing, ${left.repeated} gave another person's answers`,
    period: 'about 2012',
    notes: [
      'Outcomes are IPIP-50 domain scores standardized within sex and age by the norms.',
      'Held-out figures: ten folds of people by the hash of their id. Vocabulary, norms of the features, penalty, spread of the scores and validity are found anew in each training set; the domains that are believed and the growth with words are chosen on all held-out scores together.',
      'The word categories and their published directions were written down before fitting; the block variances and the list of penalties were set after looking at cross-validated correlations of a few alternatives, so the figures are slightly favourable.',
      'The intervals take the held-out scores as given. The whole procedure repeated on outcomes dealt out to other people (24 times, 120 correlations) gave a mean of .01 and an SD of .07, with 3 of 120 at .14 or more: what the intervals leave out, the choice of the weights, widens them by about one half.',
      'Fitted on texts of about 23 words that answer set beginnings. Transfer to posts and other kinds of text was not validated; scores there are centred and scaled over the people of a run.',
      'Correlations by terciles of words have standard errors of about .08 and show no clear growth; growth with words rests on the agreement of odd and even sentences.',
    ],
    instrument: norms.instrument,
    norms: norms.name,
    people: people.length,
    meanWords: round6(held.meanWords),
    words,
    domains: model.domains.map(({ domain, weights, mean: m, sd, penalty }, d) => ({
      domain,
      weights,
      mean: m,
      sd,
      penalty,
      validity: believed[d] ? round6(held.measured[d].r) : 0,
      reason: reasonOf(believed[d], held.measured[d], first[d]),
      heldOut: rounded({ ...held.measured[d], ...calibration[d] }),
    })),
    features: model.features,
  };
}
