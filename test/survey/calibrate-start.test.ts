import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { calibrate, type CalibrationProblem } from '../../src/survey/calibrate.js';
import { sampledStart } from '../../src/survey/calibrate-start.js';

const n = 100_003;

/** Six groups and a number, of records in an order that says nothing. */
function large(size: number, rare = -1): CalibrationProblem {
  const random = randomStream('calibrate-start');
  const [index, value] = [new Uint32Array(2 * size), new Float64Array(2 * size)];
  for (let i = 0; i < size; i++) {
    const group = i === rare ? 5 : Math.min(4, Math.floor(5 * random.uniform() * random.uniform()));
    index.set([group, 6], 2 * i);
    value.set([1, 0.3 * group - 0.5 + random.normal() / 2], 2 * i);
  }
  const offsets = Uint32Array.from({ length: size + 1 }, (_, i) => 2 * i);
  const base = Float64Array.from({ length: size }, () => 0.5 + random.uniform());
  const targets = Float64Array.of(0.2, 0.2, 0.2, 0.2, 0.2 - 1e-6, 1e-6, 0.2);
  return { base, features: { rows: size, columns: 7, offsets, index, value }, targets };
}

describe('sampledStart', () => {
  const exact = { ...large(n, 7) };
  const soft = { ...exact, softness: Float64Array.of(0, 0, 0, 0, 1e-3, 1e-3, 0.01) };
  const bounded = { ...soft, lower: new Float64Array(n).fill(0.1), upper: new Float64Array(n).fill(12) };

  it('saves steps and changes nothing', () => {
    const zero = calibrate(soft, { start: new Float64Array(7) });
    const { status, iterations, weights, multipliers } = calibrate(soft);
    expect([status, zero.status]).toEqual(['converged', 'converged']);
    expect(iterations).toBeLessThan(zero.iterations);
    weights.forEach((weight, i) => {
      if (Math.abs(weight - zero.weights[i]!) > 1e-7 * zero.weights[i]!) expect(weight).toBe(zero.weights[i]);
    });
    multipliers.forEach((x, k) => expect(Math.abs(x - zero.multipliers[k]!)).toBeLessThan(1e-5));
  });

  it('begins from zero where the few cannot meet what is asked, and in small problems', () => {
    // The one record of the sixth group is not among the few.
    expect(sampledStart(exact, calibrate)).toBe(undefined);
    expect(calibrate(exact).status).toBe('converged');
    expect(sampledStart(large(99_999), () => expect.unreachable())).toBe(undefined);
    expect(
      sampledStart({ ...exact, base: exact.base.map((w, i) => (i % 10 === 0 ? 0 : w)) }, () => expect.unreachable()),
    ).toBe(undefined);
  });

  it('hands on every tenth record as it is', () => {
    sampledStart(bounded, (some) => {
      expect(some.features.rows).toBe(10_000);
      const { offsets, index, value } = some.features;
      for (const k of [0, 1, 7_654, 9_999]) {
        const [from, to, own] = [offsets[k]!, offsets[k + 1]!, bounded.features];
        expect([...index.subarray(from, to)]).toEqual([...own.index.subarray(20 * k, 20 * k + 2)]);
        expect([...value.subarray(from, to)]).toEqual([...own.value.subarray(20 * k, 20 * k + 2)]);
        expect([some.base[k], some.lower![k], some.upper![k]]).toEqual([bounded.base[10 * k], 0.1, 12]);
      }
      return { status: 'stalled' } as never;
    });
  });
});
