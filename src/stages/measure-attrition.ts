import { z } from 'zod';
import { textColumn } from '../core/table.js';
import { History } from '../persona/history.js';
import { NarrativePersona } from '../persona/narrative-persona.js';
import { columns, rows, value, type RowSource } from '../pipeline/artifact.js';
import { Attrition, attritionFinding, attritionRates, type WatchedLoss } from '../population/attrition.js';
import { ageCategory, Target } from '../population/target.js';
import { type LossVariable, lossWeights } from '../survey/attrition.js';
import { weightDiagnostics } from '../survey/diagnostics.js';
import { Unmeasured } from './administer-inventory.js';
import { Rejection } from './filter-personas.js';
import { MiningFailure } from './mine-personas.js';
import { Question } from './questions.js';
import { defineStage } from './services.js';

/** Stage `measure-attrition`: say who was lost on the way, and offer weights that undo it where losses go by groups. */
export const measureAttrition = defineStage({
  name: 'measure-attrition',
  version: 1,
  summary: 'Say who was lost on the way, and offer weights that undo it where losses go by groups.',
  config: z.strictObject({
    variables: z
      .array(z.string())
      .default(['age', 'sex', 'region', 'education'])
      .describe('variables of the target whose groups are compared; those that it does not have are left out'),
    level: z.number().positive().max(0.5).default(0.01).describe('chance of any flag at all where no group differs'),
    leastRatio: z
      .number()
      .min(1)
      .default(1.25)
      .describe('a rate is flagged only if it is so many times the rate of all, or less than one so-manieth of it'),
    cap: z.number().min(1).default(4).describe('largest attrition weight, as a multiple of their mean'),
  }),
  inputs: {
    histories: rows(History),
    personas: rows(NarrativePersona),
    failures: rows(MiningFailure),
    rejected: rows(Rejection),
    unmeasured: rows(Unmeasured),
    pool: columns('persona-pool/1', ['persona']),
    mining: rows(Question),
    judging: rows(Question),
    answering: rows(Question),
    target: value(Target),
  },
  outputs: { attrition: value(Attrition), weights: columns('attrition-weights/1', ['persona', 'weight']) },
  conserves: [{ of: 'personas', by: 'id', kept: { weights: 'persona' } }],
  uses: [],

  async run(inputs, { variables: names, level, leastRatio, cap }, { record }) {
    const { target } = inputs;
    const variables = target.variables.filter(({ name }) => names.includes(name));
    const questions = new Map<string, Asked>();
    for (const source of [inputs.mining, inputs.judging, inputs.answering]) await addQuestions(source, questions);

    const people = units(variables);
    for await (const { person, declared } of inputs.histories) {
      const age = declared.ageYears === undefined ? undefined : ageCategory(target, declared.ageYears);
      people.add(person, person, { ...declared.attributes, ...(age !== undefined && { age }) });
    }
    const draws = units(variables);
    const written: string[] = [];
    for await (const { id, person, disposition } of inputs.personas) {
      const attributes = Object.entries(disposition.attributes).map(([name, { value }]) => [name, value] as const);
      written.push(id);
      draws.add(id, person, Object.fromEntries(attributes));
    }
    const unread = new Set<string>();
    for await (const { person, draw, groups } of inputs.failures)
      if (draw === 0) unread.add(person);
      else draws.add(`${person}.${draw}`, person, groups ?? {});
    const [rejected, unmeasured] = [new Set<string>(), new Set<string>()];
    for await (const { persona } of inputs.rejected) rejected.add(persona);
    for await (const { persona } of inputs.unmeasured) unmeasured.add(persona);
    const measured = new Set(textColumn(inputs.pool, 'persona'));
    const isWritten = new Set(written);

    const asking = (step: Question['step'], of: Units): WatchedLoss[] => {
      const asked = of.where((id) => questions.has(`${step} ${id}`));
      if (asked.size === 0) return [];
      const when = (outcome: WatchedLoss['outcome'], is: (asked: Asked) => boolean): WatchedLoss => ({
        step,
        outcome,
        losses: asked.losses((id) => is(questions.get(`${step} ${id}`)!)),
      });
      return [
        when('refused', ({ refused }) => refused),
        when('invalid', ({ invalid }) => invalid),
        when('re-asked', ({ reasked }) => reasked),
      ];
    };
    const dropped = (step: string, of: Units, is: (id: string) => boolean): WatchedLoss => ({
      step,
      outcome: 'dropped',
      losses: of.losses(is),
    });
    const kept = draws.where((id) => isWritten.has(id) && !rejected.has(id));
    const watched = [
      ...asking('evidence', people),
      ...asking('narrative', draws),
      ...asking('judge', draws),
      dropped(
        'filter',
        draws.where((id) => isWritten.has(id)),
        (id) => rejected.has(id),
      ),
      ...asking('inventory', draws),
      dropped('inventory', kept, (id) => unmeasured.has(id)),
      dropped('all', draws, (id) => !measured.has(id)),
    ];

    const byPerson = lossWeights(
      people.losses((person) => unread.has(person)),
      cap,
    ).weights;
    const byDraw = lossWeights(
      draws.losses((id) => !measured.has(id)),
      cap,
    ).weights;
    const weight = Float64Array.from(written, (id) => {
      const at = draws.indexOf(id);
      return byDraw[at]! * (byPerson[people.indexOf(draws.personOf(at))] ?? 1);
    });
    const own = weight.filter((_, i) => measured.has(written[i]!));
    const mean = own.reduce((total, w) => total + w, 0) / own.length;
    const trimmed = own.filter((w) => w > cap * mean).length;
    const cut = (w: number): number => Math.min(w / mean, cap);
    const { effectiveSampleSize, maxRelativeWeight } = weightDiagnostics(own.map(cut));
    const attrition: Attrition = {
      schema: 'attrition/1',
      level,
      leastRatio,
      ...attritionRates(watched, { level, leastRatio }),
      weights: { personas: own.length, effectiveSampleSize, largest: maxRelativeWeight, trimmed },
    };
    record(attritionFinding(attrition));
    return {
      attrition,
      weights: {
        schema: 'attrition-weights/1',
        rows: written.length,
        columns: { persona: written, weight: weight.map(cut) },
      },
    };
  },
});

/** What became of the questions about one unit at one step; several judges are taken together. */
interface Asked {
  readonly refused: boolean;
  readonly invalid: boolean;
  readonly reasked: boolean;
}

async function addQuestions(source: RowSource<Question>, known: Map<string, Asked>): Promise<void> {
  for await (const { step, id, kind, attempts } of source) {
    const before = known.get(`${step} ${id}`);
    known.set(`${step} ${id}`, {
      refused: kind === 'refused' || (before?.refused ?? false),
      invalid: kind === 'malformed' || (before?.invalid ?? false),
      reasked: attempts > 1 || (before?.reasked ?? false),
    });
  }
}

type Units = Pick<ReturnType<typeof units>, 'where' | 'losses'>;

/** People or candidate personas with their groups. */
function units(variables: Target['variables']) {
  const ids: string[] = [];
  const people: string[] = [];
  const codes = variables.map((): number[] => []);
  const places = new Map<string, number>();
  const numbers = new Map<string, number>();
  const numberOf = (person: string): number => {
    const known = numbers.get(person) ?? numbers.size;
    numbers.set(person, known);
    return known;
  };
  const some = (rows: readonly number[]) => ({
    size: rows.length,
    where: (is: (id: string) => boolean) => some(rows.filter((row) => is(ids[row]!))),
    /** Who of them had something happen. */
    losses: (is: (id: string) => boolean) => ({
      events: Uint8Array.from(rows, (row) => Number(is(ids[row]!))),
      clusters: Int32Array.from(rows, (row) => numberOf(people[row]!)),
      variables: variables.map(({ name, categories }, k): LossVariable => ({
        name,
        categories,
        codes: Int32Array.from(rows, (row) => codes[k]![row]!),
      })),
    }),
  });
  const all = () => some(ids.map((_, row) => row));
  return {
    add(id: string, person: string, groups: Readonly<Record<string, string>>): void {
      places.set(id, ids.length);
      ids.push(id);
      people.push(person);
      variables.forEach(({ name, categories }, k) => codes[k]!.push(categories.indexOf(groups[name] ?? '')));
    },
    indexOf: (id: string): number => places.get(id) ?? -1,
    personOf: (row: number): string => people[row]!,
    where: (is: (id: string) => boolean) => all().where(is),
    losses: (is: (id: string) => boolean) => all().losses(is),
  };
}
