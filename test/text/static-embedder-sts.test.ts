import { describe, expect, it } from 'vitest';
import { staticEmbedder } from '../../src/text/static-embedder.js';
import { isAbsent, skipNote, stsSpearman } from './sts-benchmark.js';

// Settings were chosen on the development half; the test half was looked at once, when they were final.
describe.skipIf(isAbsent)(`the similarity of sentences, STSbenchmark${skipNote}`, () => {
  it('agrees with people on the development half', async () => {
    expect(await stsSpearman(staticEmbedder(), 'dev')).toBeCloseTo(0.7856, 4);
  });

  it('agrees with people on the test half', async () => {
    const spearman = await stsSpearman(staticEmbedder(), 'test');
    expect(spearman).toBeGreaterThan(0.68);
    expect(spearman).toBeCloseTo(0.7025, 4);
  });
});
