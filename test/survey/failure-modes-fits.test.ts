import { describe, expect, it } from 'vitest';
import { fitWeights } from '../../src/survey/fit-weights.js';
import { rakeTable } from '../../src/survey/rake-table.js';
import { WeightReport, weightReport } from '../../src/survey/weight-report.js';
import { temporaryFolder } from '../io/temporary.js';
import { findingOf } from '../support/stage-context.js';
import { filesWeigher, furthest, marginsOf, recordsOf, rounded } from './weighting-files.js';
import { marginOf, problemOf } from './weighting-fixture.js';

/** What goes wrong with weights and what is made of them, as users of other tools have met it. */
const weigh = filesWeigher(temporaryFolder());
const people = recordsOf({ sex: 'f f f f m m', age: 'old old young young old young' });
const half = marginsOf('share', 'sex f 0.5, sex m 0.5');
/** A rare twentieth that is asked to be nearly four times as many: one weight of 0.81 / 0.95, one of 0.19 / 0.05. */
const rare = {
  sample: recordsOf({ g: Array.from({ length: 100 }, (_, i) => (i < 95 ? 'often' : 'rare')).join(' ') }),
  margins: marginsOf('share', 'g often 0.81, g rare 0.19'),
};

// F1. On such a diagonal R's survey 4.1.1 returns weights of 50 and 50 without a warning.
it.each(['rake', 'maxent'] as const)(
  '%s never calls it convergence when weights merely stop moving',
  async (method) => {
    const diagonal = {
      sample: recordsOf({ a: 'x y', b: 'x y' }),
      margins: marginsOf('share', 'a x 0.6, a y 0.4, b x 0.5, b y 0.5'),
    };
    const { exit, message, report, weights } = await weigh(diagonal, { method });
    expect([exit, weights.size, report.status]).toEqual([3, 0, method === 'rake' ? 'stalled' : 'infeasible']);
    expect(message).toMatch(
      /^check-weights: the margins cannot be met together; at best 0\.4 of 2 are missing or too many: [ab] = [xy] \(1(\.2)? asked, 0\.2 over\); /,
    );
    expect(report.maxMarginError).toBeGreaterThan(0.04);
    expect(report.worstCells.map(({ error }) => error)).toEqual(
      report.margins.map(({ error }) => error).sort((p, q) => q - p),
    );
  },
);

// F6
it('a zone without people gets weights of zero and a note, and nothing is ever NaN', async () => {
  const zones = 'zone,variable,category,count\nn,sex,f,0\nn,sex,m,0\ns,sex,f,2\ns,sex,m,3\n';
  const { exit, weights, reports, findings } = await weigh({ sample: people, margins: zones }, { scale: 'population' });
  expect(exit).toBe(0);
  expect(rounded(weights)).toMatchObject({ 'n,1': 0, 'n,6': 0, 's,1': 0.5, 's,6': 1.5 });
  expect(reports.map(({ status, total, designEffect }) => [status, total, designEffect === null])).toEqual([
    ['converged', 0, true],
    ['converged', 5, false],
  ]);
  expect(findingOf(findings, 'empty-zones').values).toEqual({ zones: ['n'] });
  // The schema knows no NaN.
  for (const report of reports) WeightReport.parse(report);
});

// F7. Every household holds one old and one young person, so that ten households hold ten old persons, never twelve.
describe('households and persons that no weights can fit', () => {
  const files = {
    sample: 'home,cars\nh1,none\nh2,one\n',
    margins: marginsOf('count', 'cars none 4, cars one 6'),
    persons: 'home,age\nh1,old\nh1,young\nh2,old\nh2,young\n',
    personMargins: marginsOf('count', 'age old 12, age young 10'),
  };
  const config = { household: 'home', id: 'home', scale: 'population' } as const;

  it('are proven to be so, with the least that is missing and the cells that clash', async () => {
    const { exit, message, weights } = await weigh(files, config);
    expect([exit, weights.size]).toEqual([3, 0]);
    expect(message).toBe(
      'check-weights: the margins cannot be met together; at best 2 of 10 are missing or too many: age = old (12 asked, 2 short). See gap-list.json for the records that would help.',
    );
  });

  it('are met as nearly as is worth it where a margin may give way, and both are reported', async () => {
    const { exit, report, weights } = await weigh(files, { ...config, relax: { age: 1000 } });
    expect([exit, report.status]).toEqual([0, 'converged']);
    expect(rounded(weights)).toEqual({ h1: 4, h2: 6 });
    expect(report.margins.filter(({ margin }) => margin === 'age')).toMatchObject([
      { category: 'old', asked: 12, exact: false },
      { category: 'young', asked: 10, exact: false },
    ]);
    expect(report.margins.at(-2)!.achieved).toBeCloseTo(10, 9);
    expect(report.excluded).toContain('age need not be met: it may give way');
    expect((await weigh(files, { ...config, relax: { trips: 1 } })).message).toBe(
      'relax: no such margin; got trips, expected cars, age.',
    );
  });

  it('give way less the more important a margin is', async () => {
    const clash = {
      sample: recordsOf({ a: 'x y', b: 'x y' }),
      margins: marginsOf('share', 'a x 0.6, a y 0.4, b x 0.5, b y 0.5'),
    };
    const achieved = async (importance: number): Promise<number> =>
      (await weigh(clash, { relax: { a: importance, b: 1 } })).report.margins[0]!.achieved;
    // a pulls to 0.6, b and the base weights to 0.5.
    const [light, heavy] = [await achieved(1), await achieved(10_000)];
    expect(light).toBeGreaterThan(0.5);
    expect(light).toBeLessThan(0.55);
    expect(heavy).toBeCloseTo(0.6, 3);
  });
});

// F8. UDST/synthpop writes 0.01 and 0.001 into empty margins and cells.
it('no patch makes people that cannot be: a zero stays a zero', async () => {
  const table = rakeTable({ sizes: [2, 2], cells: Float64Array.of(0, 1, 1, 1) }, [
    { axes: [0], shares: Float64Array.of(0.4, 0.6) },
    { axes: [1], shares: Float64Array.of(0.3, 0.7) },
  ]);
  expect(table.status).toBe('converged');
  expect(table.cells[0]).toBe(0);
  const margins = marginsOf('share', 'sex f 0.5, sex m 0.5, age old 1, age young 0');
  const { weights } = await weigh({ sample: people, margins });
  expect(rounded(weights)).toEqual({ 1: 1.5, 2: 1.5, 3: 0, 4: 0, 5: 3, 6: 0 });
});

// F10
it('design weights are a start that weights keep to: their scale is nothing, their proportions stay', async () => {
  const start = (scale: number): string =>
    people.replace('age', 'age,d').replaceAll(/^r(\d).*$/gm, (line, k) => `${line},${scale * Number(k)}`);
  const [plain, twice] = [1, 2].map((scale) => weigh({ sample: start(scale), margins: half }, { baseWeight: 'd' }));
  const weights = rounded((await plain!).weights);
  expect(rounded((await twice!).weights)).toEqual(weights);
  // Women have 1 + 2 + 3 + 4, men 5 + 6, and both get 3.
  expect(weights).toEqual({ 1: 0.3, 2: 0.6, 3: 0.9, 4: 1.2, 5: 1.363636364, 6: 1.636363636 });
});

// F11
describe('an option that means nothing is refused, not ignored', () => {
  it.each([
    [{ method: 'rake', bounds: { lower: 0.5, upper: 2 } }, /^weighting\.bounds: raking does not have it; /],
    [{ method: 'rake', cap: 3 }, /^weighting\.cap: raking does not have it; /],
    [{ method: 'rake', relax: { sex: 1 } }, /^weighting\.margins\[sex\]\.importance: raking does not have it; /],
    [{ method: 'logit' }, /^weighting\.bounds\.upper: logit needs one; /],
    [{ totals: 'scale-to=region' }, /^totals: no such margin to scale to; got region, expected a margin in counts\.$/],
    [{ deadMargins: 'collapse=region:a->b' }, /^dead-margins\.collapse=region:a->b: no such margin; got region\.$/],
    [{ use: ['region'] }, /^--use: no such margin; got region, expected sex\.$/],
    [{ baseWeight: 'd' }, /^--base-weight: no such column in the file of --sample; got d, /],
    [{ scale: 'population' }, /^--scale population: the margins are shares: nobody knows of how many; /],
  ] as const)('%j', async (config, message) => {
    const weighed = await weigh({ sample: people, margins: half }, config as never);
    expect([weighed.exit, weighed.message]).toEqual([2, expect.stringMatching(message)]);
  });

  it('nor is a setting that there is not', async () => {
    await expect(weigh({ sample: people, margins: half }, { trim: 3 } as never)).rejects.toThrow('Unrecognized key');
  });
});

// F12
describe('a cap on weights', () => {
  it('holds inside the fit, so that the margins are still met', async () => {
    const base = recordsOf({ g: 'a a a b b b', d: '1 2 9 1 1 1' });
    const files = { sample: base, margins: marginsOf('share', 'g a 0.5, g b 0.5') };
    const { exit, weights, report, findings } = await weigh(files, { baseWeight: 'd', cap: 1.8 });
    expect(exit).toBe(0);
    // The largest stops at the cap; the two others of its group keep their proportion.
    expect(rounded(weights)).toEqual({ 1: 0.4, 2: 0.8, 3: 1.8, 4: 1, 5: 1, 6: 1 });
    expect(report.maxMarginError).toBeLessThanOrEqual(1e-10);
    expect(findingOf(findings, 'bounds-reached').values).toEqual({ zone: '', records: 6, lower: 0, upper: 0, cap: 1 });
  });

  it('that the margins do not bear is an error, and what smaller caps would cost is listed', async () => {
    expect((await weigh(rare, { cap: 3 })).exit).toBe(3);
    const bounded = await weigh(rare, { bounds: { lower: 0.5, upper: 3.8 } });
    expect(findingOf(bounded.findings, 'bounds-reached').message).toBe(
      'of 100 weights 0 stand at the lower bound, 5 at the upper, 0 at the cap',
    );
    const { report } = await weigh(rare);
    expect(report.frontier.map(({ cap, status }) => [cap, status])).toEqual([
      [null, 'converged'],
      [2, 'infeasible'],
    ]);
  });
});

// F13. Design effect of one margin: sum of W_h squared / (n_h / n) = 0.81^2 / 0.95 + 0.19^2 / 0.05 = 1.412632.
it.each([
  [{ maxDesignEffect: 1.4 }, 'the design effect is 1.413, more than 1.4'],
  [{ minEffectiveSampleSize: 71 }, 'the effective sample size is 70.79, less than 71'],
  [{ minGroupRecords: 6 }, 'g = rare has 5 records, less than 6'],
])('margins that are met do not hide what they cost: %j', async (limits, message) => {
  const { exit, message: said, weights } = await weigh(rare, { limits });
  expect([exit, said]).toEqual([3, `check-weights: ${message}. See weights.html.`]);
  expect(weights.size).toBe(100);
  expect(
    (await weigh(rare, { limits: { maxDesignEffect: 1.42, minEffectiveSampleSize: 70, minGroupRecords: 5 } })).exit,
  ).toBe(0);
});

// F16. Realising a margin of 330 million people as rows, or eight variables of four categories as a table, would not fit.
it('neither the size of the population nor that of the joint table costs memory', () => {
  const n = 2_000;
  const joint = Array.from({ length: n }, (_, i) =>
    Array.from({ length: 8 }, (_, v) => (Math.imul(i + 1, 0x9e3779b1) >>> (2 * v)) & 3),
  );
  const share = [0.25, 0.25, 0.25, 0.25];
  const fit = fitWeights(problemOf(joint, new Array<number>(n).fill(1), new Array<number[]>(8).fill(share)));
  expect(fit.status).toBe('converged');
  expect(fit.signatures).toBeLessThanOrEqual(n);
  const [small, large] = [3.3, 3.3e8].map((total) =>
    fitWeights(problemOf([[0], [1], [1]], [1, 1, 1], [[total / 3, (2 * total) / 3]], 'total')),
  );
  expect(large!.iterations).toBe(small!.iterations);
  large!.weights.forEach((weight, i) => expect(weight / 1e8).toBeCloseTo(small!.weights[i]!, 9));
});

// F17. A time limit, a global generator or a number of workers would each change some of it.
it('the same input and seed give the same bytes, whatever else happens', async () => {
  const files = { sample: people.replace('r6,m', 'r6,').replace('r2,f', 'r2,'), margins: half };
  const config = { missing: 'impute', replicates: 6, integers: 9 } as const;
  const [one, two] = [await weigh(files, config), await weigh(files, config)];
  expect(two.written).toBe(one.written);
  expect(two.columns).toEqual(one.columns);
  const others = await Promise.all(['2', '3', '4', '5'].map((seed) => weigh(files, config, seed)));
  expect(others.some(({ written }) => written !== one.written)).toBe(true);
});

// F18, F19. Four women and one man, as many of each: of ten copies the man is five.
describe('whole records instead of weights', () => {
  const files = { sample: recordsOf({ sex: 'f f f f m' }), margins: half };

  it('have the exact size, and say how far they are from the margins', async () => {
    for (const size of [4, 9, 10, 1001]) {
      const { columns, findings } = await weigh(files, { integers: size });
      const copies = Array.from(columns['copies'] as Int32Array);
      expect(copies.reduce((s, c) => s + c, 0)).toBe(size);
      const { errorBefore, errorAfter } = findingOf(findings, 'whole-records').values as Record<string, number>;
      expect(errorBefore).toBeLessThanOrEqual(1e-10);
      const women = copies.slice(0, 4).reduce((s, c) => s + c, 0);
      expect(errorAfter).toBeCloseTo(Math.abs(women / size - 0.5), 12);
      expect(errorAfter).toBeLessThanOrEqual(0.5 / size + 1e-12);
    }
    const counted = { ...files, margins: marginsOf('count', 'sex f 30.2, sex m 30.2') };
    const { columns } = await weigh(counted, { integers: true, scale: 'population' });
    expect(Array.from(columns['copies'] as Int32Array).reduce((s, c) => s + c, 0)).toBe(60);
  });

  it('say how many of them are clones, and of how few', async () => {
    const { csv, findings, columns } = await weigh(files, { integers: 10 });
    expect(csv.split('\n')[0]).toBe('id,weight,copies');
    expect(columns['copies']![4]).toBe(5);
    // Women have 2, 1, 1 and 1: (10)^2 / (25 + 4 + 3) = 3.125.
    expect(findingOf(findings, 'whole-records')).toMatchObject({
      message: '10 copies of 5 of 5 records (clone rate 0.5, at most 5 of one), largest error 0',
      values: { size: 10, distinct: 5, cloneRate: 0.5, maxCopies: 5, effectiveRecords: 3.125, vanished: [] },
    });
  });

  it('keep a category of which one is expected, and count persons in households too', async () => {
    const twenty = recordsOf({ g: Array.from({ length: 100 }, (_, i) => (i < 95 ? 'often' : `rare`)).join(' ') });
    const { columns } = await weigh({ ...rare, sample: twenty }, { integers: 6 });
    expect(
      Array.from(columns['copies'] as Int32Array)
        .slice(95)
        .reduce((s, c) => s + c, 0),
    ).toBeGreaterThanOrEqual(1);
    const zoned = {
      sample: people,
      margins: 'zone,variable,category,count\nn,sex,f,3\nn,sex,m,3\ns,sex,f,2\ns,sex,m,8\n',
    };
    const { columns: both } = await weigh(zoned, { integers: true, scale: 'population' });
    expect(Array.from(both['copies'] as Int32Array).reduce((s, c) => s + c, 0)).toBe(16);
    expect((await weigh(zoned, { integers: 10 })).message).toBe(
      '--integers: one number for 2 zones; got 10, expected no number: every zone has the sum of its weights.',
    );
  });
});

// F20. Both margins are met by weights 2, 2, 0.5, ... and by the diagonal; only the known table tells them apart.
it('tables that no margin controls are measured before and after', () => {
  const all = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  const margins = problemOf(
    all,
    [4, 1, 1, 4],
    [
      [0.5, 0.5],
      [0.5, 0.5],
    ],
  );
  const named = { ...margins, margins: margins.margins.map((own, m) => ({ ...own, name: 'ab'[m]! })) };
  const joint = marginOf('a x b', new Int32Array(0), [0.25, 0.25, 0.25, 0.25]);
  const known = { ...joint, categories: ['0 x 0', '0 x 1', '1 x 0', '1 x 1'] };
  const { twoWay } = weightReport(named, fitWeights(named), { joints: [known], costs: false });
  // The weights keep the shares 0.4, 0.1, 0.1, 0.4 of the base: 0.15 too many in each of two cells.
  expect(twoWay.tables[0]).toMatchObject({ variables: ['a', 'b'], reference: 'given', cells: 4, empty: 0 });
  expect(twoWay.tables[0]!.totalVariation).toBeCloseTo(0.3, 9);
  expect(twoWay.tables[0]!.srmse).toBeCloseTo(0.6, 9);
});

// F27. Ordinary post-stratification: the share over the records of the category.
it.each(['maxent', 'rake', 'linear', 'logit'] as const)(
  '%s with a single margin is post-stratification',
  async (method) => {
    const bounds = method === 'logit' ? { lower: 0.1, upper: 9 } : null;
    const { weights } = await weigh({ sample: people, margins: half }, { method, bounds });
    expect(rounded(weights)).toEqual({ 1: 0.75, 2: 0.75, 3: 0.75, 4: 0.75, 5: 1.5, 6: 1.5 });
  },
);

// F29
describe('weights hold for the sample that they were made for', () => {
  it('and are refused on any other, even one with the same ids', async () => {
    const files = { sample: people, margins: half };
    const first = await weigh(files, { id: 'id' });
    const earlier = { sampleSha256: first.report.sampleSha256! };
    expect(earlier.sampleSha256).toMatch(/^[0-9a-f]{64}$/);
    const again = await weigh(
      { ...files, margins: marginsOf('share', 'age old 0.5, age young 0.5'), earlier: first.csv },
      { id: 'id', earlier },
    );
    // Old and young have the same share of these weights already.
    expect(furthest(again.weights, first.weights)).toBeLessThan(1e-9);
    const other = { ...files, sample: people.replace('r6,m,young', 'r6,m,old'), earlier: first.csv };
    const refused = await weigh(other, { id: 'id', earlier });
    expect(refused.exit).toBe(7);
    expect(refused.message).toMatch(
      /^--weights-from: these are weights of another sample; got [0-9a-f]{12}, expected [0-9a-f]{12}\. Weights hold only for the records that they were made for: weight this sample anew\.$/,
    );
    expect(
      (await weigh({ ...files, earlier: first.csv }, { id: 'id', earlier: { sampleSha256: null } })).message,
    ).toMatch(/^--weights-from: these weights do not say of which sample they are; expected /);
    expect((await weigh({ ...files, earlier: first.csv }, { earlier })).message).toBe(
      '--weights-from: no weight for record 1; got 1, expected the ids of the earlier run.',
    );
    expect(
      (await weigh({ ...files, earlier: first.csv.replaceAll(/^/gm, 'zone,').replace(/zone,$/, '') }, { earlier }))
        .message,
    ).toBe('--weights-from: weights of several zones are no base weights; got zone, id, weight, expected id, weight.');
  });
});

// F30
it('totals and means of large numbers are margins like any others', async () => {
  const scaled = (factor: number) => ({
    sample: recordsOf({ sex: 'f f m m', income: [10, 20, 10, 30].map((x) => String(x * factor)).join(' ') }),
    margins: `variable,category,value,kind\nsex,f,40,count\nsex,m,60,count\nincome,,${1900 * factor},total\n`,
  });
  const [small, large] = [await weigh(scaled(1)), await weigh(scaled(1e9))];
  expect([small.exit, large.exit, large.report.maxMarginError <= 1e-10]).toEqual([0, 0, true]);
  expect(furthest(small.weights, large.weights)).toBeLessThan(1e-8);
  const weights = [...small.weights.values()];
  expect(weights.reduce((s, w, i) => s + w * [10, 20, 10, 30][i]!, 0) * 25).toBeCloseTo(1900, 6);
  expect((await weigh(scaled(1), { method: 'rake' })).message).toBe(
    'weighting.constraints[income]: raking does not have it; got a number, expected maxent or linear.',
  );
});
