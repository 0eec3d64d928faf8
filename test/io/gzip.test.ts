import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAllBytes, readBytes, readHead } from '../../src/io/gzip.js';
import { readText } from '../../src/io/utf8.js';
import { all, failureOf, fileMaker, rowsOrFailure, temporaryFolder } from './temporary.js';

const folder = temporaryFolder();
const file = fileMaker(folder);

describe('readBytes', () => {
  it.each(['x.gz', 'x.csv'])('knows gzip by its bytes, not by its name: %s', async (name) => {
    expect(await readAllBytes(file(name, gzipSync('hello')))).toEqual(new Uint8Array(Buffer.from('hello')));
    expect(await readAllBytes(file(name, 'hello'))).toEqual(new Uint8Array(Buffer.from('hello')));
  });

  it('reads the members of a concatenated gzip file', async () => {
    const two = Buffer.concat([gzipSync('one '), gzipSync('two')]);
    expect(Buffer.from(await readAllBytes(file('two.gz', two))).toString()).toBe('one two');
  });

  it.each([0, 1, 2])('reads a plain file of %d bytes', async (size) => {
    expect((await readAllBytes(file('small', 'ab'.slice(0, size)))).length).toBe(size);
  });

  it('gives the first bytes only', async () => {
    expect((await readHead(file('big', gzipSync('x'.repeat(1_000_000))))).length).toBeLessThanOrEqual(65_536);
    expect(await readHead(file('none', ''))).toEqual(new Uint8Array(0));
  });

  it('names the fault', async () => {
    const whole = gzipSync(Buffer.from('hello '.repeat(1000)));
    const flipped = Buffer.from(whole);
    flipped[flipped.length - 6]! ^= 0xff;
    const read = (name: string, bytes: Uint8Array): Promise<string> =>
      failureOf(all(readBytes(file(name, bytes))), folder);
    expect(await read('t.gz', whole.subarray(0, whole.length - 9))).toBe('t.gz: truncated gzip file.');
    expect(await read('c.gz', flipped)).toBe('c.gz: corrupt gzip file.');
    expect(await read('h.gz', Buffer.from([0x1f, 0x8b, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]))).toBe(
      'h.gz: corrupt gzip file.',
    );
    expect(await failureOf(all(readBytes(`${folder}/absent`)), folder)).toBe('absent: no such file or folder.');
    expect(await failureOf(all(readBytes(folder)), folder)).toContain(': a folder, not a file.');
  });

  it('stops a zip bomb at the limit', async () => {
    const bomb = file('bomb.gz', gzipSync(new Uint8Array(50_000_000)));
    expect(await failureOf(all(readBytes(bomb, { maxBytes: 1_000_000 })), folder)).toBe(
      'bomb.gz: too large once decompressed; expected at most 1000000 bytes. ' +
        'Split the file, or raise the limit if the file is trusted.',
    );
    const small = file('zeros.gz', gzipSync(new Uint8Array(1_000_000)));
    expect((await readAllBytes(small, { maxBytes: 1_000_000 })).length).toBe(1_000_000);
  });

  it('never crashes on random bytes after the magic ones, nor on a cut file', async () => {
    const whole = gzipSync(Buffer.from(Array.from({ length: 500 }, (_, k) => (k * 7919) % 251)));
    const damaged = fc.oneof(
      fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from([0x1f, 0x8b, 8, ...bytes])),
      fc.nat(whole.length - 1).map((size) => whole.subarray(0, size)),
    );
    await fc.assert(
      fc.asyncProperty(damaged, async (bytes) => {
        expect(['rows', 'failure']).toContain(await rowsOrFailure(readBytes(file('z', bytes))));
      }),
      { seed: 20260101, numRuns: 300 },
    );
  });
});

describe('readText', () => {
  it('puts characters and line breaks across chunks together', async () => {
    // Chunks of a file are 64 KiB: each offset in turn puts the character and the break on the border.
    for (let offset = 0; offset < 8; offset++) {
      const text = `${'x'.repeat(65_536 - offset)}😀\r\né\r\n\rz\r`;
      expect((await all(readText(file('t', text)))).join('')).toBe(text.replaceAll('\r\n', '\n'));
    }
  });

  it('refuses a character cut off at the end of the file', async () => {
    const bytes = Buffer.from('ab😀').subarray(0, 4);
    expect(await failureOf(all(readText(file('cut', bytes))), folder)).toBe(
      'cut: not UTF-8 text. Save the file in the encoding UTF-8.',
    );
  });
});

describe('a bomb', () => {
  it.each(['zeros.csv.gz', 'zeros.jsonl.gz'])('is refused before it fills anything: %s', async (name) => {
    const bomb = gzipSync(Buffer.alloc(64 << 20));
    expect(bomb.length).toBeLessThan(100_000);
    let bytes = 0;
    const reading = (async () => {
      for await (const chunk of readBytes(file(name, bomb))) bytes += chunk.length;
    })();
    await expect(reading).rejects.toThrow(/compressed far more than data ever are; got "?more than \d+ bytes from \d+/);
    expect(bytes).toBeLessThan(20 << 20);
  });

  it('is no file that repeats itself as data do', async () => {
    const rows = Array.from({ length: 600_000 }, (_, k) => `p${k % 977},South,female,married,${k % 90}\n`).join('');
    expect((await readAllBytes(file('rows.csv.gz', gzipSync(rows)))).length).toBe(rows.length);
  });
});
