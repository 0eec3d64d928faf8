import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadSlackSolver, type SlackSolver } from '../../src/survey/feasibility.js';
import { GapList } from '../../src/survey/gap-list.js';
import { knownGaps } from '../../src/survey/known-gaps.js';
import type { WeightingProblem } from '../../src/survey/weighting-problem.js';
import { marginOf } from './weighting-fixture.js';

let solve: SlackSolver;
beforeAll(async () => {
  solve = await loadSlackSolver();
});

const problem = (codes: readonly number[], asked: readonly number[]): WeightingProblem => ({
  records: codes.length,
  base: new Float64Array(codes.length).fill(1),
  margins: [marginOf('sex', Int32Array.from(codes), asked)],
  total: 1,
});
const describeOf =
  (codes: readonly number[]) =>
  (record: number): { reason: 'clash'; attributes: Record<string, string>; traits: Record<string, never> } => ({
    reason: 'clash',
    attributes: { sex: String(codes[record]) },
    traits: {},
  });

describe('knownGaps', () => {
  // Nobody has category 1, of which .3 is asked: the two who could be had carry it, four present records with an eighth each.
  it('lists who could be had of what nobody has, kinds told alike as one', () => {
    const codes = [0, 0, 0, 0, 1, 1];
    const list = knownGaps(problem(codes, [0.7, 0.3]), solve, {
      present: 4,
      maxShare: 0.25,
      maxRelativeWeight: 0.4,
      describe: describeOf(codes),
    });
    expect(GapList.parse(list)).toEqual({
      schema: 'gap-list/1',
      zone: '',
      present: 4,
      wanted: 3,
      gaps: [
        {
          reason: 'clash',
          attributes: { sex: '1' },
          traits: {},
          members: {},
          weight: expect.closeTo(0.3, 9) as number,
          records: 3,
        },
      ],
      contradiction: 0,
    });
  });

  it('is given the prices of the sample alone: more is wanted of what is missing', () => {
    const codes = [0, 0, 1];
    const seen: number[][] = [];
    knownGaps(problem(codes, [0.7, 0.3]), solve, {
      present: 2,
      maxShare: 0.5,
      describe: (record, prices) => {
        seen.push([...prices]);
        return describeOf(codes)(record);
      },
    });
    expect(seen).toHaveLength(1);
    expect(seen[0]![1]! - seen[0]![0]!).toBeGreaterThan(0.5);
  });

  // One of four present records has category 1 and would carry half: with a limit of .25 others have to join it.
  it('lists who would share the weight where a record carries too much', () => {
    const codes = [0, 0, 0, 1, 0, 1];
    const list = knownGaps(problem(codes, [0.5, 0.5]), solve, {
      present: 4,
      maxShare: 0.25,
      describe: describeOf(codes),
    });
    expect(list.gaps).toMatchObject([
      { attributes: { sex: '1' }, weight: expect.closeTo(0.25, 9) as number, records: 1 },
    ]);
  });

  it('tightens the limit until somebody is missing, and ends where even equal weights do', () => {
    const codes = [0, 0, 0, 1, 0, 1];
    const loose = knownGaps(problem(codes, [0.5, 0.5]), solve, {
      present: 4,
      maxShare: 1,
      describe: describeOf(codes),
    });
    expect(loose.gaps.map(({ attributes }) => attributes['sex'])).toEqual(['1']);
    const even = knownGaps(problem(codes, [0.75, 0.25]), solve, {
      present: 4,
      maxShare: 1,
      describe: describeOf(codes),
    });
    expect([even.wanted, even.gaps]).toEqual([0, []]);
  });

  it('says what nobody at all could meet', () => {
    const list = knownGaps(problem([0, 0, 0], [0.6, 0.4]), solve, {
      present: 2,
      maxShare: 1,
      describe: describeOf([0, 0, 0]),
    });
    // Short of one category and over in the other.
    expect(list.contradiction).toBeCloseTo(0.8, 9);
    expect(list.gaps).toEqual([]);
  });

  it('asks for as much weight as is missing beyond what present records may carry', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 3, maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 3, maxLength: 3 }),
        fc.integer({ min: 1, max: 4 }),
        (present, raw, factor) => {
          const n = present.length;
          const codes = [...present, 0, 1, 2];
          const shares = raw.map((x) => x / (raw[0]! + raw[1]! + raw[2]!));
          const maxShare = factor / n;
          const { gaps, contradiction } = knownGaps(problem(codes, shares), solve, {
            present: n,
            maxShare,
            describe: describeOf(codes),
          });
          // Each category on its own: what is asked less what its present records may carry.
          const missing = shares.map((share, c) =>
            Math.max(0, share - maxShare * present.filter((code) => code === c).length),
          );
          if (missing.every((x) => x < 1e-6)) return;
          expect(contradiction).toBe(0);
          missing.forEach((x, c) => {
            const gap = gaps.find(({ attributes }) => attributes['sex'] === String(c));
            expect(gap?.weight ?? 0).toBeCloseTo(x, 6);
          });
        },
      ),
      { seed: 20260101, numRuns: 60 },
    );
  });
});
