import { Failure } from '../core/failure.js';
import type { RecordFinding } from '../core/findings.js';
import type { Column } from '../core/table.js';

/** Columns of a sample by name, one entry a record. */
export type SampleColumns = Readonly<Record<string, Column>>;

/** A categorical variable of a sample. */
export interface Variable {
  readonly name: string;
  readonly labels: readonly string[];
  /** (records) position in `labels`; -1 where the value is missing. */
  readonly codes: Int32Array;
}

const joiner = ' x ';
/** Between the names of a joint; the second is how columns are called where blanks are awkward. */
const nameJoiners = [joiner, '_x_'];
/** Texts that mean a missing value unless a margin has a category of that name. */
const missingTexts = new Set(['NA', 'N/A', 'NaN', 'nan', 'null', 'NULL']);

/**
 * Labels of a column as codes. Numbers are labels like any others: "1" and 1 are the same. Blanks around labels are cut and
 * recorded. Missing is an empty text, NaN, or `NA`, `NaN`, `null` where no category is called so.
 *
 * @param known the categories that margins have
 */
export function encodeColumn(
  name: string,
  column: Column,
  known: ReadonlySet<string>,
  record: RecordFinding,
): Variable {
  const [labels, trimmed] = [[] as string[], new Set<string>()];
  const [byText, byLabel] = [new Map<string | number, number>(), new Map<string, number>()];
  const codeOf = (value: string | number): number => {
    const text = String(value);
    const label = text.trim();
    if (label === '' || (missingTexts.has(label) && !known.has(label))) return -1;
    if (label !== text) trimmed.add(text);
    let code = byLabel.get(label);
    if (code === undefined) byLabel.set(label, (code = labels.push(label) - 1));
    return code;
  };
  const codes = new Int32Array(column.length);
  for (let i = 0; i < codes.length; i++) {
    const value = column[i]!;
    let code = byText.get(value);
    if (code === undefined) byText.set(value, (code = codeOf(value)));
    codes[i] = code;
  }
  if (trimmed.size > 0)
    record({
      level: 'caution',
      code: 'labels-trimmed',
      message: `blanks around ${trimmed.size} labels of the column ${name} were cut`,
      values: { column: name, labels: [...trimmed] },
    });
  return { name, labels, codes };
}

/**
 * The variables that make up a joint: `sex x age` gives `['sex', 'age']` where both exist; any other name stands for itself.
 */
export function partsOf(name: string, exists: (variable: string) => boolean): readonly string[] {
  for (const between of nameJoiners) {
    const parts = name.split(between).map((part) => part.trim());
    if (parts.length > 1 && parts.every(exists)) return parts;
  }
  return [name];
}

/** Categories of the parts of a joint category, or undefined when it does not have that many. */
export function splitCategory(category: string, parts: number): readonly string[] | undefined {
  const labels = parts === 1 ? [category] : category.split(joiner);
  return labels.length === parts ? labels : undefined;
}

/** A margin taken apart: its variables, and for each category the label of each variable. */
export interface MarginParts {
  readonly parts: readonly string[];
  readonly cells: readonly (readonly string[])[];
}

/**
 * Takes a joint apart when its name has parts that are variables and every category has as many; anything else is one
 * variable.
 *
 * @param exists default: whatever stands between the joiners of a name is a variable
 */
export function splitMargin(
  { name, categories }: { readonly name: string; readonly categories: readonly string[] },
  exists: (variable: string) => boolean = () => true,
): MarginParts {
  const parts = partsOf(name, exists);
  const cells = categories.flatMap((category) => {
    const cell = splitCategory(category, parts.length);
    return cell === undefined ? [] : [cell];
  });
  if (cells.length === categories.length) return { parts, cells };
  return { parts: [name], cells: categories.map((category) => [category]) };
}

/**
 * The joint of several variables, with the labels `x1 x y1`; missing where any of them is.
 *
 * @throws {Failure} `invalid-input` when two combinations would have the same label
 */
export function joinVariables(name: string, parts: readonly Variable[]): Variable {
  const [first, ...others] = parts as [Variable, ...Variable[]];
  return { ...others.reduce((joint, part) => joinTwo(name, joint, part), first), name };
}

function joinTwo(name: string, a: Variable, b: Variable): Variable {
  const labels: string[] = [];
  const found = new Map<number, number>();
  const codes = a.codes.map((code, i) => {
    if (code < 0 || b.codes[i]! < 0) return -1;
    const pair = code * b.labels.length + b.codes[i]!;
    let joint = found.get(pair);
    if (joint === undefined)
      found.set(pair, (joint = labels.push(`${a.labels[code]!}${joiner}${b.labels[b.codes[i]!]!}`) - 1));
    return joint;
  });
  const twice = labels.find((label, k) => labels.indexOf(label) !== k);
  if (twice !== undefined)
    throw new Failure('invalid-input', {
      where: `sample.${name}`,
      problem: `two combinations of categories have the same label, as some hold "${joiner}"`,
      got: twice,
    });
  return { name, labels, codes };
}
