import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/core/canonical-json.js';
import { numberColumn, textColumn, type Table } from '../../src/core/table.js';
import { readTable } from '../../src/io/parquet.js';
import { AgentPoolInfo } from '../../src/population/agent-pool.js';
import { pseudonym } from '../../src/io/group-histories.js';
import type { NarrativePersona } from '../../src/persona/narrative-persona.js';
import { runCli, type Ended } from '../cli/run-cli.js';
import { temporaryFolder } from '../io/temporary.js';
import {
  agentsIn,
  diagnosticsIn,
  filesIn,
  jsonIn,
  recordIn,
  rowsIn,
  smallSizes,
  textIn,
  tinyConfig,
  writeConfig,
} from './small-run.js';

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);

describe('the tiny config, twice', () => {
  const [one, two] = [at('one'), at('two')];
  let ended: Ended[] = [];
  let table: Table;
  beforeAll(async () => {
    ended = await Promise.all(
      [one, two].map((out, i) =>
        runCli(['build-personas', '-c', tinyConfig, '--out', out, '--workers', String(i + 1)]),
      ),
    );
    if (ended[0]!.code === 0) table = await readTable(readFileSync(join(one, 'agent-pool.parquet')));
  }, 120_000);

  it('ends well, says so, and complains of nothing', () => {
    expect(ended.map(({ code, error }) => [code, error])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    expect(ended[0]!.out).toMatch(/^Agent pool\nAligned[.,]/);
    expect(ended[0]!.out.trimEnd().split('\n').at(-1)).toBe(`Open ${join(one, 'report.html')}`);
  });

  it('writes everything that it promises', () => {
    const promised = ['agent-pool.parquet', 'agent-pool.json', 'agents.jsonl', 'diagnostics.json', 'run-record.json'];
    const documents = ['run-log.jsonl', 'report.html', 'report.md', 'report.json', 'rejected.jsonl'];
    for (const file of [...promised, ...documents]) expect(filesIn(one)).toContain(file);
    const recorded = recordIn(one).stages.flatMap(({ outputs }) => Object.keys(outputs));
    expect(filesIn(one)).toEqual([...recorded, 'run-log.jsonl', 'run-record.json'].sort());
  });

  it('gives the same bytes for one worker and for two, but for the log', () => {
    expect(filesIn(two)).toEqual(filesIn(one));
    const hash = (out: string) => (file: string) => [file, sha256(readFileSync(join(out, file)))];
    const compared = filesIn(one).filter((file) => file !== 'run-log.jsonl');
    expect(compared.map(hash(two))).toEqual(compared.map(hash(one)));
  });

  it('says nothing of the machine: no path, no host, no time, but in the log', () => {
    for (const file of filesIn(one).filter((name) => name !== 'run-log.jsonl' && !name.endsWith('.parquet')))
      expect(textIn(one, file).includes(folder), file).toBe(false);
  });

  it('loses nobody between the stages', () => {
    const { people, personas, kept, rejected, agents } = diagnosticsIn(one);
    expect(personas).toBe(1_000);
    expect(kept + Object.values(rejected).reduce((s, n) => s + n, 0)).toBe(personas);
    expect(rowsIn(one, 'stages/personas.jsonl')).toHaveLength(personas);
    expect(rowsIn(one, 'stages/kept.jsonl').length + rowsIn(one, 'rejected.jsonl').length).toBe(personas);
    expect(rowsIn(one, 'stages/histories.jsonl')).toHaveLength(people);
    expect([agents, table.rows, agentsIn(one).length]).toEqual([200, 200, 200]);
  });

  it('points at the posts for every claim, and gives no two draws of a person one disposition', () => {
    const posts = new Map(
      rowsIn<{ posts: { id: string; text: string }[] }>(one, 'stages/histories.jsonl').flatMap((history) =>
        history.posts.map(({ id, text }) => [id, text] as const),
      ),
    );
    const personas = rowsIn<NarrativePersona>(one, 'stages/personas.jsonl');
    for (const { evidence } of personas.slice(0, 200))
      for (const { source } of evidence.claims)
        expect(posts.get(source.post)!.length).toBeGreaterThanOrEqual(source.end);
    expect(new Set(personas.map(({ disposition }) => disposition.traits.join())).size).toBe(personas.length);
    for (const { disposition, evidence } of personas)
      for (const [name, attribute] of Object.entries(evidence.attributes))
        expect(disposition.attributes[name]!.value, name).toBe(attribute.value);
  });

  it('has only adults', () => {
    expect(Math.min(...numberColumn(table, 'age_years'))).toBeGreaterThanOrEqual(18);
  });

  it('reports the effective people and the margins that the agents themselves have', () => {
    const agents = agentsIn(one);
    const count = (keys: readonly string[]): number[] => {
      const counts = new Map<string, number>();
      for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
      return [...counts.values()];
    };
    const shares = count(agents.map(({ person }) => person)).map((n) => n / agents.length);
    const found = diagnosticsIn(one);
    expect(found.effectivePeople).toBeCloseTo(1 / shares.reduce((s, share) => s + share * share, 0), 9);
    expect(found.maxAuthorShare).toBeCloseTo(Math.max(...shares), 12);
    for (const { variable, category, after, target } of found.margins) {
      const names = variable.split(' x ');
      const inCell = agents.filter(
        ({ attributes }) => names.map((name) => attributes[name]!.value).join(' x ') === category,
      );
      expect(after, `${variable} = ${category}`).toBeCloseTo(inCell.length / agents.length, 12);
      expect(Math.abs(after - target)).toBeLessThanOrEqual(0.01);
    }
  });

  it('has an agent pool that says truly what it is', () => {
    const info = AgentPoolInfo.parse(jsonIn(one, 'agent-pool.json'));
    expect(info.table.sha256).toBe(sha256(readFileSync(join(one, 'agent-pool.parquet'))));
    expect(info.effectivePeople).toBe(diagnosticsIn(one).effectivePeople);
    expect(Object.keys(info.columns).sort()).toEqual(Object.keys(table.columns).sort());
    for (const [name, column] of Object.entries(table.columns))
      for (const entry of column)
        expect(typeof entry === 'string' ? entry !== '' : Number.isFinite(entry), name).toBe(true);
    expect(textColumn(table, 'persona')).toEqual(agentsIn(one).map(({ persona }) => persona));
  });

  it('logs every stage with its time', () => {
    const log = rowsIn<{ at: string; kind: string; stage: string }>(one, 'run-log.jsonl');
    const done = log.filter(({ kind }) => kind === 'stage-completed').map(({ stage }) => stage);
    expect(done).toEqual(recordIn(one).stages.map(({ name }) => name));
    for (const line of log) expect(line.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('can be inspected and verified; a flipped byte is found and ends with 7', async () => {
    const broken = at('broken');
    cpSync(one, broken, { recursive: true });
    const bytes = readFileSync(join(broken, 'agents.jsonl'));
    bytes[1_000]! ^= 1;
    writeFileSync(join(broken, 'agents.jsonl'), bytes);
    const [inspected, json, verified, found] = await Promise.all([
      runCli(['inspect', one]),
      runCli(['inspect', one, '--json']),
      runCli(['verify', one]),
      runCli(['verify', broken]),
    ]);
    expect(inspected).toMatchObject({ code: 0, out: ended[0]!.out, error: '' });
    expect(JSON.parse(json.out)).toEqual(diagnosticsIn(one));
    expect(verified).toMatchObject({ code: 0, error: '' });
    expect(verified.out).toBe(`${filesIn(one).length - 1} files are exactly what the run wrote.\n`);
    expect(found).toMatchObject({ code: 7, out: '' });
    expect(found.error).toContain('agents.jsonl (changed)');
  });
});

describe('a target that the people cannot fill', () => {
  it('ends with 3, names both empty cells, and keeps what was learnt', async () => {
    const out = at('no-young');
    const stages = {
      ...smallSizes,
      'ingest-histories': {
        columns: { author: 'author', text: 'text', date: 'date', attributes: { age: 'age', sex: 'gender' } },
        minimumAge: 25,
        maxAuthors: 30,
      },
      'mine-personas': { personas: 60, minimumAge: 25 },
    };
    const config = writeConfig(folder, stages, {}, 'no-young.json');
    const { code, error, out: printed } = await runCli(['build-personas', '-c', config, '--out', out, '--quiet']);
    expect(code).toBe(3);
    expect(printed).toBe('');
    expect(error.trimEnd().split('\n')).toHaveLength(1);
    expect(error).toMatch(/^check-calibration: \d+ cells of the target have no persona: .*female x 18-24/);
    expect(error).toContain('sex x age = male x 18-24');
    expect(recordIn(out)).toMatchObject({
      status: 'failed',
      failure: { stage: 'check-calibration', code: 'infeasible' },
    });
    expect(existsSync(join(out, 'gap-list.json'))).toBe(true);
    expect(rowsIn(out, 'stages/personas.jsonl')).toHaveLength(60);
    expect(existsSync(join(out, 'agent-pool.parquet'))).toBe(false);
    const [verified, inspected] = await Promise.all([runCli(['verify', out]), runCli(['inspect', out])]);
    expect(verified.code).toBe(0);
    expect(inspected.out).toMatch(/^This run failed in check-calibration: .*\n(.*\n)*not-reached +check-gates\n$/);
  });
});

describe("a user's own file", () => {
  // Ids with leading zeros, a byte order mark, Windows line ends, quoted line breaks, names of columns to be guessed.
  const ids = Array.from({ length: 12 }, (_, i) => `00${i + 1}`.slice(-3));
  // Histories that are like one another are taken for one author: every diary has words of its own.
  const places = 'pier orchard garage attic bakery harbor library stadium chapel tunnel meadow kitchen'.split(' ');
  const things = 'thermos ladder wrench trunk oven rope ledger whistle candle lamp basket kettle'.split(' ');
  const sentence = (i: number, day: number): string =>
    `The ${things[(i + day) % 12]!} was in the ${places[i]!} again, so entry ${day} is about the ${places[i]!} and the ${things[i]!} that I lost near the ${places[(i + 5) % 12]!}. `;
  const lines = ids.flatMap((id, i) =>
    [1, 2, 3].map(
      (day) =>
        `${id},2023-0${day}-01T10:00:00Z,"Entry ${day} of diary ${i}.\r\n${[1, 2, 3, 4].map((part) => sentence(i, 3 * day + part)).join('')}I am ${25 + i} years old.",${25 + i},${i % 2 ? 'M' : 'F'}`,
    ),
  );
  const csv = join(folder, 'diary.csv');
  writeFileSync(csv, `\ufeffUser ID,created_at,Body,Age,Gender\r\n${lines.join('\r\n')}\r\n`);
  const config = writeConfig(
    folder,
    { ...smallSizes, 'ingest-histories': null, 'mine-personas': { draws: 5 }, 'select-agents': { agents: 30 } },
    {},
    'own.json',
  );
  const args = (seed: string, ...more: string[]): string[] => [
    'build-personas',
    '-c',
    config,
    '--histories',
    csv,
    '--seed',
    seed,
    '--allow-unmet',
    ...more,
  ];

  it('runs: columns guessed and said, ids kept apart, gaps accepted and listed; another seed gives other agents', async () => {
    const outs = [at('own'), join(folder, 'runs', 'build-personas-1')];
    const [first, second] = await Promise.all([
      runCli(args('1', '--out', outs[0]!)),
      runCli(args('2', '--quiet'), { cwd: folder }),
    ]);
    expect(first).toMatchObject({ code: 0, error: '' });
    expect(second).toMatchObject({ code: 0, out: '', error: '' });
    const [one, two] = outs as [string, string];
    const guess = recordIn(one).stages[0]!.findings.find(({ code }) => code === 'columns-guessed')!;
    expect(guess.values).toEqual({
      author: 'User ID',
      text: 'Body',
      date: 'created_at',
      attributes: { age: 'Age', sex: 'Gender' },
    });
    const people = rowsIn<{ person: string; posts: unknown[] }>(one, 'stages/histories.jsonl');
    expect(people.map(({ person }) => person)).toEqual(ids.map(pseudonym));
    expect(people.every(({ posts }) => posts.length === 3)).toBe(true);
    expect(diagnosticsIn(one)).toMatchObject({ histories: 12, people: 12, personas: 60, agents: 30 });
    expect(diagnosticsIn(one).unmet.length).toBeGreaterThan(0);
    expect(jsonIn<{ status: string }>(one, 'report.json').status).toBe('unmet');
    expect(textIn(two, 'agents.jsonl')).not.toBe(textIn(one, 'agents.jsonl'));
    const traits = (out: string) => rowsIn<NarrativePersona>(out, 'stages/personas.jsonl')[0]!.disposition.traits;
    expect(traits(two)).not.toEqual(traits(one));
    for (const file of filesIn(one).filter((name) => name !== 'run-log.jsonl' && !name.endsWith('.parquet')))
      expect(textIn(one, file).includes(folder), file).toBe(false);
  });

  it('fails with 2 and one clear line when its columns are not what the config says', async () => {
    const wrong = writeConfig(
      folder,
      { 'ingest-histories': { columns: { author: 'writer', text: 'Body' } } },
      { histories: csv },
      'wrong.json',
    );
    const { code, out, error } = await runCli(['build-personas', '-c', wrong, '--out', at('wrong'), '--quiet']);
    expect([code, out]).toEqual([2, '']);
    expect(error.trimEnd().split('\n')).toHaveLength(1);
    expect(error).toContain('writer');
    expect(error).toContain('User ID');
  });
});
