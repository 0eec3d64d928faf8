import { describe, expect, it } from 'vitest';
import { responseQuality } from '../../src/psychometrics/response-quality.js';
import { inventoryOf, tiny } from './fixtures.js';

const of = (...responses: number[]): ReturnType<typeof responseQuality> =>
  responseQuality(tiny, Uint8Array.from(responses));

describe('responseQuality', () => {
  // Items: +E1 -E2 +A1 -A2, then + keys only: acquiescence rests on E and A.
  it.each([
    {
      name: 'a straight line of fives',
      responses: [5, 5, 5, 5, 5, 5, 5, 5, 5, 5],
      expected: { missing: 0, longestRun: 10, straightLined: 1, midpointShare: 0, extremeShare: 1, acquiescence: 2 },
    },
    {
      name: 'a straight line with holes',
      responses: [3, 3, 0, 3, 3, 3, 0, 3, 0, 0],
      expected: { missing: 4, longestRun: 3, straightLined: 1, midpointShare: 1, extremeShare: 0, acquiescence: 0 },
    },
    {
      name: 'consistent answers have no acquiescence',
      responses: [5, 1, 4, 2, 3, 3, 1, 2, 4, 4],
      expected: { missing: 0, longestRun: 2, straightLined: 0, midpointShare: 0.2, extremeShare: 0.3, acquiescence: 0 },
    },
    {
      name: 'agreeing with both keys of E only',
      responses: [4, 5, 0, 2, 1, 1, 1, 1, 1, 2],
      expected: {
        missing: 1,
        longestRun: 5,
        straightLined: 0,
        midpointShare: 0,
        extremeShare: 6 / 9,
        acquiescence: 1.5,
      },
    },
    {
      name: 'one answer is no line',
      responses: [0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
      expected: { missing: 9, longestRun: 1, straightLined: 0, midpointShare: 0, extremeShare: 1, acquiescence: NaN },
    },
    {
      name: 'no answers at all',
      responses: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      expected: {
        missing: 10,
        longestRun: 0,
        straightLined: 0,
        midpointShare: NaN,
        extremeShare: NaN,
        acquiescence: NaN,
      },
    },
  ])('$name', ({ responses, expected }) => {
    const quality = of(...responses);
    for (const [measure, value] of Object.entries(expected))
      expect(Number(quality[measure as keyof typeof expected][0]!.toFixed(12)), measure).toBe(
        Number(value.toFixed(12)),
      );
  });

  it('keeps people apart and takes none', () => {
    const quality = of(...new Array<number>(10).fill(1), ...[1, 2, 1, 2, 1, 2, 1, 2, 1, 2]);
    expect(Array.from(quality.longestRun)).toEqual([10, 1]);
    expect(of().people).toBe(0);
  });

  it('finds no midpoint on an even scale', () => {
    const even = inventoryOf('even', ['+E1', '-E2', '+A1', '+A2', '+C1'], 6);
    const quality = responseQuality(even, Uint8Array.of(3, 4, 3, 4, 6));
    expect(quality.midpointShare[0]).toBe(0);
    expect(quality.extremeShare[0]).toBe(0.2);
    expect(quality.acquiescence[0]).toBe(0);
  });

  it('refuses a response off the scale', () => {
    expect(() => of(9, 1, 1, 1, 1, 1, 1, 1, 1, 1)).toThrow('tiny.responses[0].E1: not on the response scale; got 9');
  });
});
