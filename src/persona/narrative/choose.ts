import { randomStream } from '../../core/random.js';

/** Choices of one text: the same key gives the same choices. */
export interface Chooser {
  /** One of a list that this text has not used yet; of a list used up, any. */
  one<T>(from: readonly T[]): T;
  /** Some of a list, all different, in drawn order. */
  some<T>(from: readonly T[], count: number): T[];
  /** True in `part` of `whole` cases. */
  chance(part: number, whole: number): boolean;
  /** A whole number from `low` to `high`. */
  between(low: number, high: number): number;
}

/** Choices from the stream of a key: the key is hashed with SHA-256. */
export function chooser(...key: readonly string[]): Chooser {
  const random = randomStream('narrative', ...key);
  const used = new Set<unknown>();
  const drawn = <T>(from: readonly T[]): T => from[random.below(from.length)]!;
  const one = <T>(from: readonly T[]): T => {
    // A few tries instead of a filter: lists are long and little of them is used.
    let choice = drawn(from);
    for (let tries = 0; tries < 4 && used.has(choice); tries++) choice = drawn(from);
    if (used.has(choice)) choice = from.find((other) => !used.has(other)) ?? choice;
    if (typeof choice === 'string') used.add(choice);
    return choice;
  };
  return {
    one,
    some(from, count) {
      const left = [...from];
      return Array.from({ length: Math.min(count, left.length) }, () => left.splice(random.below(left.length), 1)[0]!);
    },
    chance: (part, whole) => random.below(whole) < part,
    between: (low, high) => low + random.below(high - low + 1),
  };
}
