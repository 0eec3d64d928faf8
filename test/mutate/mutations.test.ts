import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

/** One edit that must turn a test red. `stage` is the stage that is broken, itself or in what it rests on. */
const Mutation = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  stage: z.string().min(1),
  file: z.string().regex(/^(?:src|pipelines)\//),
  find: z.string().min(1),
  replace: z.string(),
  tests: z.array(z.string().regex(/^test\/.*\.(?:test|slow)\.ts$/)).min(1),
  why: z.string().min(10),
});

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8');
const mutations = z.array(Mutation).parse(JSON.parse(read('test/mutate/mutations.json')));

// Whether a test sees them is what `npm run mutate` finds out; here is what can be known at once.
describe('the mutations', () => {
  it('have different names', () => expect(new Set(mutations.map(({ id }) => id)).size).toBe(mutations.length));

  it('find what they replace exactly once', () => {
    const wrong = mutations
      .map(({ id, file, find }) => ({
        id,
        file,
        times: existsSync(`${root}${file}`) ? read(file).split(find).length - 1 : 0,
      }))
      .filter(({ times }) => times !== 1);
    expect(wrong).toEqual([]);
  });

  it('change something', () => expect(mutations.filter(({ find, replace }) => find === replace)).toEqual([]));

  it('name tests that exist', () => {
    const named = new Set(mutations.flatMap(({ tests }) => tests));
    expect([...named].filter((test) => !existsSync(`${root}${test}`))).toEqual([]);
  });

  it('break every stage', () => {
    const stages = readdirSync(`${root}src/stages`)
      .filter((file) => file.endsWith('.ts'))
      .filter((file) => read(`src/stages/${file}`).includes('defineStage({'));
    const broken = new Set(mutations.map(({ file }) => file));
    expect(stages.length).toBeGreaterThan(10);
    expect(stages.filter((file) => !broken.has(`src/stages/${file}`))).toEqual([]);
  });
});
