import { describe, expect, it } from 'vitest';
import { noiseSizes } from '../../src/report/trait-content.js';
import { report } from './fixture.js';

describe('noiseSizes', () => {
  const sizes = { agents: 30_000, groupPeople: 30_000, floorPeople: 40_000, testPeople: 1_000, replicates: 100 };
  const said = (noiseFloor: typeof sizes | null) =>
    noiseSizes({ ...report, diagnostics: { ...report.diagnostics, noiseFloor } });

  it('says the sizes', () =>
    expect(said(sizes)).toBe(
      'The noise floor was measured 100 times, between groups the size of 30,000 agents and 1,000 test people.',
    ));

  it('says that the reference limits them, where there are fewer people than agents', () =>
    expect(said({ ...sizes, groupPeople: 20_000, floorPeople: 20_000 })).toBe(
      'The noise floor was measured 100 times, between groups the size of 20,000 agents and 1,000 test people. It is limited by the reference: there are 30,000 agents, but only 20,000 people to draw such groups from, so it is higher than for groups as large as the agents.',
    ));

  it('says nothing where there is no floor', () => expect(said(null)).toBeNull());
});
