import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { employmentRules } from '../../src/persona/evidence/employment-rules.js';
import { neededWords, tellingWords } from '../../src/persona/evidence/needed-words.js';
import { matchesOf, mayMatch, phrase, readSentences } from '../../src/persona/evidence/reading.js';
import { lexicons } from './evidence-fixture.js';

const texts = readFileSync(new URL('statements-dev.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((line) => (JSON.parse(line) as { text: string }).text);

describe('neededWords', () => {
  test.each([
    ['\\bmy dogs?\\b', ['dog', 'dogs']],
    ['\\bi (?:love|hate) it\\b', ['love', 'hate']],
    ['\\bi work(?:ing)? (?:\\w+ )?as\\b', ['work', 'working']],
    ['\\b(?:\\w+ )?retired(?= ?[.,]| ?$)', ['retired']],
    ['\\bgr[ae]y hair\\b', ['gray', 'grey']],
    ['\\b(?:big )?(?:cats|dogs){1,2}\\b', undefined],
    // No edge to the right: "dog" may go on as "dogma".
    ['\\bmy dog', undefined],
    ['\\bmy (?:dog|\\w+)\\b', undefined],
    ['\\bi am\\b', undefined],
    ['(?<!my )\\bhouse (?!boat)is\\b', ['house']],
  ])('%s', (source, words) => {
    expect(neededWords(source)).toEqual(words && new Set(words));
  });

  it('never stops a match of the patterns of work', () => {
    const rules = employmentRules(lexicons.occupations);
    const all = readSentences({ posts: texts.map((text, k) => ({ id: `a#${k}`, text })) });
    let stopped = 0;
    for (const { pattern } of rules)
      for (const one of all)
        if (!mayMatch(one, pattern)) {
          stopped++;
          expect(matchesOf(one.text, pattern), `${pattern.source} in ${one.text}`).toEqual([]);
        }
    expect(stopped).toBeGreaterThan(0.9 * rules.length * all.length);
  });

  it('never stops a match of drawn patterns and texts', () => {
    const piece = fc.constantFrom(
      'cat',
      'dog',
      ' ',
      '(?:cat|dog)',
      '(?:cat )?',
      's?',
      '\\b',
      '\\w+',
      '[- ]',
      '(?: dog)+',
      '(?:cat|dog){1,2}',
      '(?=s)',
    );
    const said = fc.array(fc.constantFrom('cat', 'dog', ' ', 's', '-', '.'), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), said, (pieces, parts) => {
        const [pattern, text] = [phrase(pieces.join('')), parts.join('')];
        const [one] = readSentences({ posts: [{ id: 'a#1', text }] });
        if (one && !mayMatch(one, pattern)) expect(matchesOf(one.text, pattern)).toEqual([]);
      }),
      { seed: 20260101, numRuns: 3000 },
    );
  });

  it('has words as the patterns have them', () => {
    expect(tellingWords("I'm the dog's vet in St. Paul")).toEqual(new Set(['dog', 'vet', 'st', 'paul']));
  });
});
