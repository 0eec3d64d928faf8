#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { Failure } from '../core/failure.js';
import { adaptCommand } from './adapt.js';
import { alignCommand } from './align.js';
import { keyVariable, refuseKeyOptions } from './api-key.js';
import { buildPersonasCommand } from './build-personas.js';
import { deleteAuthorCommand } from './delete-author.js';
import { doctorCommand } from './doctor.js';
import { explainCommand, whyDroppedCommand } from './explain.js';
import { inspectCommand, verifyCommand } from './inspect.js';
import { resumeCommand } from './resume.js';
import { retryFailedCommand } from './retry-failed.js';
import { statusCommand } from './status.js';
import { printable } from './terminal.js';
import { weightCommand } from './weight.js';
import { packageVersions } from './wiring.js';

const say = (stream: NodeJS.WriteStream, text: string): void =>
  void stream.write(printable(text, process.env[keyVariable]));
const print = (line: string): void => say(process.stdout, `${line}\n`);
const output = {
  writeOut: (text: string) => say(process.stdout, text),
  writeErr: (text: string) => say(process.stderr, text),
};

/** Runs the command line; the exit code says how it ended (see src/README.md). */
async function main(): Promise<void> {
  refuseKeyOptions(process.argv.slice(2));
  const { version } = await packageVersions();
  const program = new Command('pipeline')
    .description('Turn post histories into a population of personas that matches the Census and the Big Five.')
    .version(version)
    .configureOutput(output)
    .showHelpAfterError('(add --help for the options)')
    .exitOverride();
  // A pipe that is closed early (| head) is not an error of ours.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  const runs = [buildPersonasCommand(print), alignCommand(print), adaptCommand(print), weightCommand(print)];
  for (const command of [
    ...runs,
    resumeCommand(print, runs),
    retryFailedCommand(print, runs),
    statusCommand(print),
    inspectCommand(print),
    verifyCommand(print),
    doctorCommand(print),
    deleteAuthorCommand(print, runs),
    explainCommand(print),
    whyDroppedCommand(print),
  ])
    program.addCommand(command.configureOutput(output).exitOverride());
  if (process.argv.length <= 2) program.outputHelp();
  else await program.parseAsync();
}

try {
  await main();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof Failure) {
    say(process.stderr, `${error.message}\n`);
    process.exitCode = error.exitCode;
  } else {
    say(
      process.stderr,
      `This is a bug in populace, please report it:\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exitCode = 1;
  }
}
