import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.js';
import type { Processes } from '../../src/pipeline/lock.js';
import { claimFolder } from '../../src/pipeline/run-folder.js';
import type { RunOptions } from '../../src/pipeline/run.js';
import { runState } from '../../src/pipeline/run-status.js';
import { temporaryFolder } from '../io/temporary.js';
import { countWords, pipeline, pipelineWith, run, wires } from './fixture.js';

const root = temporaryFolder();
const folder = (): string => mkdtempSync(join(root, 'run-'));
const machine = (isRunning: boolean | undefined): Processes => ({
  self: () => Promise.resolve({ host: 'here', boot: 'b', space: 's', pid: 7, started: '1' }),
  isRunning: () => Promise.resolve(isRunning),
});
const states = async (at: string, isRunning: boolean | undefined) => {
  const { status, stages } = await runState(at, machine(isRunning));
  return [status, ...stages.map(({ name, state }) => `${state} ${name}`)];
};

/** A copy of the folder of a run as it is when the second stage starts. */
async function inTheMiddle(edit: Partial<RunOptions> = {}): Promise<string> {
  const [at, copy] = [folder(), folder()];
  const claim = await claimFolder(at, { processes: machine(true) });
  const onEvent: RunOptions['onEvent'] = (event) => {
    if (event.kind === 'stage-started' && event.stage === 'draw-numbers') cpSync(at, copy, { recursive: true });
  };
  await run(at, { ...edit, claim, onEvent }).done;
  await claim.release();
  return copy;
}

describe('runState', () => {
  it('of a complete run: all stages with their rows', async () => {
    const at = folder();
    await run(at).done;
    expect(await runState(at, machine(false))).toEqual({
      status: 'completed',
      pipeline: 'words',
      version: '1.2.3',
      seed: '1',
      stages: [
        { name: 'count-words', state: 'completed', rows: { 'stages/list.jsonl': 4 } },
        { name: 'draw-numbers', state: 'completed', rows: { 'numbers.parquet': 4 } },
        { name: 'write-page', state: 'completed', rows: {} },
      ],
    });
  });

  it('of one that goes on, was killed, or runs where it cannot be seen', async () => {
    const at = await inTheMiddle();
    const running = await runState(at, machine(true));
    expect(running.process).toEqual({ host: 'here', pid: 7 });
    expect(running.stages.map(({ state }) => state)).toEqual(['completed', 'running', 'waiting']);
    expect(running.status).toBe('running');
    expect(await states(at, false)).toEqual([
      'stopped',
      'completed count-words',
      'waiting draw-numbers',
      'waiting write-page',
    ]);
    expect((await states(at, undefined))[0]).toBe('unclear');
  });

  it('of one whose branch ended early', async () => {
    const fails = {
      ...countWords,
      run: () => Promise.reject(new Failure('infeasible', { where: 'x', problem: 'no' })),
    };
    const branch = { ...wires[0]!, stage: fails, branch: 'b', outputs: { list: 'b/l.jsonl', count: 'b/c.json' } };
    // Another setting would be another stage; this one is the same but fails, so it comes first.
    const at = await inTheMiddle({ pipeline: { ...pipeline, wires: [branch, ...wires] } });
    expect((await states(at, false)).slice(1, 3)).toEqual(['ended-early b/count-words', 'completed count-words']);
  });

  it.each([
    ['a reason that may pass', 'model-unavailable', 'stopped'],
    ['what it was given', 'infeasible', 'failed'],
  ] as const)('of one that failed for %s', async (_, code, status) => {
    const at = folder();
    const fails = () => Promise.reject(new Failure(code, { where: 'x', problem: 'no' }));
    await expect(run(at, { pipeline: pipelineWith({ run: fails }) }).done).rejects.toThrow('x: no.');
    const state = await runState(at, machine(false));
    expect(state).toMatchObject({ status, failure: { stage: 'count-words', code, message: 'x: no.' } });
    expect(state.stages[0]!.state).toBe('failed');
  });

  it('of no run: says what is wrong', async () => {
    const at = folder();
    await expect(runState(at, machine(false))).rejects.toThrow(
      `${at}: no run here. Name the folder that a run was written to.`,
    );
    mkdirSync(join(at, 'unfinished'));
    writeFileSync(join(at, 'unfinished/lock-1.json'), '');
    await expect(runState(at, machine(false))).rejects.toThrow(
      `${at}: a run was stopped here before it began. Start it again with --out.`,
    );
    rmSync(join(at, 'unfinished'), { recursive: true });
    writeFileSync(join(at, 'run-record.json'), '{}');
    await expect(runState(at, machine(false))).rejects.toThrow('the run record is damaged');
  });
});
