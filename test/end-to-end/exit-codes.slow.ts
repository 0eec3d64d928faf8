import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../cli/run-cli.js';
import { fileMaker, temporaryFolder } from '../io/temporary.js';
import { recordIn } from './small-run.js';

const folder = temporaryFolder();
const write = fileMaker(folder);
const full = join(folder, 'full');
mkdirSync(full);
writeFileSync(join(full, 'mine.txt'), '');
const posts = write('posts.csv', 'author,text\na,hello\n');
mkdirSync(join(folder, 'posts', 'drafts'), { recursive: true });
writeFileSync(join(folder, 'posts', 'a.csv'), 'author,text\na,hello\n');

describe('the program', () => {
  it.each<[string, string[], number, RegExp, RegExp]>([
    ['--version', ['--version'], 0, /^\d+\.\d+\.\d+\n$/, /^$/],
    [
      'nothing asked: help',
      [],
      0,
      /^Usage: pipeline [\s\S]*build-personas[\s\S]*align[\s\S]*inspect[\s\S]*verify/,
      /^$/,
    ],
    ['help of a command', ['build-personas', '--help'], 0, /^Usage: pipeline build-personas[\s\S]*Exit codes/, /^$/],
    ['a command that does not exist', ['biuld-personas'], 2, /^$/, /unknown command 'biuld-personas'/],
    ['an option that does not exist', ['verify', '--all', full], 2, /^$/, /^error: unknown option '--all'\n/],
    [
      'a folder that is not empty: one line, and nothing about what was done there',
      ['build-personas', '--histories', posts, '--out', full],
      2,
      /^$/,
      /^--out: the folder is not empty; got [^\n]*\n$/,
    ],
    [
      'an output folder that is a file',
      ['build-personas', '--histories', posts, '--out', posts, '--quiet'],
      2,
      /^$/,
      /^--out: [^\n]*\n$/,
    ],
    ['a run that does not exist', ['verify', join(folder, 'nowhere')], 2, /^$/, /no run record here/],
    [
      'a folder of posts with a folder in it, which is not read',
      ['build-personas', '--histories', join(folder, 'posts'), '--plan'],
      0,
      /^build-personas: /,
      /^$/,
    ],
    [
      'people of whom too little is known',
      ['build-personas', '--histories', posts, '--out', join(folder, 'thin'), '--quiet'],
      8,
      /^$/,
      /^filter-personas: no persona passed the rubric; got [^\n]*\n$/,
    ],
  ])('%s', async (_, args, code, out, error) => {
    const ended = await runCli(args);
    expect([ended.code, ended.error]).toEqual([code, expect.stringMatching(error)]);
    expect(ended.out).toMatch(out);
  });

  it('stops at Ctrl-C with 130, one line and a record', async () => {
    const out = join(folder, 'interrupted');
    const ended = await runCli(['build-personas', '--out', out, '--quiet'], {
      interruptAt: join(out, 'run-log.jsonl'),
    });
    expect(ended.code).toBe(130);
    expect(ended.error).toBe('run: stopped before it was complete. Continue it with pipeline resume.\n');
    expect(recordIn(out)).toMatchObject({ status: 'failed', failure: { code: 'interrupted' } });
  });
});
