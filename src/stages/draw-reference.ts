import { z } from 'zod';
import { sha256 } from '../core/canonical-json.js';
import { Failure } from '../core/failure.js';
import { columns, value } from '../pipeline/artifact.js';
import { populationJoint } from '../population/joint.js';
import { referencePeople } from '../population/people.js';
import { foldRows, folds, referenceId, referenceTable } from '../population/persona-pool.js';
import { checkTarget, Target } from '../population/target.js';
import { TraitNorms } from '../psychometrics/inventory.js';
import { defineStage } from './services.js';

const size = (people: number, what: string) =>
  z.number().int().positive().default(people).describe(`people, on average, that ${what}`);

/** Stage `draw-reference`: draw reference people from the published aggregates of the target and split them by hash into folds. */
export const drawReference = defineStage({
  name: 'draw-reference',
  version: 2,
  summary:
    'Draw reference people from the published aggregates of the target, in folds for fitting, tuning and testing.',
  config: z.strictObject({
    prior: size(20_000, 'the respondent is checked against'),
    fit: size(60_000, 'the constraints are computed from'),
    tune: size(5_000, 'the clip of the importance weights is chosen on'),
    test: size(60_000, 'the result is judged on'),
    floor: size(20_000, 'the noise floor is drawn from'),
  }),
  inputs: { target: value(Target), norms: value(TraitNorms) },
  outputs: { reference: columns('reference/1', ['fold', 'person']) },
  uses: [],

  run({ target, norms }, sizes, { random, record }) {
    checkTarget(target);
    const withTraits = target.traits.includes(norms.name);
    if (!withTraits)
      record({
        level: 'caution',
        code: 'traits-not-aligned',
        message: `the target ${target.name} has no trait norms for ${norms.instrument}: only its margins are aligned`,
      });
    const drawn = folds.reduce((total, fold) => total + sizes[fold], 0);
    const people = referencePeople(populationJoint(target), withTraits ? norms : null, drawn, random.fork('people'));
    const rows = foldRows(drawn, sizes);
    const empty = folds.find((fold) => rows[fold].length === 0);
    if (empty !== undefined)
      throw new Failure('invalid-input', {
        where: `draw-reference.${empty}`,
        problem: `none of the ${drawn} people falls into this fold`,
        got: sizes[empty],
        expected: 'more people',
      });
    let next = 0;
    record({
      level: 'info',
      code: 'reference-drawn',
      message: 'the reference people are drawn from published aggregates; they are not respondents',
      values: {
        people: drawn,
        rule: `the first 48 bits of the sha256 of "${referenceId(1)}" and so on, as a share, cut at the cumulated sizes; no seed`,
        folds: Object.fromEntries(
          folds.map((fold) => {
            const own = rows[fold];
            const range = { people: own.length, firstRow: next, lastRow: next + own.length - 1 };
            next += own.length;
            return [fold, { ...range, sha256: sha256(own.map((row) => referenceId(row + 1)).join('\n')) }];
          }),
        ),
      },
    });
    return { reference: referenceTable(target, people, rows) };
  },
});
