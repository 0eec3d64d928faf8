import { withKernels, type KernelOptions } from '../numerics/kernels/kernels.js';
import type { Potentials } from './coupling.js';
import { gatherCells, latticeAxes, type GatheredPoints } from './lattice-cells.js';
import { absorb, plus } from './lattice-pass.js';
import { sidesOf } from './lattice-start.js';
import { checkProblem, type TransportProblem } from './problem.js';

/**
 * {@link barycentricMap} between points with whole coordinates, in time that does not depend on the number of points: where the
 * coupling sends each source point on average. Points that send nothing stay where they are. Within single precision (about
 * 1e-4 of a level).
 *
 * A mean is one product with the kernel for all masses, and one an axis for masses times levels: time O(d levels^(d+1) + n d).
 *
 * @param potentials of `latticeSinkhorn`
 * @returns (n x d) row-major
 * @throws {Failure} `invalid-input` as `latticeSinkhorn`
 */
export function latticeBarycentricMap(
  problem: TransportProblem,
  { f, g, epsilon }: Potentials,
  where: KernelOptions = {},
): Float64Array {
  checkProblem(problem, epsilon, [], 1);
  const { dimensions: d, scale } = problem;
  const source = gatherCells(problem.source, d, 'transport.source');
  const target = gatherCells(problem.target, d, 'transport.target');
  const inBits = (potential: Float64Array, { cells, cellOf }: GatheredPoints): Float64Array => {
    const bits = new Float64Array(cells.masses.length);
    for (let i = 0; i < cellOf.length; i++) bits[cellOf[i]!] = potential[i]! / (epsilon * Math.LN2);
    return bits;
  };
  const out = problem.source.points.slice();
  return withKernels(where, (kernels) => {
    const sides = sidesOf(kernels, { epsilon, scale, source: source.cells, target: target.cells });
    const own = inBits(g, target);
    absorb(sides.target, own);
    absorb(sides.source, inBits(f, source));
    const weights = plus(sides.target.logMasses, own);
    const sent = sides.passes.sums(sides.target, sides.source, weights);
    const { levels, origins } = target.cells;
    for (let k = 0; k < d; k++) {
      const axis = latticeAxes - d + k;
      // Levels from 1 on: each has a logarithm.
      const heavier = weights.map((w, j) => w + Math.log2(levels[axis]![j]! + 1));
      const moments = sides.passes.sums(sides.target, sides.source, heavier);
      for (let i = 0; i < source.cellOf.length; i++) {
        if (problem.source.masses[i] === 0) continue;
        const c = source.cellOf[i]!;
        out[i * d + k] = origins[axis]! - 1 + Math.exp(Math.LN2 * (moments[c]! - sent[c]!));
      }
    }
    return out;
  });
}
