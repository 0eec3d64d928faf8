import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { moments } from '../../src/numerics/statistics.js';
import { populationJoint } from '../../src/population/joint.js';
import { drawAge, referencePeople } from '../../src/population/people.js';
import { cellsOf, variablesOf } from '../../src/population/target.js';
import { normCellOf } from '../../src/psychometrics/norms.js';
import { shippedNorms, shippedTarget, tinyTarget } from './fixture.js';

const target = shippedTarget('us-adults');
const norms = shippedNorms('ipip-50-us-adults');
const joint = populationJoint(target);
const width = target.variables.length;
const d = 5;

describe('referencePeople: demographics', () => {
  it.each([1, 7, 1000, 20_000])('%i people: sex x age to the person, everything else within chance', (size) => {
    const { codes, traits } = referencePeople(joint, null, size, randomStream('people', size));
    expect([codes.length, traits]).toEqual([size * width, null]);
    for (const { variable, shares } of target.margins) {
      const names = variablesOf(variable);
      const counts = new Map<string, number>();
      for (let i = 0; i < size; i++) {
        const cell = names
          .map((name) => target.variables.findIndex((v) => v.name === name))
          .map((axis) => target.variables[axis]!.categories[codes[i * width + axis]!]!)
          .join(' x ');
        counts.set(cell, (counts.get(cell) ?? 0) + 1);
      }
      const exact = names.every((name) => name === 'sex' || name === 'age') && variable !== 'age';
      for (const cell of cellsOf(target, names)) {
        const expected = size * shares[cell]!;
        // Cells lie side by side in the table by sex, then age; other variables are as good as drawn at random: five SD.
        const allowed = exact ? 1 + 1e-6 : 1 + 5 * Math.sqrt(expected * (1 - shares[cell]!));
        expect(Math.abs((counts.get(cell) ?? 0) - expected)).toBeLessThan(allowed);
      }
    }
  });

  it('come in no order: the first tenth looks like all', () => {
    const { codes } = referencePeople(joint, null, 20_000, randomStream('order'));
    const women = (n: number): number => {
      let count = 0;
      for (let i = 0; i < n; i++) if (codes[i * width] === 0) count++;
      return count / n;
    };
    // Standard error .011.
    expect(Math.abs(women(2_000) - women(20_000))).toBeLessThan(0.045);
  });

  it('are the same for the same stream, others for another', () => {
    const draw = (name: string) => referencePeople(joint, norms, 300, randomStream(name));
    expect(draw('a')).toStrictEqual(draw('a'));
    expect(draw('a').codes).not.toEqual(draw('b').codes);
    expect(draw('a').traits).not.toEqual(draw('b').traits);
  });

  it('have the same demographics with traits as without', () =>
    expect(referencePeople(joint, norms, 100, randomStream('s')).codes).toEqual(
      referencePeople(joint, null, 100, randomStream('s')).codes,
    ));
});

describe('referencePeople: traits', () => {
  const size = 60_000;
  const { codes, traits } = referencePeople(joint, norms, size, randomStream('traits'));
  const cellOf = (i: number): number => codes[i * width]! * 7 + codes[i * width + 1]!;
  const members = Array.from({ length: 14 }, (): number[] => []);
  for (let i = 0; i < size; i++) members[cellOf(i)]!.push(i);

  /** Moments of a domain in a cell of sex x age from the histograms, ages even over the band up to 89. */
  function published(cell: number, k: number): { mean: number; sd: number; kurtosis: number } {
    const [from, to] = target.variables[1]!.bounds![cell % 7]!;
    const shares = new Float64Array(norms.scale.levels);
    const years = Math.min(to, 89) - from + 1;
    for (let age = from; age < from + years; age++)
      norms.cells[normCellOf(norms, cell < 7 ? 'female' : 'male', age).index]!.histogram[k]!.forEach(
        (s, level) => (shares[level]! += s / years),
      );
    const moment = (power: (x: number) => number): number =>
      shares.reduce((s, share, level) => s + share * power(1 + level / 10), 0) / shares.reduce((s, x) => s + x, 0);
    const mean = moment((x) => x);
    const sd = Math.sqrt(moment((x) => (x - mean) * (x - mean)));
    return { mean, sd, kurtosis: moment((x) => ((x - mean) / sd) ** 4) };
  }

  // 70 means and 70 SDs: the largest of 70 standard normal deviates is below 3.9 in 99.3 of 100 cases; the seed is fixed.
  it('have the means and SDs of the norms in every cell of sex x age', () => {
    for (const [cell, rows] of members.entries())
      for (let k = 0; k < d; k++) {
        const expected = published(cell, k);
        const mean = rows.reduce((s, i) => s + traits![i * d + k]!, 0) / rows.length;
        const sd = Math.sqrt(rows.reduce((s, i) => s + (traits![i * d + k]! - mean) ** 2, 0) / rows.length);
        expect(Math.abs(mean - expected.mean) / (expected.sd / Math.sqrt(rows.length))).toBeLessThan(3.9);
        const error = Math.sqrt((expected.kurtosis - 1) / (4 * rows.length));
        expect(Math.abs(sd / expected.sd - 1) / error).toBeLessThan(3.9);
      }
  });

  it('have the correlations of the norms within cells, to .03: cutting into levels costs up to .02', () => {
    const residuals = Float64Array.from(traits!);
    for (const rows of members)
      for (let k = 0; k < d; k++) {
        const mean = rows.reduce((s, i) => s + traits![i * d + k]!, 0) / rows.length;
        for (const i of rows) residuals[i * d + k]! -= mean;
      }
    const { correlation } = moments(residuals, d, new Float64Array(size).fill(1));
    norms.correlation.flat().forEach((r, at) => expect(Math.abs(correlation[at]! - r)).toBeLessThan(0.03));
  });

  it('are scores that the instrument can give', () => {
    let [low, high, broken] = [Infinity, -Infinity, 0];
    for (const x of traits!) {
      [low, high] = [Math.min(low, x), Math.max(high, x)];
      if (Math.abs(10 * x - Math.round(10 * x)) > 1e-9) broken++;
    }
    expect(low).toBeGreaterThanOrEqual(1);
    expect(high).toBeLessThanOrEqual(5);
    expect(broken).toBe(0);
  });

  it('need a sex and an age', () => {
    const ageless = populationJoint(
      tinyTarget({ variables: [tinyTarget().variables[2]!], margins: [tinyTarget().margins[2]!], associations: [] }),
    );
    expect(() => referencePeople(ageless, norms, 10, randomStream('x'))).toThrow(
      'tiny: unknown variable; got sex, expected region.',
    );
    expect(referencePeople(ageless, null, 10, randomStream('x')).size).toBe(10);
  });
});

describe('drawAge', () => {
  const ages = (category: string, minimum: number): number[] =>
    Array.from({ length: 4000 }, (_, i) => drawAge(tinyTarget(), category, minimum, randomStream('drawAge', i)));

  // Chi-square over 35 ages, 34 degrees of freedom: 0.999 quantile 65.2.
  it('is even over the band, both ends included', () => {
    const found = ages('30-64', 0);
    const counts = Array.from({ length: 35 }, (_, a) => found.filter((age) => age === 30 + a).length);
    expect(counts.reduce((s, n) => s + n)).toBe(4000);
    expect(counts.reduce((s, n) => s + (n - 4000 / 35) ** 2 / (4000 / 35), 0)).toBeLessThan(65.2);
  });

  it.each([
    { category: '16-29', minimum: 18, from: 18, to: 29 },
    { category: '16-29', minimum: 29, from: 29, to: 29 },
    { category: '65+', minimum: 18, from: 65, to: 89 },
    { category: '65+', minimum: 100, from: 100, to: 100 },
  ])('$category from $minimum', ({ category, minimum, from, to }) => {
    const found = ages(category, minimum);
    expect([Math.min(...found), Math.max(...found)]).toEqual([from, to]);
  });
});
