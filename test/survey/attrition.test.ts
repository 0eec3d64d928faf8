import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { fisher, groupLosses, holm, lossRate, type Losses, lossWeights, wilson } from '../../src/survey/attrition.js';

/** Units of people with so many each, in one of two groups; `chance` of a loss by group, and how much people differ in it. */
function simulated(
  seed: string,
  {
    people,
    each,
    chance,
    spread = 0,
  }: { people: number; each: number; chance: (group: number) => number; spread?: number },
): Losses {
  const random = randomStream(seed, 'losses');
  const n = people * each;
  const [events, clusters, sex, region] = [new Uint8Array(n), new Int32Array(n), new Int32Array(n), new Int32Array(n)];
  for (let person = 0; person < people; person++) {
    // People who differ: some lose nearly everything, the others nearly nothing, the mean stays.
    const isDifferent = random.uniform() < spread;
    const extreme = random.uniform();
    // Sex belongs to the person, the region is drawn for each unit.
    const group = random.below(2);
    for (let k = 0; k < each; k++) {
      const i = person * each + k;
      clusters[i] = person;
      sex[i] = group;
      region[i] = random.below(4);
      const own = chance(group);
      events[i] = isDifferent ? Number(extreme < own) : Number(random.uniform() < own);
    }
  }
  return {
    events,
    clusters,
    variables: [
      { name: 'sex', categories: ['female', 'male'], codes: sex },
      { name: 'region', categories: ['n', 'e', 's', 'w'], codes: region },
    ],
  };
}
const smallest = (losses: Losses): number => Math.min(...holm(groupLosses(losses).map(({ p }) => p)));

describe('wilson', () => {
  // Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [20, 20, 0.8389, 1],
    [1, 29, 0.0061, 0.1718],
  ])('%i of %i', (events, n, lower, upper) => {
    const interval = wilson(events / n, n);
    expect(interval.lower).toBeCloseTo(lower, 4);
    expect(interval.upper).toBeCloseTo(upper, 4);
    expect(interval.lower).toBeLessThanOrEqual(events / n);
    expect(interval.upper).toBeGreaterThanOrEqual(events / n);
  });
});

describe('fisher', () => {
  // The lady tasting tea, and the table of the article "Fisher's exact test" of Wikipedia; the rest by hand.
  it.each([
    [3, 4, 4, 8, 0.485714],
    [1, 10, 12, 24, 0.002759],
    [0, 5, 0, 10, 1],
    [2, 2, 2, 4, 1 / 3],
    [5, 5, 5, 10, 2 / 252],
  ])('%i of %i, of %i in %i', (hits, drawn, events, units, p) => {
    expect(fisher(hits, drawn, events, units)).toBeCloseTo(p, 6);
  });
});

describe('holm', () => {
  it('corrects as p.adjust of R does', () => {
    expect(holm([0.01, 0.04, 0.03, 0.005]).map((p) => Number(p.toFixed(6)))).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(holm([])).toEqual([]);
    expect(holm([0.9, 0.8])).toEqual([1, 1]);
  });
});

describe('rates of a loss', () => {
  const losses: Losses = {
    events: Uint8Array.of(1, 0, 0, 0, 1, 1),
    clusters: Int32Array.of(0, 0, 1, 1, 2, 2),
    variables: [{ name: 'sex', categories: ['female', 'male', 'nobody'], codes: Int32Array.of(0, 0, 0, 1, 1, -1) }],
  };

  it('count units, people and events, of all and of each group that has anybody', () => {
    expect(lossRate(losses)).toMatchObject({ units: 6, people: 3, events: 3, rate: 0.5 });
    expect(groupLosses(losses).map(({ category, units, people, events }) => [category, units, people, events])).toEqual(
      [
        ['female', 3, 2, 1],
        ['male', 2, 2, 1],
      ],
    );
    // Of the five whose sex is known two were lost.
    expect(groupLosses(losses)[1]!.ratio).toBeCloseTo(0.5 / 0.4, 12);
    expect(lossRate({ ...losses, events: new Uint8Array(0), clusters: new Int32Array(0) })).toMatchObject({
      units: 0,
      lower: 0,
      upper: 1,
    });
  });

  it('have the interval of independent units where units are independent, and a wider one where people lose all or nothing', () => {
    const alone = simulated('1', { people: 400, each: 1, chance: (): number => 0.2 });
    const { rate, lower, upper } = lossRate(alone);
    expect([lower, upper]).toEqual(Object.values(wilson(rate, 400)));
    const same = lossRate(simulated('1', { people: 40, each: 10, chance: (): number => 0.3, spread: 1 }));
    const independent = wilson(same.rate, 400);
    expect(same.upper - same.lower).toBeGreaterThan(2 * (independent.upper - independent.lower));
  });

  it('take nobody lost of few people for little knowledge', () => {
    const none = lossRate({
      events: new Uint8Array(60),
      clusters: Int32Array.from({ length: 60 }, (_, i) => i % 20),
      variables: [],
    });
    // As 0 of 20, not as 0 of 60.
    expect(none.upper).toBeCloseTo(0.1611, 4);
  });
});

describe('groups that lose more', () => {
  // 400 runs at a level of 5 %: 20 wrong alarms are expected at most; 31 or more have a chance below 1 in 100.
  it.each([
    ['independent units', { people: 300, each: 1, chance: (): number => 0.1 }],
    ['people who lose all or nothing', { people: 100, each: 8, chance: (): number => 0.2, spread: 0.8 }],
    ['hardly any loss', { people: 200, each: 2, chance: (): number => 0.01 }],
  ])('are not seen where there are none: %s', (_, options) => {
    let alarms = 0;
    for (let run = 0; run < 400; run++) if (smallest(simulated(`null ${run}`, options)) < 0.05) alarms++;
    expect(alarms).toBeLessThan(31);
  });

  it('are seen where there are: 30 % of one group lost, 5 % of the other, among 2,000', () => {
    let seen = 0;
    for (let run = 0; run < 40; run++) {
      const losses = simulated(`planted ${run}`, {
        people: 500,
        each: 4,
        chance: (group: number): number => (group === 1 ? 0.3 : 0.05),
        spread: 0.2,
      });
      const groups = groupLosses(losses);
      const adjusted = holm(groups.map(({ p }) => p));
      const found = groups.filter((_, i) => adjusted[i]! < 0.01).map(({ category }) => category);
      if (found.includes('male')) seen++;
    }
    expect(seen).toBe(40);
  });
});

describe('weights against a loss', () => {
  const share = (losses: Losses, weight: (i: number) => number): number => {
    let [male, all] = [0, 0];
    losses.events.forEach((_, i) => {
      const w = weight(i);
      all += w;
      if (losses.variables[0]!.codes[i] === 1) male += w;
    });
    return male / all;
  };

  it('restore the groups as they were before, and cost precision', () => {
    const losses = simulated('restore', {
      people: 500,
      each: 4,
      chance: (group: number): number => (group === 1 ? 0.3 : 0.05),
    });
    const left = (i: number): number => 1 - losses.events[i]!;
    const { weights, effectiveSampleSize, trimmed } = lossWeights(losses, 5);
    const before = share(losses, () => 1);
    expect(Math.abs(share(losses, left) - before)).toBeGreaterThan(0.06);
    expect(Math.abs(share(losses, (i) => left(i) * weights[i]!) - before)).toBeLessThan(0.005);
    const n = losses.events.reduce((total, event) => total + 1 - event, 0);
    expect(weights.reduce((total, w, i) => total + left(i) * w, 0) / n).toBeCloseTo(1, 12);
    expect(trimmed).toBe(0);
    // By hand: 30 % and 5 % lost of halves give weights of 1/.7 and 1/.95, a design effect of 1.02.
    expect(n / effectiveSampleSize).toBeGreaterThan(1.015);
    expect(n / effectiveSampleSize).toBeLessThan(1.035);
  });

  it('are 1 where nobody is lost, and all are equal where losses do not go by groups', () => {
    const none = lossWeights(simulated('none', { people: 50, each: 1, chance: (): number => 0 }), 5);
    expect(new Set(none.weights)).toEqual(new Set([1]));
    const even = lossWeights(simulated('even', { people: 2000, each: 1, chance: (): number => 0.2 }), 5);
    expect(Math.max(...even.weights) / Math.min(...even.weights)).toBeLessThan(1.15);
  });

  it('are cut at the cap, and stay finite where a group is lost as a whole or nearly', () => {
    const nearly: Losses = {
      events: Uint8Array.from({ length: 200 }, (_, i) => Number(i < 99)),
      clusters: Int32Array.from({ length: 200 }, (_, i) => i),
      variables: [
        {
          name: 'sex',
          categories: ['female', 'male'],
          codes: Int32Array.from({ length: 200 }, (_, i) => Number(i < 100)),
        },
      ],
    };
    const { weights, trimmed } = lossWeights(nearly, 3);
    expect(trimmed).toBe(1);
    // The cap is a multiple of the mean before anything is cut, and the weights are scaled to mean 1 after.
    expect(weights[99]! / weights[150]!).toBeCloseTo(3 * ((100 + 100) / 101), 1);
    const whole = lossWeights({ ...nearly, events: Uint8Array.from({ length: 200 }, (_, i) => Number(i < 100)) }, 3);
    expect(whole.weights.every(Number.isFinite)).toBe(true);
    expect(whole.weights[150]).toBeCloseTo(1, 6);
  });
});
