import { normalQuantile } from './normal.js';

/**
 * Quantile of Student's t by its expansion around the normal quantile: good to 1e-3 from 5 degrees of freedom on, to 1e-5 from 20.
 *
 * @param degrees of freedom, at least 3
 * @see Abramowitz & Stegun (1964), Handbook of Mathematical Functions, 26.7.5
 */
export function tQuantile(share: number, degrees: number): number {
  const z = normalQuantile(share);
  const s = z * z;
  const first = ((s + 1) * z) / 4;
  const second = (((5 * s + 16) * s + 3) * z) / 96;
  const third = ((((3 * s + 19) * s + 17) * s - 15) * z) / 384;
  const fourth = (((((79 * s + 776) * s + 1482) * s - 1920) * s - 945) * z) / 92_160;
  return z + (first + (second + (third + fourth / degrees) / degrees) / degrees) / degrees;
}
