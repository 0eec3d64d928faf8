#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { Failure } from '../core/failure.js';
import { adaptCommand } from './adapt.js';
import { alignCommand } from './align.js';
import { buildPersonasCommand } from './build-personas.js';
import { inspectCommand, verifyCommand } from './inspect.js';
import { resumeCommand } from './resume.js';
import { statusCommand } from './status.js';
import { weightCommand } from './weight.js';
import { packageVersions } from './wiring.js';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs the command line; the exit code says how it ended (see src/README.md). */
async function main(): Promise<void> {
  const { version } = await packageVersions();
  const program = new Command('pipeline')
    .description('Turn post histories into a population of personas that matches the Census and the Big Five.')
    .version(version)
    .showHelpAfterError('(add --help for the options)')
    .exitOverride();
  // A pipe that is closed early (| head) is not an error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const runs = [buildPersonasCommand(print), alignCommand(print), adaptCommand(print), weightCommand(print)];
  for (const command of [
    ...runs,
    resumeCommand(print, runs),
    statusCommand(print),
    inspectCommand(print),
    verifyCommand(print),
  ])
    program.addCommand(command.exitOverride());
  if (process.argv.length <= 2) program.outputHelp();
  else await program.parseAsync();
}

try {
  await main();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof Failure) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  } else {
    process.stderr.write(
      `This is a bug in populace, please report it:\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exitCode = 1;
  }
}
