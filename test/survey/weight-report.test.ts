import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/core/canonical-json.js';
import { capFrontier } from '../../src/survey/cap-frontier.js';
import { fitWeights } from '../../src/survey/fit-weights.js';
import { marginCosts } from '../../src/survey/margin-costs.js';
import { checkGates } from '../../src/survey/weight-gates.js';
import { weightReport, WeightReport, type WeightReportOptions } from '../../src/survey/weight-report.js';
import type { WeightingProblem } from '../../src/survey/weighting-problem.js';
import { marginOf, problemOf } from './weighting-fixture.js';

const people = [
  [0, 0],
  [0, 1],
  [0, 1],
  [1, 0],
  [1, 1],
  [1, 1],
];
const problem = problemOf(
  people,
  [1, 1, 1, 1, 1, 1],
  [
    [0.4, 0.6],
    [0.5, 0.5],
  ],
);
const reportOf = (own: WeightingProblem, options: WeightReportOptions = {}): WeightReport => {
  const report = weightReport(own, fitWeights(own, options.weighting), options);
  // Whatever is reported must survive JSON and its schema.
  expect(WeightReport.parse(JSON.parse(canonicalJson(report)))).toEqual(report);
  return report;
};

describe('weightReport', () => {
  // One half of each sex/age product: .4 x .5 to one person, .4 x .5 to two, and so on; of six: 1.2, .6, .6, 1.8, .9, .9.
  it('says everything of weights that are known by hand', () => {
    const report = reportOf(problem, { zone: 'north', people: ['a', 'a', 'b', 'c', 'd', 'e'] });
    const squares = 1.2 * 1.2 + 2 * 0.6 * 0.6 + 1.8 * 1.8 + 2 * 0.9 * 0.9;
    expect(report).toMatchObject({
      schema: 'weights/1',
      zone: 'north',
      status: 'converged',
      method: 'maxent',
      tolerance: 1e-10,
      records: 6,
      signatures: 4,
      total: 6,
      findings: [],
      excluded: [],
      frontier: [],
      gates: { limits: {}, misses: [] },
    });
    expect(report.effectiveSampleSize).toBeCloseTo(36 / squares, 8);
    expect(report.designEffect).toBeCloseTo(squares / 6, 8);
    // The first two records are one person.
    expect(report.effectivePeople).toBeCloseTo(36 / (squares + 2 * 1.2 * 0.6), 8);
    expect(report.maxRelativeWeight).toBeCloseTo(1.8, 8);
    expect(report.topShare).toBeCloseTo((0.06 * 1.8) / 6, 8);
    expect(report.maxMarginError).toBeLessThanOrEqual(1e-10);
    expect(report.worstCells).toHaveLength(4);
    expect(report.margins.map(({ margin, category, asked, before }) => [margin, category, asked, before])).toEqual([
      ['m0', '0', 0.4, 0.5],
      ['m0', '1', 0.6, 0.5],
      ['m1', '0', 0.5, 1 / 3],
      ['m1', '1', 0.5, 2 / 3],
    ]);
    report.margins.forEach(({ asked, achieved }) => expect(achieved).toBeCloseTo(asked, 9));
    // Among themselves the weights of the first margin are as .4/.5 to .6/.5.
    expect(report.margins[1]!.multiplier - report.margins[0]!.multiplier).toBeCloseTo(Math.log(1.5), 8);
    expect(report.balance.maxAfter).toBeLessThan(1e-9);
    expect(report.balance.maxBefore).toBeCloseTo((0.5 - 1 / 3) / 0.5, 9);
    expect(report.groups.map(({ records }) => records)).toEqual([3, 3, 2, 4]);
    expect(report.twoWay.tables.map(({ variables }) => variables)).toEqual([['m0', 'm1']]);
    expect(report.costs).toEqual(marginCosts(problem));
    expect(report.costs[0]!.margin).toBe('m1');
  });

  it('tries caps when it is asked to, with maximum entropy for raking', () => {
    const caps = [1.5, 1.05];
    const { frontier, method } = reportOf(problem, { caps, weighting: { method: 'rake' }, costs: false });
    expect(method).toBe('rake');
    expect(frontier).toEqual(capFrontier(problem, { caps }));
    expect(frontier.map(({ cap, status }) => [cap, status])).toEqual([
      [null, 'converged'],
      [1.5, 'converged'],
      [1.05, 'infeasible'],
    ]);
    // The weights may themselves have been capped; the first row is without.
    const capped = reportOf(problem, { caps, weighting: { cap: 1.6 }, costs: false });
    expect(capped.frontier[0]!.maxRelativeWeight).toBeCloseTo(1.8, 8);
    expect(capped.maxRelativeWeight).toBeCloseTo(1.6, 8);
    expect(capped.costs).toEqual([]);
  });

  it('names the limits that are missed, in words', () => {
    const limits = { maxDesignEffect: 1.01, minEffectiveSampleSize: 6, minGroupRecords: 3 };
    expect(reportOf(problem, { limits }).gates).toEqual({
      limits,
      misses: [
        { gate: 'maxDesignEffect', message: 'the design effect is 1.17, more than 1.01' },
        { gate: 'minEffectiveSampleSize', message: 'the effective sample size is 5.128, less than 6' },
        { gate: 'minGroupRecords', message: 'm1 = 0 has 2 records, less than 3' },
      ],
    });
    const kept = { maxDesignEffect: 1.2, minEffectiveSampleSize: 5, minGroupRecords: 2 };
    expect(reportOf(problem, { limits: kept }).gates.misses).toEqual([]);
  });

  it('lists what weights do not speak of', () => {
    const own: WeightingProblem = {
      records: 4,
      base: Float64Array.of(1, 1, 1, 0),
      margins: [
        { ...marginOf('sex', Int32Array.of(0, 0, 0, 0), [0.75, 0.25]), importance: 2 },
        marginOf('age', Int32Array.of(0, 1, -1, 0), [0.5, 0.5]),
      ],
    };
    const { excluded, balance, findings } = reportOf(own, {
      excluded: ['people under 18'],
      maxPairs: 0,
      findings: [{ level: 'caution', code: 'labels-trimmed', message: 'blanks were cut', values: { labels: [' a'] } }],
    });
    expect(excluded).toEqual([
      'people under 18',
      'sex = 1: asked for (0.25), but no record has it',
      '1 record without base weight',
      '1 record not in the universe of age, or of unknown category',
      'sex need not be met: it may give way',
      'pairs of variables that were not compared: 1',
    ]);
    expect(balance.rows[0]).toMatchObject({ margin: 'sex', category: '1', records: 0, smdAfter: null });
    expect(findings).toHaveLength(1);
  });

  it('reports weights that could not be fitted, without further fits', () => {
    const impossible = problemOf(
      [
        [0, 0],
        [1, 1],
      ],
      [1, 1],
      [
        [0.6, 0.4],
        [0.5, 0.5],
      ],
    );
    const report = reportOf(impossible, { caps: [2] });
    expect(report).toMatchObject({ status: 'infeasible', costs: [], frontier: [] });
    expect(report.maxMarginError).toBeGreaterThan(0.01);
  });

  it('has no design effect where nobody lives', () => {
    const empty = problemOf([[0], [1]], [1, 1], [[0, 0]], 'total');
    const report = reportOf(empty, { people: ['a', 'b'], limits: { maxDesignEffect: 2 }, caps: [2] });
    expect(report).toMatchObject({
      status: 'converged',
      total: 0,
      designEffect: null,
      effectiveSampleSize: 0,
      effectivePeople: 0,
      topShare: 0,
      costs: [],
      frontier: [],
    });
    expect(report.gates.misses[0]!.message).toBe('nobody has weight, so that there is no design effect');
  });

  it('works for one record without margins', () =>
    expect(reportOf(problemOf([[]], [3], []))).toMatchObject({ designEffect: 1, effectiveSampleSize: 1, margins: [] }));

  it('refuses weights and people of another problem', () => {
    const result = fitWeights(problem);
    const other = { ...result, weights: new Float64Array(2) };
    expect(() => weightReport(problem, other)).toThrow(
      'weightReport.weights: wrong number of entries; got 2, expected 6.',
    );
    expect(() => weightReport(problem, result, { people: ['a'] })).toThrow(
      'weightReport.people: wrong number of entries; got 1, expected 6.',
    );
  });
});

describe('checkGates', () => {
  it('limits the share of the largest weights', () => {
    const figures = { designEffect: 2, effectiveSampleSize: 50, topShare: 0.125, groups: [] };
    expect(checkGates(figures, { maxTopShare: 0.125 })).toEqual([]);
    expect(checkGates(figures, { maxTopShare: 0.05 })).toEqual([
      { gate: 'maxTopShare', message: 'the largest 1% of the weights have 12.5% of all weight, more than 5%' },
    ]);
  });

  it('speaks of one record, of none, and only of what is asked for', () => {
    const group = { margin: 'age', share: 0, effectiveSampleSize: 0, effectivePeople: null };
    const groups = [
      { ...group, category: 'young', asked: 0.5, records: 1 },
      { ...group, category: 'old', asked: 0.5, records: 0 },
      { ...group, category: 'none', asked: 0, records: 0 },
    ];
    const misses = checkGates(
      { designEffect: 1, effectiveSampleSize: 1, topShare: 0.01, groups },
      { minGroupRecords: 2 },
    );
    expect(misses.map(({ message }) => message)).toEqual([
      'age = young has 1 record, less than 2',
      'age = old has no records, less than 2',
    ]);
  });
});
