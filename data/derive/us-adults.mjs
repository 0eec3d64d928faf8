// US adults: one-way and joint margins plus the conditional tables from which a synthetic
// joint is drawn. See README.md for the source files.
import { assert, assertNear, parseArgs, readCsv, roundShares, sum, sumShares, writeJson, zip } from './lib.mjs';

const args = parseArgs(
  ['nationscape', 'ages', 'atus', 'income', 'out'],
  `usage: node us-adults.mjs --nationscape targets.csv --ages NC-EST2022-AGESEX-RES.csv
         --atus atus_persons.csv[.gz] --income B19001.csv --out us-adults.json`,
);

const UNIVERSE = 'residents aged 18 and over, United States';
const SEX = ['female', 'male'];
const AGE = ['18-24', '25-34', '35-44', '45-54', '55-64', '65-74', '75+'];
const BOUNDS = [[18, 24], [25, 34], [35, 44], [45, 54], [55, 64], [65, 74], [75, 120]];
const RACE = ['White', 'Black', 'AAPI', 'Other race'];
const HISPANIC = ['Not Hispanic', 'Hispanic'];
const EDUCATION = ['No high school diploma', 'High school diploma', 'Some college', "Associate's degree", "Bachelor's degree", 'Graduate degree'];
const INCOME = ['$19,999 or less', '$20,000-$34,999', '$35,000-$49,999', '$50,000-$64,999', '$65,000-$79,999', '$80,000-$99,999', '$100,000-$124,999', '$125,000-$199,999', '$200,000 and above'];
const REGION = ['Northeast', 'Midwest', 'South', 'West'];
const MARITAL = ['married', 'widowed', 'divorced', 'separated', 'never married'];
const EMPLOYMENT = ['employed', 'unemployed', 'not in labor force'];

const variables = [
  { name: 'sex', categories: SEX },
  { name: 'age', categories: AGE, bounds: BOUNDS },
  { name: 'race', categories: RACE },
  { name: 'hispanic', categories: HISPANIC },
  { name: 'education', categories: EDUCATION },
  { name: 'household_income', categories: INCOME },
  { name: 'region', categories: REGION },
  { name: 'marital_status', categories: MARITAL },
  { name: 'employment', categories: EMPLOYMENT },
];
const categoriesOf = Object.fromEntries(variables.map((v) => [v.name, v.categories]));
const ageBand = (age) => AGE[BOUNDS.findIndex(([low, high]) => age >= low && age <= high)];

const nationscapeSource = {
  title: 'Nationscape weighting targets for US adults (American Community Survey 2017), as shipped in the R package autumn (ns_target)',
  publisher: 'Democracy Fund and UCLA Nationscape; survey data by the U.S. Census Bureau',
  licence: 'MIT (package); the Census Bureau data are in the public domain',
};
const agesSource = {
  title: 'NC-EST2022-AGESEX-RES: resident population by single year of age and sex, 1 July 2022',
  publisher: 'U.S. Census Bureau',
  licence: 'public domain (US federal work)',
};
const atusSource = {
  title: 'American Time Use Survey 2012-2014 respondents (ATUS-CPS and respondent files), as shipped in the R package atus 0.2',
  publisher: 'U.S. Bureau of Labor Statistics',
  licence: 'public domain (US federal data); package GPL-2+',
};
const incomeSource = { title: 'ACS 5-year 2018-2022, table B19001 (household income)', publisher: 'U.S. Census Bureau', licence: 'public domain (US federal work)' };

// ---------------------------------------------------------------- margins: Nationscape targets
const targets = readCsv(args.nationscape);
const target = (variable) => Object.fromEntries(targets.filter((t) => t.variable === variable).map((t) => [t.level, Number(t.proportion)]));
const oneWay = (variable, categories) => {
  const levels = target(variable);
  assert(categories.length === Object.keys(levels).length, `${variable}: other categories than expected`);
  return roundShares(categories.map((c) => levels[c]));
};

const sexShares = roundShares([target('gender').Female, target('gender').Male]);

const raceHispanic = target('race_x_hispanic');
const raceHispanicKeys = RACE.flatMap((r) => HISPANIC.map((h) => `${r} x ${h}`));
const raceHispanicShares = roundShares(
  RACE.flatMap((r) => [raceHispanic[`${r} x Not Hispanic`], raceHispanic[`${r} x Mexican`] + raceHispanic[`${r} x Other Hispanic`]]),
);
const raceShares = RACE.map((_, i) => sumShares(raceHispanicShares.slice(2 * i, 2 * i + 2)));
const hispanicShares = HISPANIC.map((_, j) => sumShares(raceHispanicShares.filter((_, k) => k % 2 === j)));
RACE.forEach((r, i) => assertNear(raceShares[i], target('race')[r], 2e-6, `race ${r}: joint against one-way`));
assertNear(hispanicShares[0], target('hispanic')['Not Hispanic'], 2e-6, 'hispanic: joint against one-way');

// ---------------------------------------------------------------- margins: sex x age
// Age GIVEN sex is taken from 2022, the sex shares from ACS 2017, so that the joint agrees
// exactly with the sex margin instead of contradicting it by three tenths of a point.
const singleYears = readCsv(args.ages);
const ageCounts = (sex) => {
  const counts = AGE.map(() => 0);
  for (const row of singleYears) if (Number(row.age) >= 18) counts[AGE.indexOf(ageBand(Number(row.age)))] += Number(row[sex]);
  return counts;
};
assert(sum(SEX.flatMap(ageCounts)) === 260_836_730, 'NC-EST2022: 260,836,730 adults');
const sexAgeKeys = SEX.flatMap((s) => AGE.map((a) => `${s} x ${a}`));
const sexAgeShares = SEX.flatMap((s, i) => roundShares(ageCounts(s), sexShares[i]));
const ageShares = AGE.map((_, j) => sumShares([sexAgeShares[j], sexAgeShares[AGE.length + j]]));

// ---------------------------------------------------------------- ATUS respondents, 18+
const RACE_OF = { 'White only': 'White', 'Black only': 'Black', 'Asian only': 'AAPI', Other: 'Other race' };
const EDUCATION_OF = {
  '< hs diploma': 'No high school diploma', 'hs diploma': 'High school diploma', 'some college': 'Some college',
  'associate degree': "Associate's degree", "bachelor's degree": "Bachelor's degree",
  "master's degree": 'Graduate degree', 'prof degree': 'Graduate degree', 'doctoral degree': 'Graduate degree',
};
const EMPLOYMENT_OF = {
  'employed-at work': 'employed', 'employed-absent': 'employed',
  'unemployed-looking': 'unemployed', 'unemployed-layoff': 'unemployed', not_in_labor_force: 'not in labor force',
};

// Share of the $150,000+ bracket that lies at $200,000 and above.
const b19001 = Object.fromEntries(readCsv(args.income).map((r) => [r.bracket, Number(r.households)]));
const over200 = b19001['200k+'] / (b19001['200k+'] + b19001['150-199.9k']);

const INCOME_FROM = [0, 20_000, 35_000, 50_000, 65_000, 80_000, 100_000, 125_000, 200_000, Infinity];
/** An ATUS family-income bracket as shares over the nine target brackets, by overlap in dollars. */
function splitIncome(bracket) {
  if (bracket === '150000+') return INCOME.map((_, i) => (i === 7 ? 1 - over200 : i === 8 ? over200 : 0));
  const [low, high] = bracket === '< 5000' ? [0, 5_000] : bracket.split('-').map((x, i) => Number(x) + i);
  assert(high > low, `income bracket ${bracket}`);
  return INCOME.map((_, i) => Math.max(0, Math.min(high, INCOME_FROM[i + 1]) - Math.max(low, INCOME_FROM[i])) / (high - low));
}

const capital = (s) => s[0].toUpperCase() + s.slice(1);
const splits = new Map();
const persons = readCsv(args.atus)
  .filter((r) => Number(r.age) >= 18)
  .map((r) => {
    if (!splits.has(r.famincome)) splits.set(r.famincome, splitIncome(r.famincome));
    const person = {
      weight: Number(r.wt),
      sex: r.sex,
      age: ageBand(Number(r.age)),
      race: RACE_OF[r.race],
      hispanic: r.hispanic === 'yes' ? 'Hispanic' : 'Not Hispanic',
      education: EDUCATION_OF[r.edu],
      household_income: splits.get(r.famincome),
      region: capital(r.region),
      marital_status: r.marital,
      employment: EMPLOYMENT_OF[r.labor_status],
      years: Number(r.age),
    };
    for (const v of variables) assert(v.name === 'household_income' || v.categories.includes(person[v.name]), `ATUS: unknown ${v.name}`);
    assert(person.weight > 0, 'ATUS: weight');
    return person;
  });
assert(persons.length === 34_037, `ATUS: 34,037 respondents aged 18 and over, found ${persons.length}`);

/** Weighted distribution of one variable; income is already a distribution per person. */
function distribution(people, variable) {
  const categories = categoriesOf[variable];
  const totals = categories.map(() => 0);
  for (const p of people) {
    if (variable === 'household_income') p.household_income.forEach((s, i) => (totals[i] += s * p.weight));
    else totals[categories.indexOf(p[variable])] += p.weight;
  }
  return totals;
}
const normalise = (xs) => xs.map((x) => x / sum(xs));

const WHOLE_UNIVERSE = 'ATUS covers the civilian noninstitutional population: people in institutions and on active duty are missing';
const SAMPLED = `derived: computed from weighted respondents (${persons.length} aged 18 and over, ATUS 2012-2014)`;
const ROUNDED = 'shares rounded to six decimals; the rounding remainder is on the largest cell';

const margin = (variable, period, keys, shares, source, derived, flags) => ({ variable, universe: UNIVERSE, period, shares: zip(keys, shares), source, derived, flags: [...flags, ROUNDED] });
const fromAtus = (variable, flags) =>
  margin(variable, '2012-2014', categoriesOf[variable], roundShares(distribution(persons, variable)), atusSource, true, [SAMPLED, WHOLE_UNIVERSE, ...flags]);

const margins = [
  margin('sex', '2017', SEX, sexShares, nationscapeSource, false, []),
  margin('age', '2022 (age given sex), 2017 (sex)', AGE, ageShares, agesSource, true, ['derived: sum over sex of the sex x age margin, so it carries no information beyond that margin']),
  margin('sex x age', '2022 (age given sex), 2017 (sex)', sexAgeKeys, sexAgeShares, agesSource, true, [
    'derived: age given sex from single years of age 2022 (NC-EST2022), multiplied by the sex shares of ACS 2017 (Nationscape), because the two sources differ in the share of women among adults; the 2017 sex shares are kept so that the joint agrees with the sex margin',
  ]),
  margin('race', '2017', RACE, raceShares, nationscapeSource, false, ['equals the published one-way target to rounding; printed as the sum of the race x hispanic margin']),
  margin('hispanic', '2017', HISPANIC, hispanicShares, nationscapeSource, true, ['derived: Mexican and Other Hispanic added up; printed as the sum of the race x hispanic margin']),
  margin('race x hispanic', '2017', raceHispanicKeys, raceHispanicShares, nationscapeSource, true, ['derived: the columns Mexican and Other Hispanic of the published joint are added up']),
  margin('education', '2017', EDUCATION, oneWay('education', EDUCATION), nationscapeSource, false, []),
  margin('household_income', '2017', INCOME, oneWay('household_income', INCOME), nationscapeSource, false, ['shares of adults by the income of their household, not shares of households; dollars of 2017']),
  margin('region', '2017', REGION, oneWay('region', REGION), nationscapeSource, false, []),
  fromAtus('marital_status', []),
  fromAtus('employment', ['employed = at work or absent from a job; unemployed = looking or on layoff', 'the years 2012-2014 had higher unemployment than the years of the other margins']),
];

// ---------------------------------------------------------------- associations
const RACE_FLAG = 'converted: ATUS race groups White only, Black only, Asian only and Other are read as White, Black, AAPI and Other race; Pacific Islanders and people of two or more races are in Other, and respondents of Hispanic origin report White more often than in the ACS';
const INCOME_FLAG = `converted: 16 ATUS family-income brackets are split over the nine target brackets in proportion to their overlap in dollars; of $150,000+ the share ${over200.toFixed(6)} is put at $200,000 and above (ACS 2018-2022, B19001: a later and richer period than ATUS)`;
const NOT_HOUSEHOLD = 'ATUS income is family income in dollars of 2012-2014, not household income of 2017';
const MIN_N = 30;

function association(variable, given, flags, source = atusSource) {
  const groups = new Map(); // cell key -> people
  const parents = new Map(); // the same key without the last conditioning variable -> people
  for (const p of persons) {
    const parts = given.map((g) => p[g]);
    for (const [map, key] of [[groups, parts.join(' x ')], [parents, parts.slice(0, -1).join(' x ')]]) {
      if (!map.has(key)) map.set(key, []);
      map.get(key).push(p);
    }
  }
  const keys = given.reduce((prefixes, g) => prefixes.flatMap((prefix) => categoriesOf[g].map((c) => [...prefix, c])), [[]]);
  const shares = {};
  let smoothed = 0;
  let unmixed = 0;
  for (const parts of keys) {
    const people = groups.get(parts.join(' x ')) ?? [];
    const n = people.length;
    let row = n > 0 ? normalise(distribution(people, variable)) : categoriesOf[variable].map(() => 0);
    if (n < MIN_N) {
      const parentPeople = parents.get(parts.slice(0, -1).join(' x ')) ?? [];
      assert(parentPeople.length >= MIN_N, `${variable} given ${parts.join(' x ')}: the parent row has too few respondents`);
      const parent = normalise(distribution(parentPeople, variable));
      row = row.map((own, i) => (n * own + (MIN_N - n) * parent[i]) / MIN_N);
      smoothed++;
      if (n === 0) unmixed++;
    }
    shares[parts.join(' x ')] = zip(categoriesOf[variable], roundShares(row));
  }
  const smoothing =
    `${smoothed} of ${keys.length} conditioning cells have fewer than ${MIN_N} respondents` +
    (smoothed > 0 ? ` and are mixed with the row that drops the last conditioning variable: (n*own + (${MIN_N}-n)*parent)/${MIN_N}` : '') +
    (unmixed > 0 ? `; ${unmixed} of them have none and equal that row` : '');
  console.log(`${variable} | ${given.join(', ')}: ${smoothing}`);
  return { variable, given, period: '2012-2014', universe: UNIVERSE, source, derived: true, flags: [SAMPLED, WHOLE_UNIVERSE, smoothing, ...flags, ROUNDED], shares };
}

const incomeAssociationSource = { ...atusSource, title: `${atusSource.title}; ${incomeSource.title} for the top bracket` };
const associations = [
  association('race', ['region'], [RACE_FLAG]),
  association('hispanic', ['race', 'region'], [RACE_FLAG]),
  association('education', ['age', 'hispanic'], []),
  association('marital_status', ['sex', 'age'], []),
  association('employment', ['sex', 'age', 'education'], []),
  association('household_income', ['education', 'marital_status'], [INCOME_FLAG, NOT_HOUSEHOLD], incomeAssociationSource),
];

// ---------------------------------------------------------------- people who do not occur
// The associations know age in bands and tie only two or three variables at a time; what they leave possible by mistake
// is taken out where no respondent is like that.
const DEGREES = EDUCATION.slice(3);
const widowedGraduates = persons.filter((p) => p.age === '18-24' && p.marital_status === 'widowed' && DEGREES.includes(p.education));
assert(widowedGraduates.length === 0, 'nobody under 25 is widowed with a degree');
const impossible = [
  {
    categories: { age: ['18-24'], marital_status: ['widowed'], education: DEGREES },
    reason: `none of ${persons.filter((p) => p.age === '18-24').length} respondents aged 18-24 (ATUS 2012-2014), ${persons.filter((p) => p.age === '18-24' && p.marital_status === 'widowed').length} of them widowed`,
  },
];
/** Youngest age of a category: two respondents below it at most are taken for slips. */
const youngest = [
  ['education', "Associate's degree", 19],
  ['education', "Bachelor's degree", 21],
  ['education', 'Graduate degree', 22],
  ['marital_status', 'widowed', 19],
].map(([variable, category, years]) => {
  const ages = persons.filter((p) => p[variable] === category).map((p) => p.years);
  const younger = ages.filter((age) => age < years).length;
  assert(younger <= 2 && ages.includes(years), `${category}: ${younger} respondents are younger than ${years}`);
  return { variable, category, years, reason: `${younger} of ${ages.length} respondents with it are younger (ATUS 2012-2014)` };
});

writeJson(args.out, {
  schema: 'target/1',
  name: 'us-adults',
  title: 'Adults of the United States',
  universe: UNIVERSE,
  notes: [
    'Margins come from different years (2012-2014, 2017, 2022); each one carries its own period and source.',
    'The margins of age, race and hispanic are sums of the joint margins and add no constraint to them.',
    'Associations are for drawing a synthetic joint in the listed order: first sex x age and region from their margins, then each association in turn. The draw is to be raked to the margins afterwards; the associations alone do not reproduce them.',
    'Every conditional row was computed for respondents aged 18 and over.',
  ],
  variables,
  margins,
  associations,
  impossible,
  youngest,
  traits: ['ipip-50-us-adults', 'ipip-neo-120-johnson'],
});
