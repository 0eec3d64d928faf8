import type { Finding } from '../core/findings.js';
import { weightDiagnostics } from './diagnostics.js';
import type { WeightingOptions, WeightingResult } from './fit-weights.js';
import { inZone } from './margins.js';
import type { WeightingProblem } from './weighting-problem.js';

/**
 * Whether margins are dropped one by one and caps on the weights tried, to see what they cost, each with a fit of its own:
 * `auto` where that is quick, and where it is not a finding says so.
 */
export type StudyPolicy = 'auto' | 'always' | 'never';

/** Caps on the largest weight that are tried, in units of the mean weight. */
const triedCaps = [8, 6, 4, 2];
/** With more zones nothing is tried in any of them. */
const mostZones = 50;
/** With more kinds of records a fit takes about half a second, and one under a cap several. */
const mostSignatures = 200_000;

/** What {@link planStudy} has found worth trying. */
export interface Study {
  /** Whether margins are dropped one by one. */
  readonly costs: boolean;
  /** Caps that are tried. */
  readonly caps: readonly number[];
  /** What is left out because it would take long; null for nothing. */
  readonly finding: Finding | null;
}

/** What is tried beside the weights of one zone. A cap above the largest weight changes nothing; a logit has bounds instead. */
export function planStudy(
  zone: string,
  { records, base }: WeightingProblem,
  { signatures, weights, status }: WeightingResult,
  { method, cap: given }: WeightingOptions,
  policy: StudyPolicy,
): Study {
  if (policy === 'never' || status !== 'converged') return { costs: false, caps: [], finding: null };
  const { maxRelativeWeight } = weightDiagnostics(weights);
  const caps = method === 'logit' ? [] : triedCaps.filter((cap) => cap < maxRelativeWeight);
  if (policy === 'always') return { costs: true, caps, finding: null };
  // Under a cap, records of different base weight are of different kinds.
  const isSplit = given === undefined && base.some((b) => b !== base[0]);
  const costs = signatures <= mostSignatures;
  const areCapsQuick = caps.length === 0 || (isSplit ? records : signatures) <= mostSignatures;
  if (costs && areCapsQuick) return { costs, caps, finding: null };
  const leftOut = [...(costs ? [] : ['what single margins cost']), ...(areCapsQuick ? [] : ['caps on the weights'])];
  return {
    costs,
    caps: areCapsQuick ? caps : [],
    finding: {
      level: 'info',
      code: 'not-studied',
      message: inZone(
        zone,
        `with ${isSplit ? records : signatures} kinds of records ${leftOut.join(' and ')} would take long to try and ${leftOut.length > 1 ? 'were' : 'was'} left out; --study always tries all`,
      ),
      values: { zone, signatures, records, leftOut },
    },
  };
}

/**
 * Whether zones are studied at all, with what is said where they are too many.
 *
 * @param zones how many there are
 */
export function planZones(zones: number, policy: StudyPolicy): { policy: StudyPolicy; finding: Finding | null } {
  if (policy !== 'auto' || zones <= mostZones) return { policy, finding: null };
  return {
    policy: 'never',
    finding: {
      level: 'info',
      code: 'zones-not-studied',
      message: `with ${zones} zones, what single margins cost and caps on the weights were not tried in each; --study always tries them`,
    },
  };
}
