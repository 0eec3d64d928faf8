import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import * as canonical from '../../src/core/canonical-json.js';
import * as randomness from '../../src/core/random.js';
import * as features from '../../src/persona/evidence/trait-features.js';
import { TraitTextModel } from '../../src/persona/evidence/trait-text.js';
import * as posterior from '../../src/persona/trait-posterior.js';
import * as norms from '../../src/psychometrics/norms.js';
import * as tokens from '../../src/text/tokens.js';
import { lexicons } from './evidence-fixture.js';

const root = new URL('../../', import.meta.url);
const json = (path: string): unknown => JSON.parse(readFileSync(new URL(path, root), 'utf8'));
const model = lexicons.traitText;

interface Fit {
  readonly fitTraitText: (data: Readonly<Record<string, unknown>>, tools: Readonly<Record<string, unknown>>) => unknown;
}
const categories = (
  json('data/derive/trait-text-categories.json') as { categories: { name: string; words: string[] }[] }
).categories;

describe('the shipped model of traits in texts', () => {
  const data = new URL('../shared/data/openpsych-text/sentence_completion_big5.jsonl.gz', root);
  it.skipIf(!existsSync(data))(
    'comes out again, every weight and held-out figure, from the fitting code and the people (skipped where ../shared/data is absent)',
    async () => {
      const { fitTraitText } = (await import(new URL('data/derive/trait-text-fit.mjs', root).href)) as Fit;
      const rows = gunzipSync(readFileSync(data))
        .toString('utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
      const tools = { ...features, ...tokens, ...posterior, ...norms, ...canonical, ...randomness };
      const again = fitTraitText({ rows, norms: json('data/traits/ipip-50-us-adults.json'), categories }, tools);
      // Through JSON, as the file went: it knows no -0.
      expect(TraitTextModel.parse(JSON.parse(JSON.stringify(again)))).toEqual(model);
    },
  );
});
