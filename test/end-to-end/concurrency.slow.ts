import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLedger } from '../../src/model/ledger.js';
import { temporaryFolder } from '../io/temporary.js';
import { runToEnd, artifactsIn } from './killed-runs.js';
import { buildWith, modelConfig, modelEnv, modelServer } from './model-run.js';

// However many questions are under way at once, and whatever goes wrong with some, the same bytes come out.

const folder = temporaryFolder();
const config = modelConfig(folder, 3, 24);
const server = await modelServer({
  seed: 'concurrency',
  rates: {
    throttled: 0.02,
    'server-error': 0.02,
    reset: 0.02,
    'malformed-json': 0.02,
    'not-json': 0.03,
    refusal: 0.03,
  },
});

describe('a run with a language model', { timeout: 1_800_000 }, () => {
  it('gives the same bytes for 1, 4 and 64 questions at a time', async () => {
    let first: { files: Record<string, string>; calls: number } | undefined;
    for (const concurrency of [1, 4, 64]) {
      const out = join(folder, String(concurrency));
      const args = buildWith(config, server, out, '--concurrency', String(concurrency));
      expect(await runToEnd(process.execPath, args, { env: modelEnv })).toEqual({ code: 0, error: '' });
      const ledger = await readLedger(join(out, 'calls.jsonl'));
      const run = { files: artifactsIn(out), calls: ledger.state.calls };
      await ledger.close();
      first ??= run;
      expect(run.calls).toBe(first.calls);
      expect(Object.keys(run.files)).toEqual(Object.keys(first.files));
      expect(Object.keys(run.files).filter((file) => run.files[file] !== first!.files[file])).toEqual([]);
    }
    expect(first!.calls).toBeGreaterThan(100);
  });
});
