import { describe, expect, it } from 'vitest';
import { isShortPieces } from '../../src/persona/evidence/assertion.js';

const piece = (length: number): string => 'a'.repeat(length);

describe('isShortPieces', () => {
  it.each([
    ['', true],
    ['52m, never married, ', true],
    [piece(48), true],
    [piece(49), false],
    [`${piece(48)}, ${piece(48)}`, true],
    [`${piece(48)},  ${piece(48)}`, false],
    [`${piece(49)}, a`, false],
    ['a, b, c, d, e, f', true],
    ['a, b, c, d, e, f, g', false],
    // A dash parts pieces only where it must.
    ['a-b-c-d-e-f-g-h', true],
    [`${piece(30)}-${piece(30)}`, true],
    [`${piece(20)}-${piece(20)}-${piece(40)}`, true],
    [`a-${piece(49)}`, false],
  ])('%j: %s', (text, expected) => expect(isShortPieces(text)).toBe(expected));

  it('takes no time for a line of hyphens', () => expect(isShortPieces(`${'-'.repeat(500)},,,,,,`)).toBe(false));
});
