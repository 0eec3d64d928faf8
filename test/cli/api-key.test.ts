import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apiKeyFrom, refuseKeyOptions } from '../../src/cli/api-key.js';
import { printable } from '../../src/cli/terminal.js';
import { temporaryFolder } from '../io/temporary.js';

const folder = temporaryFolder();
let n = 0;
const key = 'sk-CANARY-0123456789';
function fileWith(text: string, mode = 0o600): string {
  const path = join(folder, `key-${n++}`);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}
const messageOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no failure',
    (error: unknown) => (error as Error).message,
  );

describe('apiKeyFrom', () => {
  it('takes the key from the file, else from the environment, without white space around it', async () => {
    expect((await apiKeyFrom(undefined, { OPENAI_API_KEY: ` ${key}\n` }))?.reveal()).toBe(key);
    expect((await apiKeyFrom(fileWith(`${key}\r\n`), { OPENAI_API_KEY: 'another' }))?.reveal()).toBe(key);
    for (const environment of [{}, { OPENAI_API_KEY: '' }, { OPENAI_API_KEY: ' ' }])
      expect(await apiKeyFrom(undefined, environment)).toBeUndefined();
  });

  it.each([
    ['a file that others may read', () => fileWith(key, 0o644), '--api-key-file: others may read this file'],
    ['a file of a group', () => fileWith(key, 0o640), '--api-key-file: others may read this file'],
    ['no file', () => join(folder, 'nothing'), '--api-key-file: not a file with a key'],
    ['a folder', () => folder, '--api-key-file: not a file with a key'],
    ['a file too long', () => fileWith('x'.repeat(5000)), '--api-key-file: not a file with a key'],
    ['an empty file', () => fileWith('\n'), '--api-key-file: the file holds no key'],
    ['two words', () => fileWith(`${key} ${key}`), '--api-key-file: not a key'],
    ['a second header', () => fileWith(`${key}\r\nX-Evil: 1`), '--api-key-file: not a key'],
  ])('refuses %s without quoting it', async (_, file, expected) => {
    const message = await messageOf(apiKeyFrom(file(), {}));
    expect(message).toContain(expected);
    expect(message).not.toContain('CANARY');
  });
});

describe('a key among the options', () => {
  it.each([
    '--api-key',
    `--api-key=${key}`,
    '--apikey',
    '--key',
    '-key',
    '--token',
    '--openai-api-key',
    '--password',
    '--SECRET',
  ])('is refused without being repeated: %s', (option) => {
    const refused = (): void => refuseKeyOptions(['build-personas', option, key]);
    expect(refused).toThrow(/no key goes on the command line: everybody on this machine can read it there/);
    try {
      refused();
    } catch (error) {
      expect((error as Error).message).not.toContain('CANARY');
    }
  });

  it('is no option of ours', () =>
    expect(() =>
      refuseKeyOptions(['build-personas', '--api-key-file', 'x', '--max-tokens', '5', '--query', 'key']),
    ).not.toThrow());
});

describe('printable', () => {
  it.each([
    ['colours', '\u001b[31mred\u001b[0m', '\\u001b[31mred\\u001b[0m'],
    ['a title of the window', '\u001b]0;owned\u0007', '\\u001b]0;owned\\u0007'],
    ['one-byte commands', '\u009b2J', '\\u009b2J'],
    ['going back over the line', 'ok\rno\b\b', 'ok\\u000dno\\u0008\\u0008'],
    ['turning around', 'a\u202eb\u2066c', 'a\\u202eb\\u2066c'],
    ['line separators', 'a\u2028b', 'a\\u2028b'],
    ['NUL and DEL', '\u0000\u007f', '\\u0000\\u007f'],
    ['what may stay', 'a\tb\nç 日本 👩‍👩‍👧 עברית', 'a\tb\nç 日本 👩‍👩‍👧 עברית'],
  ])('lets no text command a terminal: %s', (_, text, expected) => expect(printable(text, undefined)).toBe(expected));

  it('leaves JSON the JSON that it was', () => {
    const value = { text: '\u001b[2J\u202e"\\ \u009b' };
    expect(JSON.parse(printable(JSON.stringify(value, null, 2), undefined))).toEqual(value);
  });

  it('holds no key', () => {
    expect(printable(`at ${key}: ${encodeURIComponent(key)}`, key)).toBe('at ***: ***');
    expect(printable('text', '')).toBe('text');
  });
});
