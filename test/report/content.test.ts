import { describe, expect, it } from 'vitest';
import {
  categoriesGrid,
  findingsGrid,
  foldsGrid,
  multiplicitiesGrid,
  peopleSentences,
  provenanceGrid,
  rejectionsGrid,
  sourcesGrid,
  stepsGrid,
  variablesGrid,
  weightSentences,
} from '../../src/report/content.js';
import { marginsTable } from '../../src/report/tables.js';
import { couplingGrid, shuffleGrid, textFiguresGrid } from '../../src/report/text-content.js';
import {
  beyondChance,
  cellsGrid,
  cellText,
  densitiesGrid,
  knownGroupsSentence,
  metricsGrid,
  moments,
  signed,
  traitMeansGrid,
} from '../../src/report/trait-content.js';
import { report, withChanges } from './fixture.js';

const cell = (differenceSd: number, effectiveSampleSize: number) => ({
  ...report.diagnostics.traitCells[0]!,
  differenceSd,
  effectiveSampleSize,
});

describe('moments', () => {
  // By hand: levels 1, 2, 3 with shares 1/4, 1/2, 1/4 have mean 2 and variance 1/2.
  it('are those of the histogram', () => {
    const { mean, sd } = moments([1, 2, 3], [0.25, 0.5, 0.25]);
    expect(mean).toBe(2);
    expect(sd).toBeCloseTo(Math.SQRT1_2, 12);
    expect(moments([4], [1])).toEqual({ mean: 4, sd: 0 });
  });
});

describe('trait cells', () => {
  it.each([
    [0.2, 101, true, '+0.20*'],
    [0.2, 99, false, '+0.20'],
    [-0.2, 101, true, '−0.20*'],
    [0.004, 1e6, true, '0.00*'],
    [0.5, 0, false, '–'],
  ])('%f SD with %f effective agents', (difference, n, beyond, text) => {
    expect(beyondChance(cell(difference, n))).toBe(beyond);
    expect(cellText(cell(difference, n))).toBe(text);
  });

  it('stand side by side; a cell without a domain has a dash', () => {
    const [first, ...rest] = report.diagnostics.traitCells;
    const grid = cellsGrid(withChanges({ diagnostics: { traitCells: [...rest, { ...first!, cell: 'other 18-24' }] } }));
    expect(grid.rows.at(-1)).toEqual(['other 18-24', '–', '–', '–', '–', '0.00', '98.2']);
    expect(signed(-0.001)).toBe('0.00');
  });
});

describe('peopleSentences', () => {
  it.each([
    [[], []],
    [[1], ['The person used most is behind 1 agent of 1 (100.0%).', 'Half of all agents come from 1 person of 1.']],
    [
      [4, 2, 2],
      ['The person used most is behind 4 agents of 8 (50.0%).', 'Half of all agents come from 1 person of 3.'],
    ],
    [
      [3, 3, ...Array<number>(14).fill(1)],
      [
        'The person used most is behind 3 agents of 20 (15.0%), the ten used most behind 70.0%.',
        'Half of all agents come from 6 people of 16.',
      ],
    ],
  ])('%j', (agents, sentences) => expect(peopleSentences(agents)).toEqual(sentences));
});

describe('weightSentences', () => {
  it('say what the weights are worth and how many personas were left out', () => {
    expect(weightSentences(report)).toEqual([
      'The weights of the 2,871 kept personas are worth 744 equally weighted ones (design effect 3.86), but only 513 effective people: personas of one author are not independent.',
      'Calibration weights run from 0.04 to 9.14 times the mean (design effect 3.77).',
      'Most precision goes into Race x hispanic (without it 215 effective personas more), Openness (without it 96.2 effective personas more).',
      '1,124 personas became agents, none more than 12 times; 1,747 of the kept were not used.',
    ]);
  });
});

describe('grids', () => {
  const grids = [
    variablesGrid(report),
    metricsGrid(report)!,
    densitiesGrid(report),
    stepsGrid(report),
    cellsGrid(report),
    rejectionsGrid(report),
    sourcesGrid(report),
    findingsGrid(report),
    provenanceGrid(report),
    multiplicitiesGrid(report),
    foldsGrid(report),
    traitMeansGrid(report),
    shuffleGrid(report),
    couplingGrid(report)!,
    textFiguresGrid(report)!,
  ];

  it('have as many cells in every row as columns', () => {
    for (const { columns, rows } of grids) for (const row of rows) expect(row).toHaveLength(columns.length);
  });

  it('count every candidate once: rejected by criterion, then kept', () => {
    const { rows } = rejectionsGrid(report);
    const total = rows.reduce((sum, [, personas]) => sum + Number(personas!.replace(',', '')), 0);
    expect(total).toBe(report.diagnostics.personas);
  });

  it('set each distance beside its floor, and drop the columns without trait norms', () => {
    const { rows } = stepsGrid(report);
    expect(rows[4]!.slice(0, 4)).toEqual(['Selected agents', '0.06', '0.0187\n(0.69×)', '0.00341\n(0.52×)']);
    expect(rows.at(-1)!.slice(0, 4)).toEqual(['Noise floor, 95th percentile', '', '0.0271', '0.00651']);
    const bare = stepsGrid(withChanges({ diagnostics: { traits: null } }));
    expect(bare.rows[4]).toEqual(['Selected agents', '0.06', '744', '513', '0.9%']);
    expect(metricsGrid(withChanges({ diagnostics: { traits: null } }))).toBeNull();
  });

  it('give the agents beside people used for fitting, with a mark where that fit is too good', () => {
    const rows = metricsGrid(report)!.rows;
    expect(rows[2]!.slice(0, 5)).toEqual(['Sliced Wasserstein', '0.273', '0.0254', '0.0161', 'overfit']);
    expect(rows.map((row) => row[4])).toEqual(['no', 'no', 'overfit', 'no', 'no', 'no']);
  });

  it('give trait means with their interval and both sources of error', () => {
    // Square roots of 0.0004 and 0.0001.
    expect(traitMeansGrid(report).rows[0]).toEqual(['Extraversion', '3.00', '3.01', '2.96 to 3.06', '0.02', '0.01']);
    const alone = report.diagnostics.traitMeans.map((mean) => ({
      ...mean,
      interval: null,
      betweenAuthorVariance: null,
      betweenDrawVariance: null,
    }));
    const grid = traitMeansGrid(withChanges({ diagnostics: { traitMeans: alone } }));
    expect(grid.rows[0]).toEqual(['Extraversion', '3.00', '3.01', '–', '–', '–']);
  });

  it('give margins with their interval and the origin of their values', () => {
    const [sex] = marginsTable(report.diagnostics);
    // The fixture: 0.517 with 1.96 sqrt(0.517 x 0.483 / 500) = 0.0438, of which 0.9 down and 1.1 up.
    expect(categoriesGrid(sex!).rows[0]).toEqual([
      'female',
      '41.2%',
      '51.7%',
      '51.7%',
      '47.8% to 56.5%',
      '0.01',
      '1,183',
    ]);
    const [margin] = report.diagnostics.margins;
    const [alone] = marginsTable({ margins: [{ ...margin!, interval: null }] });
    expect(categoriesGrid(alone!).rows[0]![4]).toBe('–');
    expect(variablesGrid(report).rows[4]!.slice(4, 7)).toEqual(['4.9%', '2.1%', '93.0%']);
  });

  it('list the folds in the order of their use, and unknown ones last without a use', () => {
    const grid = foldsGrid(withChanges({ diagnostics: { folds: { ...report.diagnostics.folds, b: 1, a: 2 } } }));
    expect(grid.rows.map(([fold, people]) => [fold, people])).toEqual([
      ['prior', '5,000'],
      ['fit', '60,000'],
      ['tune', '5,000'],
      ['test', '60,000'],
      ['floor', '20,000'],
      ['a', '2'],
      ['b', '1'],
    ]);
    expect(grid.rows.at(-1)![2]).toBe('–');
    expect(grid.rows[3]![2]).toBe('the result is judged on them; nothing is fitted to them');
  });

  it('put cautions before the rest', () => {
    expect(findingsGrid(report).rows.map(([level]) => level)).toEqual(['caution', 'info']);
  });

  it('give source, period, universe and flags of every margin and of the traits', () => {
    const { rows } = sourcesGrid(report);
    expect(rows).toHaveLength(report.sources.length + 1);
    expect(rows[1]![4]).toBe('derived');
    expect(rows[1]![5]).toBe(
      'age given sex of July 2022 times the sex shares of 2017; the two years differ in the share of women',
    );
  });
});

describe('knownGroupsSentence', () => {
  const start = (slope: string, interval: string) =>
    `Before any weighting, trait means of groups of sex and age differ ${slope} times as much among the personas as in the target (95% interval ${interval}; 1 is as much, 0 means that traits and people have nothing to do with each other). `;
  it.each([
    [{ slope: 0.81, lower: 0.62, upper: 0.99, passed: true }, `${start('0.81', '0.62 to 0.99')}That passes.`],
    [
      { slope: -0.02, lower: -0.2, upper: 0.17, passed: false },
      `${start('−0.02', '−0.20 to 0.17')}That is too little: weights can hide that traits and people do not belong together, but not repair it.`,
    ],
    [null, null],
  ])('%j', (knownGroups, sentence) =>
    expect(knownGroupsSentence(withChanges({ diagnostics: { knownGroups } }))).toBe(sentence),
  );
});
