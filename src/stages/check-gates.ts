import { z } from 'zod';
import { Failure, type FailureCode } from '../core/failure.js';
import { value } from '../pipeline/artifact.js';
import { Diagnostics } from '../population/diagnostics.js';
import { defineStage } from './services.js';

/** Most gaps that one message names; the report names all. */
const namedGaps = 10;

/** Stage `check-gates`: fail, after everything is written, when the population or its texts are not what was asked for. */
export const checkGates = defineStage({
  name: 'check-gates',
  version: 2,
  summary: 'Fail, after everything is written, when the population or its texts are not what was asked for.',
  config: z.strictObject({
    allowUnmet: z.boolean().default(false).describe('accept a population with the gaps that the report lists'),
  }),
  inputs: { diagnostics: value(Diagnostics) },
  outputs: {},
  uses: [],

  run({ diagnostics: { unmet, unmetTexts } }, { allowUnmet }) {
    if (allowUnmet) return {};
    if (unmet.length > 0) throw missed('gate-failed', 'the population is not what was asked for', unmet);
    if (unmetTexts.length > 0) throw missed('quality-gate', 'the texts are not what was asked for', unmetTexts);
    return {};
  },
});

const missed = (code: FailureCode, problem: string, gaps: readonly string[]): Failure =>
  new Failure(code, {
    where: 'check-gates',
    problem: `${problem}: ${gaps.slice(0, namedGaps).join('; ')}`,
    got: `${gaps.length} gaps`,
    expected: 'none',
    hint: 'See report.html; accept the gaps with --allow-unmet.',
  });
