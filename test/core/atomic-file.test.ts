import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openAtomic, writeAtomically } from '../../src/core/atomic-file.js';

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
