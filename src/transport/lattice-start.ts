import type { Kernels } from '../numerics/kernels/kernels.js';
import { latticeAxes, type LatticeCells } from './lattice-cells.js';
import { latticePasses, latticeSide, type LatticePasses, type LatticeSide } from './lattice-pass.js';

/** Two sides of a lattice at one ε. */
export interface LatticeLevel {
  readonly epsilon: number;
  readonly scale: Float64Array;
  readonly source: LatticeCells;
  readonly target: LatticeCells;
  /** How far each marginal is held; by default both are. */
  readonly damping?: Damping;
}

/** ρ/(ρ + ε) of a marginal: 1 holds it, 0 lets it go. */
export interface Damping {
  readonly source: number;
  readonly target: number;
}

/** The sides of a level in memory, with the kernel between them. */
export interface LatticeSides {
  readonly source: LatticeSide;
  readonly target: LatticeSide;
  readonly damping: Damping;
  readonly passes: LatticePasses;
}

/** Brings a level into memory, with the potentials of single axes absorbed. */
export function sidesOf(kernels: Kernels, level: LatticeLevel): LatticeSides {
  const [source, target] = [latticeSide(kernels, level.source), latticeSide(kernels, level.target)];
  startOnAxes(source, target, level);
  const damping = level.damping ?? held;
  return { source, target, damping, passes: latticePasses(kernels, level.epsilon, level.scale, [source, target]) };
}

const held: Damping = { source: 1, target: 1 };

/** Sinkhorn steps on one axis: what is absorbed need not be exact. */
const steps = 100;

/**
 * Absorbs the potentials that would solve the problem if the coordinates were independent: those of the transport between the
 * marginals of each axis alone.
 */
export function startOnAxes(
  source: LatticeSide,
  target: LatticeSide,
  { epsilon, scale, damping = held }: Pick<LatticeLevel, 'epsilon' | 'scale' | 'damping'>,
): void {
  for (let axis = 0; axis < latticeAxes; axis++) {
    const unit = scale[axis - latticeAxes + scale.length] ?? 1;
    const [x, y] = [coordinates(source.cells, axis, unit), coordinates(target.cells, axis, unit)];
    const [a, b] = [marginalBits(source.cells, axis), marginalBits(target.cells, axis)];
    const [f, g] = [source.absorbed[axis]!, target.absorbed[axis]!];
    const bits = (i: number, j: number): number => ((x[i]! - y[j]!) * (x[i]! - y[j]!) * Math.LOG2E) / epsilon;
    for (let step = 0; step < steps; step++) {
      for (let i = 0; i < f.length; i++) f[i] = -damping.source * logSum(g.length, (j) => b[j]! + g[j]! - bits(i, j));
      for (let j = 0; j < g.length; j++) g[j] = -damping.target * logSum(f.length, (i) => a[i]! + f[i]! - bits(i, j));
    }
  }
}

const coordinates = ({ sizes, origins, step }: LatticeCells, axis: number, unit: number): Float64Array =>
  Float64Array.from({ length: sizes[axis]! }, (_, l) => (origins[axis]! + step * l) / unit);

/** log₂ of the mass on each level of an axis. */
function marginalBits({ sizes, levels, masses }: LatticeCells, axis: number): Float64Array {
  const total = new Float64Array(sizes[axis]!);
  for (let c = 0; c < masses.length; c++) total[levels[axis]![c]!]! += masses[c]!;
  return total.map(Math.log2);
}

/** log₂ Σ 2^term */
function logSum(count: number, term: (k: number) => number): number {
  let high = -Infinity;
  for (let k = 0; k < count; k++) high = Math.max(high, term(k));
  let total = 0;
  for (let k = 0; k < count; k++) total += Math.exp(Math.LN2 * (term(k) - high));
  return high + Math.log2(total);
}
