import { describe, expect, it } from 'vitest';
import { numberColumn, textColumn } from '../../src/core/table.js';
import type { Attrition } from '../../src/population/attrition.js';
import type { Diagnostics } from '../../src/population/diagnostics.js';
import { writeTable } from '../../src/io/parquet.js';
import { emitAgentPool, writeReport } from '../../src/stages/index.js';
import { rowsOf, runStage } from '../support/stage-context.js';
import { bareReference, bareTarget, norms, reference, sumOf, target, weightTable } from './alignment-fixture.js';
import { aligned, counts, diagnostics, ipip, measureInputs, pool, weights } from './measured-fixture.js';

const makers = { writer: 'embedded@1', respondent: 'embedded@1' };
const hostile = 'Says <script>alert(1)</script> & means it.';
const emitted = await runStage(
  emitAgentPool,
  {
    kept: rowsOf(textColumn(pool, 'persona').map((id) => ({ id, text: hostile }))),
    pool,
    aligned,
    diagnostics,
    target,
    inventory: ipip,
    norms,
  },
  {},
  { makers, encodeTable: writeTable, version: '1.2.3' },
);
const inputs = {
  diagnostics,
  agents: rowsOf(emitted.rows.agents),
  pool,
  calibrated: weightTable('calibrated-pool/1', pool, weights.calibrated),
  summary: measureInputs.summary,
  aligned,
  reference,
  target,
  norms,
  control: undefined as Diagnostics | undefined,
  attrition: undefined as Attrition | undefined,
};
const earlier = [
  { level: 'caution' as const, code: 'writer-failures', message: '7 texts could not be had', stage: 'mine-personas' },
];
const write = (edit: Partial<typeof inputs> = {}, config: object = {}, services = { makers }) =>
  runStage(writeReport, { ...inputs, ...edit }, config, services, { findings: earlier, seed: 'a seed' });

describe('write-report', async () => {
  const { html, markdown, json } = (await write({}, { title: 'Tinyland & friends' })).outputs;

  it('says in all three formats what the diagnostics say', () => {
    expect(json.diagnostics).toEqual(diagnostics);
    for (const document of [html, markdown]) {
      expect(document).toContain('180');
      expect(document).toContain('240');
      expect(document).toContain(diagnostics.effectivePeople.toFixed(1));
      expect(document).toContain(target.title);
      expect(document).toContain('7 texts could not be had');
    }
  });

  it('calls a population aligned only when nothing is unmet', async () => {
    expect(json.status).toBe('aligned');
    const unmet = ['age = 65+ is 2.0 %, asked 25.0 %'];
    const gap = (await write({ diagnostics: { ...diagnostics, unmet } })).outputs;
    expect(gap.json.status).toBe('unmet');
    expect(gap.html).toContain('age = 65+ is 2.0 %, asked 25.0 %');
    expect(gap.markdown).toMatch(/age = 65\\?\+ is 2\.0 %, asked 25\.0 %/);
    const unmetTexts = ['openness: r is 0.31, asked at least 0.50'];
    const texts = (await write({ diagnostics: { ...diagnostics, unmetTexts } })).outputs;
    expect(texts.json.status).toBe('unmet');
    expect(texts.html).toContain('openness: r is 0.31, asked at least 0.50');
  });

  it('is one HTML file without scripts or outside resources, whatever the texts hold', () => {
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).not.toMatch(/<script|<link|<img|<iframe|src=|@import|javascript:/i);
    expect(html).toContain('Tinyland &amp; friends');
    expect(html.match(/<h1[ >]/g)).toHaveLength(1);
  });

  it('draws each trait for test people, personas and agents: shares that sum to 1 on the levels of the norms', () => {
    expect(json.densities.map(({ domain }) => domain)).toEqual(norms.domains);
    for (const { domain, levels, target: wanted, before, after } of json.densities) {
      expect([levels.length, levels[0], levels.at(-1)]).toEqual([41, 1, 5]);
      for (const shares of [wanted, before, after]) expect(sumOf(shares), domain).toBeCloseTo(1, 9);
      // The scores of the pool lie on the levels, so the histograms keep its means.
      const mean = (shares: readonly number[]): number => sumOf(shares.map((share, i) => share * levels[i]!));
      const scores = numberColumn(pool, domain);
      expect(mean(before)).toBeCloseTo(sumOf(scores) / pool.rows, 9);
      expect(mean(after)).toBeCloseTo(sumOf(scores.map((x, i) => x * counts[i]!)) / sumOf(counts), 9);
      const folds = textColumn(reference, 'fold');
      const test = numberColumn(reference, domain).filter((_, row) => folds[row] === 'test');
      expect(mean(wanted)).toBeCloseTo(sumOf(test) / test.length, 9);
    }
  });

  it('counts how often personas and people were taken', () => {
    expect(json.weights.multiplicities).toEqual([120, 60, 60]);
    expect(sumOf(json.agentsByPerson)).toBe(180);
    expect([...json.agentsByPerson].sort((a, b) => b - a)).toEqual(json.agentsByPerson);
    const shares = json.agentsByPerson.map((n) => n / 180);
    expect(1 / sumOf(shares.map((s) => s * s))).toBeCloseTo(diagnostics.effectivePeople, 9);
  });

  it('shows calibration weights of mean 1, upwards', () => {
    const { calibrationQuantiles } = json.weights;
    expect(calibrationQuantiles).toHaveLength(200);
    expect([...calibrationQuantiles].sort((a, b) => a - b)).toEqual(calibrationQuantiles);
    expect(sumOf(calibrationQuantiles) / 200).toBeCloseTo(1, 1);
  });

  it('says what is left out: few people behind many agents, what was set by assumption, who answered', async () => {
    const { distinctPeople, effectivePeople } = diagnostics;
    expect(json.exclusions[0]).toBe(
      `The 180 agents are built from ${distinctPeople} real authors and carry the variety of about ` +
        `${effectivePeople.toFixed(0)} of them; 180 agents are not 180 independent people.`,
    );
    expect(json.exclusions.some((line) => line.startsWith('No language model was asked'))).toBe(true);
    const drawnFirst = (exclusions: readonly string[]) =>
      exclusions.filter(
        (line) =>
          line.startsWith('Traits are drawn from norms with weak evidence') ||
          line.startsWith(
            'The texts are written from the drawn numbers, so their agreement shows that the writer did its job',
          ),
      ).length;
    expect(drawnFirst(json.exclusions)).toBe(2);
    const asked = (await write({}, {}, { makers: { writer: 'model:m', respondent: 'model:m' } })).outputs.json;
    expect(asked.exclusions.some((line) => line.startsWith('A language model answered'))).toBe(true);
    expect(asked.exclusions.some((line) => line.startsWith('No language model'))).toBe(false);
    expect(drawnFirst(asked.exclusions)).toBe(2);
    const given = (await write({}, {}, { makers: { writer: 'imported', respondent: 'imported' } })).outputs.json;
    expect(drawnFirst(given.exclusions)).toBe(0);
    expect(given.exclusions.some((line) => line.startsWith('Attributes and scores were imported'))).toBe(true);
    const margins = diagnostics.margins.map((margin) => ({
      ...margin,
      imputedShare: margin.variable === 'region' ? 0.6 : 0.5,
    }));
    const drawn = (await write({ diagnostics: { ...diagnostics, margins, unsupported: ['age = 65+'] } })).outputs.json;
    expect(drawn.exclusions[1]).toMatch(/^Set by assumption, .* from the target itself: region\. /);
    expect(drawn.exclusions[2]).toBe(
      'Nobody in the pool could stand for: age = 65+. These people are missing, not small in number.',
    );
  });

  it('compares with the run of shuffled texts where there is one, and says so where there is none', async () => {
    expect(json.shuffleControl.filter(({ about }) => about === 'numbers')).toEqual([]);
    expect(html).toContain('The shuffle control was not run on numbers.');
    const control = { ...diagnostics, effectivePeople: diagnostics.effectivePeople / 2 };
    const both = (await write({ control })).outputs;
    expect(both.json.shuffleControl.map(({ name, evidence }) => [name, evidence])).toEqual([
      ['amw', 'not evidence about the texts'],
      ['slicedWasserstein', 'not evidence about the texts'],
      ['maxMarginErrorPoints', 'not evidence about the texts'],
      ['effectivePeople', 'evidence about the texts'],
    ]);
    for (const document of [both.html, both.markdown]) expect(document).not.toContain('not run on numbers');
  });

  it('shows as many agents as asked for, spread over the pool, with the status of every attribute', async () => {
    expect(json.examples).toHaveLength(3);
    expect(new Set(json.examples.map(({ id }) => id)).size).toBe(3);
    const [first] = json.examples;
    const agent = emitted.rows.agents.find((one) => one.agent === first!.id)!;
    expect(first!.attributes).toEqual({
      age: '40',
      sex: `${agent.attributes['sex']!.value} (${agent.attributes['sex']!.status})`,
      region: `${agent.attributes['region']!.value} (${agent.attributes['region']!.status})`,
    });
    expect((await write({}, { examples: 0 })).outputs.json.examples).toEqual([]);
    expect((await write({}, { examples: 500 })).outputs.json.examples).toHaveLength(180);
  });

  it('names where it comes from, without time or place', () => {
    expect(json.provenance).toEqual({
      version: '0.0.0-test',
      seed: 'a seed',
      ...makers,
      inputs: [{ name: 'target', sha256: 'f'.repeat(64) }],
    });
    expect(json.sources.map(({ variable }) => variable)).toEqual(target.margins.map(({ variable }) => variable));
    expect(json.findings).toEqual(earlier);
  });

  it('says that traits are not aligned when the target has none', async () => {
    const plain = { ...diagnostics, traits: null, noiseFloor: null, traitCells: [], traitMeans: [], knownGroups: null };
    const bare = (await write({ diagnostics: plain, target: bareTarget, reference: bareReference })).outputs.json;
    expect(bare.densities).toEqual([]);
    expect(bare.traitSource).toBeNull();
    expect(bare.exclusions).toContain('Personality is not aligned: the target has no trait norms for this inventory.');
  });
});
