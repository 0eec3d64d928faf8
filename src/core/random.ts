import { createHash } from 'node:crypto';
import { Failure } from './failure.js';

/** A reproducible stream of random numbers, addressed by the path of keys that it was derived from. */
export interface RandomStream {
  /** The keys, for the run record and for cache keys. */
  readonly path: string;
  /** The next double in [0, 1), 53 bits. */
  uniform(): number;
  /**
   * The next integer in [0, bound), unbiased.
   *
   * @throws {Failure} `invalid-input` unless the bound is a whole number from 1 to 2³²
   */
  below(bound: number): number;
  /** The next standard normal deviate (Box–Muller; the second deviate is dropped, so that no draw is cached). */
  normal(): number;
  /**
   * An independent stream below this one. Forking never advances this stream.
   *
   * @throws {Failure} `invalid-input` without a name, which would give the same numbers again
   */
  fork(...names: readonly (string | number)[]): RandomStream;
}

/**
 * Stream derived from a key path by SHA-256, then run by sfc32.
 *
 * Keys are hashed, never added: sums of seeds collide (`agent 1, step 2` = `agent 2, step 1`).
 * @see Doty-Humphrey, PractRand (sfc32); numpy.random.SeedSequence for the hashed-key design
 */
export function randomStream(seed: string, ...names: readonly (string | number)[]): RandomStream {
  const path = [seed, ...names].map(encodeName).join('/');
  const key = createHash('sha256').update(path).digest();
  let a = key.readUInt32LE(0);
  let b = key.readUInt32LE(4);
  let c = key.readUInt32LE(8);
  let counter = key.readUInt32LE(12);

  function bits32(): number {
    const out = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + out) | 0;
    return out >>> 0;
  }
  for (let i = 0; i < 12; i++) bits32();

  const uniform = (): number => ((bits32() >>> 5) * 0x4000000 + (bits32() >>> 6)) / 0x20000000000000;
  return {
    path,
    uniform,
    below(bound) {
      if (!(bound >= 1 && bound <= 0x100000000 && Number.isInteger(bound))) throw badBound(path, bound);
      const limit = 0x100000000 - (0x100000000 % bound);
      let draw = bits32();
      while (draw >= limit) draw = bits32();
      return draw % bound;
    },
    // 1 - uniform() lies in (0, 1], so the logarithm is finite.
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    fork(...more) {
      if (more.length === 0) throw namelessFork(path);
      return randomStream(seed, ...names, ...more);
    },
  };
}

/** Injective. A lone surrogate, which a URI cannot hold, becomes `%ud800`: after a percent sign of a URI no `u` can stand. */
function encodeName(name: string | number): string {
  if (typeof name === 'number') return `#${name}`;
  if (!/\p{Surrogate}/u.test(name)) return encodeURIComponent(name);
  return name
    .replace(/\P{Surrogate}+/gu, encodeURIComponent)
    .replace(/\p{Surrogate}/gu, (half) => `%u${half.charCodeAt(0).toString(16)}`);
}

const badBound = (path: string, bound: number): Failure =>
  new Failure('invalid-input', {
    where: `randomStream(${path}).below`,
    problem: 'not a bound',
    got: bound,
    expected: 'a whole number from 1 to 2³²',
  });

const namelessFork = (path: string): Failure =>
  new Failure('invalid-input', {
    where: `randomStream(${path}).fork`,
    problem: 'no name',
    expected: 'at least one, or the fork would draw the same numbers',
  });
