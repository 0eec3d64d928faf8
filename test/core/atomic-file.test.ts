import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { openAtomic, writeAtomically } from '../../src/core/atomic-file.js';
import { Failure } from '../../src/core/failure.js';

/** A disk that refuses one kind of call with one error, and notes the calls that make a file durable. */
const disk = vi.hoisted(() => ({ refuses: '', code: '', calls: [] as string[] }));
vi.mock(import('node:fs/promises'), async (original) => {
  const actual = await original();
  const act = async <T>(call: string, path: string, work: () => Promise<T>): Promise<T> => {
    if (disk.refuses === call) throw Object.assign(new Error(`${disk.code}: ${call}`), { code: disk.code });
    const done = await work();
    disk.calls.push(`${call} ${path.replace(/^.*populace-atomic-[^/]*\//, '')}`);
    return done;
  };
  const open = async (path: string, flags?: string) => {
    const handle = await actual.open(path, flags);
    const [sync, writeFile, close] = [
      handle.sync.bind(handle),
      handle.writeFile.bind(handle),
      handle.close.bind(handle),
    ];
    const kind = flags === undefined ? 'sync folder' : 'sync';
    return Object.assign(handle, {
      sync: () => act(kind, path, sync),
      writeFile: (content: string) => act('write', path, () => writeFile(content)),
      close: () => act('close', path, close),
    });
  };
  const rename = (from: string, to: string) => act('rename', to, () => actual.rename(from, to));
  return { ...actual, open: open as typeof actual.open, rename: rename as typeof actual.rename };
});
afterEach(() => Object.assign(disk, { refuses: '', code: '', calls: [] }));

const folder = mkdtempSync(join(tmpdir(), 'populace-atomic-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('writeAtomically', () => {
  it('writes text and bytes, over an older file too, and leaves nothing else', async () => {
    const path = join(folder, 'a', 'out');
    await writeAtomically(path, 'é');
    expect(readFileSync(path, 'utf8')).toBe('é');
    await writeAtomically(path, Uint8Array.of(1, 2));
    expect([...readFileSync(path)]).toEqual([1, 2]);
    expect(readdirSync(join(folder, 'a'))).toEqual(['out']);
  });

  it('names the file that cannot be written', async () => {
    mkdirSync(join(folder, 'taken'));
    await expect(writeAtomically(join(folder, 'taken'), 'x')).rejects.toThrow(/taken: cannot be written; got "E/);
    await writeAtomically(join(folder, 'file'), 'x');
    await expect(writeAtomically(join(folder, 'file', 'below'), 'x')).rejects.toThrow(
      /below: cannot be written; got "E/,
    );
  });
});

describe('openAtomic', () => {
  it('keeps the older file until the new one is whole', async () => {
    const path = join(folder, 'b');
    await writeAtomically(path, 'old');
    const file = await openAtomic(path);
    await file.append('half');
    expect(readFileSync(path, 'utf8')).toBe('old');
    await file.discard();
    expect(readFileSync(path, 'utf8')).toBe('old');
    const again = await openAtomic(path);
    await again.append('new ');
    await again.append('text');
    await again.commit();
    expect(readFileSync(path, 'utf8')).toBe('new text');
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

describe('a file that is written', () => {
  it('is on the disk before it has its name, and its name before anything relies on it; so are new folders', async () => {
    await writeAtomically(join(folder, 'new', 'er', 'file'), 'x');
    expect(disk.calls.filter((call) => !call.startsWith('close'))).toEqual([
      expect.stringMatching(/^sync folder .*new$/),
      expect.stringMatching(/^sync folder .*populace-atomic-\w+$/),
      'write new/er/file.part',
      'sync new/er/file.part',
      'rename new/er/file',
      'sync folder new/er',
    ]);
  });

  it.each([
    ['write', 'ENOSPC', 'integrity', 'The disk is full; what was whole before still is.'],
    ['write', 'EDQUOT', 'integrity', 'The disk is full; what was whole before still is.'],
    ['write', 'EFBIG', 'integrity', 'The disk is full; what was whole before still is.'],
    ['sync', 'EIO', 'integrity', 'The disk is broken; what was whole before may not be.'],
    ['sync folder', 'EIO', 'integrity', 'The disk is broken; what was whole before may not be.'],
    ['rename', 'EXDEV', 'invalid-input', ''],
    ['write', 'EMFILE', 'invalid-input', ''],
  ])('is named, and nothing half is left, when %s is refused with %s', async (refuses, code, failure, hint) => {
    const path = join(folder, 'refused');
    await writeAtomically(path, 'old');
    Object.assign(disk, { refuses, code, calls: [] });
    const error: unknown = await writeAtomically(path, 'new').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Failure);
    expect((error as Failure).code).toBe(failure);
    expect((error as Failure).message).toMatch(
      new RegExp(`refused: cannot be written; got .*${code}.*\\.${hint && ` ${hint}`}$`),
    );
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    // A sync that failed is not tried again: the second time it may lie.
    if (refuses !== 'sync folder') expect(readFileSync(path, 'utf8')).toBe('old');
    expect(disk.calls.filter((call) => call.startsWith('close') && call.endsWith('.part'))).toHaveLength(1);
    rmSync(path);
  });

  it.each(['EINVAL', 'EPERM', 'ENOTSUP'])('does not mind a system that cannot sync a folder: %s', async (code) => {
    Object.assign(disk, { refuses: 'sync folder', code });
    await writeAtomically(join(folder, 'c', code), 'x');
    expect(readFileSync(join(folder, 'c', code), 'utf8')).toBe('x');
  });

  it('may come in parts, and is not there when they end in an error', async () => {
    async function* parts(fails: boolean) {
      yield Uint8Array.of(1);
      await Promise.resolve();
      if (fails) throw new Error('no more');
      yield Uint8Array.of(2);
    }
    await writeAtomically(join(folder, 'parts'), parts(false));
    expect([...readFileSync(join(folder, 'parts'))]).toEqual([1, 2]);
    await expect(writeAtomically(join(folder, 'no-parts'), parts(true))).rejects.toThrow('no more');
    expect(readdirSync(folder).filter((name) => name.startsWith('no-parts'))).toEqual([]);
  });
});
