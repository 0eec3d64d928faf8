import { z } from 'zod';
import { columns, value } from '../pipeline/artifact.js';
import { populationJoint } from '../population/joint.js';
import { referencePeople } from '../population/people.js';
import { referenceTable } from '../population/persona-pool.js';
import { checkTarget, Target } from '../population/target.js';
import { TraitNorms } from '../psychometrics/inventory.js';
import { defineStage } from './services.js';

/** Stage `draw-reference`: draw reference people from the published aggregates of the target, in folds for fitting, tuning and testing. */
export const drawReference = defineStage({
  name: 'draw-reference',
  version: 1,
  summary:
    'Draw reference people from the published aggregates of the target, in folds for fitting, tuning and testing.',
  config: z.strictObject({
    fit: z.number().int().positive().default(60_000).describe('people that the constraints are computed from'),
    tune: z
      .number()
      .int()
      .positive()
      .default(5_000)
      .describe('people that the clip of the importance weights is chosen on'),
    test: z.number().int().positive().default(60_000).describe('people that the result is judged on'),
    floor: z.number().int().positive().default(20_000).describe('people that the noise floor is drawn from'),
  }),
  inputs: { target: value(Target), norms: value(TraitNorms) },
  outputs: { reference: columns('reference/1', ['fold']) },
  uses: [],

  run({ target, norms }, sizes, { random, record }) {
    checkTarget(target);
    const joint = populationJoint(target);
    const withTraits = target.traits.includes(norms.name);
    const draw = (fold: keyof typeof sizes) =>
      referencePeople(joint, withTraits ? norms : null, sizes[fold], random.fork(fold));
    if (!withTraits)
      record({
        level: 'caution',
        code: 'traits-not-aligned',
        message: `the target ${target.name} has no trait norms for ${norms.instrument}: only its margins are aligned`,
      });
    record({
      level: 'info',
      code: 'reference-drawn',
      message: 'the reference people are drawn from published aggregates; they are not respondents',
      values: { ...sizes },
    });
    return {
      reference: referenceTable(target, {
        fit: draw('fit'),
        tune: draw('tune'),
        test: draw('test'),
        floor: draw('floor'),
      }),
    };
  },
});
