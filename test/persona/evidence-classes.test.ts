import { describe, expect, it, test } from 'vitest';
import { historyOf, reader } from './evidence-fixture.js';

/** Everything that one post tells of its writer, as "age, sex, marital status, region, race, origin". */
function facts(text: string): string {
  const { ageYears, attributes } = reader.readFacts(historyOf([text]).posts);
  const values = ['sex', 'marital_status', 'region', 'race', 'hispanic'].map((name) => attributes[name]?.value);
  return [ageYears, ...values].filter((value) => value !== undefined).join(', ');
}

const claims = (text: string): string[] =>
  reader.readText(historyOf([text]).posts).claims.map(({ statement }) => statement);

// Expected values by hand. Posts are of 1 May 2020.
describe.each<[string, [string, string][]]>([
  [
    'lists about the writer',
    [
      ['51/m/Tucson, just here for the pictures', '51, male, West'],
      ['F/29 looking for a running buddy', '29, female'],
      ['Widower. Dog person. Duluth MN.', 'male, widowed, Midwest'],
      ['Filled out the form: white, not Hispanic, female, 47.', '47, female, White, Not Hispanic'],
      ['Nigerian American, 33, from Maryland, raised on jollof', '33, South, Black'],
      ['23 y/o Mexican American, nurse', '23, Hispanic'],
      // Of others, sought, in the news, or no list at all.
      ['Congrats to my sister in law, 41, divorced and dating a drummer', ''],
      ['Her bio: 31, mom, Austin.', ''],
      ['> 45M, divorced, Denver', ''],
      ['Warren, 52, of Toledo was charged with theft', ''],
      ['Coach, 58, retires from Nebraska', ''],
      ['Lost: tabby, 7, white, gone since Monday', ''],
      ['Denver at 7, Buffalo at 1, pick your winner', ''],
      ["They're 28, married, no kids, and rich", ''],
      ['Read 2 Cor. 1:17 and rest, mom.', ''],
    ],
  ],
  [
    'ages',
    [
      ["I'm 47 going through my second adolescence", '47'],
      ["I'm officially a quarter century old", '25'],
      ['44 with two teenagers and a mortgage', '44'],
      ['Hip replaced in March at 68 and now I can climb stairs', '68'],
      ["turning 40 in three weeks and I've never owned a couch", '39'],
      ["b. 1955, if you're wondering", '65'],
      ["I'm 40 pages in", ''],
      ["I'm 20 minutes late", ''],
      ['45 and sunny tomorrow', ''],
      ['30 with the coupon, 45 without', ''],
      ['Started lifting at sixty-one, best decision ever', ''],
      ['at 30 my mother had a farm', ''],
      ['i hit 28 points, my daily target', ''],
    ],
  ],
  [
    'sex',
    [
      ['White dude in his garage with a guitar', 'male, White'],
      ['as a guy who shaves his head I have opinions on sunscreen', 'male'],
      ["Being their dad is the best thing I've done", 'male'],
      ["if I were a man I'd have gotten that loan", 'female'],
      ['Bearded since I was nineteen', 'male'],
      ["I'm a Latino teacher in a small town", 'male, Hispanic'],
      ['He came to the party as a woman', ''],
      ['Husband of the year award goes to my neighbor', ''],
    ],
  ],
  [
    'marital status',
    [
      ['wife says I snore', 'married'],
      ['hubby and I closed on a house', 'married'],
      ['Got divorced in January, signed the papers in a parking lot', 'divorced'],
      ["ex-husband has the kids this weekend so I'm cleaning grout", 'divorced'],
      ['we were engaged once. never did marry him or anybody else', 'never married'],
      ['The wife in this movie is annoying', ''],
      ['Our pastor and her wife are expecting', ''],
      ['My best friend just got divorced', ''],
    ],
  ],
  [
    'places',
    [
      ["It doesn't snow much where my garage in Savannah is", 'South'],
      ['I learned to swim this winter at the Y in Worcester, Mass.', 'Northeast'],
      ["moving to Atlanta was an education. Eight years in now and I'm never leaving", 'South'],
      ['Signed the papers in a parking lot in Knoxville. Still living here', 'South'],
      ['Moved from Ohio to Oregon in 2019, still not used to it', 'West'],
      ["grew up all over, but El Paso's been home for ten years", 'South'],
      ["I'd like to quit, live on a sailboat off Alaska and be gone", ''],
      ["Flight got canceled so I'm stuck in Charlotte", ''],
      ["I don't live in Ohio", ''],
      ['back when I was in Austin you could park anywhere', ''],
      ['Surprise, surprise. My mobile is dead', ''],
    ],
  ],
  [
    'origin',
    [
      ['As an Indian American (parents from Gujarat) I grew up with both', 'AAPI'],
      ['Choctaw on both sides', 'Other race'],
      ['Mexican American and proud', 'Hispanic'],
      ['My lola taught me to make lumpia', 'AAPI'],
      ['Daughter of Korean immigrants here', 'AAPI'],
      ['I wore white socks, and black and white shoes', ''],
      ['I have a black belt in shopping', ''],
    ],
  ],
])('%s', (_, rows) => {
  test.each(rows)('%j says %j', (text, expected) => {
    expect(facts(text)).toBe(expected);
  });
});

describe('family', () => {
  test.each([
    ['son starts college tomorrow and I am crying', 'Has a son.'],
    ["we're in Brooklyn with 3 kids", 'Has three kids.'],
    ['Girl dad x3. Outnumbered', 'Is a dad.'],
    ["I've got a 4 year old and one working hand", 'Has a child (4 year old).'],
    ['5 people in this house and one bathroom', 'Lives in a household of 5 people.'],
    ['Full time caregiver for my mom', 'Takes care of their mom.'],
  ])('%j tells %j', (text, statement) => {
    expect(claims(text)).toContain(statement);
  });

  test.each([
    'The neighbors kids are loud',
    "Say you're a widow with two kids and no insurance",
    'At 30 my mother had four kids',
    'adopted a sourdough starter, so I am officially a single father of one',
    "it's mighty hard when you have three children",
    'Daughter is a great album',
  ])('%j tells of no child', (text) => {
    expect(claims(text).filter((statement) => /^(?:Has|Is) /.test(statement))).toEqual([]);
  });

  it('leaves out claims that every woman or man could make', () => {
    const { attributes, claims: told } = reader.readText(historyOf(["I'm a daughter of the desert."]).posts);
    expect(attributes['sex']?.value).toBe('female');
    expect(told.map(({ statement }) => statement)).not.toContain('Is a daughter.');
  });
});
