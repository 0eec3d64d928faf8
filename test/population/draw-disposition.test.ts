import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import type { Evidence } from '../../src/persona/narrative-persona.js';
import { statementModel } from '../../src/persona/trait-posterior.js';
import { drawDisposition } from '../../src/population/draw-disposition.js';
import { populationJoint } from '../../src/population/joint.js';
import { Inventory } from '../../src/psychometrics/inventory.js';
import { responseModel } from '../../src/psychometrics/response-model.js';
import { shippedNorms, shippedTarget } from './fixture.js';

const read = (path: string): unknown => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));
const model = responseModel(
  Inventory.parse(read('personas/inventories/ipip-50.json')),
  shippedNorms('ipip-50-us-adults'),
);
const source = {
  joint: populationJoint(shippedTarget('us-adults')),
  model,
  measures: {
    cues: {
      validity: [0.5, 0, 0, 0, 0],
      words: { mean: 1000, half: 30, most: 1000 },
      mean: [0, 0, 0, 0, 0],
      sd: [1, 1, 1, 1, 1],
    },
    statements: statementModel(model),
  },
  minimumAge: 18,
};
const evidenceOf = (score: number, traitStatements: Evidence['traitStatements'] = []): Evidence => ({
  ageYears: 30,
  attributes: { sex: { value: 'male', status: 'stated' } },
  claims: [],
  topics: [],
  tone: 0,
  words: 500,
  language: 'en',
  traitCues: Array.from({ length: 5 }, () => ({ score, words: 1_000 })),
  traitStatements,
});
const draws = (score: number, n: number, said: Evidence['traitStatements'] = []) =>
  Array.from(
    { length: n },
    (_, i) => drawDisposition(evidenceOf(score, said), source, randomStream('seed', i)).disposition,
  );

describe('drawDisposition', () => {
  it('keeps what is known and imputes the rest', () => {
    for (const { ageYears, attributes } of draws(0, 20)) {
      expect([ageYears, attributes['sex'], attributes['age']!.value]).toEqual([
        30,
        { value: 'male', status: 'stated' },
        '25-34',
      ]);
      expect(attributes['region']!.status).toBe('imputed');
    }
  });

  it('is the same for the same stream, and another for another', () => {
    expect(draws(0, 2)).toEqual(draws(0, 2));
    expect(draws(0, 2)[0]).not.toEqual(draws(0, 2)[1]);
  });

  it('moves the traits that the cues are valid for, and no other much', () => {
    // Validity .5 and a cue of +-2 SD move the mean by about +-1 SD; 400 draws have a standard error of .05.
    const mean = (score: number, k: number): number =>
      draws(score, 400).reduce((s, { traits }) => s + traits[k]! / 400, 0);
    expect(mean(2, 0) - mean(-2, 0)).toBeGreaterThan(1.5);
    expect(mean(2, 0) - mean(-2, 0)).toBeLessThan(2.5);
    expect(Math.abs(mean(2, 4) - mean(-2, 4))).toBeLessThan(0.6);
  });

  it('moves the traits that people tell of themselves', () => {
    const shy = {
      domain: 'extraversion',
      keying: -1,
      strength: 'strongly',
      source: { post: 'p#1', start: 0, end: 8 },
    } as const;
    const mean = (said: Evidence['traitStatements']): number =>
      draws(0, 400, said).reduce((s, { traits }) => s + traits[0]! / 400, 0);
    // Strongly low extraversion: about 1.1 SDs below the mean; 400 draws have a standard error of .05.
    expect(mean([shy]) - mean([])).toBeLessThan(-0.7);
  });
});
