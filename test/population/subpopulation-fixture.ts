import type { Column, Table } from '../../src/core/table.js';
import { attributePhrase } from '../../src/persona/narrative/attributes.js';
import { voiceOf } from '../../src/persona/narrative/voice.js';
import { agentPoolColumns, type AgentPoolInfo, type AgentRecord } from '../../src/population/agent-pool.js';
import { variablesOfColumns, type PoolVariable } from '../../src/population/query.js';
import { traitDomains } from '../../src/psychometrics/inventory.js';

const lists: Readonly<Record<string, string>> = {
  age: '18-24 | 25-34 | 35-44 | 45-54 | 55-64 | 65-74 | 75+',
  education:
    "No high school diploma | High school diploma | Some college | Associate's degree | Bachelor's degree | Graduate degree",
  employment: 'employed | unemployed | not in labor force',
  hispanic: 'Not Hispanic | Hispanic',
  household_income:
    '$19,999 or less | $20,000-$34,999 | $35,000-$49,999 | $50,000-$64,999 | $65,000-$79,999 | $80,000-$99,999 | $100,000-$124,999 | $125,000-$199,999 | $200,000 and above',
  marital_status: 'married | widowed | divorced | separated | never married',
  race: 'White | Black | AAPI | Other race',
  region: 'Northeast | Midwest | South | West',
  sex: 'female | male',
};

/** Columns as an agent pool describes them. */
export const columnTexts: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, `one of: ${list}`])),
  weight: 'weight of the agent, mean 1',
};
/** Variables of adults of the United States, as a pool describes them. */
export const variables: readonly PoolVariable[] = variablesOfColumns(columnTexts);

const lowerBounds: readonly (readonly [number, string])[] = [
  [75, '75+'],
  [65, '65-74'],
  [55, '55-64'],
  [45, '45-54'],
  [35, '35-44'],
  [25, '25-34'],
  [18, '18-24'],
];

/** Values in short: a bare value is imputed, `!` in front makes it stated. */
export interface AgentSketch {
  readonly age?: number;
  readonly sex?: string;
  readonly region?: string;
  readonly marital?: string;
  readonly employment?: string;
  readonly said?: string;
  readonly weight?: number;
  readonly text?: string;
  readonly persona?: string;
}

/** How the layer on the draw opens in these texts. */
const drawnOpening = 'The rest is drawn at random rather than read:';

/** An agent with a text in the manner of the embedded writer: one sentence said, one drawn for each imputed value. */
export function agent(name: string, sketch: AgentSketch = {}): AgentRecord {
  const { age = 50, sex = 'female', region = 'South', marital = 'married', employment = 'employed' } = sketch;
  const attribute = (given: string) =>
    given.startsWith('!') ? { value: given.slice(1), status: 'stated' } : { value: given, status: 'imputed' };
  const attributes = {
    age: { value: lowerBounds.find(([from]) => age >= from)![1], status: 'stated' },
    sex: { value: sex, status: 'stated' },
    region: attribute(region),
    marital_status: attribute(marital),
    employment: attribute(employment),
  };
  const voice = voiceOf(sex);
  const drawn = Object.entries(attributes)
    .filter(([, { status }]) => status === 'imputed')
    .map(([variable, { value }]) => `${voice.they} ${attributePhrase(variable, value, voice)}.`);
  const said = sketch.said ?? `This is somebody of ${age}.`;
  return {
    agent: name,
    persona: sketch.persona ?? `p-${name}.1`,
    person: `p-${name}`,
    copy: 1,
    weight: sketch.weight ?? 1,
    ageYears: age,
    attributes,
    traits: Object.fromEntries(traitDomains.map((domain) => [domain, { score: 3, t: 50 }])),
    text: sketch.text ?? (drawn.length === 0 ? said : `${said}\n\n${drawnOpening} ${drawn.join(' ')}`),
  };
}

/** The agents in columns. */
export function tableOf(agents: readonly AgentRecord[]): Table {
  const columns: Record<string, Column> = {
    agent: agents.map((a) => a.agent),
    persona: agents.map((a) => a.persona),
    person: agents.map((a) => a.person),
    copy: Int32Array.from(agents, (a) => a.copy),
    weight: Float64Array.from(agents, (a) => a.weight),
    age_years: Int32Array.from(agents, (a) => a.ageYears),
  };
  for (const name of Object.keys(agents[0]!.attributes)) {
    columns[name] = agents.map((a) => a.attributes[name]!.value);
    columns[`${name}_status`] = agents.map((a) => a.attributes[name]!.status);
  }
  for (const domain of traitDomains) {
    columns[domain] = Float64Array.from(agents, (a) => a.traits[domain]!.score);
    columns[`${domain}_t`] = Float64Array.from(agents, (a) => a.traits[domain]!.t);
  }
  if (agentPoolColumns.some((name) => !(name in columns))) throw new Error('the fixture lacks a column');
  return { schema: 'agent-pool/1', rows: agents.length, columns };
}

/** The sidecar of a pool of such agents. */
export const infoOf = (agents: readonly AgentRecord[], sha256 = 'a'.repeat(64)): AgentPoolInfo => ({
  schema: 'agent-pool/1',
  table: { file: 'agent-pool.parquet', sha256, rows: agents.length },
  columns: Object.fromEntries(
    Object.entries(columnTexts).filter(([name]) => name === 'weight' || name in agents[0]!.attributes),
  ),
  weight: 'mean 1',
  target: { name: 'us-adults', title: 'Adults', universe: 'adults' },
  instrument: 'ipip-50',
  norms: 'ipip-50-us-adults',
  traitsAligned: true,
  effectiveSampleSize: agents.length,
  effectivePeople: agents.length,
  maxMarginErrorPoints: 0.1,
  unmet: [],
  provenance: {
    version: '0.0.0',
    writer: 'embedded@1',
    respondent: 'embedded@1',
    target: '',
    norms: '',
    inventory: '',
  },
});
