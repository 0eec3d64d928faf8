import { describe, expect, it } from 'vitest';
import type { ShuffleRow } from '../../src/report/population-report.js';
import {
  couplingGrid,
  shuffleFigure,
  shuffleGrid,
  shuffleIntroduction,
  shuffleSentences,
  textFiguresGrid,
  textGatesSentence,
} from '../../src/report/text-content.js';
import { report, withChanges } from './fixture.js';

const texts = report.diagnostics.texts!;
const rows = report.shuffleControl;
const about = (kind: ShuffleRow['about']) => rows.filter((row) => row.about === kind);

describe('the shuffle control in words', () => {
  it('says which figures are evidence and which are not', () => {
    expect(shuffleSentences(report)).toEqual([
      '7 of 11 figures change when texts change owners, so they say something about the texts. Not evidence about the texts, because they stay the same: Trait distance (AMW), Trait distance (sliced W.), Largest margin error, Effective people.',
    ]);
    expect(shuffleIntroduction(report)).toMatch(/^Every persona was given a text of somebody else/);
  });

  it.each([
    [
      'one figure that changes',
      [rows[0]!],
      '1 of 1 figure changes when texts change owners, so it says something about the texts.',
    ],
    [
      'none',
      [about('numbers')[0]!],
      'None of 1 figure is evidence about the texts. Not evidence about the texts, because they stay the same: Trait distance (AMW).',
    ],
    [
      'one that is better with other texts',
      [{ ...rows[0]!, evidence: 'evidence against the texts' as const }],
      'None of 1 figure is evidence about the texts. Better with texts of other people, which speaks against the texts: Grounded claims.',
    ],
  ])('with %s', (_, shuffleRows, sentence) =>
    expect(shuffleSentences(withChanges({ shuffleControl: shuffleRows }))[0]).toBe(sentence),
  );

  const notOnNumbers =
    'The shuffle control was not run on numbers. So nobody can tell which of them would look as good if every persona carried a text of somebody else; take none of them as evidence about the texts.';
  it('says what was not run, and why it matters', () => {
    const onlyTexts = withChanges({ shuffleControl: about('texts') });
    expect(shuffleSentences(onlyTexts)[1]).toBe(notOnNumbers);
    const nothing = withChanges({ shuffleControl: [], diagnostics: { texts: null } });
    expect(shuffleIntroduction(nothing)).toBeNull();
    expect(shuffleSentences(nothing)).toEqual([
      'The shuffle control was not run on texts: nothing was measured about the texts of these personas, so nothing in this report is evidence about them.',
      notOnNumbers,
    ]);
    const onePerson = withChanges({
      shuffleControl: about('numbers'),
      diagnostics: { texts: { ...texts, shuffled: null } },
    });
    expect(shuffleSentences(onePerson).slice(1)).toEqual([
      'The shuffle control was not run on texts, which takes the texts of at least two people. So nobody can tell which figures about texts would look as good with texts of somebody else.',
    ]);
  });

  it.each([
    ['share', 0.981, '98.1%'],
    ['correlation', -0.031, '−0.03'],
    ['distance', 0.01873, '0.0187'],
    ['points', 0.061, '0.06'],
    ['people', 512.8, '513'],
    ['share', null, '–'],
  ] as const)('shows a %s of %s', (unit, value, shown) => expect(shuffleFigure({ unit }, value)).toBe(shown));

  it('has intervals where there are some', () => {
    expect(shuffleGrid(report).rows[1]).toEqual([
      'Extraversion: r',
      '0.71',
      '0.65 to 0.76',
      '0.01',
      '−0.05 to 0.06',
      'evidence about the texts',
    ]);
    expect(shuffleGrid(report).rows[0]!.filter((cell) => cell === '–')).toHaveLength(2);
  });
});

describe('texts and numbers', () => {
  it('are compared by domain, with interval and agreement of sign', () => {
    expect(couplingGrid(report)!.rows[0]).toEqual([
      'Extraversion',
      '0.71',
      '0.65 to 0.76',
      '0.01',
      '85.5%',
      '900',
      '0.64',
      '82.0%',
    ]);
  });

  it('have dashes where nothing varies or nothing was shuffled', () => {
    const still = texts.own.coupling.map((one) => ({ ...one, r: null, lower: null, upper: null, signAgreement: null }));
    const changed = withChanges({
      diagnostics: { texts: { ...texts, own: { ...texts.own, coupling: still, grounding: null }, shuffled: null } },
    });
    expect(couplingGrid(changed)!.rows[0]).toEqual(['Extraversion', '–', '–', '–', '–', '900', '0.64', '82.0%']);
    expect(textFiguresGrid(changed)!.rows.map(([, own, other]) => [own, other])).toEqual([
      ['0.4%', '–'],
      ['0.6%', '–'],
      ['–', '–'],
      ['2.1%', '–'],
    ]);
  });

  it('have no tables where nothing was measured', () => {
    const bare = withChanges({ diagnostics: { texts: null } });
    expect([couplingGrid(bare), textFiguresGrid(bare)]).toEqual([null, null]);
    expect(textGatesSentence(bare)).toMatch(/^Nothing was measured about the texts/);
  });

  it.each([
    [[], 'No gate on texts was missed.'],
    [['a'], '1 gate on texts was missed:'],
    [['a', 'b'], '2 gates on texts were missed:'],
  ])('name the gates that were missed: %j', (unmetTexts, sentence) =>
    expect(textGatesSentence(withChanges({ diagnostics: { unmetTexts } }))).toBe(sentence),
  );
});
