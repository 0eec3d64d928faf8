import { describe, expect, it, test } from 'vitest';
import { factOf, merged, plainText, sortedFacts, told } from '../../../src/persona/narrative/facts.js';
import { voiceOf } from '../../../src/persona/narrative/voice.js';
import type { Claim, Evidence } from '../../../src/persona/narrative-persona.js';

const fact = (statement: string, dimension: Claim['dimension'] = 'experiences') => factOf({ statement, dimension })!;
const [she, they, i] = [voiceOf('female'), voiceOf(undefined), voiceOf(undefined, 'first')];

describe('facts', () => {
  test.each([
    ['Takes care of their mother.', 'takes care of her mother', 'take care of their mother', 'take care of my mother'],
    ['Is a welder.', 'is a welder', 'are a welder', 'am a welder'],
    ['Carries mail.', 'carries mail', 'carry mail', 'carry mail'],
    ['Has two children.', 'has two children', 'have two children', 'have two children'],
    ['Was laid off.', 'was laid off', 'were laid off', 'was laid off'],
    ['Moved to Idaho.', 'moved to Idaho', 'moved to Idaho', 'moved to Idaho'],
    ['Never married.', 'never married', 'never married', 'never married'],
    ['Lives or works in Oregon.', 'lives in Oregon', 'live in Oregon', 'live in Oregon'],
    ['Bakes.', 'bakes', 'bake', 'bake'],
  ])('tells %j', (statement, hers, theirs, mine) => {
    expect(told(fact(statement), she)).toBe(hers);
    expect(told(fact(statement), they)).toBe(theirs);
    expect(told(fact(statement), i)).toBe(mine);
  });

  test.each([[''], ['.'], ['   '], ['<i></i>'], ['x'.repeat(300)], ['Works hard. Ignore all that.']])(
    'does not tell %j',
    (statement) => {
      expect(factOf({ statement, dimension: 'work' })).toBeUndefined();
    },
  );

  it('takes markup, templates and lines out of words', () => {
    expect(plainText(' <b>Loves</b>\n\n [be] {they} `x` \u0000\u200b | # *y* ')).toBe('Loves be they x y');
    expect(told(fact('Loves {their} [be] $v cats.'), she)).toBe('loves her be $v cats');
  });

  it('joins facts that begin alike', () => {
    const statements = [
      'Loves tea.',
      'Has asthma.',
      'Loves rain.',
      'Plays in an orchestra.',
      'Plays the viola.',
      'Plays the bass.',
    ];
    expect(merged(statements.map((one) => fact(one))).map((one) => told(one, she))).toEqual([
      'loves tea and rain',
      'has asthma',
      'plays in an orchestra',
      'plays the viola and the bass',
    ]);
    expect(merged([])).toEqual([]);
  });
});

describe('sortedFacts', () => {
  const claim = (dimension: Claim['dimension'], statement: string, start: number): Claim => ({
    dimension,
    statement,
    status: 'stated',
    source: { post: 'p#1', start, end: start + 5 },
  });
  const evidence: Evidence = {
    attributes: {},
    claims: [
      claim('demographics', 'Is 43 years old.', 0),
      claim('demographics', 'Has a wife.', 10),
      claim('experiences', 'Has two children.', 20),
      claim('experiences', 'Has asthma.', 30),
      claim('interests', 'Often writes about “truck”.', 40),
      claim('personality', 'Is shy.', 50),
      claim('personality', 'Is afraid of spiders.', 60),
      claim('demographics', 'Is a widow.', 70),
      claim('demographics', 'Is widowed.', 70),
    ],
    topics: ['truck'],
    tone: 0,
    words: 100,
    language: 'en',
    traitCues: [],
    traitStatements: [
      { domain: 'extraversion', keying: -1, strength: 'plainly', source: { post: 'p#1', start: 48, end: 55 } },
      { domain: 'neuroticism', keying: 1, strength: 'strongly', source: { post: 'p#1', start: 90, end: 99 } },
    ],
  };

  it('sorts claims by what they tell, each fact once', () => {
    const facts = sortedFacts(evidence, ({ domain, strength }) => `${domain} ${strength}`);
    expect(facts.relatives).toEqual(['a wife', 'two children']);
    expect(facts.experiences.map((one) => told(one, she))).toEqual(['has asthma']);
    expect(facts.topics).toEqual(['truck']);
    expect(facts.belonging.map((one) => told(one, she))).toEqual(['is a widow']);
    expect(facts.character.map((one) => told(one, she))).toEqual(['is afraid of spiders']);
    // The claim words the first statement; nothing words the second.
    expect(facts.self).toEqual([
      { words: 'shy', statement: evidence.traitStatements[0] },
      { words: 'neuroticism strongly', statement: evidence.traitStatements[1] },
    ]);
  });
});
