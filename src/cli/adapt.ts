import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { adaptSubpopulation } from '../../pipelines/adapt-subpopulation/pipeline.js';
import { canonicalJson, sha256 } from '../core/canonical-json.js';
import { Failure } from '../core/failure.js';
import type { Source } from '../pipeline/plan.js';
import { artifactStore } from '../pipeline/store.js';
import { readRunRecord, verifyRun } from '../pipeline/verify.js';
import { apiKeyFrom } from './api-key.js';
import { outFolder, positiveInteger } from './options.js';
import { askingOf, withAskingOptions, type AskingOptions } from './asking.js';
import { withRun, type CommandRun, type RunOptions } from './run-command.js';
import { tableCodec, wireAdapt } from './wiring.js';

interface Options extends RunOptions, AskingOptions {
  readonly pool: string;
  readonly query: string;
  readonly agents: number;
  readonly model: string;
  readonly baseUrl?: string;
  readonly seed: string;
}

/** `pipeline adapt`: from the agent pool of a finished run to a subpopulation that a query describes. */
export function adaptCommand(print: (line: string) => void): Command {
  const command = new Command('adapt')
    .description('Find the agents that a query describes, revise only what conflicts, and keep every difference.')
    .requiredOption('--pool <dir>', 'folder of a finished run with an agent pool')
    .requiredOption(
      '--query <text>',
      'whom you want, in English: attributes are understood, the rest is compared by meaning',
    )
    .requiredOption('--agents <count>', 'agents in the subpopulation, at most as many as the pool has', positiveInteger)
    .option('--model <model>', 'who revises texts: embedded, or openai:NAME (key from OPENAI_API_KEY)', 'embedded')
    .option('--base-url <url>', 'any OpenAI-compatible server')
    .option('-s, --seed <text>', 'the same seed and inputs give the same bytes', '1')
    .addHelpText(
      'after',
      `
Example:
  $ pipeline adapt --pool runs/build-personas-1 --query "widowed women over 65 in the South" --agents 20

Exit codes: 0 ok, 2 usage or input, 3 too few agents can be like that, 5 model not reachable, 7 the pool was changed,
8 the revisions are no good.`,
    );
  return withRun(withAskingOptions(command), 'adapt-subpopulation', print, prepare, adaptationLines);
}

/** The summary of a finished adaptation, or its figures as JSON. */
export async function adaptationLines(folder: string, json: boolean): Promise<string[]> {
  const text = (await readFile(join(folder, 'adaptation.json'), 'utf8')).trimEnd();
  return json ? [text] : summary(JSON.parse(text) as Summarized, folder);
}

async function prepare({
  pool,
  query,
  agents,
  model,
  baseUrl,
  workers,
  seed,
  out,
  quiet = false,
  ...asking
}: Options): Promise<CommandRun> {
  const folder = outFolder(out, 'adapt-subpopulation');
  const models = { model, judges: [], baseUrl: baseUrl ?? null };
  return {
    pipeline: adaptSubpopulation,
    configs: { 'retrieve-subpopulation': { query, agents } },
    sources: {
      ...(await poolSources(pool)),
      models: { value: models, sha256: sha256(canonicalJson(models)), origin: model },
    },
    seed,
    folder,
    quiet,
    wire: async () =>
      wireAdapt({
        model,
        baseUrl,
        apiKey: await apiKeyFrom(asking.apiKeyFile, process.env),
        workers,
        seed,
        folder,
        ...askingOf({ ...asking, quiet }),
      }),
  };
}

/** Files of an agent pool, as any run names them. */
const poolFiles = { pool: 'agent-pool.parquet', info: 'agent-pool.json', agents: 'agents.jsonl' } as const;

/**
 * The agent pool of a run, after all its files were hashed again.
 *
 * @throws {Failure} `integrity` when a file changed, `invalid-input` when the run has no agent pool or did not complete
 */
async function poolSources(folder: string): Promise<Record<keyof typeof poolFiles, Source>> {
  const { status, pipeline, stages } = await readRunRecord(folder);
  await verifyRun(folder);
  if (status !== 'completed')
    throw new Failure('invalid-input', {
      where: '--pool',
      problem: 'this run failed before its end',
      got: folder,
      expected: 'the folder of a completed run',
      hint: 'Run it again; gaps can be accepted with --allow-unmet.',
    });
  const outputs = Object.fromEntries(stages.flatMap((stage) => Object.entries(stage.outputs)));
  const store = artifactStore(folder, tableCodec);
  const sources = Object.entries(poolFiles).map(async ([name, file]) => {
    const stored = outputs[file];
    if (stored === undefined)
      throw new Failure('invalid-input', {
        where: '--pool',
        problem: `this run wrote no ${file}`,
        got: pipeline,
        expected: 'a run of build-personas, align or adapt',
      });
    const value = await store.read(adaptSubpopulation.sources[name]!, { ...stored, rows: stored.rows ?? 0 });
    return [name, { value, sha256: stored.sha256, origin: 'agent pool of a run' }] as const;
  });
  return Object.fromEntries(await Promise.all(sources)) as Record<keyof typeof poolFiles, Source>;
}

/** What the summary reads of adaptation.json. */
interface Summarized {
  readonly understood: readonly { readonly constraint: string; readonly phrases: readonly string[] }[];
  readonly notes: readonly string[];
  readonly compared: string;
  readonly agents: number;
  readonly pool: { readonly agents: number };
  readonly found: { readonly exact: number; readonly revisable: number; readonly locked: number };
  readonly unchanged: number;
  readonly revised: number;
  readonly rolledBack: number;
  readonly changes: Readonly<Record<string, number>>;
  readonly effectivePeople: number;
}

/** What was understood, how many met it, what was changed, and where the files are. Texts of the user are shown as JSON. */
function summary(adaptation: Summarized, folder: string): string[] {
  const { understood, notes, compared, agents, pool, found, unchanged, revised, rolledBack, changes, effectivePeople } =
    adaptation;
  return [
    understood.length > 0
      ? 'Understood:'
      : 'No attribute was understood; agents are chosen by the likeness of their texts alone.',
    ...understood.map(
      ({ constraint, phrases }) => `  ${constraint}  (${phrases.map((phrase) => JSON.stringify(phrase)).join(', ')})`,
    ),
    ...notes.map((note) => `  Caution: ${note}.`),
    `Compared by meaning: ${JSON.stringify(compared)}`,
    '',
    `Of ${pool.agents} agents ${found.exact} meet this as they are, ${found.revisable} conflict in imputed attributes only, ${found.locked} are locked.`,
    `${agents} agents taken: ${unchanged} unchanged, ${revised} revised${rolledBack > 0 ? `; ${rolledBack} revisions were rolled back` : ''}.`,
    ...Object.entries(changes).map(([change, count]) => `  ${String(count).padStart(5)}  ${change}`),
    `They come from about ${effectivePeople.toFixed(1)} real authors, and do not stand for the target of the pool.`,
    '',
    `Agents:      ${join(folder, 'agents.jsonl')}, agent-pool.parquet`,
    `Differences: ${join(folder, 'ledger.jsonl')}, subpopulation.jsonl, adaptation.json`,
  ];
}
