// Canada 2011: the two published one-way margins that could be verified, nothing more.
import { assert, parseArgs, readJson, roundShares, sum, writeJson, zip } from './lib.mjs';

const args = parseArgs(['index', 'out'], 'usage: node canada-2011.mjs --index margins_index.json --out canada-2011.json');
const canada = readJson(args.index).other.canada_2011;

const AGE = ['15-24', '25-34', '35-44', '45-54', '55-64', '65-74', '75-84', '85+'];
const BOUNDS = [[15, 24], [25, 34], [35, 44], [45, 54], [55, 64], [65, 74], [75, 84], [85, 120]];
const UNIVERSE = 'residents aged 15 and over, Canada';

// Published counts are rounded to multiples of five, so bands and total may differ by a little.
const all = sum(Object.values(canada.age));
assert(Math.abs(all - canada.total) <= 5 * Object.keys(canada.age).length, `age bands add up to ${all}, total ${canada.total}`);
assert(Math.abs(canada.male + canada.female - canada.total) <= 10, 'sexes add up to the total');

const counts = AGE.map((band) => canada.age[band]);
const source = {
  title: '2011 Census of Population, catalogue no. 98-311-XCB2011017 (age and sex)',
  publisher: 'Statistics Canada',
  licence: 'Statistics Canada Open Licence',
};
const ROUNDED = 'counts are published rounded to multiples of 5; shares rounded to six decimals, remainder on the largest cell';

writeJson(args.out, {
  schema: 'target/1',
  name: 'canada-2011',
  title: 'Residents of Canada aged 15 and over, 2011: sex and age',
  universe: UNIVERSE,
  notes: [
    'Only two one-way margins: there is no sex x age joint, and nothing on education, income, region or origin.',
    'The sex shares were published for all ages only. They are used here for ages 15 and over, where women are a slightly larger share than at all ages.',
    'The pipeline drops persons under 18 by default, so the band 15-24 is then filled by people aged 18-24 and keeps the whole weight of 15-24.',
    'No Canadian trait norms ship with this target.',
    '2011 is old; later Canadian figures could not be verified when this file was made.',
  ],
  variables: [
    { name: 'sex', categories: ['female', 'male'] },
    { name: 'age', categories: AGE, bounds: BOUNDS },
  ],
  margins: [
    {
      variable: 'sex',
      universe: UNIVERSE,
      period: '2011',
      shares: zip(['female', 'male'], roundShares([canada.female, canada.male])),
      source,
      derived: false,
      flags: ['converted: published for residents of all ages, taken over unchanged for ages 15 and over', ROUNDED],
    },
    {
      variable: 'age',
      universe: UNIVERSE,
      period: '2011',
      shares: zip(AGE, roundShares(counts)),
      source,
      derived: true,
      flags: [`derived: published bands under 15 dropped, the rest (${sum(counts)} people) renormalised`, ROUNDED],
    },
  ],
  associations: [],
  traits: [],
});
