import { describe, expect, it } from 'vitest';
import { useEmbedder } from '../../src/text/use-embedder.js';
import { isAbsent, skipNote, stsSpearman } from './sts-benchmark.js';

describe.skipIf(isAbsent)(`the similarity of sentences for the teacher, STSbenchmark${skipNote}`, () => {
  it('agrees with people on the test half', async () => {
    expect(await stsSpearman(useEmbedder(), 'test')).toBeGreaterThan(0.72);
  });
});
