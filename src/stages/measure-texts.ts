import { z } from 'zod';
import { numberColumn, textColumn } from '../core/table.js';
import { textQuality } from '../persona/filter/text-figures.js';
import type { RuleName } from '../persona/filter/rubric.js';
import { TextQuality } from '../persona/filter/text-quality.js';
import { History } from '../persona/history.js';
import { NarrativePersona } from '../persona/narrative-persona.js';
import { collectRows, columns, rows, value } from '../pipeline/artifact.js';
import { traitDomains } from '../psychometrics/inventory.js';
import { Rejection } from './filter-personas.js';
import { defineStage } from './services.js';

/** Rules of the rubric by which a text that says something else than its fields is rejected. */
const contradictionRules: ReadonlySet<string> = new Set<RuleName>(['contradictions', 'trait-contradictions']);
const tColumns = traitDomains.map((domain) => `${domain}_t`);

/** Stage `measure-texts`: measure what the texts of the measured personas are worth as evidence, against texts that changed owners. */
export const measureTexts = defineStage({
  name: 'measure-texts',
  version: 1,
  summary: 'Measure what the texts of the measured personas are worth as evidence, against texts that changed owners.',
  config: z.strictObject({
    replicates: z.number().int().min(20).default(400).describe('bootstrap samples of the people behind each interval'),
  }),
  inputs: {
    kept: rows(NarrativePersona),
    rejected: rows(Rejection),
    histories: rows(History),
    pool: columns('persona-pool/1', ['persona', ...tColumns]),
  },
  outputs: { texts: value(TextQuality) },
  uses: ['reader', 'blindScorer'],

  async run({ kept, rejected, histories, pool }, { replicates }, { services, random }) {
    const byDomain = tColumns.map((name) => numberColumn(pool, name));
    const rowOf = new Map(textColumn(pool, 'persona').map((persona, row) => [persona, row]));
    // Kept personas without answers have no T-scores.
    const personas = (await collectRows(kept)).filter(({ id }) => rowOf.has(id));
    const tScores = personas.map(({ id }) => byDomain.map((column) => column[rowOf.get(id)!]!));
    let contradicting = 0;
    for await (const { criterion } of rejected) if (contradictionRules.has(criterion)) contradicting++;
    const refused = contradicting / Math.max(1, kept.count + rejected.count);
    const measured = { personas, tScores, histories: await collectRows(histories), refused };
    return { texts: textQuality(measured, { ...services, random, replicates }) };
  },
});
