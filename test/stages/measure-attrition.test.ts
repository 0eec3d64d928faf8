import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { numberColumn, textColumn } from '../../src/core/table.js';
import type { NarrativePersona } from '../../src/persona/narrative-persona.js';
import { measureAttrition } from '../../src/stages/index.js';
import type { MiningFailure } from '../../src/stages/mine-personas.js';
import type { Question } from '../../src/stages/questions.js';
import { findingOf, rowsOf, runStage } from '../support/stage-context.js';
import { target } from './alignment-fixture.js';
import { historyOf, personaOf } from './people-fixture.js';

/** What goes wrong, by the sex that was declared or drawn. */
interface Script {
  /** Chance that the posts of a person are refused. */
  readonly unread?: (sex: string) => number;
  /** Chance that the narrative of a draw is refused. */
  readonly refused?: (sex: string) => number;
  readonly reasked?: (sex: string) => number;
  readonly rejected?: (sex: string) => number;
  readonly unmeasured?: (sex: string) => number;
}

/** 400 people with four draws each, half of them men, and a model that does what the script says. */
function scripted(script: Script, seed = '1') {
  const random = randomStream(seed, 'script');
  const happens = (chance: ((sex: string) => number) | undefined, sex: string): boolean =>
    random.uniform() < (chance?.(sex) ?? 0);
  const histories = Array.from({ length: 400 }, (_, n) => ({
    ...historyOf(n),
    declared: { ageYears: 40, attributes: { sex: n % 2 === 0 ? 'male' : 'female' } },
  }));
  const personas: NarrativePersona[] = [];
  const failures: MiningFailure[] = [];
  const mining: Question[] = [];
  const [rejected, unmeasured, kept]: [string[], string[], string[]] = [[], [], []];
  const asked = { model: 'model:test', calls: [], inputTokens: 0, outputTokens: 0 };
  for (const [n, { person, declared }] of histories.entries()) {
    const sex = declared.attributes.sex;
    const isUnread = happens(script.unread, sex);
    mining.push({
      step: 'evidence',
      id: person,
      person,
      kind: isUnread ? 'refused' : 'answered',
      attempts: 1,
      ...asked,
    });
    if (isUnread) {
      failures.push({ person, draw: 0, kind: 'refused', reason: 'no', attempts: 1 });
      continue;
    }
    for (let draw = 1; draw <= 4; draw++) {
      const id = `${person}.${draw}`;
      const region = random.below(2) === 0 ? 'north' : 'south';
      const attributes = {
        sex: { value: sex, status: 'stated' as const },
        age: { value: '30-64', status: 'stated' as const },
        region: { value: region, status: 'imputed' as const },
      };
      const isRefused = happens(script.refused, sex);
      const attempts = happens(script.reasked, sex) ? 2 : 1;
      mining.push({ step: 'narrative', id, person, kind: isRefused ? 'refused' : 'answered', attempts, ...asked });
      if (isRefused) {
        failures.push({ person, draw, kind: 'refused', reason: 'no', attempts, groups: { sex, age: '30-64', region } });
        continue;
      }
      personas.push(personaOf(n, draw, { attributes }));
      if (happens(script.rejected, sex)) rejected.push(id);
      else if (happens(script.unmeasured, sex)) unmeasured.push(id);
      else kept.push(id);
    }
  }
  return {
    sexOf: new Map(personas.map(({ id, disposition }) => [id, disposition.attributes['sex']!.value])),
    kept,
    inputs: {
      histories: rowsOf(histories),
      personas: rowsOf(personas),
      failures: rowsOf(failures),
      rejected: rowsOf(
        rejected.map((persona) => ({ persona, person: persona, criterion: 'x', score: 1, threshold: 0, detail: '' })),
      ),
      unmeasured: rowsOf(unmeasured.map((persona) => ({ persona, kind: 'refused', reason: 'no' }))),
      pool: { schema: 'persona-pool/1', rows: kept.length, columns: { persona: kept } },
      mining: rowsOf(mining),
      judging: rowsOf<Question>([]),
      answering: rowsOf<Question>([]),
      target,
    },
  };
}
const measure = async (script: Script, config: object = {}, seed = '1') => {
  const { inputs, sexOf, kept } = scripted(script, seed);
  const { outputs, findings } = await runStage(measureAttrition, inputs, config, {});
  const weightOf = new Map(
    textColumn(outputs.weights, 'persona').map((id, i) => [id, numberColumn(outputs.weights, 'weight')[i]!]),
  );
  /** Share of men among the measured personas, weighted or not. */
  const share = (isWeighted: boolean): number => {
    const weight = (id: string): number => (isWeighted ? weightOf.get(id)! : 1);
    const total = (ids: readonly string[]): number => ids.reduce((sum, id) => sum + weight(id), 0);
    return total(kept.filter((id) => sexOf.get(id) === 'male')) / total(kept);
  };
  return { ...outputs, findings, share, weightOf, kept };
};
const more = (sex: string): number => (sex === 'male' ? 0.3 : 0.05);
const flagged = ({ attrition }: Awaited<ReturnType<typeof measure>>): string[] =>
  attrition.groups
    .filter((group) => group.flagged)
    .map(({ step, outcome, category }) => `${step} ${outcome} ${category}`);

describe('measure-attrition', () => {
  it('sees that one group is refused more often, and offers weights that bring it back', async () => {
    const run = await measure({ refused: more });
    expect(flagged(run)).toEqual([
      'narrative refused female',
      'narrative refused male',
      'all dropped female',
      'all dropped male',
    ]);
    const finding = findingOf(run.findings, 'attrition-by-group');
    expect(finding.level).toBe('caution');
    expect(finding.message).toContain('sex = male refused at narrative');
    expect(finding.message).toContain('--attrition-weights');
    // Half of the draws are men; a third of them and a twentieth of the women are lost.
    expect(run.share(false)).toBeLessThan(0.45);
    expect(Math.abs(run.share(true) - 0.5)).toBeLessThan(0.005);
    const { weights } = run.attrition;
    expect(weights.personas).toBe(run.kept.length);
    expect(weights.effectiveSampleSize / weights.personas).toBeGreaterThan(0.95);
    expect(weights.effectiveSampleSize / weights.personas).toBeLessThan(1);
    expect(run.kept.reduce((sum, id) => sum + run.weightOf.get(id)!, 0) / run.kept.length).toBeCloseTo(1, 9);
  });

  it.each<[string, Script, string]>([
    ['posts of people', { unread: more }, 'evidence refused'],
    ['the rubric', { rejected: more }, 'filter dropped'],
    ['the inventory', { unmeasured: more }, 'inventory dropped'],
  ])('sees it at %s, and restores the margin there too', async (_, script, step) => {
    const run = await measure(script);
    expect(flagged(run)).toContain(`${step} male`);
    expect(Math.abs(run.share(false) - 0.5)).toBeGreaterThan(0.04);
    // Of 400 people of two sexes exactly half are men.
    expect(Math.abs(run.share(true) - 0.5)).toBeLessThan(0.01);
  });

  it('tells of questions that had to be put again, without calling it a loss', async () => {
    const run = await measure({ reasked: more });
    expect(flagged(run)).toEqual(['narrative re-asked female', 'narrative re-asked male']);
    expect(new Set(run.weightOf.values())).toEqual(new Set([1]));
    expect(run.attrition.steps.map(({ step, outcome, units }) => `${step} ${outcome} ${units}`)).toEqual([
      'evidence refused 400',
      'evidence invalid 400',
      'evidence re-asked 400',
      'narrative refused 1600',
      'narrative invalid 1600',
      'narrative re-asked 1600',
      'filter dropped 1600',
      'inventory dropped 1600',
      'all dropped 1600',
    ]);
  });

  // At a level of 5 % for the whole table, 30 runs give 1.5 wrong alarms; 7 or more have a chance below 1 in 1,000.
  it('flags nothing at more than its level where groups do not differ', async () => {
    let alarms = 0;
    const same = (): number => 0.1;
    for (let n = 0; n < 30; n++) {
      const run = await measure(
        { unread: same, refused: same, rejected: same },
        { level: 0.05, leastRatio: 1 },
        `null ${n}`,
      );
      if (flagged(run).length > 0) alarms++;
    }
    expect(alarms).toBeLessThan(7);
  });

  it('does not flag what is small, however certain it is', async () => {
    const slightly = (sex: string): number => (sex === 'male' ? 0.55 : 0.45);
    expect(flagged(await measure({ refused: slightly }, { leastRatio: 1 }))).toContain('narrative refused male');
    const run = await measure({ refused: slightly });
    expect(flagged(run)).toEqual([]);
    expect(findingOf(run.findings, 'attrition')).toMatchObject({ level: 'info' });
    expect(findingOf(run.findings, 'attrition').message).toContain('no group more than others by more than chance');
  });

  it('says nothing of questions where none was put, and cuts weights at the cap', async () => {
    const { inputs } = scripted({ rejected: (sex) => (sex === 'male' ? 0.99 : 0) });
    const { outputs } = await runStage(measureAttrition, { ...inputs, mining: rowsOf<Question>([]) }, { cap: 2 }, {});
    expect(outputs.attrition.steps.map(({ step }) => step)).toEqual(['filter', 'inventory', 'all']);
    expect(Math.max(...numberColumn(outputs.weights, 'weight'))).toBeLessThanOrEqual(2);
    expect(outputs.attrition.weights.trimmed).toBeGreaterThan(0);
  });
});
