import { traitDomains, type Inventory } from './inventory.js';
import { checkResponses, itemKeys } from './keying.js';

/** Signs of careless or stylised answering, one entry a person. Shares are of the answered items; NaN without any. */
export interface ResponseQuality {
  readonly people: number;
  /** Items left out. */
  readonly missing: Uint16Array;
  /** Longest run of one and the same response in the order of the items; a missing answer ends a run. */
  readonly longestRun: Uint16Array;
  /** 1 where two or more items are answered and all answers are the same. */
  readonly straightLined: Uint8Array;
  /** Share of the middle category; 0 on a scale without one. */
  readonly midpointShare: Float64Array;
  /** Share of the two outer categories. */
  readonly extremeShare: Float64Array;
  /**
   * Agreeing whatever the item says, in response units: half the sum of the mean raw responses to + and to - keyed items,
   * minus the middle of the scale; taken inside each domain and averaged over the domains with answers of both
   * keys, so that a trait cannot pass for a style. NaN without such a domain.
   */
  readonly acquiescence: Float64Array;
}

/**
 * Describes how people answered, whatever they said.
 *
 * @param responses (n x items) raw, row-major, 0 missing
 * @throws {Failure} `invalid-input` on a response off the scale
 * @see Johnson (2005), Journal of Research in Personality 39, 103-129, on long strings and inconsistent keys
 */
export function responseQuality(inventory: Inventory, responses: Uint8Array): ResponseQuality {
  const people = checkResponses(inventory, responses);
  const { domain, keying } = itemKeys(inventory);
  const { min, max } = inventory.response;
  const [width, middle] = [inventory.items.length, (min + max) / 2];
  const quality = {
    people,
    missing: new Uint16Array(people),
    longestRun: new Uint16Array(people),
    straightLined: new Uint8Array(people),
    midpointShare: new Float64Array(people),
    extremeShare: new Float64Array(people),
    acquiescence: new Float64Array(people),
  };
  for (let p = 0; p < people; p++) {
    const row = responses.subarray(p * width, (p + 1) * width);
    const counts = new Uint16Array(max + 1);
    // Sums and counts by domain and key: [+, -] for each domain.
    const total = new Float64Array(2 * traitDomains.length);
    const answers = new Uint16Array(2 * traitDomains.length);
    let [run, longest] = [0, 0];
    row.forEach((x, i) => {
      counts[x]!++;
      run = x === 0 ? 0 : i > 0 && x === row[i - 1] ? run + 1 : 1;
      longest = Math.max(longest, run);
      if (x === 0) return;
      const key = 2 * domain[i]! + (keying[i] === 1 ? 0 : 1);
      total[key]! += x;
      answers[key]!++;
    });
    const answered = width - counts[0]!;
    quality.missing[p] = counts[0]!;
    quality.longestRun[p] = longest;
    quality.straightLined[p] = answered >= 2 && counts.lastIndexOf(answered) > 0 ? 1 : 0;
    quality.midpointShare[p] = (counts[middle] ?? 0) / answered;
    quality.extremeShare[p] = (counts[min]! + counts[max]!) / answered;
    quality.acquiescence[p] = balance(total, answers) - middle;
  }
  return quality;
}

/** Mean over the domains with answers of both keys of half the sum of the two means. */
function balance(total: Float64Array, answers: Uint16Array): number {
  let [sum, domains] = [0, 0];
  for (let k = 0; k < total.length; k += 2) {
    if (answers[k] === 0 || answers[k + 1] === 0) continue;
    sum += (total[k]! / answers[k]! + total[k + 1]! / answers[k + 1]!) / 2;
    domains++;
  }
  return sum / domains;
}
