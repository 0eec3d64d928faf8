import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { isSameFamily, modelFamily } from '../../src/persona/model/family.js';
import { meanScores, panelFindings, type Verdicts } from '../../src/persona/model/judge-panel.js';

describe('modelFamily', () => {
  it.each([
    ['llama-3-70b', 'llama'],
    ['Llama-3.1-8B-Instruct', 'llama'],
    ['meta-llama/Llama-3.3-70B', 'llama'],
    ['qwen2.5', 'qwen'],
    ['Qwen/Qwen2.5-72B-Instruct', 'qwen'],
    ['gpt-4o-mini', 'gpt'],
    ['o3', 'o'],
    ['mistral', 'mistral'],
    ['4x7', ''],
    ['', ''],
  ])('of %s is %s', (name, family) => {
    expect(modelFamily(name)).toBe(family);
  });

  it.each([
    ['llama-3-70b', 'Llama-3.1', true],
    ['meta-llama/Llama-3', 'llama3:8b', true],
    ['Meta-Llama-3-70B-Instruct', 'llama-3', true],
    ['deepseek-r1-distill-llama-70b', 'llama-3', true],
    ['qwen2.5', 'llama-3', false],
    ['qwen2.5-72b-instruct', 'llama-3-70b-instruct', false],
    ['gpt-4o', 'gpt-oss', true],
    ['b', 'llama-3-70b', false],
    ['12', '12', false],
  ])('%s and %s: %s', (one, other, same) => {
    expect(isSameFamily(one, other)).toBe(same);
    expect(isSameFamily(other, one)).toBe(same);
  });
});

const persona = (n: number, writer = 'model:llama-3-70b') => ({
  id: `p${Math.floor(n / 2)}.${(n % 2) + 1}`,
  person: `p${Math.floor(n / 2)}`,
  lineage: { writer, prompts: [], historySha256: '' },
});
const verdicts = (judge: string, scores: readonly (Record<string, number> | undefined)[]): Verdicts => ({
  judge,
  scores: new Map(scores.flatMap((own, n) => (own ? [[persona(n).id, own] as const] : []))),
});

describe('meanScores', () => {
  it('averages over the judges that gave a score', () => {
    const one = verdicts('a', [{ x: 1, y: 5 }, { x: 2 }, undefined, undefined]);
    const two = verdicts('b', [{ x: 4, y: 4 }, undefined, { x: 3 }, undefined]);
    expect([...meanScores([one, two])]).toEqual([
      ['p0.1', { x: 2.5, y: 4.5 }],
      ['p0.2', { x: 2 }],
      ['p1.1', { x: 3 }],
    ]);
    expect(meanScores([]).size).toBe(0);
  });
});

describe('panelFindings', () => {
  const personas = Array.from({ length: 40 }, (_, n) => persona(n));
  const random = randomStream('panel');
  const scores = personas.map((_, n) => ({ faith: 1 + (n % 5), style: 3 + (n % 3) }));

  it('says that nobody judged', () => {
    expect(panelFindings([], personas, random)).toEqual([
      { level: 'info', code: 'no-judge', message: 'no language model judged the texts: only the rules did' },
    ]);
  });

  it('says nothing of one judge of another family that scored everybody', () => {
    expect(panelFindings([verdicts('model:qwen2.5', scores)], personas, random)).toEqual([]);
  });

  it('warns of a judge of the family of the writer', () => {
    expect(panelFindings([verdicts('model:Llama-3.1', scores)], personas, random)).toEqual([
      {
        level: 'caution',
        code: 'judge-of-same-family',
        message:
          'the judge Llama-3.1 is of the same family as the writer llama-3-70b: models favour texts like their own',
        values: { judge: 'Llama-3.1', writer: 'llama-3-70b', family: 'llama' },
      },
    ]);
    const embedded = personas.map((one) => ({ ...one, lineage: { ...one.lineage, writer: 'embedded@1' } }));
    expect(panelFindings([verdicts('model:embedded', scores)], embedded, random)).toEqual([]);
  });

  it('counts personas without scores', () => {
    const some = scores.map((own, n) => (n % 4 === 0 ? undefined : own));
    expect(panelFindings([verdicts('model:qwen', some)], personas, random)).toMatchObject([
      { level: 'caution', code: 'judge-failures', values: { judge: 'model:qwen', missing: 10, personas: 40 } },
    ]);
  });

  it('reports agreement by criterion, with an interval', () => {
    const near = scores.map(({ faith, style }, n) => ({ faith: Math.min(5, faith + (n % 7 === 0 ? 1 : 0)), style }));
    const [finding, ...rest] = panelFindings(
      [verdicts('model:qwen', scores), verdicts('model:gpt', near)],
      personas,
      random,
    );
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({
      level: 'info',
      code: 'judge-agreement',
      message: 'the judges model:qwen and model:gpt were compared on 40 personas',
      values: { judges: ['model:qwen', 'model:gpt'], criteria: { style: { n: 40, kappa: 1, withinOne: 1 } } },
    });
    const { faith } = finding!.values!['criteria'] as Record<string, { kappa: number; interval: { lower: number } }>;
    expect(faith!.kappa).toBeGreaterThan(0.9);
    expect(faith!.interval.lower).toBeLessThan(faith!.kappa);
  });

  it('warns of judges that hardly agree, naming the criteria; one constant judge is no agreement', () => {
    const contrary = scores.map(({ faith, style }) => ({ faith: 6 - faith, style }));
    const constant = scores.map(({ style }) => ({ faith: 3, style }));
    for (const other of [contrary, constant])
      expect(
        panelFindings([verdicts('model:qwen', scores), verdicts('model:gpt', other)], personas, random),
      ).toMatchObject([
        {
          level: 'caution',
          code: 'judge-agreement',
          message: 'the judges model:qwen and model:gpt hardly agree on faith (quadratic weighted kappa below 0.4)',
        },
      ]);
  });

  it('compares each two of three judges', () => {
    const panel = ['a', 'b', 'c'].map((name) => verdicts(`model:${name}`, scores));
    expect(panelFindings(panel, personas, random).map(({ values }) => values!['judges'])).toEqual([
      ['model:a', 'model:b'],
      ['model:a', 'model:c'],
      ['model:b', 'model:c'],
    ]);
  });
});
