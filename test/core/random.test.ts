import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.js';
import { randomStream, type RandomStream } from '../../src/core/random.js';

const many = (n: number, draw: () => number): number[] => Array.from({ length: n }, draw);

/** sfc32 in whole-number arithmetic modulo 2^32, written from its definition (PractRand, sfc.h). */
function slowBits(path: string): () => bigint {
  const key = createHash('sha256').update(path).digest();
  const mask = 0xffffffffn;
  let [a, b, c, counter] = [0, 4, 8, 12].map((at) => BigInt(key.readUInt32LE(at))) as [bigint, bigint, bigint, bigint];
  const next = (): bigint => {
    const out = (a + b + counter) & mask;
    counter = (counter + 1n) & mask;
    a = b ^ (b >> 9n);
    b = (c + (c << 3n)) & mask;
    c = ((((c << 21n) | (c >> 11n)) & mask) + out) & mask;
    return out;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}

describe('randomStream: known answers', () => {
  // Pinned: a change here changes every result of every seed.
  it('keeps its numbers for ever', () => {
    const stream = randomStream('1', 'people', 7);
    expect(stream.path).toBe('1/people/#7');
    expect(many(3, () => stream.uniform())).toEqual([0.41520315563845656, 0.4103485876511026, 0.1993262185369722]);
    expect(many(3, () => stream.below(1000))).toEqual([349, 409, 170]);
    expect(many(3, () => stream.normal())).toEqual([-0.721288873822372, -0.4761403496043435, 2.5531712118104752]);
  });

  it('is sfc32 keyed by SHA-256 of the path', () => {
    const stream = randomStream('seed', 'a b', 3);
    const slow = slowBits('seed/a%20b/#3');
    for (let i = 0; i < 100; i++) {
      const [high, low] = [slow() >> 5n, slow() >> 6n];
      expect(stream.uniform()).toBe(Number(high * 67108864n + low) / 2 ** 53);
    }
    for (let i = 0; i < 100; i++) expect(stream.below(2 ** 32)).toBe(Number(slow()));
  });
});

describe('paths', () => {
  it.each([
    ['a name with a slash and two names', ['a/b'], ['a', 'b']],
    ['a text and a number', ['1'], [1]],
    ['a text that looks like a coded number', ['#1'], [1]],
    ['a coded slash and a slash', ['a%2Fb'], ['a/b']],
    ['halves of a pair', ['\ud800'], ['\ud801']],
    ['half a pair and its replacement', ['\ud800'], ['\ufffd']],
    ['half a pair and its code', ['\ud800'], ['%ud800']],
    ['halves in another order', ['\udc00\ud800'], ['\ud800\udc00']],
    ['empty names', ['', ''], ['']],
    ['a joined number', [12], [1, 2]],
  ])('tells apart: %s', (_, left, right) => {
    const root = randomStream('s');
    const [a, b] = [root.fork(...left), root.fork(...right)];
    expect(a.path).not.toBe(b.path);
    expect(many(4, () => a.uniform())).not.toEqual(many(4, () => b.uniform()));
  });

  it('are injective', () => {
    const name = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom('\ud800', '\udc00', 'u', '%', 'd800') }),
      fc.integer(),
      fc.constantFrom('/', '#', '%', '#1', '%2F', ''),
    );
    const names = fc.array(name, { maxLength: 3 });
    fc.assert(
      fc.property(names, names, (left, right) => {
        const same = JSON.stringify(left) === JSON.stringify(right);
        expect(randomStream('s', ...left).path === randomStream('s', ...right).path).toBe(same);
      }),
      { seed: 20260101, numRuns: 2000 },
    );
  });

  it('do not depend on where they were forked', () => {
    const whole = randomStream('s', 'a', 2, 'c');
    const forked = randomStream('s').fork('a').fork(2, 'c');
    expect(forked.path).toBe(whole.path);
    expect(many(5, () => forked.uniform())).toEqual(many(5, () => whole.uniform()));
  });
});

describe('fork', () => {
  it('refuses to give its parent again', () => {
    expect(() => randomStream('s', 1).fork()).toThrow(Failure);
    expect(() => randomStream('s', 1).fork()).toThrow(
      'randomStream(s/#1).fork: no name; expected at least one, or the fork would draw the same numbers.',
    );
  });

  it('never advances its parent, and its parent never moves it', () => {
    const [parent, twin] = [randomStream('s'), randomStream('s')];
    const before = parent.fork('child');
    const first = many(5, () => parent.uniform());
    const after = parent.fork('child');
    expect(first).toEqual(many(5, () => twin.uniform()));
    expect(many(5, () => before.uniform())).toEqual(many(5, () => after.uniform()));
  });

  // Correlation of 20 000 pairs has the standard error .0071; .03 is beyond four of them for each of the 7 pairs.
  it('gives streams without correlation: siblings, parent and child, neighbours shifted by one', () => {
    const n = 20_000;
    const root = randomStream('fork');
    const draw = (stream: RandomStream): number[] => many(n, () => stream.uniform() - 0.5);
    const [parent, zero, one, two] = [
      draw(randomStream('fork')),
      draw(root.fork(0)),
      draw(root.fork(1)),
      draw(root.fork(1, 0)),
    ];
    const correlation = (a: number[], b: number[], shift = 0): number =>
      (12 * a.reduce((s, x, i) => s + x * (b[i + shift] ?? 0), 0)) / n;
    const pairs = [
      correlation(parent, zero),
      correlation(zero, one),
      correlation(one, two),
      correlation(parent, two),
      correlation(zero, zero, 1),
      correlation(zero, one, 1),
      correlation(one, zero, 1),
    ];
    for (const r of pairs) expect(Math.abs(r)).toBeLessThan(0.03);
  });
});

describe('uniform', () => {
  it('lies in [0, 1), fills the unit interval evenly and has 53 bits', () => {
    const stream = randomStream('uniform');
    const bins = new Array<number>(100).fill(0);
    let [odd, lowest, highest] = [0, Infinity, -Infinity];
    for (let i = 0; i < 100_000; i++) {
      const u = stream.uniform();
      bins[Math.floor(100 * u)]!++;
      if ((u * 2 ** 53) % 2 === 1) odd++;
      [lowest, highest] = [Math.min(lowest, u), Math.max(highest, u)];
    }
    expect(lowest).toBeGreaterThanOrEqual(0);
    expect(highest).toBeLessThan(1);
    // Chi-square with 99 degrees of freedom: the 0.001 and 0.999 quantiles are 60 and 149.
    const chi = bins.reduce((s, n) => s + (n - 1000) ** 2 / 1000, 0);
    expect(chi).toBeGreaterThan(60);
    expect(chi).toBeLessThan(149);
    expect(Math.abs(odd - 50_000)).toBeLessThan(650);
  });
});

describe('below', () => {
  // Chi-square, 0.999 quantiles of 1, 2, 6 and 99 degrees of freedom.
  it.each([
    [2, 10.8],
    [3, 13.8],
    [7, 22.5],
    [100, 148.2],
  ])('is even over 0 to %i - 1', (bound, limit) => {
    const stream = randomStream('below', bound);
    const n = 600 * bound;
    const counts = new Array<number>(bound).fill(0);
    for (let i = 0; i < n; i++) counts[stream.below(bound)]!++;
    expect(counts.reduce((s, count) => s + (count - 600) ** 2 / 600, 0)).toBeLessThan(limit);
  });

  // With 3 * 2^30, a plain remainder of 32 bits would take the lowest third twice as often: 2/4, 1/4, 1/4.
  it('is even where a plain remainder is not', () => {
    const bound = 3 * 2 ** 30;
    const stream = randomStream('below', 'third');
    const thirds = [0, 0, 0];
    for (let i = 0; i < 6000; i++) thirds[Math.floor((3 * stream.below(bound)) / bound)]!++;
    expect(thirds.reduce((s, count) => s + (count - 2000) ** 2 / 2000, 0)).toBeLessThan(13.8);
  });

  it.each([0, -1, 2.5, 2 ** 32 + 1, Infinity, NaN])('refuses the bound %d', (bound) => {
    expect(() => randomStream('s').below(bound)).toThrow(Failure);
    expect(() => randomStream('s').below(bound)).toThrow(
      `randomStream(s).below: not a bound; got ${bound}, expected a whole number from 1 to 2³².`,
    );
  });

  it('knows its ends', () => {
    const stream = randomStream('ends');
    expect(many(20, () => stream.below(1))).toEqual(new Array(20).fill(0));
    for (const x of many(1000, () => stream.below(2 ** 32)))
      expect(Number.isInteger(x) && x >= 0 && x < 2 ** 32).toBe(true);
  });
});

describe('normal', () => {
  // Standard errors at n = 200 000: mean .0022, variance .0032, skewness .0055, kurtosis .011, shares below .0011; four of each.
  it('has the moments and quantiles of a standard normal', () => {
    const n = 200_000;
    const stream = randomStream('normal');
    const power = [0, 0, 0, 0];
    const below = [0, 0, 0];
    for (let i = 0; i < n; i++) {
      const z = stream.normal();
      for (let p = 0, x = z; p < 4; p++, x *= z) power[p]! += x / n;
      [-1.959964, 0, 1.281552].forEach((edge, q) => (below[q]! += z <= edge ? 1 / n : 0));
    }
    expect(Math.abs(power[0]!)).toBeLessThan(0.009);
    expect(Math.abs(power[1]! - 1)).toBeLessThan(0.013);
    expect(Math.abs(power[2]!)).toBeLessThan(0.035);
    expect(Math.abs(power[3]! - 3)).toBeLessThan(0.09);
    [0.025, 0.5, 0.9].forEach((share, q) => expect(Math.abs(below[q]! - share)).toBeLessThan(0.0045));
  });

  it('takes two uniforms a deviate and caches none', () => {
    const [a, b] = [randomStream('n'), randomStream('n')];
    a.normal();
    b.uniform();
    b.uniform();
    expect(a.uniform()).toBe(b.uniform());
  });
});
