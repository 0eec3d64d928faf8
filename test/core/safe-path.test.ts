import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isSafePath, placeIn } from '../../src/core/safe-path.js';
import { temporaryFolder } from '../io/temporary.js';

describe('isSafePath', () => {
  it.each(['a', 'a.json', 'stages/a.jsonl', 'control/x y.parquet', '.hidden', 'a..b', 'é/日本'])('takes %j', (path) =>
    expect(isSafePath(path)).toBe(true),
  );

  it.each([
    '',
    '.',
    '..',
    '../a',
    'a/../b',
    'a/../../b',
    'a/..',
    './a',
    'a//b',
    '/a',
    'a/',
    '\\a',
    '..\\a',
    'a\\..\\b',
    'C:\\x',
    'C:x',
    '\\\\host\\share',
    'a\u0000b',
    'a\nb',
    '\u001b[2J',
    'con?',
    'a*',
    'a.',
    'a ',
    'x'.repeat(256),
    'é'.repeat(128),
  ])('refuses %j', (path) => expect(isSafePath(path)).toBe(false));
});

describe('placeIn', () => {
  const folder = temporaryFolder();
  const outside = join(folder, 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'a.json'), '');
  const run = join(folder, 'run');
  mkdirSync(join(run, 'stages'), { recursive: true });
  symlinkSync(outside, join(run, 'control'));
  symlinkSync(join(outside, 'a.json'), join(run, 'report.json'));
  symlinkSync(join(outside, 'nowhere'), join(run, 'stages', 'dangling'));

  it('says where a file is, whether or not it exists', async () => {
    expect(await placeIn(run, 'stages/a.json')).toBe(join(run, 'stages', 'a.json'));
    expect(await placeIn(run, 'new/deep/a.json')).toBe(join(run, 'new', 'deep', 'a.json'));
  });

  it.each(['control/a.json', 'report.json', 'stages/dangling'])('refuses a link on the way: %s', async (file) => {
    await expect(placeIn(run, file)).rejects.toThrow('a link stands where a run keeps its own files');
  });

  it('refuses what is not below the folder, by name', async () => {
    await expect(placeIn(run, '../outside/a.json')).rejects.toThrow(
      `${run}: a file that is not below this folder; got ../outside/a.json.`,
    );
  });
});
