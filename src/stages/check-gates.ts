import { z } from 'zod';
import { Failure } from '../core/failure.js';
import { value } from '../pipeline/artifact.js';
import { Diagnostics } from '../population/diagnostics.js';
import { defineStage } from './services.js';

/** Most gaps that one message names; the report names all. */
const namedGaps = 10;

/** Stage `check-gates`: fail, after everything is written, when the population is not what was asked for. */
export const checkGates = defineStage({
  name: 'check-gates',
  version: 1,
  summary: 'Fail, after everything is written, when the population is not what was asked for.',
  config: z.strictObject({
    allowUnmet: z.boolean().default(false).describe('accept a population with the gaps that the report lists'),
  }),
  inputs: { diagnostics: value(Diagnostics) },
  outputs: {},
  uses: [],

  run({ diagnostics: { unmet } }, { allowUnmet }) {
    if (unmet.length > 0 && !allowUnmet)
      throw new Failure('gate-failed', {
        where: 'check-gates',
        problem: `the population is not what was asked for: ${unmet.slice(0, namedGaps).join('; ')}`,
        got: `${unmet.length} gaps`,
        expected: 'none',
        hint: 'See report.html; accept the gaps with --allow-unmet.',
      });
    return {};
  },
});
