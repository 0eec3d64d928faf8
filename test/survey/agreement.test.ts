import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/findings.js';
import { marginDifferences, settleAgreement } from '../../src/survey/agreement.js';
import type { Margin, ZoneMargins } from '../../src/survey/margins.js';
import { rakeTable } from '../../src/survey/rake-table.js';
import { codesOf } from './margin-fixture.js';

const labels = (size: number, letter: string): string[] => Array.from({ length: size }, (_, k) => `${letter}${k}`);
const categories = { a: labels(2, 'a'), b: labels(3, 'b'), c: labels(2, 'c') };
type Name = keyof typeof categories;
/** A margin of one variable or two, values in the order of the last variable first. */
const marginOf = (parts: readonly Name[], asked: readonly number[], level: Margin['level'] = null): Margin => ({
  ...{ name: parts.join(' x '), level, universe: null, unit: 'total' },
  categories:
    parts.length === 1
      ? categories[parts[0]!]
      : categories[parts[0]!].flatMap((x) => categories[parts[1]!].map((y) => `${x} x ${y}`)),
  asked: Float64Array.from(asked),
});
const zoneOf = (...margins: readonly Margin[]): ZoneMargins => ({ zone: 'z', margins, numbers: [] });
const isVariable = (name: string): boolean => name in categories;
const nothing = (): void => undefined;
const first = (zone: ZoneMargins): ZoneMargins => settleAgreement([zone], 'first', isVariable, nothing)[0]!;
const positive = (size: number) => fc.array(fc.integer({ min: 1, max: 50 }), { minLength: size, maxLength: size });
const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((s, x) => s + x, 0);

describe('settleAgreement with the first in the file right', () => {
  it('fits a joint as raking its table does, and keeps its total', () => {
    fc.assert(
      fc.property(positive(2), positive(3), positive(6), (a, b, joint) => {
        const settled = first(zoneOf(marginOf(['a'], a), marginOf(['b'], b), marginOf(['a', 'b'], joint)));
        const table = rakeTable(
          { sizes: [2, 3], cells: Float64Array.from(joint, (x) => x / sum(joint)) },
          [a, b].map((own, axis) => ({ axes: [axis], shares: Float64Array.from(own, (x) => x / sum(own)) })),
          { tolerance: 1e-13 },
        );
        settled.margins[2]!.asked.forEach((x, c) => expect(x / sum(joint)).toBeCloseTo(table.cells[c]!, 10));
        expect([...settled.margins[0]!.asked]).toEqual(a);
        expect(sum(settled.margins[2]!.asked)).toBeCloseTo(sum(joint), 8);
      }),
      { seed: 20260107, numRuns: 60 },
    );
  });

  it('leaves nothing that disagrees, two joints that share a variable included', () => {
    fc.assert(
      fc.property(positive(6), positive(6), positive(2), (ab, bc, c) => {
        const zone = zoneOf(marginOf(['a', 'b'], ab), marginOf(['b', 'c'], bc), marginOf(['c'], c));
        const settled = first(zone);
        expect(marginDifferences(settled, isVariable)).toEqual([]);
        // The last is a one-way margin of a joint before it: it becomes what the joint says.
        const own = settled.margins[1]!.asked;
        const share = (own[0]! + own[2]! + own[4]!) / sum(own);
        expect(settled.margins[2]!.asked[0]! / sum(c)).toBeCloseTo(share, 9);
      }),
      { seed: 20260108, numRuns: 60 },
    );
  });

  it('gives a category that the first does not ask for to nobody', () => {
    const settled = first(zoneOf(marginOf(['a'], [5, 0]), marginOf(['a', 'c'], [1, 3, 2, 2])));
    expect([...settled.margins[1]!.asked]).toEqual([2, 6, 0, 0]);
  });
});

describe('settleAgreement', () => {
  it('changes and says nothing where margins agree, speak of other variables, of nobody, or of another level', () => {
    const findings: Finding[] = [];
    const zones = [
      zoneOf(marginOf(['a'], [4, 4]), marginOf(['a', 'c'], [1, 3, 2, 2]), marginOf(['b'], [1, 2, 3])),
      zoneOf(marginOf(['a'], [0, 0]), marginOf(['a', 'c'], [1, 3, 2, 9])),
      zoneOf(marginOf(['a'], [1, 9], 'person'), marginOf(['a', 'c'], [1, 3, 2, 9], 'household')),
      zoneOf(),
    ];
    for (const policy of ['error', 'first', 'report'] as const)
      expect(settleAgreement(zones, policy, isVariable, (finding) => findings.push(finding))).toBe(zones);
    expect(findings).toEqual([]);
  });

  it('names the zone, and the largest of all differences', () => {
    const zones = [zoneOf(marginOf(['a'], [1, 1]), marginOf(['a', 'c'], [1, 3, 1, 1]))];
    expect(() => settleAgreement(zones, 'error', isVariable, nothing)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(
          /^zone z: a: disagrees with a x c on a = a[01] \(largest of 2 differences\); got 0\.5, expected 0\.\d+\. No weights meet both\.$/,
        ) as string,
      }),
    );
    const findings: Finding[] = [];
    expect(settleAgreement(zones, 'report', isVariable, (finding) => findings.push(finding))).toBe(zones);
    expect(codesOf(findings)).toEqual(['margins-disagree']);
  });
});
