import { readFileSync } from 'node:fs';
import { TraitNorms } from '../../src/psychometrics/inventory.js';
import { cellsOf, Target, variablesOf, type Association, type Margin } from '../../src/population/target.js';

const json = (path: string): unknown => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));

/** Targets and norms that ship with the project. */
export const shippedTarget = (name: string): Target => Target.parse(json(`data/census/${name}.json`));
export const shippedNorms = (name: string): TraitNorms => TraitNorms.parse(json(`data/traits/${name}.json`));

/** A margin from its shares in the order of the cells. */
export const margin = (variables: Target['variables'], variable: string, shares: readonly number[]): Margin => ({
  variable,
  universe: 'adults of Tinyland',
  period: '2020',
  shares: Object.fromEntries(
    cellsOf({ variables } as Target, variablesOf(variable)).map((cell, c) => [cell, shares[c]!] as const),
  ),
  source: {},
  derived: false,
  flags: [],
});

/** Shares of one variable given others. */
export const association = (
  variable: string,
  given: readonly string[],
  shares: Association['shares'],
): Association => ({
  variable,
  given: [...given],
  universe: 'adults of Tinyland',
  period: '2020',
  source: {},
  derived: false,
  flags: [],
  shares,
});

export const tinyVariables: Target['variables'] = [
  { name: 'sex', categories: ['female', 'male'] },
  {
    name: 'age',
    categories: ['16-29', '30-64', '65+'],
    bounds: [
      [16, 29],
      [30, 64],
      [65, 120],
    ],
  },
  { name: 'region', categories: ['north', 'south'] },
];

/**
 * Twelve cells: sex x age is known, region depends on sex (north: half of the women, a quarter of the men), and agrees with its
 * margin (.6 x .5 + .4 x .25 = .4). So the joint is the product, by hand.
 */
export const tinyTarget = (edit: Partial<Target> = {}): Target =>
  Target.parse({
    schema: 'target/1',
    name: 'tiny',
    title: 'Tinyland',
    universe: 'adults of Tinyland',
    notes: [],
    variables: tinyVariables,
    margins: [
      margin(tinyVariables, 'sex', [0.6, 0.4]),
      margin(tinyVariables, 'sex x age', [0.1, 0.3, 0.2, 0.15, 0.2, 0.05]),
      margin(tinyVariables, 'region', [0.4, 0.6]),
    ],
    associations: [
      association('region', ['sex'], { female: { north: 0.5, south: 0.5 }, male: { north: 0.25, south: 0.75 } }),
    ],
    traits: [],
    ...edit,
  });

/** Codes of people, one row each, as the columns of `People`. */
export const people = (
  codes: readonly (readonly number[])[],
  traits: readonly (readonly number[])[] | null = null,
) => ({
  size: codes.length,
  codes: Uint8Array.from(codes.flat()),
  traits: traits && Float64Array.from(traits.flat()),
});
