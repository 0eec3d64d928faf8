import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** Values of `--name value` options; all are texts, flags are true. */
export const optionsOf = (options) => parseArgs({ options, strict: true }).values;

/** Raw little-endian doubles. */
export function readDoubles(path) {
  const bytes = readFileSync(path);
  // Large files have a buffer of their own; small ones lie somewhere in a shared one.
  if (bytes.byteOffset % 8 === 0) return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** Raw little-endian doubles as floats, a piece at a time: a quarter of the memory. */
export function readFloats(path) {
  const file = openSync(path);
  const { size } = fstatSync(file);
  if (size % 8 !== 0) throw new Error(`${path}: ${size} bytes are no whole number of doubles`);
  const floats = new Float32Array(size / 8);
  const piece = Buffer.alloc(Math.min(size, 1 << 20));
  for (let at = 0; at < size;) {
    const bytes = readSync(file, piece, 0, Math.min(piece.length, size - at), at);
    if (bytes === 0) throw new Error(`${path}: ends early`);
    const whole = bytes - (bytes % 8);
    floats.set(new Float64Array(piece.buffer.slice(piece.byteOffset, piece.byteOffset + whole)), at / 8);
    at += whole;
  }
  closeSync(file);
  return floats;
}

/** Runs work once; its result with wall and processor seconds, and the largest memory of the process so far. */
export async function measured(work) {
  const [began, before] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return {
    result,
    wallSeconds: (performance.now() - began) / 1000,
    cpuSeconds: (user + system) / 1e6,
    rssMiB: process.resourceUsage().maxRSS / 1024,
  };
}
