import { Failure } from '../core/failure.js';

/**
 * Checks points with masses before anything is computed from them: one NaN would spread over every result.
 *
 * @param where what the caller's user knows them as: `transport.source`
 * @param points (n x d) row-major
 * @param masses (n) any scale
 * @throws {Failure} `invalid-input` naming the point: shapes that do not fit, a point or a mass that is not finite, a
 *   negative mass
 */
export function checkPoints(where: string, points: Float64Array | Float32Array, masses: Float64Array, d: number): void {
  const fail = (at: string, problem: string, got: unknown, expected: string): never => {
    throw new Failure('invalid-input', { where: `${where}${at}`, problem, got, expected });
  };
  if (points.length !== masses.length * d)
    fail('', 'points and masses do not fit', points.length, `${masses.length} x ${d}`);
  const badPoint = points.findIndex((x) => !Number.isFinite(x));
  if (badPoint >= 0)
    fail(`[${Math.floor(badPoint / d)}]`, 'not a point', points[badPoint], `${d} finite coordinate${d > 1 ? 's' : ''}`);
  const badMass = masses.findIndex((mass) => !(mass >= 0 && mass < Infinity));
  if (badMass >= 0) fail(`[${badMass}]`, 'not a mass', masses[badMass], 'a finite number ≥ 0');
}
