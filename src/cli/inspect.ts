import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { Failure } from '../core/failure.js';
import { readRunRecord, verifyRun } from '../pipeline/verify.js';
import { adaptationLines } from './adapt.js';
import { refuseUnderWay } from './emptied-run.js';
import { inspectText } from '../report/inspect.js';
import type { PopulationReport } from '../report/population-report.js';
import { pilotLines } from './pilot.js';
import { weightLines } from './weight.js';
import { checkCalls } from './wiring.js';

/** Widest summary printed. */
const maxWidth = 110;

/** The summary of a finished run, ending with the report to open; or its diagnostics as JSON. */
export async function summaryLines(folder: string, json: boolean): Promise<string[]> {
  if (json) return [(await readFile(join(folder, 'diagnostics.json'), 'utf8')).trimEnd()];
  const report = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8')) as PopulationReport;
  const width = Math.min((process.stdout.isTTY && process.stdout.columns) || maxWidth, maxWidth);
  return [inspectText(report, width), '', `Open ${join(folder, 'report.html')}`];
}

/** `pipeline inspect`: what a run found, in the terminal. */
export function inspectCommand(print: (line: string) => void): Command {
  return new Command('inspect')
    .description('Print what a run found: margins, traits, weights, people, findings.')
    .argument('<dir>', 'folder of a run')
    .option('--json', 'print the diagnostics as JSON')
    .action(async (folder: string, { json = false }: { json?: boolean }) => {
      await refuseUnderWay(folder);
      const { status, failure, stages } = await readRunRecord(folder);
      const wrote = (file: string): boolean => stages.some(({ outputs }) => file in outputs);
      if (failure) print(`This run failed in ${failure.stage}: ${failure.message}`);
      if (wrote('report.json')) (await summaryLines(folder, json)).forEach(print);
      else if (wrote('pilot.json')) (await pilotLines(folder, json, {})).forEach(print);
      else if (wrote('adaptation.json')) (await adaptationLines(folder, json)).forEach(print);
      else if (wrote('weights.json')) (await weightLines(folder, json)).forEach(print);
      else if (status === 'completed')
        throw new Failure('invalid-input', { where: folder, problem: 'no report in this run' });
      else stages.forEach((stage) => print(`${stage.status.padEnd(12)} ${stage.name}`));
    });
}

/** `pipeline verify`: hash every file of a run again. */
export function verifyCommand(print: (line: string) => void): Command {
  return new Command('verify')
    .description('Hash every file of a run again and compare with its record.')
    .argument('<dir>', 'folder of a run')
    .action(async (folder: string) => {
      await refuseUnderWay(folder);
      const files = await verifyRun(folder);
      const calls = (await checkCalls(folder)) ? 1 : 0;
      print(`${files + calls} files are exactly what the run wrote.`);
    });
}
