import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configWith, readConfig, RunConfig, withSettings } from '../../src/cli/config.js';
import { failureOf, fileMaker, temporaryFolder } from '../io/temporary.js';

const folder = temporaryFolder();
const write = fileMaker(folder);
const config = (content: object | string, name = 'config.json'): string =>
  write(name, typeof content === 'string' ? content : JSON.stringify({ schema: 'run-config/1', ...content }));

describe('readConfig', () => {
  it('fills in the defaults', async () => {
    expect(await readConfig(config({}))).toEqual({
      schema: 'run-config/1',
      target: 'us-adults',
      inventory: 'ipip-50',
      rubric: 'persona-quality',
      seed: '1',
      model: 'embedded',
      judgeModels: [],
      narrator: 'third',
      stages: {},
    });
  });

  it('takes paths relative to the file, names from the catalog as they are', async () => {
    mkdirSync(join(folder, 'deep'), { recursive: true });
    const path = config(
      { histories: '../posts.csv', pool: 'pool.csv', target: '../mine.json', rubric: 'r.json' },
      'deep/c.json',
    );
    expect(await readConfig(path)).toMatchObject({
      histories: join(folder, 'posts.csv'),
      pool: join(folder, 'deep', 'pool.csv'),
      target: join(folder, 'mine.json'),
      rubric: join(folder, 'deep', 'r.json'),
      inventory: 'ipip-50',
    });
    expect((await readConfig(config({ histories: '/posts.csv' }))).histories).toBe('/posts.csv');
  });

  it.each([
    [{ judgeModels: ['openai:a', 'openai:b'] }, ['openai:a', 'openai:b']],
    [{ judgeModel: 'openai:a' }, ['openai:a']],
    [{ judgeModel: 'openai:a', judgeModels: ['openai:b'] }, ['openai:a', 'openai:b']],
  ])('reads one judge and many: %j', async (content, judgeModels) => {
    const read = await readConfig(config(content));
    expect(read.judgeModels).toEqual(judgeModels);
    expect(read).not.toHaveProperty('judgeModel');
  });

  it.each<[string, object | string, string]>([
    ['an unknown key', { targett: 'x' }, 'config.json: ✖ Unrecognized key: "targett".'],
    ['a wrong type', { seed: 1 }, 'config.json: ✖ Invalid input: expected string, received number   → at seed.'],
    [
      'settings of a stage that are none',
      { stages: { 'mine-personas': 3 } },
      'config.json: ✖ Invalid input: expected record, received number   → at stages["mine-personas"].',
    ],
    [
      'another schema',
      JSON.stringify({ schema: 'run-config/2' }),
      'config.json: ✖ Invalid input: expected "run-config/1"   → at schema.',
    ],
    ['no schema', '{}', 'config.json: ✖ Invalid input: expected "run-config/1"   → at schema.'],
    ['a list', '[]', 'config.json: ✖ Invalid input: expected object, received array.'],
  ])('names the fault: %s', async (_, content, message) => {
    expect(await failureOf(readConfig(config(content)), folder)).toBe(message);
  });

  it.each(['', '{"schema": "run-config/1",}', 'seed: 1', '\u0000'])('refuses what is not JSON: %j', async (content) => {
    expect(await failureOf(readConfig(config(content)), folder)).toMatch(/^config\.json: not JSON \(.+\)\.$/);
  });

  it('names a file that cannot be read', async () => {
    expect(await failureOf(readConfig(join(folder, 'nowhere.json')), folder)).toBe(
      '--config: cannot be read; got nowhere.json.',
    );
  });
});

describe('configWith', () => {
  it('puts options before the file, and leaves alone what was not given', async () => {
    const file = config({ seed: 'from the file', target: 'canada-2011' });
    expect(await configWith(file, { seed: 'given', target: undefined })).toMatchObject({
      seed: 'given',
      target: 'canada-2011',
    });
  });

  it('starts from the defaults without a file', async () => {
    expect(await configWith(undefined, { model: 'openai:m' })).toEqual({
      ...RunConfig.parse({ schema: 'run-config/1' }),
      model: 'openai:m',
    });
  });
});

describe('withSettings', () => {
  it('adds settings to a stage and leaves the others', () => {
    const stages = { a: { x: 1, y: 2 }, b: { z: 3 } };
    expect(withSettings({ stages }, 'a', { y: 5 })).toEqual({ a: { x: 1, y: 5 }, b: { z: 3 } });
    expect(withSettings({ stages: {} }, 'c', { y: 5 })).toEqual({ c: { y: 5 } });
    expect(stages.a.y).toBe(2);
  });
});
