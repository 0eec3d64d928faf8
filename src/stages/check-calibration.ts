import { z } from 'zod';
import { Failure } from '../core/failure.js';
import { optional, value } from '../pipeline/artifact.js';
import { gapSentences } from '../population/align/missing-personas.js';
import { GapList } from '../survey/gap-list.js';
import { CalibrationSummary } from './calibrate-pool.js';
import { defineStage } from './services.js';

/** Most kinds of missing personas that one message names; the list names all. */
const namedGaps = 3;

/** Stage `check-calibration`: fail, after weights and missing personas are written, when the pool cannot meet the target. */
export const checkCalibration = defineStage({
  name: 'check-calibration',
  version: 1,
  summary: 'Fail, after weights and missing personas are written, when the pool cannot meet the target.',
  config: z.strictObject({
    allowUnmet: z.boolean().default(false).describe('go on with what can be met instead of failing'),
  }),
  inputs: { summary: value(CalibrationSummary), gaps: optional(value(GapList)) },
  outputs: {},
  uses: [],

  run({ summary: { refusal }, gaps }, { allowUnmet }, { record }) {
    const missing = gaps ? gapSentences(gaps) : [];
    const named = missing.slice(0, namedGaps).join('; ');
    const more = missing.length > namedGaps ? `; and ${missing.length - namedGaps} more kinds` : '';
    if (gaps)
      record({
        level: 'caution',
        code: 'personas-missing',
        message: `${gaps.wanted} more personas would close the gaps: ${named}${more}`,
        values: { wanted: gaps.wanted, kinds: missing.length, contradiction: gaps.contradiction },
      });
    // Weights that are no solution of anything cannot be accepted.
    if (refusal === null || (allowUnmet && refusal.code !== 'not-converged')) return {};
    const { code, problem, got, expected } = refusal;
    throw new Failure(code, {
      where: 'check-calibration',
      problem,
      ...(got !== undefined && { got }),
      ...(expected !== undefined && { expected }),
      hint: gaps
        ? `Add ${gaps.wanted} personas (gap-list.json): ${named}${more}. Or choose another target, or accept the gaps with --allow-unmet.`
        : 'Add personas of the kind that is missing, choose another target, or accept the gaps with --allow-unmet.',
    });
  },
});
