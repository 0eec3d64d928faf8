import { describe, expect, it } from 'vitest';
import { exitCodes, Failure, type FailureCode, type FailureParts } from '../../src/core/failure.js';

const messageOf = (parts: FailureParts): string => new Failure('invalid-input', parts).message;

describe('the sentence of a Failure', () => {
  const where = 'pool.age[3]';
  const problem = 'not an age';
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  it.each<{ name: string; parts: FailureParts; message: string }>([
    { name: 'the least', parts: { where, problem }, message: 'pool.age[3]: not an age.' },
    { name: 'what was found', parts: { where, problem, got: -1 }, message: 'pool.age[3]: not an age; got -1.' },
    {
      name: 'what was wanted',
      parts: { where, problem, expected: '0 to 120' },
      message: 'pool.age[3]: not an age; expected 0 to 120.',
    },
    {
      name: 'all parts',
      parts: { where, problem, got: -1, expected: '0 to 120', hint: 'Check the column.' },
      message: 'pool.age[3]: not an age; got -1, expected 0 to 120. Check the column.',
    },
    {
      name: 'a hint alone',
      parts: { where, problem, hint: 'Check the column.' },
      message: 'pool.age[3]: not an age. Check the column.',
    },
    { name: 'a plain text', parts: { where, problem, got: 'n/a' }, message: 'pool.age[3]: not an age; got n/a.' },
    { name: 'null', parts: { where, problem, got: null }, message: 'pool.age[3]: not an age; got null.' },
    { name: 'not a number', parts: { where, problem, got: NaN }, message: 'pool.age[3]: not an age; got NaN.' },
    { name: 'infinity', parts: { where, problem, got: -Infinity }, message: 'pool.age[3]: not an age; got -Infinity.' },
    {
      name: 'an object',
      parts: { where, problem, got: { a: [1] } },
      message: 'pool.age[3]: not an age; got {"a":[1]}.',
    },
    {
      name: 'a text with quotes',
      parts: { where, problem, got: 'say "no"' },
      message: 'pool.age[3]: not an age; got "say \\"no\\"".',
    },
    {
      name: 'a text that would clear the terminal',
      parts: { where, problem, got: '\u001b[2J' },
      message: 'pool.age[3]: not an age; got "\\u001b[2J".',
    },
    {
      name: 'a text of many lines',
      parts: { where, problem, got: 'a\nb' },
      message: 'pool.age[3]: not an age; got "a\\nb".',
    },
    {
      name: 'a text with a blank first',
      parts: { where, problem, got: ' x' },
      message: 'pool.age[3]: not an age; got " x".',
    },
    { name: 'an empty text', parts: { where, problem, got: '' }, message: 'pool.age[3]: not an age; got "".' },
    { name: 'a blank', parts: { where, problem, got: ' ' }, message: 'pool.age[3]: not an age; got " ".' },
    {
      name: 'a text ending in one',
      parts: { where, problem, got: 'x ' },
      message: 'pool.age[3]: not an age; got "x ".',
    },
    { name: 'a big integer', parts: { where, problem, got: 10n }, message: 'pool.age[3]: not an age; got "10".' },
    {
      name: 'a big integer inside',
      parts: { where, problem, got: { a: [10n] } },
      message: 'pool.age[3]: not an age; got {"a":["10"]}.',
    },
    {
      name: 'a cycle',
      parts: { where, problem, got: cycle },
      message: 'pool.age[3]: not an age; got [object Object].',
    },
    {
      name: 'a symbol',
      parts: { where, problem, got: Symbol('s') },
      message: 'pool.age[3]: not an age; got Symbol(s).',
    },
    {
      name: 'what a terminal obeys or turns around',
      parts: { where, problem, got: 'a\u009b2J\u007f\u202eb\u2066c\u200fd' },
      message: 'pool.age[3]: not an age; got "a\\u009b2J\\u007f\\u202eb\\u2066c\\u200fd".',
    },
    {
      name: 'the same in the other parts',
      parts: { where: 'a\u001b[2J\u202e.csv', problem: 'b\nc', expected: 'd\u2028', hint: 'e\u0085' },
      message: 'a\\u001b[2J\\u202e.csv: b\\u000ac; expected d\\u2028. e\\u0085',
    },
  ])('$name', ({ parts, message }) => expect(messageOf(parts)).toBe(message));

  it.each([120, 121, 1_000_000])('shows at most 120 characters of %i', (length) => {
    const shown = /got (.*)\.$/.exec(messageOf({ where, problem, got: 'x'.repeat(length) }))![1]!;
    expect(shown).toBe(length <= 120 ? 'x'.repeat(120) : `${'x'.repeat(117)}...`);
  });

  it('counts characters as they are shown', () =>
    expect(messageOf({ where, problem, got: '\u007f'.repeat(100) })).toHaveLength(
      `${where}: ${problem}; got .`.length + 120,
    ));

  it('leaves other scripts and signs alone', () =>
    expect(messageOf({ where: 'Größe/年齢/سن', problem, expected: '≥ 0 €' })).toBe(
      'Größe/年齢/سن: not an age; expected ≥ 0 €.',
    ));
});

describe('Failure', () => {
  // The table of the architecture document; scripts rely on these numbers.
  it('has one exit code for each code', () => {
    expect(exitCodes).toStrictEqual({
      usage: 2,
      'invalid-input': 2,
      'not-converged': 3,
      infeasible: 3,
      'gate-failed': 3,
      'budget-reached': 4,
      'model-unavailable': 5,
      'folder-locked': 6,
      integrity: 7,
      'quality-gate': 8,
      interrupted: 130,
    });
  });

  it('carries its code, parts, exit code and cause', () => {
    const cause = new Error('disk');
    const parts = { where: 'run.lock', problem: 'locked' };
    const failure = new Failure('folder-locked', parts, { cause });
    expect(failure).toBeInstanceOf(Error);
    expect([failure.name, failure.code, failure.exitCode, failure.parts, failure.cause]).toStrictEqual([
      'Failure',
      'folder-locked',
      6,
      parts,
      cause,
    ]);
    expect(String(failure)).toBe('Failure: run.lock: locked.');
  });

  it('never exits with 0 or 1, which mean success and a bug', () => {
    for (const code of Object.keys(exitCodes) as FailureCode[])
      expect(new Failure(code, { where: 'x', problem: 'y' }).exitCode).toBeGreaterThan(1);
  });
});
