import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Evidence } from '../../src/persona/narrative-persona.js';
import { reader } from './evidence-fixture.js';

const blogs = new URL('../../../shared/data/blogs-dlatk/blogs501.jsonl.gz', import.meta.url);

describe('real histories', () => {
  it.skipIf(!existsSync(blogs))(
    'are read without a fault, and rarely against what the file declares (skipped where ../shared/data is absent)',
    () => {
      interface Row {
        readonly id: string;
        readonly gender: string;
        readonly posts: readonly { readonly date: string; readonly text: string }[];
      }
      const rows = gunzipSync(readFileSync(blogs))
        .toString('utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Row);
      let [told, wrong] = [0, 0];
      for (const { id, gender, posts } of rows) {
        const evidence = reader.readText(posts.map(({ date, text }, k) => ({ id: `${id}#${k + 1}`, date, text })));
        expect(Evidence.safeParse(evidence).success).toBe(true);
        const sex = evidence.attributes.sex?.value;
        if (sex !== undefined) told++;
        if (sex !== undefined && sex !== gender) wrong++;
      }
      expect(told).toBeGreaterThan(0);
      expect(wrong / told).toBeLessThan(0.25);
    },
  );
});
