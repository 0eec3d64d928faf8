import { Failure } from '../core/failure.js';

/** Coefficients of the rational approximation below |x| = 7.07, highest power first. */
const cdfNumerator = [
  3.52624965998911e-2, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871, 221.213596169931,
  220.206867912376,
] as const;
const cdfDenominator = [
  8.83883476483184e-2, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674, 637.333633378831,
  793.826512519948, 440.413735824752,
] as const;

/**
 * Distribution function of the standard normal, P(Z ≤ x). Absolute error below 1e-14; infinities give 0 and 1.
 *
 * @see Hart et al. (1968), Computer Approximations, algorithm 5666, in the form of West (2005), Wilmott Magazine, 70-76
 */
export function normalCdf(x: number): number {
  const size = Math.abs(x);
  if (size > 38) return x < 0 ? 0 : 1;
  const density = Math.exp(-0.5 * size * size);
  const tail =
    size < 7.07106781186547
      ? (density * polynomial(cdfNumerator, size)) / polynomial(cdfDenominator, size)
      : density / (size + 1 / (size + 2 / (size + 3 / (size + 4 / (size + 0.65))))) / 2.5066282746310002;
  return x < 0 ? tail : 1 - tail;
}

/** Coefficients of AS 241, PPND16, highest power first: the centre, then the tails up to and beyond r = 5. */
const centreNumerator = [
  2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065513,
  133.14166789178438, 3.3871328727963665,
] as const;
const centreDenominator = [
  5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579,
  42.31333070160091, 1,
] as const;
const tailNumerator = [
  0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
  5.769497221460691, 4.630337846156546, 1.4234371107496835,
] as const;
const tailDenominator = [
  1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
  1.6763848301838038, 2.053191626637759, 1,
] as const;
const farNumerator = [
  2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124, 0.29656057182850487,
  1.7848265399172913, 5.463784911164114, 6.657904643501103,
] as const;
const farDenominator = [
  2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 0.0007868691311456133, 0.014875361290850615,
  0.1369298809227358, 0.599832206555888, 1,
] as const;

/**
 * Quantile of the standard normal: the x with P(Z ≤ x) = share. 0 and 1 give -Infinity and Infinity.
 *
 * @throws {Failure} `invalid-input` when the share is not in [0, 1]
 * @see Wichura (1988), Algorithm AS 241, Applied Statistics 37, 477-484 (PPND16: about 16 digits)
 */
export function normalQuantile(share: number): number {
  if (!(share >= 0 && share <= 1))
    throw new Failure('invalid-input', {
      where: 'normalQuantile',
      problem: 'not a share',
      got: share,
      expected: 'a number in [0, 1]',
    });
  if (share === 0 || share === 1) return share === 0 ? -Infinity : Infinity;
  const q = share - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(centreNumerator, r)) / polynomial(centreDenominator, r);
  }
  const r = Math.sqrt(-Math.log(q < 0 ? share : 1 - share));
  const x =
    r <= 5
      ? polynomial(tailNumerator, r - 1.6) / polynomial(tailDenominator, r - 1.6)
      : polynomial(farNumerator, r - 5) / polynomial(farDenominator, r - 5);
  return q < 0 ? -x : x;
}

/** Horner's rule, highest power first. */
function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0;
  for (const c of coefficients) value = value * x + c;
  return value;
}
