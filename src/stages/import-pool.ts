import { z } from 'zod';
import { Failure } from '../core/failure.js';
import type { Column } from '../core/table.js';
import { columns, rows, value } from '../pipeline/artifact.js';
import { personaPoolColumns, statusColumn } from '../population/persona-pool.js';
import { ageCategory, Target } from '../population/target.js';
import { Inventory, TraitNorms, traitDomains } from '../psychometrics/inventory.js';
import { normCellOf, type NormSex } from '../psychometrics/norms.js';
import { Unmeasured } from './administer-inventory.js';
import { Rejection } from './filter-personas.js';
import { IngestTally } from './ingest-histories.js';
import { defineStage, InputFile } from './services.js';

/** A persona of somebody else's making: its name and its text, if it has one. */
const ImportedText = z.strictObject({ id: z.string(), text: z.string() });

interface ImportedPersona {
  readonly id: string;
  readonly person: string;
  readonly text: string;
  readonly ageYears: number;
  readonly categories: Readonly<Record<string, string>>;
  readonly scores: readonly number[];
}

/** Stage `import-pool`: read personas that are already measured: attributes and domain scores, one row each. */
export const importPool = defineStage({
  name: 'import-pool',
  version: 1,
  summary: 'Read personas that are already measured: attributes and domain scores, one row each.',
  config: z.strictObject({
    columns: z
      .record(z.string(), z.string())
      .default({})
      .describe('column of each field (persona, person, text, age_years, variables, domains); default: its own name'),
  }),
  inputs: { file: value(InputFile), target: value(Target), inventory: value(Inventory), norms: value(TraitNorms) },
  outputs: {
    pool: columns('persona-pool/1', personaPoolColumns),
    /** Every persona that was read, usable or not. */
    personas: rows(z.strictObject({ id: z.string() })),
    texts: rows(ImportedText),
    rejected: rows(Rejection),
    unmeasured: rows(Unmeasured),
    tally: value(IngestTally),
  },
  conserves: [
    {
      of: 'personas',
      by: 'id',
      kept: { pool: 'persona' },
      dropped: { rejected: { by: 'persona', reason: 'criterion', detail: 'detail' } },
    },
  ],
  uses: ['readPool'],

  async run({ target, norms }, config, { emit, services, record }) {
    const personas: ImportedPersona[] = [];
    const seen = new Set<string>();
    let read = 0;
    for await (const { record: row, line } of services.readPool()) {
      if (read++ === 0) checkColumns(Object.keys(row), target, config.columns);
      const fieldOf = (name: string): string => textOf(row[config.columns[name] ?? name]);
      const id = fieldOf('persona') || `row-${line}`;
      await emit.personas({ id });
      const persona = readPersona(id, fieldOf, target, norms);
      const problem = seen.has(id) ? 'repeated persona' : typeof persona === 'string' ? persona : undefined;
      seen.add(id);
      if (problem !== undefined || typeof persona === 'string') {
        const [criterion, detail] = [problem!.split(':')[0]!, `line ${line}: ${problem!}`];
        await emit.rejected({
          persona: id,
          person: fieldOf('person') || id,
          criterion,
          score: null,
          threshold: 0,
          detail,
        });
        continue;
      }
      personas.push(persona);
    }
    for (const { id, text } of personas) await emit.texts({ id, text });
    if (personas.length === 0)
      throw new Failure('invalid-input', {
        where: 'import-pool',
        problem: 'no usable persona',
        got: `${read} rows`,
        hint: 'See rejected.jsonl for the reason of each row.',
      });
    record({ level: 'info', code: 'pool-imported', message: `${personas.length} of ${read} rows are usable personas` });
    const people = new Set(personas.map(({ person }) => person)).size;
    return {
      pool: table(target, norms, personas),
      tally: {
        schema: 'ingest-tally/1' as const,
        posts: 0,
        people,
        keptPeople: people,
        droppedPeople: {},
        read: { rows: read },
        grouped: {},
      },
    };
  },
});

/** The persona of a row, or what is wrong with it as `criterion: detail`. */
function readPersona(
  id: string,
  fieldOf: (name: string) => string,
  target: Target,
  { scale }: TraitNorms,
): ImportedPersona | string {
  const years = fieldOf('age_years');
  if (years !== '' && !/^\d{1,3}$/.test(years)) return `unusable-age: ${years}`;
  const categories: Record<string, string> = {};
  for (const { name, categories: known } of target.variables) {
    const category =
      fieldOf(name) || (name === 'age' && years !== '' ? (ageCategory(target, Number(years)) ?? '') : '');
    if (category === '') return `missing-attribute: ${name}`;
    if (!known.includes(category)) return `unknown-category: ${name} = ${category}`;
    categories[name] = category;
    if (name === 'age' && years !== '' && ageCategory(target, Number(years)) !== category)
      return `contradictory-age: ${years} years, ${category}`;
  }
  const scores = traitDomains.map((domain) => (fieldOf(domain) === '' ? NaN : Number(fieldOf(domain))));
  const wrong = scores.findIndex((score) => !(score >= scale.min && score <= scale.max));
  if (wrong >= 0) return `unusable-score: ${traitDomains[wrong]!} = ${fieldOf(traitDomains[wrong]!)}`;
  return {
    id,
    person: fieldOf('person') || id,
    text: fieldOf('text'),
    ageYears: years === '' ? middleAge(target, categories) : Number(years),
    categories,
    scores,
  };
}

/** An age for people of whom only the band is known: its middle, for T-scores only. */
function middleAge(target: Target, categories: Readonly<Record<string, string>>): number {
  const age = target.variables.find(({ name }) => name === 'age');
  const bounds = age?.bounds?.[age.categories.indexOf(categories['age'] ?? '')];
  return bounds ? Math.floor((bounds[0] + Math.min(bounds[1], 90)) / 2) : 0;
}

function table(target: Target, norms: TraitNorms, personas: readonly ImportedPersona[]) {
  const out: Record<string, Column> = {
    persona: personas.map(({ id }) => id),
    person: personas.map(({ person }) => person),
    draw: new Int32Array(personas.length).fill(1),
    age_years: Int32Array.from(personas, ({ ageYears }) => ageYears),
  };
  for (const { name } of target.variables) {
    out[name] = personas.map(({ categories }) => categories[name]!);
    out[statusColumn(name)] = personas.map(() => 'stated');
  }
  const cells = personas.map(({ categories, ageYears }) => {
    const sex: NormSex = categories['sex'] === 'male' ? 'male' : 'female';
    return norms.cells[normCellOf(norms, sex, ageYears).index]!;
  });
  traitDomains.forEach((domain, k) => {
    out[domain] = Float64Array.from(personas, ({ scores }) => scores[k]!);
    out[`${domain}_t`] = Float64Array.from(
      personas,
      ({ scores }, i) => 50 + (10 * (scores[k]! - cells[i]!.mean[k]!)) / cells[i]!.sd[k]!,
    );
  });
  return { schema: 'persona-pool/1', rows: personas.length, columns: out };
}

/** @throws {Failure} `invalid-input` naming every column that is missing */
function checkColumns(found: readonly string[], target: Target, map: Readonly<Record<string, string>>): void {
  const has = (name: string): boolean => found.includes(map[name] ?? name);
  const wanted = [...target.variables.map(({ name }) => name), ...traitDomains];
  const missing = wanted.filter((name) => !has(name) && !(name === 'age' && has('age_years')));
  if (missing.length > 0)
    throw new Failure('invalid-input', {
      where: '--pool',
      problem: `columns are missing: ${missing.join(', ')}`,
      got: found.join(', '),
      hint: 'Rename them, or map them in the config: stages.import-pool.columns.',
    });
}

const textOf = (field: unknown): string =>
  typeof field === 'string'
    ? field.trim()
    : typeof field === 'number' || typeof field === 'bigint'
      ? String(field)
      : '';
