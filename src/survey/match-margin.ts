import { Failure } from '../core/failure.js';
import type { RecordFinding } from '../core/findings.js';
import { sum } from '../numerics/statistics.js';
import { inZone, type Margin } from './margins.js';
import type { Variable } from './variables.js';
import type { CategoryMargin } from './weighting-problem.js';

/**
 * What becomes of records whose category no margin asks for: it fails (`error`); the category keeps its share of the base
 * weight (`keep`); or nothing is asked of it and its records get no weight (`zero`).
 */
export type UntargetedPolicy = 'error' | 'keep' | 'zero';

/** Names of the categories that are added; brackets keep them apart from people's own. */
const [missingCategory, otherCategory] = ['(missing)', '(no target)'];

/**
 * Records coded by the categories of a margin. Missing values form the category `(missing)`, categories without target `(no
 * target)`: each keeps its share p of the base weight, and the others together get 1 - p of what was asked.
 *
 * @param table the table of the variable, for messages
 * @param base (records) base weights
 * @throws {Failure} `invalid-input` listing categories without target, with the number of their records
 */
export function matchMargin(
  table: string,
  zone: string,
  margin: Margin,
  variable: Variable,
  base: Float64Array,
  policy: UntargetedPolicy,
  record: RecordFinding,
): CategoryMargin {
  const { name, unit } = margin;
  const position = new Map(margin.categories.map((category, c) => [category, c]));
  // Each label is looked up once, and not for every record.
  const positions = Int32Array.from(variable.labels, (label) => position.get(label) ?? -1);
  const untargeted = new Map<string, number>();
  let [missing, other] = [0, 0];
  const codes = new Int32Array(variable.codes.length);
  for (let i = 0; i < codes.length; i++) {
    const code = variable.codes[i]!;
    const c = code < 0 ? -1 : positions[code]!;
    codes[i] = c;
    if (code < 0) missing += base[i]!;
    else if (c < 0 && base[i]! > 0) {
      const label = variable.labels[code]!;
      untargeted.set(label, (untargeted.get(label) ?? 0) + 1);
      other += base[i]!;
      codes[i] = -2;
    }
  }
  const listed = [...untargeted].map(([label, count]) => `${label} (${count})`).join(', ');
  if (untargeted.size > 0) {
    const close = [...untargeted.keys()].flatMap((label) => {
      const match = margin.categories.find((category) => plain(category) === plain(label));
      return match === undefined ? [] : [`"${match}" for "${label}"`];
    });
    if (policy === 'error')
      throw new Failure('invalid-input', {
        where: inZone(zone, `${table}.${name}`),
        problem: 'records in categories without target',
        got: listed,
        expected: margin.categories.join(', '),
        hint:
          close.length > 0
            ? `Did you mean ${close.join(', ')}?`
            : 'Choose for categories without target keep or zero, or correct the labels.',
      });
    record({
      level: 'caution',
      code: 'untargeted-category',
      message: `${inZone(zone, name)}: records without target ${policy === 'keep' ? 'keep their share' : 'get no weight'}: ${listed}`,
      values: { zone, margin: name, policy, records: Object.fromEntries(untargeted) },
    });
  }

  const total = sum(base);
  const added = [
    { category: missingCategory, code: -1, share: missing / total },
    { category: otherCategory, code: -2, share: policy === 'keep' ? other / total : 0 },
  ].filter(({ code }) => (code === -1 ? missing > 0 : untargeted.size > 0));
  const left = 1 - added.reduce((s, { share }) => s + share, 0);
  const whole = sum(margin.asked);
  const newCode = new Map(added.map(({ code }, k) => [code, margin.categories.length + k]));
  return {
    name,
    unit,
    categories: [...margin.categories, ...added.map(({ category }) => category)],
    asked: Float64Array.from([
      ...Array.from(margin.asked, (x) => (added.length === 0 ? x : x * left)),
      ...added.map(({ share }) => share * whole),
    ]),
    codes: codes.map((code) => (code < 0 ? (newCode.get(code) ?? -1) : code)),
  };
}

const plain = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
