import { Failure } from '../core/failure.js';
import { normalized, sum } from '../numerics/statistics.js';
import { checkProblem, type TransportProblem } from './problem.js';

/** A plan, entry by entry in ascending order of source and then target: what is not named moves nothing. */
export interface TransportPlan {
  /** (entries) source point of each entry. */
  readonly source: Int32Array;
  /** (entries) target point. */
  readonly target: Int32Array;
  /** (entries) mass that goes from the one to the other, > 0. */
  readonly masses: Float64Array;
}

/** A plan of least cost, and the prices that prove it. */
export interface ExactTransport {
  /** ⟨P, C⟩ */
  readonly value: number;
  /** Σ aᵢ fᵢ + Σ bⱼ gⱼ: no plan costs less. */
  readonly dual: number;
  /** value - dual: how far the plan may be from the best one at most. Nothing but rounding. */
  readonly gap: number;
  readonly plan: TransportPlan;
  /**
   * Dual potentials f (n) and g (m), in cost units: fᵢ + gⱼ ≤ Cᵢⱼ for every pair, with equality where mass moves. Σ aᵢ fᵢ = 0.
   * Points without mass have the largest potential that these bounds leave them.
   */
  readonly f: Float64Array;
  readonly g: Float64Array;
}

/** Masses are counted in units of 2^-52 of the whole, so that sums and differences of them are exact. */
const unitsInAll = 0x10000000000000;
/** Largest number of pairs: their costs are all stored (512 MiB), and time grows faster still. */
const mostPairs = 1 << 26;
/** Largest cost: sums of as many as the tree is deep are still finite. */
const mostCost = 1e300;

/**
 * Optimal transport without entropy: minimises ⟨P, C⟩ over couplings with the masses of both sides. The slow reference for
 * what `sinkhorn` comes near to as ε falls.
 *
 * The transportation simplex: mass moves along a tree, which gives every point a potential; a pair that would save cost
 * enters the tree, mass goes round the cycle that it closes, and the pair that runs empty leaves. Units are whole numbers, and
 * among pairs that run empty together the one leaves that keeps the tree strongly feasible, so it ends: with a plan and
 * potentials that prove each other, whatever the way there.
 *
 * Masses of each side are divided by their sum, which may be off by 1e-9, and rounded to units; the largest mass of the
 * target takes up what that leaves between the sides. So the sums of the plan differ from the masses by less than
 * (n + m) 2^-52 in all, on either side, and a mass of less than 2^-53 does not move.
 *
 * Time O(n + m) for each pair that enters, of which there are some tens for each point (2,000 points a side take seconds), and
 * O(n m) beside them; memory 8 n m bytes. The plan has fewer than n + m entries.
 *
 * @throws {Failure} `invalid-input` as `sinkhorn`; on more than 2^26 pairs, or a cost beyond 1e300
 * @see Dantzig (1951) in Activity Analysis of Production and Allocation; Cunningham (1976) Math. Programming 11 (why it
 *   ends); Ahuja, Magnanti & Orlin (1993) Network Flows, chapter 11
 */
export function exactTransport(problem: TransportProblem): ExactTransport {
  // Nothing here depends on ε or on a number of iterations.
  checkProblem(problem, 1, [], 1);
  const cost = costMatrix(problem);
  const [a, b] = [normalized(problem.source.masses), normalized(problem.target.masses)];
  const [n, m] = [a.length, b.length];
  const tree = depotTree(cost, unitsOf(a), unitsOf(b));
  for (let i = 0, idle = 0; idle < n; i = (i + 1) % n) {
    const j = cheapest(tree, i);
    idle = j === undefined ? idle + 1 : 0;
    if (j !== undefined) enter(tree, i, n + j);
  }

  const plan = planOf(tree);
  const value = plan.masses.reduce((s, mass, k) => s + mass * cost[plan.source[k]! * m + plan.target[k]!]!, 0);
  // The largest potentials that the others leave: the bounds then hold to the last bit, and for points without mass as well.
  const f = a.map((_, i) => least(m, (j) => cost[i * m + j]! - tree.potential[n + j]!));
  const mean = inner(a, f);
  f.forEach((x, i) => (f[i] = x - mean));
  const g = b.map((_, j) => least(n, (i) => cost[i * m + j]! - f[i]!));
  const dual = inner(a, f) + inner(b, g);
  return { value, dual, gap: value - dual, plan, f, g };
}

/**
 * The tree along which mass moves: source points 0 to n - 1, target points n to n + m - 1, and the depot n + m, from which
 * all hang. Mass goes up from a source point and down to a target point, whatever they hang from.
 */
interface Tree {
  readonly sources: number;
  readonly targets: number;
  /** (n x m) */
  readonly cost: Float64Array;
  /** Cost of a way to or from the depot: more than any pair, so that in the end no mass goes by it. */
  readonly depotCost: number;
  /** A pair enters if it saves more than this: potentials are rounded once for each step down the tree. */
  readonly rounding: number;
  /** (n + m) what each point hangs from. */
  readonly parent: Int32Array;
  readonly depth: Int32Array;
  /** (n + m) units between each point and its parent. */
  readonly flow: Float64Array;
  readonly children: readonly Set<number>[];
  /** (n + m + 1) f, g and the 0 of the depot: two add up to the cost where they hang together. -Infinity outside the tree. */
  readonly potential: Float64Array;
}

/** The tree to begin with: everything goes by the depot. Points without mass stay outside. */
function depotTree(cost: Float64Array, supply: Float64Array, demand: Float64Array): Tree {
  const [n, m] = [supply.length, demand.length];
  const depot = n + m;
  const largest = cost.reduce((most, c) => Math.max(most, c), 0);
  const depotCost = largest > 0 ? 2 * largest : 1;
  const most = demand.reduce((best, units, j) => (units > demand[best]! ? j : best), 0);
  demand[most]! += sum(supply) - sum(demand);
  const flow = new Float64Array(depot);
  flow.set(supply);
  flow.set(demand, n);
  const children = Array.from({ length: depot + 1 }, () => new Set<number>());
  flow.forEach((units, v) => units > 0 && children[depot]!.add(v));
  return {
    sources: n,
    targets: m,
    cost,
    depotCost,
    rounding: (depot / unitsInAll) * largest,
    parent: new Int32Array(depot).fill(depot),
    depth: new Int32Array(depot + 1).fill(1, 0, depot),
    flow,
    children,
    potential: Float64Array.from({ length: depot + 1 }, (_, v) =>
      v === depot ? 0 : flow[v]! > 0 ? depotCost : -Infinity,
    ),
  };
}

/** The target point to which source point i sends mass at the greatest saving Cᵢⱼ - fᵢ - gⱼ < 0, if there is one. */
function cheapest({ sources: n, targets: m, cost, potential, rounding }: Tree, i: number): number | undefined {
  const bound = potential[i]! - rounding;
  let [best, j] = [bound, -1];
  for (let k = 0; k < m; k++) {
    const delivered = cost[i * m + k]! - potential[n + k]!;
    if (delivered < best) [best, j] = [delivered, k];
  }
  return j < 0 ? undefined : j;
}

/** Sends as much as goes round the cycle that source i and target j close, and puts them in place of a pair that runs empty. */
function enter(tree: Tree, i: number, j: number): void {
  const { sources: n, parent, depth, flow } = tree;
  // Mass comes down to i and goes up from j: a source above i takes back, and so does a target above j. Where several run
  // empty it is the last in the order of the cycle that leaves, from the top down to i and from j to the top.
  const onCycle: { readonly v: number; readonly sign: 1 | -1 }[] = [];
  let [u, w] = [i, j];
  let [amount, empty, below] = [Infinity, -1, i];
  while (u !== w) {
    const aboveSource = depth[u]! >= depth[w]!;
    const v = aboveSource ? u : w;
    const gives = aboveSource === v < n;
    onCycle.push({ v, sign: gives ? -1 : 1 });
    if (gives && (aboveSource ? flow[v]! < amount : flow[v]! <= amount))
      [amount, empty, below] = [flow[v]!, v, aboveSource ? i : j];
    if (aboveSource) u = parent[u]!;
    else w = parent[w]!;
  }
  for (const { v, sign } of onCycle) flow[v]! += sign * amount;
  rehang(tree, below, below === i ? j : i, empty, amount);
}

/** Hangs a point and all above it, up to the one that ran empty, from a new parent. */
function rehang(tree: Tree, point: number, newParent: number, empty: number, amount: number): void {
  const { parent, flow, children } = tree;
  let [v, above, units] = [point, newParent, amount];
  for (;;) {
    const [oldParent, oldUnits] = [parent[v]!, flow[v]!];
    children[oldParent]!.delete(v);
    children[above]!.add(v);
    parent[v] = above;
    flow[v] = units;
    if (v === empty) break;
    [v, above, units] = [oldParent, v, oldUnits];
  }
  settle(tree, point);
}

/** Depth and potential of a point and of all that hang from it. */
function settle(
  { sources: n, targets: m, cost, depotCost, parent, depth, children, potential }: Tree,
  top: number,
): void {
  const waiting = [top];
  for (let v = waiting.pop(); v !== undefined; v = waiting.pop()) {
    const p = parent[v]!;
    const price = p === n + m ? depotCost : v < n ? cost[v * m + p - n]! : cost[p * m + v - n]!;
    depth[v] = depth[p]! + 1;
    potential[v] = price - potential[p]!;
    for (const child of children[v]!) waiting.push(child);
  }
}

/** C (n x m). */
function costMatrix({ dimensions: d, source, target, scale }: TransportProblem): Float64Array {
  const [n, m] = [source.masses.length, target.masses.length];
  const fail = (problem: string, got: unknown, expected: string, hint: string): never => {
    throw new Failure('invalid-input', { where: 'exactTransport', problem, got, expected, hint });
  };
  if (n * m > mostPairs) fail('too many pairs of points', n * m, `at most ${mostPairs}`, 'Take sinkhorn.');
  const cost = new Float64Array(n * m);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < m; j++) {
      let total = 0;
      for (let k = 0; k < d; k++) {
        const difference = (source.points[i * d + k]! - target.points[j * d + k]!) / scale[k]!;
        total += difference * difference;
      }
      cost[i * m + j] = total;
    }
  const largest = cost.reduce((most, c) => Math.max(most, c), 0);
  if (!(largest <= mostCost)) fail('a cost is too large', largest, `at most ${mostCost}`, 'Raise the scale.');
  return cost;
}

const unitsOf = (masses: Float64Array): Float64Array => masses.map((mass) => Math.round(mass * unitsInAll));

const inner = (x: Float64Array, y: Float64Array): number => x.reduce((s, v, i) => s + v * y[i]!, 0);

function least(size: number, of: (k: number) => number): number {
  let smallest = Infinity;
  for (let k = 0; k < size; k++) smallest = Math.min(smallest, of(k));
  return smallest;
}

/** What moves along the tree, in order of source and then target. */
function planOf({ sources: n, parent, flow }: Tree): TransportPlan {
  const moving = Array.from(parent, (p, v) => ({ i: Math.min(p, v), j: Math.max(p, v) - n, units: flow[v]! }))
    .filter(({ units }) => units > 0)
    .sort((x, y) => x.i - y.i || x.j - y.j);
  // Rounding to units may have changed their number: the shares of those that there are sum to one.
  const total = moving.reduce((s, { units }) => s + units, 0);
  return {
    source: Int32Array.from(moving, ({ i }) => i),
    target: Int32Array.from(moving, ({ j }) => j),
    masses: Float64Array.from(moving, ({ units }) => units / total),
  };
}
