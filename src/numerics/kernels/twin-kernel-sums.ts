import type { KernelFunction } from './kernel-module.js';
import { exp32, exp64 } from './twin-exp.js';

type Twin = (memory: () => SharedArrayBuffer) => KernelFunction;

const tiny = 1e-280;

/** Twin of `kernelSums64` in `assembly/kernel-sums.ts`, which says what it does. Two lanes are two sums. */
export const kernelSums64: Twin = (memory) => (part, scratch, rows, rowsPerPart, columns, d, x, y, mass, top, sum) => {
  const at = (address: number, length: number): Float64Array => new Float64Array(memory(), address, length);
  const [X, Y, M] = [at(x, rows * d), at(y, columns * d), at(mass, columns)];
  const [T, S, exponents] = [at(top, rows), at(sum, rows), at(scratch, columns)];
  for (let i = part * rowsPerPart; i < Math.min((part + 1) * rowsPerPart, rows); i++) {
    for (let j = 0; j < columns; j++) {
      const panel = (j - (j % 4)) * d + (j % 4);
      let exponent = M[j]!;
      for (let k = 0; k < d; k++) {
        const difference = X[i * d + k]! - Y[panel + 4 * k]!;
        exponent -= difference * difference;
      }
      exponents[j] = exponent;
    }
    T[i] = 0;
    S[i] = sumOfPowers(exponents, 0);
    if (S[i]! > tiny) continue;
    T[i] = exponents.reduce((most, exponent) => Math.max(most, exponent), -Infinity);
    S[i] = T[i] === -Infinity ? 0 : sumOfPowers(exponents, T[i]!);
  }
};

function sumOfPowers(exponents: Float64Array, largest: number): number {
  let [even, odd] = [0, 0];
  for (let j = 0; j < exponents.length; j += 4) {
    even += exp64(exponents[j]! - largest) + exp64(exponents[j + 2]! - largest);
    odd += exp64(exponents[j + 1]! - largest) + exp64(exponents[j + 3]! - largest);
  }
  return even + odd;
}

/** Twin of `kernelSums32`. */
export const kernelSums32: Twin = (memory) => (part, _scratch, rows, rowsPerPart, columns, d, x, y, mass, sum) => {
  const fround = Math.fround;
  const at = (address: number, length: number): Float32Array => new Float32Array(memory(), address, length);
  const [X, Y, M] = [at(x, rows * d), at(y, columns * d), at(mass, columns)];
  const S = new Float64Array(memory(), sum, rows);
  const powers = new Float32Array(8);
  const lanes = new Float32Array(4);
  for (let i = part * rowsPerPart; i < Math.min((part + 1) * rowsPerPart, rows); i++) {
    lanes.fill(0);
    S[i] = 0;
    for (let j = 0; j < columns; j += 8) {
      for (let lane = 0; lane < 8; lane++) {
        let exponent = M[j + lane]!;
        for (let k = 0; k < d; k++) {
          const difference = fround(X[i * d + k]! - Y[j * d + 8 * k + lane]!);
          exponent = fround(exponent - fround(difference * difference));
        }
        powers[lane] = exp32(exponent);
      }
      for (let lane = 0; lane < 4; lane++) lanes[lane]! += fround(powers[lane]! + powers[lane + 4]!);
      if (j % 256 === 248 || j + 8 === columns) {
        S[i]! += fround(fround(fround(lanes[0]! + lanes[1]!) + lanes[2]!) + lanes[3]!);
        lanes.fill(0);
      }
    }
  }
};
