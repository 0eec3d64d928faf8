import { Command } from 'commander';
import { z } from 'zod';
import { canonicalJson } from '../core/canonical-json.js';
import type { Found } from '../pipeline/trace.js';
import { oneLine, visible } from '../report/safe-text.js';
import { lineageOf, type Lineage } from './lineage.js';

/** `pipeline explain`: everything that a run holds about one person, persona or agent, in the order in which it happened. */
export function explainCommand(print: (line: string) => void): Command {
  return new Command('explain')
    .description(
      'Show the whole lineage of a person, a persona or an agent: posts, evidence, calls, traits, verdicts, weights, agents.',
    )
    .argument('<id>', 'a person (p-...), a persona (p-... .1), an agent (a-...), or an author as the posts call them')
    .argument('<dir>', 'folder of a run')
    .option('--json', 'print all rows about it as JSON')
    .addHelpText('after', '\nTexts of the posts are shown: the output is as personal as they are.')
    .action(async (id: string, folder: string, { json = false }: { json?: boolean }) => {
      const lineage = await lineageOf(folder, id);
      if (json) print(canonicalJson(lineage, 2));
      else explained(lineage).forEach((line) => print(visible(line)));
    });
}

/** `pipeline why-dropped`: where somebody was left out, and why. */
export function whyDroppedCommand(print: (line: string) => void): Command {
  return new Command('why-dropped')
    .description('Say where a person or a persona was left out, by which criterion, and with which score.')
    .argument('<id>', 'a person (p-...), a persona (p-... .1), or an author as the posts call them')
    .argument('<dir>', 'folder of a run')
    .option('--json', 'print it as JSON')
    .action(async (id: string, folder: string, { json = false }: { json?: boolean }) => {
      const lineage = await lineageOf(folder, id);
      if (json) print(canonicalJson({ ...lineage, found: lineage.found.filter(({ fate }) => fate === 'dropped') }, 2));
      else whyDropped(lineage).forEach((line) => print(visible(line)));
    });
}

const Scored = z.looseObject({ score: z.number().nullable(), threshold: z.number() });

/** One dropped item in words. */
function dropped({ stage, id, reason = '', detail, row, file }: Found): string {
  const scored = Scored.safeParse(row).data;
  const score = scored
    ? ` (score ${scored.score === null ? 'not given' : figure(scored.score)}, threshold ${figure(scored.threshold)})`
    : '';
  const more = detail === undefined || detail === '' ? '' : `: ${oneLine(detail, 400)}`;
  return `${id} was left out by ${stage}: ${oneLine(reason, 400)}${score}${more} [${file}]`;
}

const figure = (value: number): string => String(Number(value.toPrecision(4)));

/** Lines of `why-dropped`. */
function whyDropped({ kind, id, found }: Lineage): string[] {
  const lost = found.filter(({ fate }) => fate === 'dropped').map(dropped);
  const agents = agentsIn(found);
  const measured = new Set(found.filter(({ port }) => port === 'pool').map((item) => item.id));
  const taken = found.filter(isTaken);
  if (kind === 'person')
    return [
      ...lost,
      lost.length === 0 ? `Nothing of ${id} was left out.` : '',
      measured.size > 0
        ? `${measured.size} personas of ${id} were measured, ${agents.length} agents were made of them.`
        : `Nothing of ${id} went on.`,
    ].filter(Boolean);
  if (lost.length > 0) return lost;
  if (agents.length > 0) return [`${id} was not left out: it became ${agents.join(', ')}.`];
  if (found.some(({ port }) => port === 'aligned') && taken.length === 0)
    return [`${id} was not left out, but not selected either: no agent was made of it (select-agents, count 0).`];
  return [`${id} was not left out; the run has not come further than ${found.at(-1)?.stage ?? 'its beginning'}.`];
}

const isTaken = ({ port, row }: Found): boolean => port === 'aligned' && Number(row['count']) > 0;

const agentsIn = (found: readonly Found[]): string[] =>
  found.filter(({ port }) => port === 'agentPool').map(({ row }) => String(row['agent']));

const History = z.looseObject({
  declared: z.looseObject({ ageYears: z.number().optional(), attributes: z.record(z.string(), z.string()) }),
  posts: z.array(z.looseObject({ id: z.string(), date: z.string().optional(), text: z.string() })),
});
const Source = z.looseObject({ post: z.string(), start: z.number(), end: z.number() });
const Value = z.looseObject({ value: z.string(), status: z.string(), source: Source.optional() });
const Persona = z.looseObject({
  id: z.string(),
  text: z.string(),
  evidence: z.looseObject({
    ageYears: z.number().optional(),
    attributes: z.record(z.string(), Value),
    claims: z.array(
      z.looseObject({ dimension: z.string(), statement: z.string(), status: z.string(), source: Source }),
    ),
    topics: z.array(z.string()),
  }),
  disposition: z.looseObject({
    ageYears: z.number(),
    attributes: z.record(z.string(), Value),
    traits: z.array(z.number()),
  }),
  lineage: z.looseObject({ writer: z.string(), prompts: z.array(z.string()), historySha256: z.string() }),
});
const Question = z.looseObject({
  step: z.string(),
  id: z.string(),
  model: z.string(),
  kind: z.string(),
  attempts: z.number(),
  calls: z.array(z.string()),
});

/** Lines of `explain`. */
function explained(lineage: Lineage): string[] {
  const { kind, id, person, found } = lineage;
  const rowsOf = (port: string, stage?: string) =>
    found.filter((item) => item.port === port && (stage === undefined || item.stage === stage));
  const history = History.safeParse(rowsOf('histories')[0]?.row).data;
  const textOf = new Map(history?.posts.map((post) => [post.id, post.text]));
  const personas = rowsOf('personas').flatMap(({ row }) => Persona.safeParse(row).data ?? []);
  const [persona] = personas;
  return [
    `${kind} ${id}${kind === 'persona' && person !== id ? `, drawn from person ${person}` : ''}`,
    ...section('Posts', historyLines(history)),
    ...section('Evidence', persona ? evidenceLines(persona, textOf) : []),
    ...section('Drawn', kind === 'persona' && persona ? drawnLines(persona) : []),
    ...section('Narrative', kind === 'persona' && persona ? narrativeLines(persona) : []),
    ...section('Calls of language models', callLines(rowsOf('questions'))),
    ...section('Verdicts', verdictLines(lineage)),
    ...section(
      'Measured',
      rowsOf('pool').flatMap((item) => measuredLines(item, kind)),
    ),
    ...section('Weights (1 is the mean of the pool)', kind === 'persona' ? weightLines(found) : []),
    ...section(
      'Agents',
      rowsOf('agentPool').map(
        ({ row }) => `${String(row['agent'])} of ${String(row['persona'])}, weight ${figure(Number(row['weight']))}`,
      ),
    ),
  ];
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];

function historyLines(history: z.infer<typeof History> | undefined): string[] {
  if (history === undefined) return [];
  const { declared, posts } = history;
  const dates = posts.flatMap(({ date }) => date ?? []).sort();
  const said = [
    ...(declared.ageYears === undefined ? [] : [`age ${declared.ageYears}`]),
    ...Object.entries(declared.attributes).map(([name, value]) => `${name} ${value}`),
  ];
  return [
    `${posts.length} posts${dates.length > 0 ? `, ${dates[0]!} to ${dates.at(-1)!}` : ''}`,
    `declared: ${oneLine(said.join(', ') || 'nothing', 400)}`,
  ];
}

/** Most claims that are shown; `--json` has all. */
const mostClaims = 20;

function evidenceLines({ evidence }: z.infer<typeof Persona>, textOf: ReadonlyMap<string, string>): string[] {
  const quote = (source: z.infer<typeof Source> | undefined): string => {
    const said = source && textOf.get(source.post)?.slice(source.start, source.end);
    return said === undefined ? '' : ` <- “${oneLine(said, 200)}” (${source!.post})`;
  };
  const { ageYears, attributes, claims } = evidence;
  return [
    ...(ageYears === undefined ? [] : [`age ${ageYears}`]),
    ...Object.entries(attributes).map(
      ([name, { value, status, source }]) => `${oneLine(name)}: ${oneLine(value)} (${status})${quote(source)}`,
    ),
    ...claims
      .slice(0, mostClaims)
      .map(({ statement, status, source }) => `${oneLine(statement, 300)} (${status})${quote(source)}`),
    ...(claims.length > mostClaims ? [`and ${claims.length - mostClaims} claims more, with --json`] : []),
  ];
}

const domains = ['extraversion', 'agreeableness', 'conscientiousness', 'neuroticism', 'openness'] as const;

const drawnLines = ({ disposition: { ageYears, attributes, traits } }: z.infer<typeof Persona>): string[] => [
  `age ${ageYears}`,
  ...Object.entries(attributes).map(([name, { value, status }]) => `${oneLine(name)}: ${oneLine(value)} (${status})`),
  `traits, in standard deviations: ${domains.map((name, k) => `${name} ${figure(traits[k] ?? NaN)}`).join(', ')}`,
];

const narrativeLines = ({ text, lineage }: z.infer<typeof Persona>): string[] => [
  `by ${oneLine(lineage.writer)}${lineage.prompts.length > 0 ? ` with ${lineage.prompts.join(', ')}` : ''}, from history ${lineage.historySha256.slice(0, 12)}`,
  ...text.split('\n').filter(Boolean),
];

const callLines = (questions: readonly Found[]): string[] =>
  questions.flatMap(({ row }) => {
    const asked = Question.safeParse(row).data;
    if (asked === undefined) return [];
    const { step, id, model, kind, attempts, calls } = asked;
    const keys = calls.length === 0 ? '' : ` [calls.jsonl: ${calls.map((key) => key.slice(0, 12)).join(', ')}]`;
    return [
      `${step} of ${id}: ${kind} by ${oneLine(model)}, asked ${attempts === 1 ? 'once' : `${attempts} times`}${keys}`,
    ];
  });

function verdictLines({ kind, found }: Lineage): string[] {
  const lost = found.filter(({ fate }) => fate === 'dropped');
  const kept = found.filter(
    ({ stage, fate, port }) => stage === 'filter-personas' && fate === 'kept' && port === 'kept',
  );
  return [
    ...(kind === 'person' && kept.length > 0 ? [`${kept.length} personas passed every criterion of the rubric`] : []),
    ...(kind === 'persona' && kept.length > 0 ? ['passed every criterion of the rubric'] : []),
    ...lost.map(dropped),
  ];
}

function measuredLines({ id, row }: Found, kind: Lineage['kind']): string[] {
  const scores = domains
    .map((name) => `${name} ${figure(Number(row[name]))} (T ${figure(Number(row[`${name}_t`]))})`)
    .join(', ');
  if (kind === 'person') return [`${id}: ${scores}`];
  // A variable may end in "_status" itself: marital_status, with marital_status_status.
  const variables = Object.keys(row).filter((name) => Object.hasOwn(row, `${name}_status`));
  const groups = variables.map((name) => `${name} ${oneLine(String(row[name]))} (${String(row[`${name}_status`])})`);
  return [scores, `groups: ${groups.join(', ')}`];
}

/** Ports with weights, in the order of the alignment. */
const weightPorts: Readonly<Record<string, string>> = {
  weights: 'attrition, offered',
  weighted: 'importance',
  transported: 'transport',
  calibrated: 'calibration',
};

function weightLines(found: readonly Found[]): string[] {
  return found.flatMap(({ port, row, of }) => {
    if (port === 'aligned') {
      const count = Number(row['count']);
      return [count === 0 ? 'selection: no agent' : `selection: ${count} agent${count === 1 ? '' : 's'}`];
    }
    const name = weightPorts[port];
    if (name === undefined) return [];
    const weight = Number(row['weight']);
    return [`${name}: ${figure(port === 'weights' ? weight : weight * of)}`];
  });
}
