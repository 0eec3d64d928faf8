import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/findings.js';
import { randomStream } from '../../src/core/random.js';
import { weightDiagnostics } from '../../src/survey/diagnostics.js';
import { GapDocument, WeightDocument, weighZones, type WeighingOptions } from '../../src/survey/weigh-zones.js';
import type { CategoryMargin, WeightingProblem } from '../../src/survey/weighting-problem.js';

const margin = (name: string, codes: readonly number[], asked: readonly number[]): CategoryMargin => ({
  name,
  categories: asked.map((_, c) => `${name}${c}`),
  codes: Int32Array.from(codes),
  asked: Float64Array.from(asked),
  unit: 'share',
});
const problem = (...margins: readonly CategoryMargin[]): WeightingProblem => ({
  records: margins[0]!.codes.length,
  base: new Float64Array(margins[0]!.codes.length).fill(1),
  margins,
});
/** Ten records, seven of them in the first category. */
const skewed = [0, 0, 0, 0, 0, 0, 0, 1, 1, 1];

async function weighed(zones: Readonly<Record<string, WeightingProblem>>, options: WeighingOptions = {}) {
  const findings: Finding[] = [];
  const prepared = Object.entries(zones).map(([zone, own]) => ({
    zone,
    problem: own,
    rows: Int32Array.from({ length: own.records }, (_, i) => i),
  }));
  const results = await weighZones(prepared, options, randomStream('1'), (finding) => void findings.push(finding));
  for (const { report, gaps } of results) {
    WeightDocument.parse(report);
    if (gaps) GapDocument.parse(gaps);
  }
  return { results, findings, first: results[0]! };
}

describe('weighing zones', () => {
  it('gives weights, and what there is to say about them', async () => {
    const { first, findings } = await weighed({ '': problem(margin('a', skewed, [0.5, 0.5])) });
    expect(first.fit.status).toBe('converged');
    expect(first.fit.weights[0]).toBeCloseTo(5 / 7, 9);
    expect(first.fit.weights[9]).toBeCloseTo(5 / 3, 9);
    expect(first.report.designEffect).toBeCloseTo((25 / 7 + 25 / 3) / 10, 9);
    expect([first.replicates, findings]).toEqual([null, []]);
    expect(first.report.costs.map(({ margin: name, gained }) => [name, Number(gained.toFixed(6))])).toEqual([
      ['a', Number((10 - 100 / (25 / 7 + 25 / 3)).toFixed(6))],
    ]);
    // Three records are fewer than the five that a category should have.
    expect(first.gaps!.gaps).toEqual([
      { reason: 'too-thin', attributes: { a: 'a1' }, traits: {}, members: {}, weight: 5, records: 2 },
    ]);
  });

  it('has no list of gaps where nothing is missing', async () => {
    const codes = Array.from({ length: 20 }, (_, i) => i % 2);
    const { first } = await weighed({ '': problem(margin('a', codes, [0.4, 0.6])) });
    expect(first.gaps).toBe(null);
  });

  it('tries only caps below the largest weight, and none with logit', async () => {
    const rare = Array.from({ length: 100 }, (_, i) => (i < 95 ? 0 : 1));
    const { first } = await weighed({ '': problem(margin('a', rare, [0.81, 0.19])) });
    expect(weightDiagnostics(first.fit.weights).maxRelativeWeight).toBeCloseTo(3.8, 9);
    expect(first.report.frontier.map(({ cap, status }) => [cap, status])).toEqual([
      [null, 'converged'],
      [2, 'infeasible'],
    ]);
    const bounds = { lower: 0.1, upper: 9 };
    const logit = await weighed(
      { '': problem(margin('a', rare, [0.81, 0.19])) },
      { weighting: { method: 'logit', bounds } },
    );
    expect(logit.first.report.frontier).toEqual([]);
  });

  it('names the cells that clash, with the least slack', async () => {
    // a and b are the same variable, asked for twice: at best a tenth of ten records is wrong either way, in two cells.
    const clash = problem(margin('a', skewed, [0.6, 0.4]), margin('b', skewed, [0.5, 0.5]));
    const { first, findings } = await weighed({ north: clash, south: problem(margin('a', skewed, [0.5, 0.5])) });
    expect(first.fit.status).toBe('infeasible');
    expect(findings.map(({ code, values }) => [code, values!['zone']])).toEqual([['margins-infeasible', 'north']]);
    expect(values(findings[0]!).slack).toBeCloseTo(2, 9);
    expect(findings[0]!.message).toMatch(
      /^zone north: the margins cannot be met together; at best 2 of 10 are missing or too many: [ab] = [ab]\d \(\d asked, 1 (short|over)\); [ab] = [ab]\d \(\d asked, 1 (short|over)\)$/,
    );
    expect(first.report.findings).toEqual(findings);
    expect(first.report.costs).toEqual([]);
    expect(first.gaps!.contradiction).toBeCloseTo(0, 9);
  });

  it('finds out with a program what raking only stalls on', async () => {
    const clash = problem(margin('a', skewed, [0.6, 0.4]), margin('b', skewed, [0.5, 0.5]));
    const { first, findings } = await weighed({ '': clash }, { weighting: { method: 'rake' } });
    expect(first.fit.status).toBe('stalled');
    expect(findings[0]!.code).toBe('margins-infeasible');
  });

  it('names the worst cells where margins could be met', async () => {
    const weighting = { maxIterations: 0 };
    const three = problem(margin('a', [0, 0, 0, 0, 0, 0, 1, 1, 1, 2], [0.5, 0.25, 0.25]));
    const { findings } = await weighed({ '': three }, { weighting });
    expect(findings.map(({ code, message }) => [code, message])).toEqual([
      [
        'not-converged',
        'the fit ended as iteration-limit after 0 iterations, with an error of 0.15: a = a2 (0.25 asked, 0.1 achieved); a = a0 (0.5 asked, 0.6 achieved); a = a1 (0.25 asked, 0.3 achieved)',
      ],
    ]);
  });

  it('names a linear program too large by what the fit itself knows', async () => {
    // Every record by itself: 20,001 combinations.
    const n = 20_001;
    const clash = {
      ...problem(
        margin(
          'a',
          Array.from({ length: n }, (_, i) => i % 2),
          [0.6, 0.4],
        ),
        margin(
          'b',
          Array.from({ length: n }, (_, i) => i % 2),
          [0.5, 0.5],
        ),
      ),
      constraints: [
        { name: 'x', values: Float64Array.from({ length: n }, (_, i) => i), asked: n / 2, unit: 'mean' as const },
      ],
    };
    const { first, findings } = await weighed({ '': clash });
    expect(first.gaps).toBe(null);
    expect(findings[0]!.code).toBe('margins-infeasible');
    expect(findings[0]!.message).toMatch(/^the margins cannot be met together after \d+ iterations, with an error of /);
  });

  it('fits replicates of clusters, and counts those that cannot be', async () => {
    const clusters = ['x', 'x', 'x', 'x', 'y', 'y', 'y', 'y', 'z', 'z'];
    const own = problem(margin('a', skewed, [0.5, 0.5]));
    const { first, findings } = await weighed({ '': own }, { replicates: 12, clusters });
    const { weights, failed } = first.replicates!;
    expect(weights.length + failed.length).toBe(12);
    expect(failed.length).toBeGreaterThan(0);
    expect(findings.map(({ code }) => code)).toEqual(['replicates-failed']);
    expect(findings[0]!.message).toBe(
      `${failed.length} of 12 replicates have nobody in a category that is asked for, or could not be fitted, and are left out`,
    );
    expect(first.report.effectivePeople).toBeLessThanOrEqual(3);
    for (const replicate of weights) expect(replicate.reduce((s, w) => s + w, 0)).toBeCloseTo(10, 9);
  });

  // A rare twentieth weighs 3.8 each; a replicate that has one of them twice gives it twice as much.
  it('does not hold replicates to a cap on single records', async () => {
    const rare = problem(
      margin(
        'a',
        Array.from({ length: 100 }, (_, i) => (i < 95 ? 0 : 1)),
        [0.81, 0.19],
      ),
    );
    const { first } = await weighed({ '': rare }, { replicates: 12, weighting: { cap: 4 } });
    expect(first.fit.status).toBe('converged');
    expect(first.replicates!.weights.length).toBeGreaterThan(6);
    expect(first.replicates!.weights.some((own) => Math.max(...own) > 4)).toBe(true);
  });

  it('studies no zone when there are many, and says so', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 51 }, (_, k) => [`z${k}`, problem(margin('a', skewed, [0.5, 0.5]))]),
    );
    const { results, findings } = await weighed(many);
    expect(findings.map(({ code }) => code)).toEqual(['zones-not-studied']);
    expect(results.every(({ report }) => report.costs.length === 0 && report.frontier.length === 0)).toBe(true);
  });

  it('says in which zone an option does not fit', async () => {
    await expect(
      weighed(
        { north: problem(margin('a', skewed, [0.5, 0.5])) },
        { weighting: { method: 'rake', bounds: { upper: 2 } } },
      ),
    ).rejects.toThrow('zone north: weighting.bounds: raking does not have it');
  });
});

const values = ({ values: own }: Finding): { slack: number } => own as { slack: number };
