import { z } from 'zod';
import { numberColumn, textColumn } from '../core/table.js';
import { collectRows, columns, optional, rows, text, value } from '../pipeline/artifact.js';
import { AgentRecord } from '../population/agent-pool.js';
import { Attrition } from '../population/attrition.js';
import { Diagnostics } from '../population/diagnostics.js';
import { personaPoolColumns } from '../population/persona-pool.js';
import { Target } from '../population/target.js';
import { TraitNorms } from '../psychometrics/inventory.js';
import { renderHtml } from '../report/html.js';
import { renderMarkdown } from '../report/markdown.js';
import type { PopulationReport } from '../report/population-report.js';
import { shuffleControl } from '../report/shuffle-control.js';
import {
  agentsByPerson,
  examplesOf,
  exclusionsOf,
  marginSources,
  postsSource,
  titleOf,
  traitDensities,
  weightSummary,
} from './report-data.js';
import { CalibrationSummary } from './calibrate-pool.js';
import { DataUse } from './data-use.js';
import { defineStage } from './services.js';

/** Stage `write-report`: write one result for two readers: HTML with plots, Markdown, JSON. */
export const writeReport = defineStage({
  name: 'write-report',
  version: 3,
  summary: 'Write one result for two readers: HTML with plots, Markdown, JSON.',
  config: z.strictObject({
    title: z.string().default('Agent pool'),
    examples: z.number().int().min(0).default(3).describe('agents shown in full'),
  }),
  inputs: {
    diagnostics: value(Diagnostics),
    agents: rows(AgentRecord),
    pool: columns('persona-pool/1', personaPoolColumns),
    calibrated: columns('calibrated-pool/1', ['weight']),
    summary: value(CalibrationSummary),
    aligned: columns('aligned-pool/1', ['count', 'weight']),
    reference: columns('reference/1', ['fold']),
    target: value(Target),
    norms: value(TraitNorms),
    /** Of the same run repeated with texts permuted over people. */
    control: optional(value(Diagnostics)),
    /** What the posts may be used for, where there are posts. */
    dataUse: optional(value(DataUse)),
    /** Who was lost on the way; not known of pools from a file. */
    attrition: optional(value(Attrition)),
  },
  outputs: {
    html: text('html'),
    markdown: text('md'),
    json: value(z.custom<PopulationReport>((x) => typeof x === 'object')),
  },
  uses: ['makers'],

  async run(inputs, options, context) {
    const { diagnostics, agents, pool, calibrated, summary, aligned, reference, target, norms } = inputs;
    const { control, attrition, dataUse } = inputs;
    const counts = numberColumn(aligned, 'count');
    const agentWeight = numberColumn(aligned, 'weight');
    const final = counts.map((count, i) => count * agentWeight[i]!);
    const fold = textColumn(reference, 'fold');
    const { services, provenance } = context;
    const all = await collectRows(agents);
    const report: PopulationReport = {
      schema: 'report/1',
      title: options.title,
      status: diagnostics.unmet.length + diagnostics.unmetTexts.length === 0 ? 'aligned' : 'unmet',
      target: { name: target.name, title: target.title, universe: target.universe },
      diagnostics,
      ...(attrition && { attrition }),
      shuffleControl: shuffleControl(diagnostics, control),
      densities: diagnostics.traits ? traitDensities(norms, pool, reference, final, (row) => fold[row] === 'test') : [],
      weights: weightSummary(numberColumn(calibrated, 'weight'), counts, summary),
      agentsByPerson: agentsByPerson(pool, counts),
      sources: marginSources(target),
      traitSource: diagnostics.traits && {
        title: titleOf(norms.source),
        period: norms.period,
        universe: norms.universe,
        flags: norms.flags,
      },
      exclusions: exclusionsOf(target, diagnostics, services.makers),
      findings: context.findings,
      provenance: {
        version: provenance.version,
        seed: provenance.seed,
        ...services.makers,
        inputs: provenance.sources,
      },
      // Where posts may not be quoted, a report shows no text that was written from them either.
      examples: dataUse?.publication === 'no' ? [] : examplesOf(all, options.examples),
      ...(dataUse && { posts: postsSource(dataUse) }),
    };
    return { html: renderHtml(report), markdown: renderMarkdown(report), json: report };
  },
});
