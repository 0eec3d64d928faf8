import { z } from 'zod';
import type { Finding } from '../core/findings.js';
import { traitDomains, type Inventory, type TraitNorms } from './inventory.js';
import { reliability } from './reliability.js';
import { responseQuality } from './response-quality.js';
import {
  contradictoryAgreement,
  inconsistentAbove,
  ResponseStyle,
  styleOfAnswers,
  styleOfNorms,
} from './response-style.js';
import { Retest } from './retest.js';

/** How the personas of a run answered their inventory, beside the people of its norms. */
export const InventoryQuality = z.strictObject({
  schema: z.literal('inventory-quality/1'),
  inventory: z.string(),
  /** Personas that answered. */
  personas: z.number().int(),
  /** Cronbach's alpha in the order of the domains; null where it is undefined. */
  alpha: z.array(z.number().nullable()).length(traitDomains.length),
  /** Null when nobody answered. */
  style: ResponseStyle.nullable(),
  /** The same of the people behind the norms; null where the norms have no item statistics. */
  humanStyle: ResponseStyle.nullable(),
  /** Personas that gave one and the same answer throughout; people who do are not in the norms. */
  straightLined: z.number().int(),
  /** Personas that agree with items and their reverses alike more often than 99.5 % of people. */
  inconsistent: z.number().int(),
  /** Null where nobody was asked twice. */
  retest: Retest.nullable(),
});
export type InventoryQuality = z.infer<typeof InventoryQuality>;

/**
 * Quality of answered inventories.
 *
 * @param responses (n x items) raw, 0 missing
 * @param retest the second answers of some of them
 * @throws {Failure} `invalid-input` on a response off the scale
 */
export function inventoryQuality(
  inventory: Inventory,
  norms: TraitNorms,
  responses: Uint8Array,
  retest: Retest | null,
): InventoryQuality {
  const { people, straightLined } = responseQuality(inventory, responses);
  return {
    schema: 'inventory-quality/1',
    inventory: inventory.name,
    personas: people,
    alpha: Array.from(reliability(inventory, responses).alpha, (a) => (Number.isFinite(a) ? a : null)),
    style: styleOfAnswers(inventory, responses),
    humanStyle: styleOfNorms(inventory, norms),
    straightLined: straightLined.reduce((count, x) => count + x, 0),
    inconsistent: contradictoryAgreement(inventory, responses).filter((share) => share > inconsistentAbove).length,
    retest,
  };
}

/** Share of inconsistent personas above which the report says so: ten times that of people. */
const manyInconsistent = 0.05;
/** Differences from people in the use of the scale above which the report says so: shares, and response units. */
const otherShare = 0.1;
const otherAcquiescence = 0.3;

/** What a reader of the report should know about the answers, besides the figures themselves. */
export function qualityFindings(quality: InventoryQuality): Finding[] {
  const { personas, inconsistent, straightLined, style, humanStyle } = quality;
  const findings: Finding[] = [];
  if (inconsistent > manyInconsistent * personas)
    findings.push({
      level: 'caution',
      code: 'inconsistent-answers',
      message: `${inconsistent} of ${personas} personas agree with items and with their reverses alike; 1 in 200 people does`,
      values: { inconsistent, personas },
    });
  if (straightLined > 0)
    findings.push({
      level: 'caution',
      code: 'straight-lined-answers',
      message: `${straightLined} of ${personas} personas gave one and the same answer to every item`,
      values: { straightLined, personas },
    });
  if (style && humanStyle) {
    const apart = {
      extremeShare: style.extremeShare - humanStyle.extremeShare,
      midpointShare: style.midpointShare - humanStyle.midpointShare,
      acquiescence: (style.acquiescence ?? 0) - (humanStyle.acquiescence ?? 0),
    };
    const isApart =
      Math.max(Math.abs(apart.extremeShare), Math.abs(apart.midpointShare)) > otherShare ||
      Math.abs(apart.acquiescence) > otherAcquiescence;
    if (isApart)
      findings.push({
        level: 'caution',
        code: 'response-style-unlike-people',
        message: `the personas use the response scale in another way than people: extreme answers ${points(apart.extremeShare)}, middle answers ${points(apart.midpointShare)}, agreeing whatever the item says ${signed(apart.acquiescence)} response units`,
        values: { personas: style, people: humanStyle },
      });
  }
  return findings;
}

const signed = (x: number, digits = 2): string => `${x < 0 ? '-' : '+'}${Math.abs(x).toFixed(digits)}`;
const points = (share: number): string => `${signed(100 * share, 0)} points`;
