import { resolve } from 'node:path';
import { Command } from 'commander';
import { Failure } from '../core/failure.js';
import { clearFinished } from '../pipeline/run-folder.js';
import { runState } from '../pipeline/run-status.js';
import { withAskingOptions, type AskingOptions } from './asking.js';
import { deletedCode } from './emptied-run.js';
import { positiveInteger } from './options.js';
import { processes } from './processes.js';
import { continueRun, type RunOptions } from './run-command.js';
import { finishDeletion } from './run-deletion.js';
import { defaultWorkers } from './wiring.js';

/** `pipeline resume`: goes on with a run that was killed, stopped or failed, as if nothing had happened. */
export function resumeCommand(print: (line: string) => void, commands: readonly Command[]): Command {
  const command = new Command('resume')
    .description('Continue a run that was killed, interrupted or failed; the result is the same as without a break.')
    .argument('<dir>', 'folder of the run');
  return withAskingOptions(command)
    .option('--workers <count>', 'worker threads; the result does not depend on it', positiveInteger, defaultWorkers())
    .option('--json', 'print the figures as JSON instead of a summary')
    .option('-q, --quiet', 'no progress and no summary')
    .addHelpText(
      'after',
      `
Stages that were complete are kept if their files are unchanged; the others are done again. Settings, inputs and the version
of the program have to be those that the run was started with. What language models answered before is not asked again; a
budget that was used up can be given anew, what was spent before counts.

Exit codes: those of the command that started the run; also 2 when settings, inputs or the version changed, or there is
nothing to continue; 6 when the run is still going on.`,
    )
    .action(async (given: string, options: Pick<RunOptions, 'workers' | 'json' | 'quiet'> & AskingOptions) => {
      const folder = resolve(given);
      await finishDeletion(folder, commands);
      const state = await runState(folder, processes);
      if (state.failure?.code === deletedCode && state.status === 'failed')
        throw new Failure('usage', {
          where: folder,
          problem: 'the results were removed because an author was deleted',
          hint: `Make them again with the command that they came from, with --out ${given}.`,
        });
      if (state.status === 'failed')
        throw new Failure('usage', {
          where: folder,
          problem: 'this run failed and would fail again',
          got: state.failure?.message,
          hint: 'Change what it was given, and run again in a new folder.',
        });
      if (state.status !== 'completed') return continueRun(commands, folder, options, print);
      await clearFinished(folder, processes);
      if (!options.quiet) print(`This run is complete; see it with: pipeline inspect ${given}`);
    });
}
