import { randomStream } from '../core/random.js';
import { rowsInMemory, runInMemory } from '../pipeline/in-memory.js';
import type { Source } from '../pipeline/plan.js';
import { estimateCalls, someOf, type CallEstimate } from '../stages/estimate-calls.js';
import { administerInventory, ingestHistories, minePersonas } from '../stages/index.js';
import { pilotShare } from '../stages/mine-personas.js';
import type { Services } from '../stages/services.js';
import type { AskingOptions } from './asking.js';
import type { RunConfig } from './config.js';
import { recordingModel, wire, type WiringOptions } from './wiring.js';

/** What a run of `build-personas` would ask, as {@link estimateRun} wants it. */
export interface PlannedRun {
  readonly config: RunConfig;
  readonly sources: Readonly<Record<string, Source>>;
  readonly isShuffled: boolean;
  readonly wiring: WiringOptions;
}

/**
 * What the run would ask of language models: posts are read, the prompts of some people are put together as they would be
 * sent, and nobody is asked. Empty where the run asks nobody.
 */
export async function estimateRun({ config, sources, isShuffled, wiring }: PlannedRun): Promise<CallEstimate[]> {
  if (config.model === 'embedded' && config.judgeModels.length === 0) return [];
  const recorders = new Map<string, ReturnType<typeof recordingModel>>();
  const recorder = (name: string) => {
    const made = recorders.get(name) ?? recordingModel(name);
    recorders.set(name, made);
    return made.model;
  };
  const embedded = await wire({ ...wiring, model: 'embedded', judgeModels: [] });
  const asking = await wire({ ...wiring, recorder });
  try {
    const services = embedded.services as Services;
    const { writer, respondent, judges } = asking.services as Services;
    const valueOf = (name: string) => sources[name]!.value as never;
    const { seed, stages } = config;
    const { histories, tally } = await runInMemory(
      ingestHistories,
      { posts: valueOf('posts'), dataUse: valueOf('dataUse'), deleted: valueOf('deleted') },
      stages['ingest-histories'] ?? {},
      services,
      seed,
    );
    const mining = minePersonas.config.parse(stages['mine-personas'] ?? {});
    const { personas, draws, ...rest } = mining;
    const some = someOf(histories, randomStream(seed, 'plan'));
    const mined = await runInMemory(
      minePersonas,
      {
        histories: rowsInMemory(some),
        target: valueOf('target'),
        inventory: valueOf('inventory'),
        norms: valueOf('norms'),
        models: valueOf('models'),
        dataUse: valueOf('dataUse'),
        tally: undefined,
      },
      { ...rest, draws: 1 },
      services,
      seed,
    );
    return await estimateCalls(
      {
        histories,
        personas: mined.personas,
        candidates: pilotShare(personas, histories.length, tally) ?? (draws ?? 1) * histories.length,
        inventory: valueOf('inventory'),
        retest: administerInventory.config.parse(stages['administer-inventory'] ?? {}).retest,
        isShuffled,
        ...(config.model === 'embedded' ? { writer: undefined, respondent: undefined } : { writer, respondent }),
        judges,
        taken: () => [...recorders.values()].flatMap(({ taken }) => taken()),
      },
      randomStream(seed, 'plan', 'answers'),
    );
  } finally {
    await Promise.all([embedded.close(), asking.close()]);
  }
}

/** Lines on what a run would ask and cost. */
export function estimateLines(estimates: readonly CallEstimate[], prices: AskingOptions): string[] {
  if (estimates.length === 0) return ['', 'No language model is asked: the run costs nothing but time.'];
  const total = (of: (estimate: CallEstimate) => number): number => estimates.reduce((sum, own) => sum + of(own), 0);
  const rows = [
    ...estimates.map(({ step, model, calls, inputTokens, outputTokens }) =>
      row(step, model, calls, inputTokens, outputTokens),
    ),
    row(
      'all',
      '',
      total(({ calls }) => calls),
      { expected: total((own) => own.inputTokens.expected), most: total((own) => own.inputTokens.most) },
      { expected: total((own) => own.outputTokens.expected), most: total((own) => own.outputTokens.most) },
    ),
  ];
  const cells = [['step', 'model', 'calls', 'tokens read', 'at most', 'tokens written', 'at most'], ...rows];
  const widths = cells[0]!.map((_, k) => Math.max(...cells.map((line) => line[k]!.length)));
  return [
    '',
    'What would be asked of language models (nobody was asked):',
    ...cells.map(
      (line) => `  ${line.map((cell, k) => (k < 2 ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!))).join('  ')}`,
    ),
    '  Tokens: a token for four bytes of the prompts that would be sent, at most one for each byte, and all the room for the answer.',
    '  Every question asked once, and every candidate kept; each may be asked up to three times. A pilot (--limit 20) measures it.',
    costLine(estimates, prices),
  ];
}

const row = (
  step: string,
  model: string,
  calls: number,
  read: CallEstimate['inputTokens'],
  written: CallEstimate['outputTokens'],
): string[] => [step, model, ...[calls, read.expected, read.most, written.expected, written.most].map(String)];

function costLine(estimates: readonly CallEstimate[], { priceInput, priceOutput }: AskingOptions): string {
  if (priceInput === undefined || priceOutput === undefined)
    return '  Cost: give --price-input and --price-output, in US dollars for a million tokens.';
  const usd = (kind: 'expected' | 'most'): string =>
    (
      estimates.reduce(
        (sum, { inputTokens, outputTokens }) => sum + inputTokens[kind] * priceInput + outputTokens[kind] * priceOutput,
        0,
      ) / 1e6
    ).toFixed(2);
  return `  Cost: about ${usd('expected')} US dollars, at most ${usd('most')} if every question is asked once.`;
}
