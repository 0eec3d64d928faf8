import { describe, expect, it } from 'vitest';
import { rememberingReader } from '../../src/persona/evidence/remembering-reader.js';
import type { EvidenceReader } from '../../src/persona/evidence/evidence.js';
import { remembered } from '../../src/persona/remembered.js';
import { historyOf, reader } from './evidence-fixture.js';

/** A function that keeps what it was asked. */
function counted(): { asked: number[]; double: (x: number) => { twice: number } } {
  const asked: number[] = [];
  return { asked, double: (x) => (asked.push(x), { twice: 2 * x }) };
}

describe('remembered', () => {
  it('works each value out once', () => {
    const { asked, double } = counted();
    const known = remembered(double);
    expect([1, 2, 1, 2].map(known)).toEqual([{ twice: 2 }, { twice: 4 }, { twice: 2 }, { twice: 4 }]);
    expect(asked).toEqual([1, 2]);
  });

  it('forgets the oldest when it holds the most', () => {
    const { asked, double } = counted();
    const known = remembered(double, { most: 2 });
    [1, 2, 3, 2, 1].forEach(known);
    expect(asked).toEqual([1, 2, 3, 1]);
  });

  it('takes arguments with the same key for the same', () => {
    const { asked, double } = counted();
    const known = remembered(double, { keyOf: (x) => x % 2 });
    expect([1, 3, 2].map(known)).toEqual([{ twice: 2 }, { twice: 2 }, { twice: 4 }]);
    expect(asked).toEqual([1, 2]);
  });
});

describe('rememberingReader', () => {
  const histories = [
    historyOf(['I am 41 and a nurse in Tulsa.']),
    // The same words in another year, and with something declared, say something else.
    { ...historyOf(['I am 41 and a nurse in Tulsa.']), declared: { ageYears: 50, attributes: {} } },
    historyOf(['I am 41 and a nurse in Tulsa.', 'Hello again.']),
  ];

  function watched(): { reads: string[]; remembering: EvidenceReader } {
    const reads: string[] = [];
    const remembering = rememberingReader({
      read: (history) => (reads.push('history'), reader.read(history)),
      readText: (posts) => (reads.push('text'), reader.readText(posts)),
      readFacts: (posts) => (reads.push('facts'), reader.readFacts(posts)),
    });
    return { reads, remembering };
  }

  it('says what the reader says, and reads nothing twice', () => {
    const { reads, remembering } = watched();
    for (const history of [...histories, ...structuredClone(histories)]) {
      expect(remembering.read(history)).toEqual(reader.read(history));
      expect(remembering.readFacts(history.posts)).toEqual(reader.readFacts(history.posts));
    }
    // The posts of the first two are the same, their declared fields are not.
    expect(reads.filter((what) => what === 'history')).toHaveLength(3);
    expect(reads.filter((what) => what === 'facts')).toHaveLength(2);
  });

  it('tells one text from the same text with another date', () => {
    const { remembering } = watched();
    const ages = [2020, 2023].map(
      (year) =>
        remembering.readFacts([
          { id: 'a#1', date: '2020-05-01', text: 'I am 41.' },
          { id: 'a#2', date: `${year}-05-01`, text: 'Hello.' },
        ]).ageYears,
    );
    expect(ages).toEqual([41, 44]);
  });
});
