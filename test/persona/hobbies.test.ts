import { describe, expect, test } from 'vitest';
import { healthReader } from '../../src/persona/evidence/health.js';
import { hobbyReader } from '../../src/persona/evidence/hobbies.js';
import { readSentences } from '../../src/persona/evidence/reading.js';
import { stanceClaims } from '../../src/persona/evidence/stance.js';
import { lexicons } from './evidence-fixture.js';

const hobbies = hobbyReader(lexicons.life, lexicons.commonWords);
const health = healthReader(lexicons.life);
const claims = (read: typeof hobbies, text: string): string[] =>
  read(readSentences({ posts: [{ id: 'a#1', text }] })).map(({ statement, status }) => `${statement} ${status}`);

describe('free time', () => {
  test.each([
    ['I quilt.', 'Quilts. stated'],
    ['Started lifting at sixty-one.', 'Spends time lifting.'],
    ['I learned to swim this winter.', 'Swims. stated'],
    ['I do jigsaw puzzles by the hundred', 'Does jigsaw puzzles. stated'],
    ['I golf maybe three times a week', 'Plays golf. stated'],
    ['My girlfriend is teaching me swing dancing.', 'Spends time swing dancing.'],
    ['Tore my ACL playing church league softball', 'Plays softball. stated'],
    ['Stickball every spring till my ankles say otherwise', 'Plays stickball. inferred'],
    ["I'm in a woodturning club", 'Spends time woodturning.'],
    ['Crocheted the last row last night.', 'Crochets. inferred'],
    ['I love reading before bed', 'Spends time reading. stated'],
    ['I ride every day now', 'Rides. stated'],
  ])('of %j', (text, expected) => {
    expect(claims(hobbies, text).join('\n')).toContain(expected);
  });

  test.each([
    'I ride the bus every day',
    'I read that it rained',
    'How time flies',
    'My brother is playing the banjo',
    'I heard her playing the banjo',
    "I'm going to take up pottery",
    'I never hike',
    'I sold my kayak',
    'I quit my book club',
    'We watched the golf on TV',
    'He told me I fish too much like my dad',
    'Growing like a bonsai',
    'Do you knit?',
  ])('not of %j', (text) => {
    expect(claims(hobbies, text)).toEqual([]);
  });
});

describe('health', () => {
  test.each([
    ['My psoriasis hates winter', 'Has psoriasis. stated'],
    ["I've got celiac so potlucks are hard", 'Has celiac. stated'],
    ['been on insulin since kindergarten, I am 24', 'Takes insulin.'],
    ['I had my first colonoscopy', 'Has had colonoscopy. stated'],
    ['Type 1 diabetic since age 9.', 'Is type 1 diabetic.'],
    ["Sciatica's got me typing from the floor", 'Has sciatica. inferred'],
    ['My doctor diagnosed me with lupus', 'Has lupus. stated'],
  ])('of %j', (text, expected) => {
    expect(claims(health, text).join('\n')).toContain(expected);
  });

  test.each([
    "My son's asthma is bad",
    'I have one autistic student',
    'Cancer awareness walk on saturday',
    'this traffic gives me a heart attack every time',
    'If I had lupus I would move',
    'I do not have lyme disease',
    'I took Prozac for a year',
    'Do I have lupus?',
    'Looking at knee surgery ads',
  ])('not of %j', (text) => {
    expect(claims(health, text)).toEqual([]);
  });
});

describe('what is loved and hated', () => {
  test.each([
    ['I love old tube radios', 'Loves old tube radios. stated'],
    ["I can't help it, I hate parades", 'Dislikes parades. inferred'],
    ['I am shy', 'Is shy. stated'],
    ['I love to cook soup', 'Loves to cook soup. stated'],
    ['I worry about money', 'Worries about money. inferred'],
  ])('of %j', (text, expected) => {
    expect(claims(stanceClaims, text)).toContain(expected);
  });

  test.each([
    'We saw I Love Lucy again',
    'I love ya',
    'I hate it',
    'I love strange',
    'She loves parades',
    'I loved parades as a kid',
    'Love the new curtains',
    'I love this week',
  ])('not of %j', (text) => {
    expect(claims(stanceClaims, text)).toEqual([]);
  });
});
