import { z } from 'zod';
import { Failure } from '../core/failure.js';
import { textColumn } from '../core/table.js';
import { History } from '../persona/history.js';
import { collectRows, columns, rows, value } from '../pipeline/artifact.js';
import { lossRate } from '../survey/attrition.js';
import { extrapolateTotal, fewestForTotal } from '../survey/extrapolate.js';
import { authorSize } from './author-size.js';
import { IngestTally } from './ingest-histories.js';
import { MiningFailure } from './mine-personas.js';
import { Question } from './questions.js';
import { defineStage } from './services.js';

const Total = z.strictObject({ estimate: z.number(), lower: z.number(), upper: z.number() });

/** What a pilot on some of the people says about a run on all of them; intervals of 95 %. */
export const Pilot = z.strictObject({
  schema: z.literal('pilot/1'),
  people: z.strictObject({ drawn: z.number().int(), of: z.number().int() }),
  /** Questions that were put in the pilot, repeated ones included. */
  calls: z.number().int(),
  /** Over all people. */
  totals: z.strictObject({ calls: Total, inputTokens: Total, outputTokens: Total, candidates: Total, measured: Total }),
  /** Share of the candidates that were lost on the way. */
  lost: z.strictObject({ rate: z.number(), lower: z.number(), upper: z.number() }),
});
export type Pilot = z.infer<typeof Pilot>;

/** Stage `extrapolate-pilot`: say from some of the people what a run on all of them takes, with intervals. */
export const extrapolatePilot = defineStage({
  name: 'extrapolate-pilot',
  version: 1,
  summary: 'Say from some of the people what a run on all of them takes, with intervals.',
  config: z.strictObject({}),
  inputs: {
    histories: rows(History),
    tally: value(IngestTally),
    personas: rows(z.object({ id: z.string(), person: z.string() })),
    failures: rows(MiningFailure),
    pool: columns('persona-pool/1', ['persona', 'person']),
    mining: rows(Question),
    judging: rows(Question),
    answering: rows(Question),
  },
  outputs: { pilot: value(Pilot) },
  uses: [],

  async run({ histories, tally, personas, failures, pool, mining, judging, answering }, _, { record }) {
    const of = tally.pilot ?? { people: tally.keptPeople, size: 0 };
    const people = new Map<string, Spending>();
    for await (const history of histories)
      people.set(history.person, { ...nothing, size: authorSize(history), number: people.size });
    if (people.size < fewestForTotal)
      throw new Failure('invalid-input', {
        where: '--limit',
        problem: 'too few people to say anything about the others',
        got: people.size,
        expected: `at least ${fewestForTotal}, better 20`,
      });
    const questions = [
      ...(await collectRows(mining)),
      ...(await collectRows(judging)),
      ...(await collectRows(answering)),
    ];
    for (const { person, attempts, inputTokens, outputTokens, calls } of questions) {
      const own = people.get(person)!;
      own.calls += Math.max(attempts, calls.length);
      own.inputTokens += inputTokens;
      own.outputTokens += outputTokens;
    }
    const measured = new Set(textColumn(pool, 'persona'));
    const draws: { readonly person: string; readonly isLost: boolean }[] = [];
    for await (const { id, person } of personas) draws.push({ person, isLost: !measured.has(id) });
    for await (const { person, draw } of failures) if (draw > 0) draws.push({ person, isLost: true });
    for (const { person, isLost } of draws) {
      const own = people.get(person)!;
      own.candidates++;
      own.measured += isLost ? 0 : 1;
    }
    const spent = [...people.values()];
    const sizes = Float64Array.from(spent, ({ size }) => size);
    const total = (quantity: Exclude<keyof Spending, 'size' | 'number'>) =>
      extrapolateTotal(
        Float64Array.from(spent, (own) => own[quantity]),
        sizes,
        { units: of.people, size: of.size },
      );
    const { rate, lower, upper } = lossRate({
      events: Uint8Array.from(draws, ({ isLost }) => Number(isLost)),
      clusters: Int32Array.from(draws, ({ person }) => people.get(person)!.number),
      variables: [],
    });
    const pilot: Pilot = {
      schema: 'pilot/1',
      people: { drawn: people.size, of: of.people },
      calls: spent.reduce((count, { calls }) => count + calls, 0),
      totals: {
        calls: total('calls'),
        inputTokens: total('inputTokens'),
        outputTokens: total('outputTokens'),
        candidates: total('candidates'),
        measured: total('measured'),
      },
      lost: { rate, lower, upper },
    };
    record({
      level: 'info',
      code: 'pilot-extrapolated',
      message: `${people.size} of ${of.people} people were drawn; see pilot.json for what all of them would take`,
    });
    return { pilot };
  },
});

/** What one person took. */
interface Spending {
  size: number;
  number: number;
  calls: number;
  inputTokens: number;
  outputTokens: number;
  candidates: number;
  measured: number;
}
const nothing = { calls: 0, inputTokens: 0, outputTokens: 0, candidates: 0, measured: 0 };
