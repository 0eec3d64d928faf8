import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/core/canonical-json.js';
import { Failure } from '../../src/core/failure.js';
import type { RunOptions } from '../../src/pipeline/run.js';
import { readRunRecord, verifyRun } from '../../src/pipeline/verify.js';
import { temporaryFolder } from '../io/temporary.js';
import { run } from './fixture.js';

const root = temporaryFolder();
const original = join(root, 'original');
const files = ['numbers.parquet', 'page.md', 'run-record.json', 'stages/count.json', 'stages/list.jsonl'];
const copy = (): string => {
  const folder = mkdtempSync(join(root, 'copy-'));
  cpSync(original, folder, { recursive: true });
  return folder;
};
beforeAll(async () => {
  // A number with an exponent: JSON can write it in two ways.
  await run(original, { configs: { 'draw-numbers': { scale: 1e-8 } } }).done;
});

describe('verifyRun', () => {
  it('counts the files of an untouched run, the record among them', async () => {
    expect(await verifyRun(original)).toBe(files.length);
  });

  it('finds a single flipped bit, wherever it is', async () => {
    const folder = copy();
    const bytes = new Map(files.map((file) => [file, readFileSync(join(folder, file))]));
    await fc.assert(
      fc.asyncProperty(
        fc
          .constantFrom(...files)
          .chain((file) => fc.tuple(fc.constant(file), fc.nat(bytes.get(file)!.length - 1), fc.nat(7))),
        async ([file, at, bit]) => {
          const flipped = Buffer.from(bytes.get(file)!);
          flipped[at]! ^= 1 << bit;
          writeFileSync(join(folder, file), flipped);
          try {
            await expect(verifyRun(folder)).rejects.toBeInstanceOf(Failure);
          } finally {
            writeFileSync(join(folder, file), bytes.get(file)!);
          }
        },
      ),
      { seed: 20260101, numRuns: 300 },
    );
    expect(await verifyRun(folder)).toBe(files.length);
  });

  it.each(files.filter((file) => file !== 'run-record.json'))(
    'names a file that was changed or lost: %s',
    async (file) => {
      const folder = copy();
      writeFileSync(join(folder, file), Buffer.concat([readFileSync(join(folder, file)), Buffer.from(' ')]));
      await expect(verifyRun(folder)).rejects.toThrow(
        `${folder}: 1 of 5 files are not what the run wrote: ${file} (changed). ` +
          'Do not use this run; make it again from the same seed and inputs.',
      );
      rmSync(join(folder, file));
      await expect(verifyRun(folder)).rejects.toMatchObject({ code: 'integrity', exitCode: 7 });
      await expect(verifyRun(folder)).rejects.toThrow(`${file} (missing)`);
    },
  );

  it('names all that is wrong at once', async () => {
    const folder = copy();
    writeFileSync(join(folder, 'page.md'), '');
    rmSync(join(folder, 'numbers.parquet'));
    await expect(verifyRun(folder)).rejects.toThrow(
      '2 of 5 files are not what the run wrote: numbers.parquet (missing), page.md (changed)',
    );
  });

  it.each([
    ['a finding', (record: string) => record.replace('4 words', '5 words')],
    ['the status', (record: string) => record.replaceAll('"status": "completed"', '"status": "failed"')],
    [
      'a hash of a file that was changed with it',
      (record: string) => record.replace(/("numbers\.parquet": \{[^}]*"sha256": ")./, '$1x'),
    ],
    ['the way a number is written', (record: string) => record.replace('1e-8', '1E-8')],
    ['the layout', (record: string) => JSON.stringify(JSON.parse(record))],
    ['a key given twice', (record: string) => record.replace('"seed"', '"seed": "0", "seed"')],
    ['the seed', (record: string) => record.replace('"seed": "1"', '"seed": "2"')],
  ])('finds a record that was rewritten: %s', async (_, edit) => {
    const folder = copy();
    const path = join(folder, 'run-record.json');
    const text = readFileSync(path, 'utf8');
    expect(edit(text)).not.toBe(text);
    writeFileSync(path, edit(text));
    await expect(verifyRun(folder)).rejects.toThrow('run-record.json (changed)');
  });

  it('finds a changed log, and does without one', async () => {
    const folder = copy();
    const path = join(folder, 'run-log.jsonl');
    writeFileSync(path, readFileSync(path, 'utf8').replace('2020', '2021'));
    await expect(verifyRun(folder)).rejects.toThrow('run-log.jsonl (changed)');
    rmSync(path);
    expect(await verifyRun(folder)).toBe(files.length);
  });

  it('checks what is kept of a run that has not ended well: plan, stages, files; a record only if there is one', async () => {
    const folder = mkdtempSync(join(root, 'stopped-'));
    const abort = new AbortController();
    const onEvent: RunOptions['onEvent'] = ({ kind }) => {
      if (kind === 'stage-completed') abort.abort();
    };
    await expect(run(folder, { onEvent, signal: abort.signal }).done).rejects.toThrow('stopped');
    expect(await verifyRun(folder)).toBe(5);
    rmSync(join(folder, 'run-record.json'));
    expect(await verifyRun(folder)).toBe(4);
    await expect(readRunRecord(folder)).rejects.toThrow(`this run is not finished. See pipeline status ${folder}`);
    for (const file of ['unfinished/run-plan.json', 'unfinished/stage-01.json', 'stages/list.jsonl']) {
      const text = readFileSync(join(folder, file), 'utf8');
      writeFileSync(join(folder, file), `${text} `);
      // The files of a stage are known from what is kept of it.
      const checked = file === 'unfinished/stage-01.json' ? 2 : 4;
      await expect(verifyRun(folder)).rejects.toThrow(
        `1 of ${checked} files are not what the run wrote: ${file} (changed)`,
      );
      writeFileSync(join(folder, file), text);
    }
    writeFileSync(join(folder, 'unfinished/mine.json'), 'mine');
    expect(await verifyRun(folder)).toBe(4);
  });

  it('does not mind files that are not of the run', async () => {
    const folder = copy();
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    mkdirSync(join(folder, 'more'));
    expect(await verifyRun(folder)).toBe(files.length);
  });
});

describe('readRunRecord', () => {
  const recordWith = (content: string): string => {
    const folder = mkdtempSync(join(root, 'record-'));
    writeFileSync(join(folder, 'run-record.json'), content);
    return folder;
  };
  it.each([
    ['no record', () => join(root, 'nowhere'), 'no run record here. Name the folder that a run was written to.'],
    ['no JSON', () => recordWith('{'), 'not JSON. The file is damaged; run again.'],
    [
      'another version',
      () => recordWith(canonicalJson({ schema: 'run-record/2' })),
      'not a run record of this version. It was written by another version of the program.',
    ],
  ])('names the fault: %s', async (_, folder, message) => {
    await expect(readRunRecord(folder())).rejects.toThrow(message);
  });
});
