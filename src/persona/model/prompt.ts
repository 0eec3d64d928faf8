import { sha256 } from '../../core/canonical-json.js';
import { Failure } from '../../core/failure.js';

/** A prompt as written by a person: one Markdown file, versioned, with named places for data. */
export interface Prompt {
  /** `name@version`; goes into lineages. */
  readonly id: string;
  /** SHA-256 of the file, for the run record. */
  readonly sha256: string;
  /** Names of the places, as declared in the front matter. */
  readonly inputs: readonly string[];
  readonly system: string;
  readonly user: string;
}

const layout = /^---\n([\s\S]*?)\n---\n+# system\n([\s\S]*?)\n# user\n([\s\S]*)$/;
const place = /\{\{([^{}]*)\}\}/g;

/**
 * Reads a prompt file: front matter with `name`, `version` and `inputs`, then the sections `# system` and `# user`.
 * Every declared input must have a place `{{input}}`, and every place must be declared.
 *
 * @param where the file, for messages
 * @throws {Failure} `invalid-input`
 */
export function parsePrompt(text: string, where: string): Prompt {
  const match = layout.exec(text.replaceAll('\r\n', '\n'));
  if (match === null) throw fault(where, 'not a prompt file', undefined, 'front matter, then "# system" and "# user"');
  const [, head, system, user] = match as unknown as [string, string, string, string];
  const fields = new Map(head.split('\n').map((line) => line.split(/:\s*(.*)/s, 2) as [string, string]));
  const [name, version, list] = ['name', 'version', 'inputs'].map((key) => fields.get(key) ?? '') as [
    string,
    string,
    string,
  ];
  if (fields.size !== 3 || !/^[a-z][a-z-]*$/.test(name) || !/^[1-9]\d*$/.test(version))
    throw fault(where, 'wrong front matter', head, 'name: kebab-case, version: 1, 2, ..., inputs: a, b');

  const inputs = list.split(',').map((input) => input.trim());
  const places = new Set(Array.from(`${system}\n${user}`.matchAll(place), ([, input]) => input!));
  const undeclared = [...places].find((input) => !inputs.includes(input));
  if (undeclared !== undefined)
    throw fault(where, 'a place that no input fills', `{{${undeclared}}}`, inputs.join(', '));
  const unused = inputs.find((input) => !places.has(input));
  if (unused !== undefined) throw fault(where, 'an input without a place', unused, `{{${unused}}} in the text`);
  return { id: `${name}@${version}`, sha256: sha256(text), inputs, system: system.trim(), user: user.trim() };
}

/**
 * Fills the places. Values are put in once and are not read again, so a value that looks like a place stays as it is.
 * The system text begins with the line `prompt: name@version`.
 *
 * @throws {Failure} `invalid-input` on a missing or an unknown value
 */
export function fillPrompt(
  { id, inputs, system, user }: Prompt,
  values: Readonly<Record<string, string>>,
): { readonly system: string; readonly prompt: string } {
  const where = `prompt ${id}`;
  const missing = inputs.find((input) => !Object.hasOwn(values, input));
  if (missing !== undefined) throw fault(where, 'an input without a value', missing);
  const unknown = Object.keys(values).find((key) => !inputs.includes(key));
  if (unknown !== undefined) throw fault(where, 'a value for no input', unknown, inputs.join(', '));
  const fill = (text: string): string => text.replace(place, (_, input: string) => values[input]!);
  return { system: `prompt: ${id}\n\n${fill(system)}`, prompt: fill(user) };
}

/**
 * Data between two marks that it cannot leave: one line of JSON for each entry, in which `<` is written as an escape, so that
 * neither the closing mark nor a new line can be forged. No random mark is needed, so the same data give the same prompt.
 */
export function fenced(tag: string, entries: readonly unknown[]): string {
  const lines = entries.map((entry) =>
    JSON.stringify(entry).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029'),
  );
  return [`<${tag}>`, ...lines, `</${tag}>`].join('\n');
}

const fault = (where: string, problem: string, got?: string, expected?: string): Failure =>
  new Failure('invalid-input', {
    where,
    problem,
    ...(got === undefined ? {} : { got }),
    ...(expected === undefined ? {} : { expected }),
  });
