import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/core/canonical-json.js';
import { randomStream } from '../../src/core/random.js';
import { textColumn, type Column, type Table } from '../../src/core/table.js';
import { readTable, writeTable } from '../../src/io/parquet.js';
import { populationJoint } from '../../src/population/joint.js';
import { peopleOf } from '../../src/population/persona-pool.js';
import { traitDomains } from '../../src/psychometrics/inventory.js';
import { GapList } from '../../src/survey/gap-list.js';
import { runCli, type Ended } from '../cli/run-cli.js';
import { temporaryFolder } from '../io/temporary.js';
import { shippedNorms, shippedTarget } from '../population/fixture.js';
import { biasedPool, hopelessBias, standardBias, type Bias } from '../support/biased-pool.js';
import { agentsIn, diagnosticsIn, filesIn, jsonIn, rowsIn, smallSizes } from './small-run.js';

// A pool of 3,000 measured personas, bent as language models bend them, through the command line.

const folder = temporaryFolder();
const target = shippedTarget('us-adults');
const joint = populationJoint(target);
const norms = shippedNorms('ipip-50-us-adults');
const d = traitDomains.length;

function poolTable(bias: Bias, size = 3_000): Table {
  const { codes, traits } = biasedPool(joint, norms, size, bias, randomStream('align'));
  const width = target.variables.length;
  const each = <T>(make: (i: number) => T): T[] => Array.from({ length: size }, (_, i) => make(i));
  const columns: Record<string, Column> = {
    persona: each((i) => `persona-${i}`),
    person: each((i) => `author-${i % 600}`),
    text: each((i) => `Persona number ${i}, "quoted", of few words.`),
  };
  target.variables.forEach(({ name, categories }, axis) => {
    columns[name] = each((i) => categories[codes[i * width + axis]!]!);
  });
  traitDomains.forEach((domain, k) => {
    columns[domain] = Float64Array.from({ length: size }, (_, i) => traits![i * d + k]!);
  });
  return { schema: 'my-pool/1', rows: size, columns };
}
const cell = (value: string | number): string => `"${String(value).replaceAll('"', '""')}"`;
const csvOf = ({ rows, columns }: Table, more: readonly string[] = []): string =>
  [
    Object.keys(columns).join(),
    ...Array.from({ length: rows }, (_, i) =>
      Object.values(columns)
        .map((column) => cell(column[i]!))
        .join(),
    ),
    ...more,
    '',
  ].join('\n');

const config = join(folder, 'align.json');
writeFileSync(
  config,
  JSON.stringify({
    schema: 'run-config/1',
    // The means of cells in few people scatter so much that 3,000 bent personas may not be able to have them.
    stages: { ...smallSizes, 'draw-reference': { ...smallSizes['draw-reference'], fit: 16_000 } },
  }),
);
const align = (pool: string, out: string, ...more: string[]): Promise<Ended> =>
  runCli(['align', '-c', config, '--pool', pool, '--out', out, '--agents', '300', '--quiet', ...more]);

describe('a biased pool of 3,000', () => {
  const pool = poolTable(standardBias);
  const [csv, parquet] = [join(folder, 'pool.csv'), join(folder, 'pool.parquet')];
  // The CSV has three bad rows more: a score off the scale, an unknown category, a repeated name.
  const bad = (persona: string, edit: Readonly<Record<string, string>>): string =>
    Object.entries(pool.columns)
      .map(([name, column]) => cell(edit[name] ?? (name === 'persona' ? persona : column[0]!)))
      .join();
  const rejects = [bad('off-scale', { openness: '7' }), bad('elsewhere', { region: 'Atlantis' }), bad('persona-0', {})];
  const [fromCsv, fromParquet] = [join(folder, 'csv'), join(folder, 'parquet')];
  let ended: Ended[] = [];
  beforeAll(async () => {
    writeFileSync(csv, csvOf(pool, rejects));
    writeFileSync(parquet, writeTable(pool));
    ended = await Promise.all([align(csv, fromCsv), align(parquet, fromParquet)]);
  }, 120_000);

  it('becomes 300 agents that meet every margin', () => {
    expect(ended.map(({ code, out, error }) => [code, out, error])).toEqual(ended.map(() => [0, '', '']));
    const { agents, maxMarginErrorPoints, unmet, margins, steps } = diagnosticsIn(fromCsv);
    expect([agents, unmet]).toEqual([300, []]);
    expect(maxMarginErrorPoints).toBeLessThanOrEqual(1);
    expect(steps[0]!.maxMarginErrorPoints).toBeGreaterThan(5);
    expect(margins.every(({ statedShare }) => statedShare === 1)).toBe(true);
  });

  it('gives the same result from CSV and from Parquet, and is not changed by bad rows', () => {
    expect(filesIn(fromParquet)).toEqual(filesIn(fromCsv));
    // Files that name the hash of what was read, or the rejected rows, differ; no other does.
    const differ = /^(run-|report\.|rejected|diagnostics|stages\/(ingest|personas))/;
    const compared = filesIn(fromCsv).filter((file) => !differ.test(file));
    for (const file of ['agent-pool.parquet', 'agents.jsonl', 'stages/calibrated.parquet'])
      expect(compared).toContain(file);
    const hash = (out: string) => (file: string) => [file, sha256(readFileSync(join(out, file)))];
    expect(compared.map(hash(fromParquet))).toEqual(compared.map(hash(fromCsv)));
  });

  it('takes over names, texts and scores as they are', async () => {
    const index = new Map(textColumn(pool, 'persona').map((persona, i) => [persona, i]));
    for (const agent of agentsIn(fromCsv)) {
      const i = index.get(agent.persona)!;
      expect(agent.person).toBe(pool.columns['person']![i]);
      expect(agent.text).toBe(pool.columns['text']![i]);
      expect(agent.traits['openness']!.score).toBe(pool.columns['openness']![i]);
    }
    const table = await readTable(readFileSync(join(fromCsv, 'agent-pool.parquet')));
    expect(peopleOf(table, target, true).size).toBe(300);
    expect(jsonIn<{ provenance: object }>(fromCsv, 'agent-pool.json').provenance).toMatchObject({ writer: 'imported' });
  });

  it('rejects bad rows with their reasons and counts them', () => {
    const rejected = rowsIn<{ persona: string; detail: string }>(fromCsv, 'rejected.jsonl');
    expect(rejected.map(({ persona, detail }) => `${persona}: ${detail}`)).toEqual([
      'off-scale: line 3002: unusable-score: openness = 7',
      'elsewhere: line 3003: unknown-category: region = Atlantis',
      'persona-0: line 3004: repeated persona',
    ]);
    const { personas, kept, rejected: counts } = diagnosticsIn(fromCsv);
    expect(kept).toBe(3_000);
    expect(Object.values(counts).reduce((s, n) => s + n, 0)).toBe(3);
    expect(personas).toBe(3_003);
    expect(rowsIn(fromParquet, 'rejected.jsonl')).toEqual([]);
  });
});

describe('a pool without people of the kind that is asked for', () => {
  it('ends with 3 and names the traits that it lacks', async () => {
    const path = join(folder, 'hopeless.parquet');
    writeFileSync(path, writeTable(poolTable(hopelessBias, 800)));
    const { code, out, error } = await align(path, join(folder, 'hopeless'));
    expect([code, out]).toEqual([3, '']);
    expect(error).toMatch(/^check-calibration: no weights meet the target \(\S+\); the pool lacks support for /);
    expect(error).toMatch(
      /(neuroticism|agreeableness|extraversion|conscientiousness|openness) (mean|spread)[^;]*\(off by/,
    );
    expect(error.trimEnd().split('\n')).toHaveLength(1);
    // The files of a refused run say who is missing, and are sealed like those of any other.
    const { wanted, gaps } = GapList.parse(jsonIn(join(folder, 'hopeless'), 'gap-list.json'));
    expect(wanted).toBeGreaterThan(0);
    expect(gaps.some(({ traits }) => Object.keys(traits).length > 0)).toBe(true);
    expect(error).toContain(`Add ${wanted} personas (gap-list.json): `);
    expect((await runCli(['verify', join(folder, 'hopeless')])).code).toBe(0);
  });
});
