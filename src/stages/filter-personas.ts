import { z } from 'zod';
import { Failure } from '../core/failure.js';
import { assess } from '../persona/filter/assess.js';
import { Rubric } from '../persona/filter/rubric.js';
import { History } from '../persona/history.js';
import { NarrativePersona } from '../persona/narrative-persona.js';
import type { Judge } from '../persona/ports.js';
import { meanScores, panelFindings, type Verdicts } from '../persona/model/judge-panel.js';
import { withBounds } from '../persona/filter/publication.js';
import { collectRows, optional, rows, value } from '../pipeline/artifact.js';
import { askAll } from './ask-all.js';
import { DataUse, forbiddenIn } from './data-use.js';
import { Question, questionsOf } from './questions.js';
import { defineStage, Models } from './services.js';

/** Why a persona was rejected. */
export const Rejection = z.strictObject({
  persona: z.string(),
  person: z.string(),
  criterion: z.string(),
  /** In the unit of the criterion; null when a judge gave none. */
  score: z.number().nullable(),
  threshold: z.number(),
  detail: z.string(),
});

/** Stage `filter-personas`: keep the personas that pass every criterion of the rubric, reject the others with criterion and score. */
export const filterPersonas = defineStage({
  name: 'filter-personas',
  version: 3,
  summary: 'Keep the personas that pass every criterion of the rubric, reject the others with criterion and score.',
  config: z.strictObject({}),
  inputs: {
    personas: rows(NarrativePersona),
    histories: rows(History),
    rubric: value(Rubric),
    models: value(Models),
    dataUse: optional(value(DataUse)),
  },
  outputs: { kept: rows(NarrativePersona), rejected: rows(Rejection), questions: rows(Question) },
  conserves: [
    {
      of: 'personas',
      by: 'id',
      kept: { kept: 'id' },
      dropped: { rejected: { by: 'persona', reason: 'criterion', detail: 'detail' } },
    },
  ],
  uses: ['reader', 'blindScorer', 'languageOf', 'judges', 'concurrency', 'topicsIn'],

  async run({ personas, histories, rubric, dataUse }, _, { emit, random, record, services, signal, progress }) {
    const { reader, blindScorer, languageOf, judges, concurrency } = services;
    const all = await collectRows(personas);
    const people = await collectRows(histories);
    const historyOf = new Map(people.map((history) => [history.person, history]));
    let done = 0;
    const askJudge = (by: Judge) => async (persona: NarrativePersona, itemSignal: AbortSignal) => {
      const answer = await by.judge(persona, historyOf.get(persona.person)!, itemSignal);
      progress(++done, judges.length * all.length);
      return answer;
    };
    const panel: Verdicts[] = [];
    for (const judge of judges) {
      const answers = await askAll(all, concurrency, askJudge(judge), signal);
      for (const [i, answer] of answers.entries()) {
        const { id, person } = all[i]!;
        for (const question of questionsOf({ step: 'judge', id, person, maker: judge.name }, answer))
          await emit.questions(question);
      }
      const outage = answers.find((answer) => answer?.kind === 'unavailable');
      if (outage?.kind === 'unavailable')
        throw new Failure('model-unavailable', {
          where: 'filter-personas',
          problem: `the judge model stopped answering (${outage.reason})`,
          hint: 'Check the server, then continue with pipeline resume.',
        });
      const scores = answers.flatMap((answer, i) =>
        answer?.kind === 'answered' ? [[all[i]!.id, answer.value] as const] : [],
      );
      panel.push({ judge: judge.name, scores: new Map(scores) });
    }
    panelFindings(panel, all, random.fork('judges')).forEach(record);
    const judgeScores = judges.length > 0 ? meanScores(panel) : undefined;
    const bounded = dataUse === undefined ? rubric : withBounds(rubric, dataUse);
    const assessments = assess(all, people, bounded, {
      reader,
      blindScorer,
      languageOf,
      ...(judgeScores && { judgeScores }),
    });
    const reasons: Record<string, number> = {};
    let kept = 0;
    for (const [i, assessment] of assessments.entries()) {
      const persona = all[i]!;
      const [topic] = forbiddenIn(persona, dataUse, services.topicsIn);
      if (assessment.verdict === 'kept' && topic === undefined) {
        kept++;
        await emit.kept(persona);
        continue;
      }
      const {
        criterion,
        score = null,
        threshold,
        detail,
      } = assessment.verdict === 'rejected' ? assessment : tellsOf(topic!);
      reasons[criterion] = (reasons[criterion] ?? 0) + 1;
      await emit.rejected({ persona: persona.id, person: persona.person, criterion, score, threshold, detail });
    }
    record({
      level: 'info',
      code: 'personas-filtered',
      message: `${kept} of ${all.length} personas kept${judges.length > 0 ? '' : '; no judge model, rules only'}`,
      values: { rejected: reasons },
    });
    if (kept === 0)
      throw new Failure('quality-gate', {
        where: 'filter-personas',
        problem: 'no persona passed the rubric',
        got: Object.entries(reasons)
          .map(([reason, n]) => `${reason} ${n}`)
          .join(', '),
        hint: 'See rejected.jsonl for every score.',
      });
    return {};
  },
});

/** The rejection of a text that tells what its source does not allow to infer. */
const tellsOf = (topic: string) => ({
  criterion: 'data-use',
  score: 1,
  threshold: 0,
  detail: `the text tells of ${topic}, which may not be inferred from these posts`,
});
