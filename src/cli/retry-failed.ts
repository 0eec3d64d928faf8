import { resolve } from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { Failure } from '../core/failure.js';
import { closeAgain, forgetStages, reopenRun } from '../pipeline/reopen.js';
import { rowsOfPort, stagesOfRun } from '../pipeline/trace.js';
import { withAskingOptions, type AskingOptions } from './asking.js';
import { tracedPipeline } from './lineage.js';
import { positiveInteger } from './options.js';
import { processes } from './processes.js';
import { continueRun, type RunOptions } from './run-command.js';
import { defaultWorkers, forgetCalls, tableCodec } from './wiring.js';

interface Options extends Pick<RunOptions, 'workers' | 'json' | 'quiet'>, AskingOptions {
  readonly refusals?: boolean;
}

/** `pipeline retry-failed`: asks again what language models did not answer, and makes the run anew with what they say now. */
export function retryFailedCommand(print: (line: string) => void, commands: readonly Command[]): Command {
  const command = new Command('retry-failed')
    .description('Ask again what a language model did not answer in a usable way, and rebuild what depends on it.')
    .argument('<dir>', 'folder of a run');
  return withAskingOptions(command)
    .option('--refusals', 'also what it refused: this may change who is in the population, so say it when you publish')
    .option('--workers <count>', 'worker threads; the result does not depend on it', positiveInteger, defaultWorkers())
    .option('--json', 'print the figures as JSON instead of a summary')
    .option('-q, --quiet', 'no progress and no summary')
    .addHelpText(
      'after',
      `
Only questions that ended without a usable answer are asked again, from the first attempt; all other answers are kept and cost
nothing. Old answers stay in the ledger, and what they cost still counts. If it is stopped, go on with: pipeline resume DIR

Exit codes: those of the command that started the run; also 2 when it is not known any more how the run was asked for (its log
is missing), and 6 when it is still going on.`,
    )
    .action(async (given: string, options: Options) => {
      const folder = resolve(given);
      const failed = await failedQuestions(folder, options.refusals === true);
      const tell = (line: string): void => (options.quiet || options.json ? undefined : print(line));
      if (failed.length === 0) {
        tell('Every question has an answer: there is nothing to ask again.');
        return;
      }
      const wasEnded = await reopenRun(folder, processes);
      try {
        await continueRun(commands, folder, options, print, async () => {
          await forgetCalls(
            folder,
            failed.flatMap(({ calls }) => calls),
          );
          await forgetStages(folder, new Set(failed.map(({ stage }) => stage)));
        });
      } catch (error) {
        // It was refused before anything was done: the run is as complete as it was.
        if (wasEnded && error instanceof Failure && error.exitCode === 2) await closeAgain(folder);
        throw error;
      }
      const still = (await failedQuestions(folder, options.refusals === true)).length;
      tell(`${failed.length} questions were asked again; ${still} are without a usable answer now.`);
    });
}

const Question = z.looseObject({ kind: z.string(), calls: z.array(z.string()) });

/** Questions without a usable answer, with the stage that asked. */
async function failedQuestions(folder: string, withRefusals: boolean) {
  const { pipeline, stages } = await stagesOfRun(folder);
  const run = { folder, pipeline: tracedPipeline(folder, pipeline), stages, codec: tableCodec };
  const wanted = new Set(['malformed', 'unavailable', ...(withRefusals ? ['refused'] : [])]);
  const failed: { readonly stage: string; readonly calls: readonly string[] }[] = [];
  for await (const { stage, row } of rowsOfPort(run, 'questions')) {
    const asked = Question.safeParse(row).data;
    if (asked && wanted.has(asked.kind)) failed.push({ stage, calls: asked.calls });
  }
  return failed;
}
