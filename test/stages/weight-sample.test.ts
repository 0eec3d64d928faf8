import { describe, expect, it } from 'vitest';
import type { WeightReport } from '../../src/survey/weight-report.js';
import type { ZoneOverview } from '../../src/survey/zone-overview.js';
import { findingOf } from '../support/stage-context.js';
import { fault, weighing, type Config, type Files } from './weighting-fixture.js';

/** Six persons, four of them women; the young are women only. */
const sample = {
  person: ['p1', 'p2', 'p3', 'p4', 'p5', 'p,"6"'],
  family: ['a', 'a', 'b', 'b', 'c', 'c'],
  sex: ['f', 'f', 'f', 'f', 'm', 'm'],
  age: ['old', 'old', 'young', 'young', 'old', 'old'],
  start: ['1', '1', '1', '1', '2', '0'],
};
const files: Files = { sample, margins: 'sex = f: 0.5\nsex = m: 0.5' };
const zoned: Files = {
  sample,
  margins: ['n', 's'].map((zone) => `${zone}/sex = f: 30\n${zone}/sex = m: ${zone === 'n' ? 30 : 90}`).join('\n'),
};
const homes = { home: ['h1', 'h2'], cars: ['none', 'one'] };
const living: Files = {
  sample: homes,
  margins: 'cars = none: 3\ncars = one: 1',
  persons: { home: ['h1', 'h1', 'h2'], age: ['old', 'young', 'old'] },
  personMargins: 'age = old: 4\nage = young: 3',
};
/** Lines with their weights to nine decimals. */
const lines = (csv: string): string[] =>
  csv
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/,([\d.e-]+)$/, (_, weight) => `,${Number(Number(weight).toFixed(9))}`));

describe('weight-sample', () => {
  it('gives every record a weight by its name, with mean 1', async () => {
    const { outputs, findings } = await weighing(files, { id: 'person' });
    expect(lines(outputs.weights)).toEqual([
      'id,weight',
      ...[1, 2, 3, 4].map((k) => `p${k},0.75`),
      'p5,1.5',
      '"p,""6""",1.5',
    ]);
    expect(outputs.table.schema).toBe('weight-table/1');
    expect(Object.keys(outputs.table.columns)).toEqual(['id', 'weight']);
    expect(findings.map(({ code }) => code)).toEqual(['kind-inferred']);
    expect((outputs.report as WeightReport).status).toBe('converged');
    expect((outputs.report as WeightReport).findings).toEqual(findings);
    expect(outputs.html).toContain('The margins are met');
  });

  it('numbers the rows without names, and starts from base weights', async () => {
    const { outputs } = await weighing(files, { baseWeight: 'start' });
    // The last has no base weight, so that the other man stands for both.
    expect(lines(outputs.weights).slice(-2)).toEqual(['5,3', '6,0']);
  });

  it('uses the margins that were named', async () => {
    const margins = `${files.margins}\nage = old: 0.9\nage = young: 0.1\nshoes = big: 1`;
    const { outputs } = await weighing({ ...files, margins }, { use: ['age'] });
    expect(lines(outputs.weights).slice(1, 4)).toEqual(['1,1.35', '2,1.35', '3,0.3']);
  });

  it('sums to the population of margins in counts', async () => {
    const counted = { ...files, margins: 'sex = f: 80\nsex = m: 120' };
    const { outputs } = await weighing(counted, { scale: 'population' });
    expect(lines(outputs.weights).slice(1)).toEqual(['1,20', '2,20', '3,20', '4,20', '5,60', '6,60']);
    expect(await fault(files, { scale: 'population' })).toBe(
      '--scale population: the margins are shares: nobody knows of how many; expected a margin in counts, or --scale mean1.',
    );
  });

  it('hands policies on', async () => {
    const gappy = { ...files, sample: { ...sample, sex: ['f', 'f', 'f', '', 'm', 'm'] } };
    expect(await fault(gappy)).toMatch(/^sample: missing values; got sex 1/);
    const { outputs, findings } = await weighing(gappy, { missing: 'exclude' });
    expect(lines(outputs.weights).map((line) => line.split(',')[0])).toEqual(['id', '1', '2', '3', '5', '6']);
    expect(findingOf(findings, 'missing-values').message).toContain('left out 1 of 6 records');
    const dead = { ...files, margins: `${files.margins.replace('m: 0.5', 'm: 0.4')}\nsex = x: 0.1` };
    expect(await fault(dead)).toMatch(/^sex = x: nobody in the sample has this category/);
    expect(findingOf((await weighing(dead, { deadMargins: 'drop' })).findings, 'dead-margin').level).toBe('caution');
    const totals = { ...files, margins: 'sex = f: 80\nsex = m: 120\nage = old: 180\nage = young: 30' };
    expect(await fault(totals)).toMatch(/^margins \(sex 200, age 210\): different totals/);
    expect(((await weighing(totals, { totals: 'largest' })).outputs.report as WeightReport).total).toBeCloseTo(210, 9);
  });

  it('writes replicates that have the sum of the weights, over clusters', async () => {
    const { outputs } = await weighing(files, { replicates: 30, cluster: 'family' });
    const { person, sex, age, start } = sample;
    const columns = Object.entries(outputs.table.columns).filter(([name]) => name.startsWith('replicate_'));
    expect(columns.length).toBeGreaterThan(5);
    expect(columns.length).toBeLessThan(30);
    for (const [, column] of columns) {
      expect((column as Float64Array).reduce((s, w) => s + w, 0)).toBeCloseTo(6, 9);
      // Families are drawn whole: who is alike in a family weighs alike.
      expect(column[4]).toBe(column[5]);
    }
    expect(lines(outputs.weights)[0]).toBe('id,weight');
    expect(await fault({ ...files, sample: { person, sex, age, start } }, { cluster: 'family' })).toBe(
      '--cluster: no such column in the file of --sample; got family, expected person, sex, age, start.',
    );
  });

  it('says what is missing where margins cannot be met, and gives no weights', async () => {
    const margins = `${files.margins}\nage = old: 0.2\nage = young: 0.8`;
    const { outputs, findings } = await weighing({ ...files, margins });
    expect(findingOf(findings, 'margins-infeasible').message).toMatch(/^the margins cannot be met together; at best /);
    expect(lines(outputs.weights)).toEqual(['id,weight']);
    expect(outputs.table.rows).toBe(0);
    expect(outputs.gaps).toMatchObject({ schema: 'gap-list/1' });
    expect(JSON.stringify(outputs.gaps)).toContain('"attributes":{"sex":"m","age":"young"}');
    expect(outputs.html).toContain('There are no weights');
  });

  it('writes no list of gaps where nothing is missing', async () => {
    const many = Array.from({ length: 20 }, (_, i) => (i % 2 ? 'f' : 'm'));
    const { outputs } = await weighing({ ...files, sample: { sex: many } });
    expect(outputs.gaps).toBe(undefined);
  });
});

describe('weight-sample over zones', () => {
  it('takes all records in every zone', async () => {
    const { outputs } = await weighing(zoned, { scale: 'population', id: 'person' });
    expect(lines(outputs.weights)).toHaveLength(1 + 12);
    expect(lines(outputs.weights).slice(0, 2)).toEqual(['zone,id,weight', 'n,p1,7.5']);
    expect(outputs.report).toMatchObject({ schema: 'zone-weights/1' });
    expect(Object.keys(outputs.table.columns)).toEqual(['zone', 'id', 'weight']);
  });

  it('takes the records that live there, where that is known', async () => {
    const zones = { id: sample.person, zone: ['n', 'n', 's', 's', 's', 'n'] };
    const { outputs } = await weighing({ ...zoned, zones }, { scale: 'population', id: 'person' });
    expect(lines(outputs.weights)).toEqual([
      'zone,id,weight',
      'n,p1,15',
      'n,p2,15',
      'n,"p,""6""",30',
      's,p3,15',
      's,p4,15',
      's,p5,90',
    ]);
  });

  it('leaves out zones that cannot be met, and keeps their findings beside them', async () => {
    const ages = 'n/age = old: 10\nn/age = young: 50\ns/age = old: 100\ns/age = young: 20';
    const { outputs } = await weighing({ ...zoned, margins: `${zoned.margins}\n${ages}` });
    expect(new Set(lines(outputs.weights).map((line) => line.split(',')[0]))).toEqual(new Set(['zone', 's']));
    const { zones, findings } = outputs.report as { zones: WeightReport[]; findings: { code: string }[] };
    expect(zones.map(({ zone, findings: own }) => [zone, own.map(({ code }) => code)])).toEqual([
      ['n', ['margins-infeasible']],
      ['s', []],
    ]);
    expect(findings.map(({ code }) => code)).toEqual(['kind-inferred', 'kind-inferred']);
    expect(outputs.gaps).toMatchObject({ schema: 'zone-gap-lists/1', zones: [{ zone: 'n' }, { zone: 's' }] });
  });

  it('says what is true of all zones together', async () => {
    const { outputs } = await weighing(zoned, { scale: 'population' });
    const weights = outputs.table.columns['weight'] as Float64Array;
    const [total, squares] = [weights.reduce((s, w) => s + w, 0), weights.reduce((s, w) => s + w * w, 0)];
    const { effectiveSampleSize, designEffect, ...others } = outputs.report as ZoneOverview;
    expect(effectiveSampleSize).toBeCloseTo((total * total) / squares, 8);
    expect(designEffect).toBeCloseTo((12 * squares) / (total * total), 8);
    expect(others).toMatchObject({ status: 'converged', infeasible: [] });
    expect(others.maxMarginError).toBeLessThan(1e-10);

    const ages = 'n/age = old: 10\nn/age = young: 50\ns/age = old: 100\ns/age = young: 20';
    const failed = (await weighing({ ...zoned, margins: `${zoned.margins}\n${ages}` })).outputs.report as ZoneOverview;
    expect(failed.status).toBe('infeasible');
    expect(failed.infeasible.map(({ zone }) => zone)).toEqual(['n']);
    expect(failed.infeasible[0]!.slack).toBeGreaterThan(1);
    expect(failed.maxMarginError).toBeGreaterThan(0.01);
    expect(failed.effectiveSampleSize).toBeLessThan(6);
  });

  it('gives no weight to those of a zone where nobody is to live', async () => {
    const zones = { id: sample.person, zone: ['n', 'n', 's', 's', 's', 'n'] };
    const margins = 'n/sex = f: 30\nn/sex = m: 30\ns/sex = f: 0\ns/sex = m: 0\nx/sex = f: 0\nx/sex = m: 0';
    const config = { scale: 'population', id: 'person' } as const;
    const { outputs, findings } = await weighing({ ...zoned, margins, zones }, config);
    expect([...(outputs.table.columns['weight'] as Float64Array)].map((w) => Number(w.toFixed(9)))).toEqual([
      15, 15, 30, 0, 0, 0,
    ]);
    expect(findingOf(findings, 'empty-zones').message).toBe(
      'nobody lives in 2 zones (s, x): all weights there are zero',
    );
    const { status, effectiveSampleSize } = outputs.report as ZoneOverview;
    expect(status).toBe('converged');
    expect(effectiveSampleSize).toBeCloseTo((60 * 60) / (15 * 15 * 2 + 30 * 30), 9);
  });

  it('has one number of replicates for all zones', async () => {
    const { outputs } = await weighing(zoned, { replicates: 8 });
    const replicates = Object.entries(outputs.table.columns).filter(([name]) => name.startsWith('replicate_'));
    expect(replicates.length).toBeGreaterThan(0);
    expect(replicates.every(([, column]) => column.length === 12)).toBe(true);
  });
});

describe('weight-sample of households', () => {
  it('meets margins of households and of persons', async () => {
    const { outputs } = await weighing(living, { household: 'home', id: 'home', scale: 'population' });
    expect(lines(outputs.weights)).toEqual(['id,weight', 'h1,3', 'h2,1']);
  });

  it('needs the column that links them in both files', async () => {
    expect(await fault(living, { household: 'house' })).toBe(
      '--household: no such column in the file of --sample; got house, expected home, cars.',
    );
    const persons = { age: living.persons!['age']! };
    expect(await fault({ ...living, persons }, { household: 'home' })).toBe(
      '--household: no such column in the file of --persons; got home, expected age.',
    );
  });

  it('may use margins of one file only', async () => {
    const { outputs } = await weighing(living, { household: 'home', use: ['cars'], scale: 'population' });
    expect(lines(outputs.weights)).toEqual(['id,weight', '1,3', '2,1']);
  });
});

describe('what weight-sample refuses', () => {
  it.each<[string, Files, Config, string]>([
    ['a margin that is not there', files, { use: ['sex', 'shoes'] }, '--use: no such margin; got shoes, expected sex.'],
    [
      'a variable that is not there',
      { ...files, margins: 'shoes = big: 0.5\nshoes = small: 0.5' },
      {},
      'shoes: no such variable in the sample; got shoes, expected person, family, sex, age, start.',
    ],
    ['two records of one name', files, { id: 'family' }, '--id, record 2: the same id as record 1; got a.'],
    [
      'a base weight that is none',
      files,
      { baseWeight: 'age' },
      '--base-weight, age of record 1: not a weight; got old, expected a number ≥ 0.',
    ],
    [
      'zones of records without zones of margins',
      { ...files, zones: { id: ['1'], zone: ['n'] } },
      {},
      '--zones: the margins have no zones; expected a column zone in the file of margins.',
    ],
    [
      'a record without zone',
      { ...zoned, zones: { id: ['1', '2', '3', '4', '5'], zone: ['n', 'n', 's', 's', 's'] } },
      {},
      '--zones: no zone for record 6; got 6, expected a line for the id of every record.',
    ],
    [
      'a table of zones without the column',
      { ...zoned, zones: { id: ['1'], area: ['n'] } },
      {},
      '--zones: no such column in the file of --zones; got zone, expected id, area.',
    ],
    [
      'two zones for one record',
      { ...zoned, zones: { id: ['1', '1'], zone: ['n', 's'] } },
      {},
      '--zones, record 2: the same id as record 1; got 1.',
    ],
  ])('%s', async (_, own, config, message) => {
    expect(await fault(own, config)).toBe(message);
  });
});
