import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { symmetricEigen } from '../../src/numerics/matrix.js';
import { gradedItems, scoreMoments } from '../../src/psychometrics/graded-items.js';
import { traitDomains } from '../../src/psychometrics/inventory.js';
import { itemKeys } from '../../src/psychometrics/keying.js';
import {
  assumedAlpha,
  drawAnswers,
  nearestCorrelation,
  responseModel,
} from '../../src/psychometrics/response-model.js';
import { shipped, tiny, tinyNorms } from './fixtures.js';

describe('responseModel on the shipped instruments', () => {
  it.each([
    ['ipip-50', 'ipip-50-us-adults'],
    ['ipip-neo-120', 'ipip-neo-120-johnson'],
  ])('%s expects the norms of every cell, and latent traits that are standardized over the cells', (name, target) => {
    const { inventory, norms } = shipped(name, target);
    const model = responseModel(inventory, norms);
    const { itemsOfDomain } = itemKeys(inventory);
    const steps = inventory.response.max - 1;
    const total = norms.cells.reduce((sum, { n }) => sum + (n ?? 1), 0);
    traitDomains.forEach((domain, d) => {
      const items = {
        count: itemsOfDomain[d]!.length,
        categories: steps + 1,
        thresholds: Float64Array.from(
          itemsOfDomain[d]!.flatMap((i) => Array.from(model.thresholds.subarray(i * steps, (i + 1) * steps))),
        ),
      };
      let [first, second] = [0, 0];
      norms.cells.forEach((cell, c) => {
        const latent = { mean: model.cells[c]!.mean[d]!, sd: model.cells[c]!.sd[d]! };
        const { mean, trueVariance, errorVariance } = scoreMoments(items, model.loadings[d]!, latent);
        expect(mean, `${domain} ${c}`).toBeCloseTo(cell.mean[d]!, 8);
        expect(Math.sqrt(trueVariance + errorVariance), `${domain} ${c}`).toBeCloseTo(cell.sd[d]!, 8);
        first += ((cell.n ?? 1) / total) * latent.mean;
        second += ((cell.n ?? 1) / total) * (latent.mean * latent.mean + latent.sd * latent.sd);
      });
      expect(Math.abs(first)).toBeLessThan(0.01);
      expect(Math.abs(Math.sqrt(second - first * first) - 1)).toBeLessThan(0.02);
      expect(model.reliabilityIndex[d]).toBeGreaterThan(0.85);
      expect(model.reliabilityIndex[d]).toBeLessThan(1);
    });
  });

  it('divides the observed correlations by both reliability indices', () => {
    const { inventory, norms } = shipped('ipip-50', 'ipip-50-us-adults');
    const { latentCorrelation: r, reliabilityIndex: index, cholesky: l } = responseModel(inventory, norms);
    for (let i = 0; i < 5; i++)
      for (let j = 0; j < 5; j++) {
        expect(r[i * 5 + j]).toBeCloseTo(i === j ? 1 : norms.correlation[i]![j]! / (index[i]! * index[j]!), 12);
        let rebuilt = 0;
        for (let k = 0; k < 5; k++) rebuilt += l[i * 5 + k]! * l[j * 5 + k]!;
        expect(rebuilt).toBeCloseTo(r[i * 5 + j]!, 12);
      }
  });

  it('flags an assumed reliability, and nothing else', () => {
    const neo = shipped('ipip-neo-120', 'ipip-neo-120-johnson');
    expect(responseModel(neo.inventory, neo.norms).findings).toEqual([
      {
        level: 'caution',
        code: 'assumed-reliability',
        message: expect.stringContaining("a Cronbach's alpha of 0.86 is assumed") as string,
        values: { assumedAlpha },
      },
    ]);
    const fifty = shipped('ipip-50', 'ipip-50-us-adults');
    expect(responseModel(fifty.inventory, fifty.norms).findings).toEqual([]);
  });
});

describe('responseModel', () => {
  it('mirrors the thresholds of reverse-keyed items', () => {
    const shares = [0.1, 0.2, 0.3, 0.25, 0.15];
    const items = tiny.items.map(({ id, domain }) => ({ id, domain, mean: 3.15, sd: 1.2, shares }));
    const { thresholds } = responseModel(tiny, tinyNorms({ items }));
    for (let c = 0; c < 4; c++) {
      expect(thresholds[4 + c]).toBeCloseTo(-thresholds[3 - c]!, 12); // -E2 against +E1
      expect(thresholds[16 + c]).toBeCloseTo(thresholds[c]!, 12); // +C1
    }
    expect(gradedItems('x', [shares]).thresholds).toEqual(thresholds.subarray(0, 4));
  });

  it('gives the cell of a person, the nearest one outside all ages', () => {
    const model = responseModel(tiny, tinyNorms());
    expect(model.latentCell('male', 20)).toEqual({ ...model.cells[1]!, outside: false });
    expect(model.latentCell('male', 47)).toEqual({ ...model.cells[2]!, outside: true });
    expect(model.cells[2]!.mean[0]).toBeGreaterThan(model.cells[1]!.mean[0]!);
  });

  it('says so when the latent correlations had to be clipped', () => {
    // Observed .8 with alphas of .6 would be a latent correlation above one.
    const correlation = traitDomains.map((_, i) => traitDomains.map((__, j) => (i === j ? 1 : 0.8)));
    const model = responseModel(tiny, tinyNorms({ correlation }));
    expect(model.findings.map(({ code }) => code)).toEqual(['latent-correlation-clipped']);
    expect(model.findings[0]!.values!['largestChange']).toBeGreaterThan(0.1);
    expect(symmetricEigen(model.latentCorrelation, 5).values[0]).toBeGreaterThan(0);
  });

  it.each([
    {
      fault: 'norms of another instrument',
      edit: { instrument: 'bfi' },
      message: 'tiny-norms.instrument: norms of another instrument; got bfi, expected tiny.',
    },
    {
      fault: 'an impossible alpha',
      edit: { alpha: [0.6, 0.6, 0.6, -0.2, 0.6] },
      message: 'tiny-norms.alpha.neuroticism: no loading of 2 items gives this alpha; got -0.2',
    },
    {
      fault: 'an impossible cell',
      edit: {
        cells: tinyNorms().cells.map((cell, c) => (c === 1 ? { ...cell, sd: [0.8, 0.8, 0.01, 0.8, 0.8] } : cell)),
      },
      message: 'tiny-norms.cells[1].conscientiousness: the response model cannot give this mean and SD',
    },
  ])('names the fault: $fault', ({ edit, message }) => {
    expect(() => responseModel(tiny, tinyNorms(edit))).toThrow(message);
  });
});

describe('drawAnswers', () => {
  const model = responseModel(tiny, tinyNorms());

  it('answers + keyed items high and - keyed items low for a high trait', () => {
    const answers = drawAnswers(model, [40, -40, 0, 0, 0], randomStream('draw'));
    expect(Array.from(answers.subarray(0, 4))).toEqual([5, 1, 1, 5]);
  });

  it('gives the same answers for the same stream, and others for another', () => {
    const draw = (name: string): Uint8Array => drawAnswers(model, [0, 0, 0, 0, 0], randomStream('draw', name));
    expect(draw('a')).toEqual(draw('a'));
    expect(draw('a')).not.toEqual(draw('b'));
  });

  it.each([
    {
      z: [0, 0, 0, 0],
      message: 'drawAnswers.z: not a vector of latent traits; got [0,0,0,0], expected 5 finite numbers.',
    },
    { z: [0, 0, 0, 0, NaN], message: 'drawAnswers.z: not a vector of latent traits' },
  ])('refuses $z', ({ z, message }) => {
    expect(() => drawAnswers(model, z, randomStream('draw'))).toThrow(message);
  });
});

describe('nearestCorrelation', () => {
  it('returns a positive definite matrix as it is', () => {
    const r = Float64Array.of(1, 0.3, 0.3, 1);
    expect(nearestCorrelation(r, 2)).toEqual({ correlation: r, largestChange: 0 });
  });

  it('clips by hand: r = 1.2 has eigenvalues -.2 and 2.2', () => {
    // Clipped to .01: diagonal (2.2 + .01)/2, off-diagonal (2.2 - .01)/2, so r = 2.19/2.21.
    const { correlation, largestChange } = nearestCorrelation(Float64Array.of(1, 1.2, 1.2, 1), 2);
    expect(correlation[1]).toBeCloseTo(2.19 / 2.21, 12);
    expect(correlation[0]).toBe(1);
    expect(largestChange).toBeCloseTo(1.2 - 2.19 / 2.21, 12);
  });
});
