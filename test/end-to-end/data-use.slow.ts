import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/findings.js';
import type { NarrativePersona } from '../../src/persona/narrative-persona.js';
import { verbatimOverlap } from '../../src/text/overlap.js';
import { root, runCli, type Ended } from '../cli/run-cli.js';
import { temporaryFolder } from '../io/temporary.js';
import { jsonIn, recordIn, rowsIn, smallSizes, textIn, writeConfig } from './small-run.js';

const folder = temporaryFolder();
const histories = join(folder, 'posts.jsonl');
writeFileSync(histories, readFileSync(join(root, 'data/histories/demo.jsonl')));
const use = {
  schema: 'data-use/1',
  title: 'Posts of \u001b[31ma forum',
  licence: 'Research \u202eonly',
  inferences: 'all' as const,
  retainUntil: null,
  publication: 'quotations',
};
const config = writeConfig(
  folder,
  {
    ...smallSizes,
    'ingest-histories': {
      columns: { author: 'author', text: 'text', date: 'date', attributes: { age: 'age', sex: 'gender' } },
    },
    'mine-personas': { draws: 2 },
    'select-agents': { agents: 'all' },
  },
  { histories },
);

/** A run over posts with this file beside them. */
async function run(name: string, stated: object | undefined): Promise<{ out: string; ended: Ended }> {
  const beside = join(folder, 'posts.data-use.json');
  writeFileSync(beside, stated === undefined ? JSON.stringify(use) : JSON.stringify(stated));
  const out = join(folder, name);
  const ended = await runCli(['build-personas', '-c', config, '--out', out, '--allow-unmet', '--no-shuffle-control']);
  return { out, ended };
}
const findingsIn = (out: string, stage: string): Finding[] =>
  recordIn(out).stages.find(({ name }) => name === stage)!.findings as Finding[];

describe('data-use.json', () => {
  it('is enforced: what may not be inferred is read by nobody, dropped where it is read all the same, and counted', async () => {
    const { out, ended } = await run('strict', {
      ...use,
      inferences: ['age', 'sex', 'place', 'interests'],
      publication: 'no',
    });
    expect(ended.code).toBe(0);
    const withheld = findingsIn(out, 'ingest-histories').find(({ code }) => code === 'data-use-withheld')!;
    expect(Object.keys(withheld.values!).sort()).toEqual(
      ['crime', 'debt', 'health', 'origin', 'politics', 'religion', 'sexuality'].map(
        (topic) => `not allowed: ${topic}`,
      ),
    );
    expect(findingsIn(out, 'mine-personas').map(({ code }) => code)).toContain('data-use-not-inferred');
    expect(textIn(out, 'stages/histories.jsonl')).not.toMatch(/\b(?:church|asthma|republican|lesbian|bankruptcy)\b/i);

    const posts = new Map(
      rowsIn<{ person: string; posts: { text: string }[] }>(out, 'stages/histories.jsonl').map((history) => [
        history.person,
        verbatimOverlap(history.posts.map(({ text }) => text)),
      ]),
    );
    for (const persona of rowsIn<NarrativePersona>(out, 'stages/kept.jsonl')) {
      const stated = Object.entries(persona.evidence.attributes).map(([variable]) => variable);
      expect(stated.filter((variable) => !['age', 'sex', 'region'].includes(variable))).toEqual([]);
      expect(persona.evidence.traitStatements).toEqual([]);
      expect(posts.get(persona.person)!(persona.text).tokens).toBeLessThanOrEqual(5);
      expect(persona.text).not.toMatch(/“[^”]* [^”]*”/);
    }
    // Where posts may not be quoted, the report shows no text that was written from them.
    const { examples, posts: shown } = jsonIn<{ examples: unknown[]; posts: object }>(out, 'report.json');
    expect(examples).toEqual([]);
    expect(shown).toMatchObject({ title: use.title, publication: 'no' });
    expect(textIn(out, 'report.html')).toContain('not to be quoted, so no example is shown');
  });

  it('is shown in the report, and what it says commands no terminal', async () => {
    const { out, ended } = await run('shown', use);
    expect(ended.code).toBe(0);
    expect(findingsIn(out, 'ingest-histories')[0]).toMatchObject({ level: 'info', code: 'data-use' });
    for (const file of ['report.html', 'report.md']) {
      expect(textIn(out, file)).toContain('short quotations may be published');
      expect(textIn(out, file)).not.toMatch(/[\u001b\u202e]/);
    }
    for (const args of [
      ['inspect', out],
      ['status', out],
      ['inspect', out, '--json'],
      ['status', out, '--json'],
    ]) {
      const { code, out: said } = await runCli(args);
      expect(code).toBe(0);
      expect(said).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      if (args.includes('--json')) expect(() => void JSON.parse(said)).not.toThrow();
    }
  });

  it('is missed where it is not there, once and in words', async () => {
    const alone = join(temporaryFolder(), 'posts.jsonl');
    writeFileSync(alone, readFileSync(histories));
    const out = join(folder, 'silent');
    const ended = await runCli([
      ...['build-personas', '-c', config, '--histories', alone, '--out', out, '--allow-unmet', '--no-shuffle-control'],
    ]);
    expect(ended.code).toBe(0);
    const [missed] = findingsIn(out, 'ingest-histories').filter(({ code }) => code.startsWith('data-use'));
    expect(missed).toMatchObject({ level: 'caution', code: 'data-use-not-stated' });
    expect(ended.out).toContain('nobody has said what the posts may be used for');
  });

  it.each<[string, object, string]>([
    ['the time is over', { ...use, retainUntil: '2000-01-01' }, 'the time for which'],
    [
      'a field is wrong',
      { ...use, publication: 'perhaps' },
      'posts.data-use.json: ✖ Invalid option: expected one of "quotations"|"no"',
    ],
    ['a field is missing', { ...use, licence: undefined }, '→ at licence'],
  ])('stops a run before it begins where %s', async (name, stated, message) => {
    const { out, ended } = await run(name, stated);
    expect(ended.code).toBe(2);
    expect(ended.error).toContain(message);
    expect(() => recordIn(out)).toThrow('ENOENT');
  });

  it('still counts when a run is continued', async () => {
    await run('later', use);
    const planned = await runCli(['build-personas', '-c', config, '--plan']);
    expect(planned.out).toMatch(/dataUse = own file \([0-9a-f]{12}\), deleted = nobody/);
    writeFileSync(join(folder, 'posts.data-use.json'), JSON.stringify({ ...use, retainUntil: '2000-01-01' }));
    expect((await runCli(['build-personas', '-c', config, '--plan'])).code).toBe(2);
  });
});
