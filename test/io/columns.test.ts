import { describe, expect, it } from 'vitest';
import { closestMatch, requireColumns } from '../../src/io/columns.js';

describe('closestMatch', () => {
  it.each([
    { name: 'author', candidates: ['id', 'Author'], match: 'Author' },
    { name: 'author', candidates: ['text', 'auhtor'], match: 'auhtor' },
    { name: 'author_id', candidates: ['text', 'authorId', 'author'], match: 'authorId' },
    { name: 'author', candidates: ['user', 'author_name'], match: 'author_name' },
    { name: 'text', candidates: ['id', 'when'], match: undefined },
    { name: 'text', candidates: [], match: undefined },
    { name: 'text', candidates: ['', '__'], match: undefined },
    { name: 'date', candidates: ['data', 'dates'], match: 'data' },
  ])('$name among $candidates is $match', ({ name, candidates, match }) => {
    expect(closestMatch(name, candidates)).toBe(match);
  });
});

describe('requireColumns', () => {
  it('is silent when all are there', () => {
    expect(() => requireColumns('f', ['a'], ['b', 'a'])).not.toThrow();
    expect(() => requireColumns('f', [], [])).not.toThrow();
  });

  it('names what is missing, what is there, and what may have been meant', () => {
    expect(() => requireColumns('f.csv', ['author', 'text'], ['text', 'authr'])).toThrow(
      'f.csv: missing column "author"; got text, authr, expected "author", "text". Did you mean "authr" for "author"?',
    );
    expect(() => requireColumns('f.csv', ['author'], ['x'])).toThrow(
      /^f\.csv: missing column "author"; got x, expected "author"\.$/,
    );
  });
});
