import type { Diagnostics, StepDiagnostics } from '../../src/population/diagnostics.js';
import type { Coupling, TextFigures } from '../../src/persona/filter/text-quality.js';
import { traitDomains } from '../../src/psychometrics/inventory.js';
import type { PopulationReport, TraitDensity } from '../../src/report/population-report.js';
import { shuffleControl } from '../../src/report/shuffle-control.js';
import { margins } from './margins-fixture.js';

const bell = (mean: number, sd: number): number[] => {
  const heights = levels.map((x) => Math.exp((-(x - mean) * (x - mean)) / (2 * sd * sd)));
  const total = heights.reduce((sum, h) => sum + h, 0);
  return heights.map((h) => h / total);
};
const levels = Array.from({ length: 41 }, (_, i) => Number((1 + i / 10).toFixed(1)));

const densities: TraitDensity[] = traitDomains.map((domain, k) => {
  const [mean, sd] = [[3.02, 3.71, 3.42, 2.94, 3.78][k]!, [0.81, 0.66, 0.68, 0.84, 0.6][k]!];
  const shift = [-0.34, -0.12, -0.41, 0.29, 0.38][k]!;
  return {
    domain,
    levels,
    target: bell(mean, sd),
    before: bell(mean + shift, sd * 0.72),
    after: bell(mean + 0.02, sd * 0.97).map((share, i) => share * (1 + 0.12 * Math.sin(1.9 * i + k))),
  };
});

const ages = ['18-24', '25-34', '35-44', '45-54', '55-64', '65+'];
const traitCells = ['female', 'male'].flatMap((sex, s) =>
  ages.flatMap((age, a) =>
    traitDomains.map((domain, k) => {
      const differenceSd = Number((0.42 * Math.sin(3.1 * a + 1.7 * k + s) * (a === 5 ? 1.4 : 0.5)).toFixed(3));
      const target = 3 + k / 10;
      return {
        cell: `${sex} ${age}`,
        domain,
        target,
        achieved: target + differenceSd * 0.7,
        differenceSd,
        effectiveSampleSize: [98.2, 131.4, 104.9, 88.1, 41.7, 17.6][a]!,
      };
    }),
  ),
);

const step = (
  name: StepDiagnostics['step'],
  [
    maxMarginErrorPoints,
    amw,
    frechet,
    slicedWasserstein,
    mmd2,
    maxCorrelationError,
    maxJointCorrelationError,
  ]: readonly number[],
  [effectiveSampleSize, effectivePeople, maxAuthorShare]: readonly number[],
): StepDiagnostics => ({
  step: name,
  maxMarginErrorPoints: maxMarginErrorPoints!,
  amw: amw!,
  frechet: frechet!,
  slicedWasserstein: slicedWasserstein!,
  mmd2: mmd2!,
  maxCorrelationError: maxCorrelationError!,
  maxJointCorrelationError: maxJointCorrelationError!,
  effectiveSampleSize: effectiveSampleSize!,
  effectivePeople: effectivePeople!,
  maxAuthorShare: maxAuthorShare!,
});

const textFigures = (
  correlations: readonly number[],
  [contradictions, grounding, randomSpans]: readonly [number, number, number],
): TextFigures => ({
  personas: 2871,
  people: 1502,
  coupling: traitDomains.map((domain, k) => {
    const of = (r: number): Coupling => ({
      r,
      lower: r - 0.06,
      upper: r + 0.05,
      signAgreement: 0.5 + r / 2,
      extreme: 900 + k,
    });
    return { domain, ...of(correlations[k]!), administered: of(0.9 * correlations[k]!) };
  }),
  contradictions,
  grounding,
  randomSpans,
  claims: 9120,
});
const ownTexts = textFigures([0.71, 0.62, 0.66, 0.74, 0.58], [0.004, 0.981, 0.021]);
const shuffledTexts = textFigures([0.01, -0.03, 0.02, 0.04, -0.01], [0.412, 0.013, 0.012]);

const diagnostics: Diagnostics = {
  schema: 'diagnostics/1',
  target: 'us-adults',
  instrument: 'ipip-50',
  histories: 1650,
  people: 1502,
  personas: 3300,
  kept: 2871,
  rejected: { duplicate: 38, 'too-short': 212, 'unsupported-claims': 131, 'straight-lining': 48, 'personal-data': 0 },
  agents: 2000,
  distinctPersonas: 1124,
  distinctPeople: 871,
  effectiveSampleSize: 744.3,
  effectivePeople: 512.8,
  maxAuthorShare: 0.0085,
  designEffect: 3.857,
  maxMultiplicity: 12,
  maxMarginErrorPoints: 0.06,
  margins: [...margins],
  traits: {
    amw: {
      before: 0.2914,
      after: 0.0187,
      noiseFloorMedian: 0.0203,
      noiseFloorP95: 0.0271,
      fit: 0.0182,
      overfit: false,
    },
    frechet: {
      before: 0.4132,
      after: 0.00341,
      noiseFloorMedian: 0.00362,
      noiseFloorP95: 0.00651,
      fit: 0.00312,
      overfit: false,
    },
    slicedWasserstein: {
      before: 0.2731,
      after: 0.0254,
      noiseFloorMedian: 0.0205,
      noiseFloorP95: 0.0272,
      fit: 0.0161,
      overfit: true,
    },
    mmd2: {
      before: 0.0412,
      after: 0.000071,
      noiseFloorMedian: 0.000012,
      noiseFloorP95: 0.00031,
      fit: 0.000068,
      overfit: false,
    },
    maxCorrelationError: {
      before: 0.2213,
      after: 0.0412,
      noiseFloorMedian: 0.0401,
      noiseFloorP95: 0.0614,
      fit: 0.0397,
      overfit: false,
    },
    maxJointCorrelationError: {
      before: 0.2877,
      after: 0.0481,
      noiseFloorMedian: 0.0453,
      noiseFloorP95: 0.0672,
      fit: 0.0449,
      overfit: false,
    },
  },
  traitMeans: traitDomains.map((domain, k) => ({
    domain,
    target: 3 + k / 10,
    achieved: 3.01 + k / 10,
    interval: { lower: 2.96 + k / 10, upper: 3.06 + k / 10 },
    betweenAuthorVariance: 0.0004,
    betweenDrawVariance: 0.0001,
  })),
  knownGroups: { slope: 0.81, lower: 0.62, upper: 0.99, passed: true },
  traitCells,
  steps: [
    step('kept', [28.19, 0.2914, 0.4132, 0.2731, 0.0412, 0.2213, 0.2877], [2871, 1502, 0.0014]),
    step('importance', [27.41, 0.0812, 0.0431, 0.0794, 0.0038, 0.0931, 0.1212], [1502.6, 1103.2, 0.0041]),
    step('transport', [26.92, 0.0241, 0.0052, 0.0281, 0.00031, 0.0588, 0.0713], [1311.4, 984.1, 0.0052]),
    step('calibration', [0, 0.0179, 0.0031, 0.0249, 0.000066, 0.0401, 0.0467], [761.2, 528.4, 0.0081]),
    step('selection', [0.06, 0.0187, 0.00341, 0.0254, 0.000071, 0.0412, 0.0481], [744.3, 512.8, 0.0085]),
  ],
  noiseFloor: { agents: 2000, groupPeople: 2000, floorPeople: 20_000, testPeople: 1734, replicates: 200 },
  unsupported: [],
  folds: { test: 60_000, prior: 5_000, fit: 60_000, tune: 5_000, floor: 20_000 },
  texts: { schema: 'text-quality/1', own: ownTexts, refused: 0.006, shuffled: shuffledTexts },
  unmetTexts: [],
  unmet: [],
};

/** The same run with texts of other people: numbers that never looked at a text are the same again. */
export const control: Diagnostics = {
  ...diagnostics,
  effectivePeople: 509.1,
  traits: { ...diagnostics.traits!, amw: { ...diagnostics.traits!.amw, after: 0.0193 } },
};

/** A plausible aligned population; invented numbers. */
export const report: PopulationReport = {
  schema: 'report/1',
  title: 'Two thousand agents for the adults of the United States',
  status: 'aligned',
  target: {
    name: 'us-adults',
    title: 'Adults of the United States',
    universe: 'residents aged 18 and over, United States',
  },
  diagnostics,
  shuffleControl: shuffleControl(diagnostics, control),
  densities,
  weights: {
    calibrationQuantiles: Array.from({ length: 200 }, (_, i) => {
      const t = i / 199;
      return Number((0.04 + 0.9 * t + 8.2 * t * t * t * t * t * t * t * t).toFixed(4));
    }),
    multiplicities: [1747, 595, 355, 92, 41, 18, 11, 5, 3, 2, 1, 0, 1],
    calibrationDesignEffect: 3.77,
    costs: [
      { subject: 'race x hispanic', gained: 214.6 },
      { subject: 'openness', gained: 96.2 },
      { subject: 'region', gained: 0.2 },
    ],
  },
  agentsByPerson: Array.from({ length: 871 }, (_, i) =>
    i < 1 ? 17 : i < 8 ? 12 : i < 40 ? 8 : i < 150 ? 4 : i < 632 ? 2 : 1,
  ),
  sources: [
    {
      variable: 'sex',
      title: 'American Community Survey 2017',
      period: '2017',
      universe: 'residents aged 18 and over, United States',
      derived: false,
      flags: [],
    },
    {
      variable: 'age',
      title: 'Population estimates NC-EST2022 and American Community Survey 2017',
      period: '2017, 2022',
      universe: 'residents aged 18 and over, United States',
      derived: true,
      flags: ['age given sex of July 2022 times the sex shares of 2017', 'the two years differ in the share of women'],
    },
    {
      variable: 'marital_status',
      title: 'American Time Use Survey 2012-2014',
      period: '2012-2014',
      universe: 'civilian noninstitutional population aged 18 and over',
      derived: true,
      flags: ['universe mismatch: residents are wider'],
    },
  ],
  traitSource: {
    title: 'Big Five domain scores of US adults on the 50-item IPIP inventory',
    period: 'about 2012',
    universe: 'visitors of a personality-test website in the United States, 18 to 99',
    flags: ['volunteers: used only given sex and age'],
  },
  exclusions: [
    'Nobody under 18 is in the population, and nobody who lives outside the United States.',
    'People who never wrote a public post are represented only by people who did.',
    'Household income and race are set by assumption for most agents; no relation between them and personality was learned from data.',
    'Agreement with the Census says nothing about how agents will answer or act.',
    'Trait norms come from volunteers on a website, not from a probability sample.',
  ],
  findings: [
    {
      level: 'info',
      code: 'posts-dropped',
      message: '412 posts were dropped as duplicates.',
      stage: 'ingest-histories',
    },
    {
      level: 'caution',
      code: 'few-older-people',
      message: 'Only 31 kept personas are aged 65 or over; they carry 22% of the weight.',
      stage: 'calibrate-pool',
    },
  ],
  provenance: {
    version: '0.1.0',
    seed: '1',
    writer: 'embedded@1',
    respondent: 'embedded@1',
    inputs: [
      { name: 'census/us-adults.json', sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' },
      { name: 'histories', sha256: '60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752' },
    ],
  },
  examples: [
    {
      id: 'p-0123456789ab.1',
      attributes: { sex: 'female', age: '35-44', race: 'White', education: "Bachelor's degree", region: 'Midwest' },
      text: 'She teaches chemistry at a public school near Dayton and coaches the swimming team on weekends.\n\nShe likes plans, dislikes surprises, and keeps a list of every book she has read since college.',
    },
    {
      id: 'p-ba9876543210.3',
      attributes: { sex: 'male', age: '65-74', race: 'Black', education: 'Some college', region: 'South' },
      text: 'He drove a city bus for thirty-one years. Since he retired he repairs radios for the neighbours and sings in the choir.',
    },
  ],
};

/** The same report with some parts replaced; `diagnostics` are merged one level deep. */
export const withChanges = ({
  diagnostics: changed,
  ...rest
}: Partial<Omit<PopulationReport, 'diagnostics'>> & {
  readonly diagnostics?: Partial<Diagnostics>;
}): PopulationReport => ({
  ...report,
  ...rest,
  diagnostics: { ...report.diagnostics, ...changed },
});
