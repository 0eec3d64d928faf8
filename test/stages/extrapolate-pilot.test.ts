import { describe, expect, it } from 'vitest';
import { extrapolatePilot } from '../../src/stages/index.js';
import type { Question } from '../../src/stages/questions.js';
import { failedStage, findingOf, rowsOf, runStage } from '../support/stage-context.js';
import { historyOf } from './people-fixture.js';

/** People with posts of given lengths, two draws each; evidence takes a token for four characters, a narrative 500. */
function pilotOf(lengths: readonly number[], of: number, size: number) {
  const histories = lengths.map((length, n) => historyOf(n, 'x'.repeat(length)));
  const question = (step: Question['step'], id: string, person: string, inputTokens: number): Question => ({
    ...{ step, id, person, model: 'model:test', kind: 'answered', attempts: 1, calls: [`${step} ${id}`] },
    ...{ inputTokens, outputTokens: 100 },
  });
  const draws = histories.flatMap(({ person }) => [1, 2].map((draw) => ({ id: `${person}.${draw}`, person, draw })));
  return {
    histories: rowsOf(histories),
    tally: {
      ...{ schema: 'ingest-tally/1' as const, posts: of, people: of, keptPeople: lengths.length },
      ...{ pilot: { people: of, size }, droppedPeople: {}, read: {}, grouped: {} },
    },
    personas: rowsOf(draws.slice(1)),
    failures: rowsOf([{ person: draws[0]!.person, draw: 1, kind: 'malformed' as const, reason: 'no', attempts: 3 }]),
    pool: {
      schema: 'persona-pool/1',
      rows: draws.length - 2,
      columns: { persona: draws.slice(2).map(({ id }) => id), person: draws.slice(2).map(({ person }) => person) },
    },
    mining: rowsOf([
      ...histories.map(({ person, posts }) => question('evidence', person, person, posts[0]!.text.length / 4)),
      ...draws.map(({ id, person }) => question('narrative', id, person, 500)),
    ]),
    judging: rowsOf<Question>([]),
    answering: rowsOf<Question>([]),
  };
}

describe('extrapolate-pilot', () => {
  it('counts what was seen and says what all would take: here exactly, since tokens are a straight line of the posts', async () => {
    const lengths = [400, 800, 1200, 1600, 2000, 2400];
    const { outputs, findings } = await runStage(extrapolatePilot, pilotOf(lengths, 100, 160_000), {}, {});
    const { pilot } = outputs;
    expect(pilot.people).toEqual({ drawn: 6, of: 100 });
    expect(pilot.calls).toBe(18);
    expect(pilot.totals.calls.estimate).toBeCloseTo(300, 9);
    // A quarter of 160,000 characters, and 200 narratives of 500 tokens.
    expect(pilot.totals.inputTokens.estimate).toBeCloseTo(140_000, 6);
    expect(pilot.totals.inputTokens.upper - pilot.totals.inputTokens.lower).toBeLessThan(1e-6);
    expect(pilot.totals.outputTokens.estimate).toBeCloseTo(30_000, 6);
    expect(pilot.totals.candidates.estimate).toBeCloseTo(200, 6);
    // Two of twelve draws are lost: one was not written, one not measured.
    expect(pilot.lost.rate).toBeCloseTo(2 / 12, 12);
    expect(pilot.lost.lower).toBeLessThan(2 / 12);
    expect(pilot.totals.measured.upper).toBeGreaterThan(pilot.totals.measured.estimate);
    expect(findingOf(findings, 'pilot-extrapolated').message).toContain('6 of 100 people were drawn');
  });

  it('counts a question that had to be put again as often as it was put', async () => {
    const inputs = pilotOf([1, 2, 3, 4, 5], 10, 30);
    const again = {
      step: 'evidence',
      id: 'x',
      person: historyOf(0).person,
      model: 'm',
      kind: 'malformed',
      attempts: 3,
    } as const;
    const judging = rowsOf([{ ...again, calls: ['1', '2', '3'], inputTokens: 0, outputTokens: 0 }]);
    expect((await runStage(extrapolatePilot, { ...inputs, judging }, {}, {})).outputs.pilot.calls).toBe(15 + 3);
  });

  it('does not speak for others from fewer than five people', async () => {
    const { failure } = await failedStage(extrapolatePilot, pilotOf([1, 2, 3, 4], 100, 300), {}, {});
    expect(failure.message).toBe(
      '--limit: too few people to say anything about the others; got 4, expected at least 5, better 20.',
    );
  });
});
