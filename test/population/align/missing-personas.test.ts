import { beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/core/random.js';
import { gapSentences, missingPersonas } from '../../../src/population/align/missing-personas.js';
import { populationJoint } from '../../../src/population/joint.js';
import { peopleAt, referencePeople, type People } from '../../../src/population/people.js';
import { loadSlackSolver, type SlackSolver } from '../../../src/survey/feasibility.js';
import type { GapList } from '../../../src/survey/gap-list.js';
import { biasedPool } from '../../support/biased-pool.js';
import { people as peopleOfRows, shippedNorms, tinyTarget } from '../fixture.js';

const norms = shippedNorms('ipip-50-us-adults');
const target = tinyTarget({ traits: [norms.name] });
const joint = populationJoint(target);
const people = referencePeople(joint, norms, 2_000, randomStream('missing', 'people'));
/** Personas like people, and those of whom openness is at most 3.5. */
const likePeople = biasedPool(
  joint,
  norms,
  400,
  { shift: [0, 0, 0, 0, 0], spread: 1, tail: 0 },
  randomStream('missing'),
);
const openness = (pool: People, i: number): number => pool.traits![5 * i + 4]!;
const where = (pool: People, pass: (i: number) => boolean): People =>
  peopleAt(pool, Uint32Array.from(Array.from({ length: pool.size }, (_, i) => i).filter(pass)));

let solve: SlackSolver;
beforeAll(async () => {
  solve = await loadSlackSolver();
});

const sumOf = (gaps: GapList['gaps']): number => gaps.reduce((s, { weight }) => s + weight, 0);

describe('missingPersonas', () => {
  it('are those of a cell that nobody has, by its categories', () => {
    // Old men, one in twenty.
    const pool = where(likePeople, (i) => !(likePeople.codes[3 * i] === 1 && likePeople.codes[3 * i + 1] === 2));
    const list = missingPersonas(target, pool, people, 20, solve)!;
    expect(list.contradiction).toBe(0);
    const old = list.gaps.filter(({ reason }) => reason === 'no-record');
    expect(sumOf(old)).toBeCloseTo(0.05, 6);
    for (const { attributes } of old) expect(attributes).toMatchObject({ sex: 'male', age: '65+' });
  });

  it('have the trait that nobody has, in the range of scores that it takes', () => {
    const pool = where(likePeople, (i) => openness(likePeople, i) <= 3.5);
    const list = missingPersonas(target, pool, people, 20, solve)!;
    expect(list.contradiction).toBe(0);
    const open = list.gaps.filter(({ traits }) => (traits['openness']?.from ?? 0) > 3.5);
    expect(sumOf(open)).toBeGreaterThan(0.5 * sumOf(list.gaps));
    for (const { traits } of list.gaps)
      for (const { from, to } of Object.values(traits)) expect(from).toBeLessThanOrEqual(to);
  });

  it('are nobody where the pool is the population', () => {
    // Shares of sex x age in twentieths, the first eight of twenty in the north.
    const cells = [0.1, 0.3, 0.2, 0.15, 0.2, 0.05].flatMap((share, c) =>
      new Array<number>(Math.round(20 * share)).fill(c),
    );
    const bare = tinyTarget();
    const exact = peopleOfRows(cells.map((c, i) => [Math.floor(c / 3), c % 3, i < 8 ? 0 : 1]));
    const crowd = referencePeople(populationJoint(bare), null, 500, randomStream('missing', 'crowd'));
    expect(missingPersonas(bare, exact, crowd, 20, solve)).toBeNull();
    expect(missingPersonas(bare, exact, crowd, 40, solve)).toBeNull();
  });
});

describe('gapSentences', () => {
  it('name how many, categories, and ranges', () => {
    const gap = { reason: 'clash' as const, members: {}, weight: 0.1 };
    const list: GapList = {
      schema: 'gap-list/1',
      zone: '',
      present: 9,
      wanted: 6,
      gaps: [
        { ...gap, attributes: { sex: 'male', age: '65+' }, traits: { openness: { from: 4.25, to: 5 } }, records: 4 },
        { ...gap, attributes: {}, traits: {}, records: 2 },
      ],
      contradiction: 0,
    };
    expect(gapSentences(list)).toEqual(['4 with sex = male, age = 65+, openness 4.25 to 5', '2 of any kind']);
  });
});
