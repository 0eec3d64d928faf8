import { readdir, readFile, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { canonicalJson, sha256 } from '../core/canonical-json.js';
import { Failure } from '../core/failure.js';
import { randomStream } from '../core/random.js';
import type { Secret } from '../core/secret.js';
import { type DeletedAuthors, isDeletedIn } from '../io/deleted-authors.js';
import { hashFile, readRecords, sidecarOf } from '../io/files.js';
import { pseudonym } from '../io/group-histories.js';
import { guessColumns } from '../io/guess-columns.js';
import { readRawPosts, type Replace } from '../io/histories.js';
import { readMarginCells } from '../io/margins.js';
import { readTable, writeTable } from '../io/parquet.js';
import { readColumns } from '../io/read-columns.js';
import type { ChatModel } from '../model/chat-model.js';
import {
  type BatchSettings,
  chatModels,
  type ChatModels,
  type ChatOptions,
  type NamedModel,
} from '../model/chat-models.js';
import { ledgerName } from '../model/run-ledger.js';
import { openAiModel } from '../model/openai.js';
import { kernelPool } from '../numerics/workers/kernel-pool.js';
import { type DataUse, withholder } from '../persona/data-use.js';
import { longestChance } from '../persona/embedded-quotations.js';
import { evidenceReader, type EvidenceReader } from '../persona/evidence/evidence.js';
import { lexiconFiles, Lexicons } from '../persona/evidence/lexicons.js';
import { rememberingReader } from '../persona/evidence/remembering-reader.js';
import { textValidity } from '../persona/evidence/trait-text.js';
import { embeddedRespondent } from '../persona/embedded-respondent.js';
import { embeddedReviser } from '../persona/embedded-reviser.js';
import { embeddedWriter } from '../persona/embedded-writer.js';
import { blindScorer, BlindScorerLexicon } from '../persona/filter/blind-scorer.js';
import type { Rubric } from '../persona/filter/rubric.js';
import { modelJudge } from '../persona/model/judge.js';
import { parsePrompt, type Prompt } from '../persona/model/prompt.js';
import { modelRespondent } from '../persona/model/respondent.js';
import { modelReviser } from '../persona/model/reviser.js';
import { modelWriter } from '../persona/model/writer.js';
import { topicFinder } from '../persona/sensitive-topics.js';
import type { Source } from '../pipeline/plan.js';
import type { TableCodec } from '../pipeline/store.js';
import type { Target } from '../population/target.js';
import type { Inventory, TraitNorms } from '../psychometrics/inventory.js';
import { responseModel } from '../psychometrics/response-model.js';
import type { Services } from '../stages/services.js';
import { languageIdentifier } from '../text/language.js';
import { withoutPersonalData } from '../text/personal-data.js';
import { useEmbedder } from '../text/use-embedder.js';
import { packageRoot, readCatalog, readCatalogFile } from './catalog.js';
import { keyVariable } from './api-key.js';
import type { AskingOptions } from './asking.js';
import { checkEndpoint } from './endpoint.js';
import { printable } from './terminal.js';

/** What an author of the posts is called in a run. */
export const pseudonymOf = pseudonym;

/** How tables are written to disk. */
export const tableCodec: TableCodec = { encode: writeTable, decode: (bytes) => readTable(bytes) };

/**
 * A file or folder of the user's as a source: the hash of the file, or of the names and hashes of a folder's files.
 *
 * @throws {Failure} `invalid-input` when it cannot be read
 */
export async function inputFile(path: string): Promise<Source> {
  const { hash, origin } = await inputHash(path);
  const hashNow = async (): Promise<string> => (await inputHash(path)).hash;
  return { value: { sha256: hash }, sha256: hash, origin, hashNow };
}

async function inputHash(path: string): Promise<{ readonly hash: string; readonly origin: string }> {
  const info = await stat(path).catch(() => undefined);
  if (!info?.isDirectory()) return { hash: await hashFile(path), origin: 'own file' };
  const entries = await readdir(path, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && !sidecarOf(entry.name)).map(({ name }) => name);
  const hashes = await Promise.all(names.sort().map(async (name) => [name, await hashFile(join(path, name))]));
  return { hash: sha256(canonicalJson(hashes)), origin: 'own folder' };
}

/** What the adapters are made from. */
export interface WiringOptions extends AskingOptions {
  readonly histories: string;
  /** What may be done with the posts, and whose are not read. */
  readonly dataUse: DataUse;
  readonly deleted: readonly DeletedAuthors[];
  readonly target: Target;
  readonly inventory: Inventory;
  readonly norms: TraitNorms;
  readonly rubric: Rubric;
  /** `embedded` or `openai:NAME`. */
  readonly model: string;
  readonly judgeModels: readonly string[];
  /** Who speaks in the narratives. */
  readonly narrator: 'first' | 'third';
  readonly baseUrl: string | undefined;
  /** From the environment, never from a file. */
  readonly apiKey: Secret | undefined;
  readonly workers: number;
  readonly seed: string;
  readonly version: string;
  /** Of the run. */
  readonly folder: string;
  /** Stands in for every language model, so that nobody is asked. */
  readonly recorder?: (name: string) => ChatModel;
}

/** The adapters of a run, and what has to be closed after it. */
export interface Wiring {
  /** What the stages of the pipeline ask for. */
  readonly services: Partial<Services>;
  readonly modelUsage: () => Record<string, Record<string, number>>;
  /** What language models have cost; absent where none is asked. */
  readonly spent?: ChatModels['spent'];
  readonly close: () => Promise<void>;
}

/** Calls of a language model under way at once: so many for each worker, unless the user says how many; all that can wait for a batch. */
const callsAtOnce = ({
  workers,
  concurrency,
  batch,
}: Pick<WiringOptions, 'workers' | 'concurrency' | 'batch'>): number => concurrency ?? (batch ? 50_000 : 4 * workers);

/** Workers by default: the machine's cores, at most 8. */
export const defaultWorkers = (): number => Math.min(availableParallelism(), 8);

export { checkCalls, forgetCalls, ledgerCalls, ledgerName, unusedLedger } from '../model/run-ledger.js';
export { isDeletedIn, personOf, tombstone } from '../io/deleted-authors.js';
export { pruneLedger } from '../model/ledger-prune.js';
export { recordingModel } from '../model/recording.js';
export type { ChatReply, ChatRequest } from '../model/chat-model.js';
export { availableBuild } from '../numerics/kernels/kernel-module.js';

/** The models of a run: none of them is made where nothing is asked of any. */
async function modelsOf(
  all: readonly NamedModel[],
  {
    recorder,
    ...options
  }: Pick<WiringOptions, 'workers' | 'baseUrl' | 'apiKey' | 'seed' | 'folder' | 'recorder'> & AskingOptions,
) {
  const isAsked = ({ spec }: NamedModel): boolean => spec !== 'embedded';
  const models =
    all.some(isAsked) && recorder === undefined
      ? await chatModels(all.filter(isAsked), await chatOptions(options))
      : undefined;
  return {
    made: all.map((named) =>
      isAsked(named) ? (recorder?.(named.spec.replace(/^openai:/, '')) ?? models!.chat(named)) : null,
    ),
    modelUsage: models?.modelUsage ?? (() => ({})),
    ...(models && { spent: models.spent }),
    close: async () => models?.close(),
  };
}

/** @throws {Failure} `usage` on an address that is refused, or one price without the other */
async function chatOptions({
  workers,
  baseUrl = 'https://api.openai.com/v1',
  apiKey,
  seed,
  folder,
  ...asking
}: Parameters<typeof modelsOf>[1]): Promise<ChatOptions> {
  const { maxUsd, maxTokens, priceInput, priceOutput, allowPrivateEndpoint = false, concurrency, batch } = asking;
  const factor = batchFactor(asking);
  await checkEndpoint(baseUrl, { allowPrivate: allowPrivateEndpoint });
  if ((priceInput === undefined) !== (priceOutput === undefined))
    throw new Failure('usage', {
      where: priceInput === undefined ? '--price-input' : '--price-output',
      problem: 'missing beside the other price',
      expected: 'US dollars for a million tokens',
    });
  return {
    ...{ baseUrl, apiKey, seed, maxUsd, maxTokens },
    clean: (text) => withoutPersonalData(text).text,
    ...(priceInput !== undefined &&
      priceOutput !== undefined && { price: { inputUsd: priceInput * factor, outputUsd: priceOutput * factor } }),
    ledger: join(folder, ledgerName),
    concurrency: callsAtOnce({ workers, concurrency, batch }),
    ...(batch && { batch: batchSettings(folder, asking) }),
  };
}

/** @throws {Failure} `usage` on an option of batches without batches */
function batchFactor({ batch, batchSize, priceBatchFactor = 1, wait }: AskingOptions): number {
  const idle = wait === false ? '--no-wait' : batchSize === undefined ? '--price-batch-factor' : '--batch-size';
  if (!batch && (wait === false || batchSize !== undefined || priceBatchFactor !== 1))
    throw new Failure('usage', { where: idle, problem: 'does nothing without --batch' });
  return priceBatchFactor;
}

const batchSettings = (folder: string, { batchSize, wait = true, quiet = false }: AskingOptions): BatchSettings => ({
  folder: join(folder, 'batches'),
  wait,
  ...(batchSize !== undefined && { maxRequests: batchSize }),
  // The server chooses the names of batches.
  tell(line) {
    if (!quiet) process.stderr.write(`${printable(line, process.env[keyVariable])}\n`);
  },
});

/** A model that is asked a few tiny questions, without a ledger. */
export function doctorModel(baseUrl: string, model: string, apiKey: Secret | undefined): ChatModelAsk {
  const chat = openAiModel({ baseUrl, model, apiKey, timeoutMs: 60_000, random: randomStream('doctor', 'retry') });
  return (request) => chat.complete(request, new AbortController().signal);
}
type ChatModelAsk = (request: Parameters<ChatModel['complete']>[0]) => ReturnType<ChatModel['complete']>;

/** Makes every adapter. The one place that knows which implementation stands behind which port. */
export async function wire(options: WiringOptions): Promise<Wiring> {
  const { target, inventory, norms, rubric } = options;
  const { made, modelUsage, spent, close } = await modelsOf(
    [{ spec: options.model, role: '--model' }, ...options.judgeModels.map((spec) => ({ spec, role: '--judge-model' }))],
    options,
  );
  const [model = null, ...judges] = made;
  const languageOf = await languageIdentifier();
  const lexicons = await readLexicons();
  const { variables } = target;
  const reader = rememberingReader(evidenceReader({ variables, lexicons, languageOf }));
  const prompts = await readPrompts();
  const judging = judges.filter((judge) => judge !== null);
  const kernels = kernelPool(options.workers);
  const { conditions } = lexicons.life;
  const topicsIn = topicFinder(
    conditions.flatMap(({ words, is, takes, uses, had }) => [words, is, takes, uses, had].flat()),
  );
  const withhold = withholder(options.dataUse, topicsIn);
  const replace: Replace = (text) => {
    const scrubbed = withoutPersonalData(text);
    const allowed = withhold(scrubbed.text);
    return { text: allowed.text, replaced: { ...scrubbed.replaced, ...allowed.replaced } };
  };
  const isDeleted = isDeletedIn(options.deleted);
  const isLeftOut = (author: string): boolean => isDeleted(pseudonym(author));
  const mayQuote = options.dataUse.publication !== 'no';
  const adapters =
    model === null
      ? {
          writer: embeddedWriter({ variables, lexicons, reader, person: options.narrator, quotes: mayQuote }),
          respondent: embeddedRespondent(responseModel(inventory, norms)),
        }
      : modelAdapters(model, reader, prompts, options);
  return {
    services: {
      readPosts: (columns, limits, tally) =>
        readRawPosts(options.histories, columns, { ...limits, replace, isLeftOut }, tally),
      guessColumns: () => guessColumns(options.histories),
      reader,
      topicsIn,
      blindScorer: blindScorer(BlindScorerLexicon.parse(await readShipped('personas/lexicons/blind-scorer.json'))),
      cueValidity: textValidity(lexicons.traitText),
      ...adapters,
      makers: { writer: adapters.writer.name, respondent: adapters.respondent.name },
      judges: judging.map((judge) =>
        modelJudge({ model: judge, prompt: prompts['judge-persona']!, rubric: judgedCriteria(rubric) }),
      ),
      embedder: useEmbedder(),
      languageOf,
      kernelSums: kernels.kernelSums,
      workers: options.workers,
      encodeTable: writeTable,
      concurrency: callsAtOnce(options),
      version: options.version,
    },
    modelUsage,
    ...(spent && { spent }),
    async close() {
      await kernels.close();
      await close();
    },
  };
}

/** The adapters of aligning a pool file: nothing is written or asked. */
export async function wireAlignment(pool: string, workers: number): Promise<Omit<Wiring, 'modelUsage' | 'spent'>> {
  const { version } = await packageVersions();
  const kernels = kernelPool(workers);
  return {
    services: {
      readPool: () => readRecords(pool),
      kernelSums: kernels.kernelSums,
      workers,
      encodeTable: writeTable,
      version,
      makers: { writer: 'imported', respondent: 'imported' },
    },
    close: () => kernels.close(),
  };
}

/** The adapters of weighting records: readers of the files that the user named, by what they hold. */
export function wireWeighting(
  files: Readonly<
    Partial<Record<'sample' | 'margins' | 'persons' | 'personMargins' | 'zones' | 'labels' | 'earlier', string>>
  >,
): Pick<Wiring, 'services'> {
  // A stage reads the files that are among its inputs, and those alone have a path.
  return {
    services: {
      readMargins: (file, record) => readMarginCells(files[file]!, record),
      readColumns: (file, isWanted) => readColumns(files[file]!, isWanted),
    },
  };
}

/** The adapters of adapting a pool to a subpopulation. */
export async function wireAdapt({
  model: spec,
  ...options
}: AskingOptions &
  Pick<WiringOptions, 'model' | 'workers' | 'baseUrl' | 'apiKey' | 'seed' | 'folder'>): Promise<Wiring> {
  const { made, modelUsage, spent, close } = await modelsOf([{ spec, role: '--model' }], options);
  const [model = null] = made;
  const { version } = await packageVersions();
  return {
    services: {
      embedder: useEmbedder(),
      languageOf: await languageIdentifier(),
      reviser:
        model === null ? embeddedReviser() : modelReviser({ model, prompt: (await readPrompts())['revise-persona']! }),
      concurrency: callsAtOnce(options),
      encodeTable: writeTable,
      version,
    },
    modelUsage,
    ...(spent && { spent }),
    close,
  };
}

function modelAdapters(
  model: ChatModel,
  reader: EvidenceReader,
  prompts: Readonly<Record<string, Prompt>>,
  { target: { variables }, narrator, dataUse }: Pick<WiringOptions, 'target' | 'narrator' | 'dataUse'>,
): Pick<Services, 'writer' | 'respondent'> {
  return {
    writer: modelWriter({
      model,
      prompts: { extractEvidence: prompts['extract-evidence']!, writeNarrative: prompts['write-narrative']! },
      variables,
      language: 'English',
      person: narrator,
      ...(dataUse.publication === 'no' && { mostQuotedWords: longestChance.tokens }),
      readFacts: (posts) => reader.readFacts(posts),
      measure(history) {
        const { topics, tone, words, language, traitCues, traitStatements } = reader.read(history);
        return { topics, tone, words, language, traitCues, traitStatements };
      },
    }),
    respondent: modelRespondent({ model, prompt: prompts['answer-inventory']! }),
  };
}

/** The criteria that a judge scores, as its prompt wants them. */
const judgedCriteria = ({ criteria }: Rubric) =>
  criteria.flatMap((criterion) =>
    criterion.kind === 'judge'
      ? [{ id: criterion.id, question: criterion.description, anchors: Object.values(criterion.anchors) }]
      : [],
  );

async function readLexicons(): Promise<Lexicons> {
  const contents = await Promise.all(
    Object.entries(lexiconFiles).map(async ([name, file]) => [name, await readShipped(file)] as const),
  );
  return Lexicons.parse(Object.fromEntries(contents));
}

/** A JSON file of the catalog, by its place below the root of the package. */
async function readShipped(file: string): Promise<unknown> {
  const entry = (await readCatalog()).find((e) => e.file === file)!;
  return JSON.parse(await readCatalogFile(entry)) as unknown;
}

async function readPrompts(): Promise<Record<string, Prompt>> {
  const entries = (await readCatalog()).filter(({ kind }) => kind === 'prompt');
  const prompts = await Promise.all(
    entries.map(async (e) => [e.id, parsePrompt(await readCatalogFile(e), e.file)] as const),
  );
  return Object.fromEntries(prompts);
}

/** The version in package.json, and the versions of the packages that results depend on. */
export async function packageVersions(): Promise<{ version: string; packages: Record<string, string> }> {
  const { version, dependencies } = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8')) as {
    version: string;
    dependencies: Record<string, string>;
  };
  return { version, packages: dependencies };
}
