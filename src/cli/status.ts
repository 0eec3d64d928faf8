import { Command } from 'commander';
import { canonicalJson } from '../core/canonical-json.js';
import { runState, type RunState } from '../pipeline/run-status.js';
import { visible } from '../report/safe-text.js';
import { processes } from './processes.js';

/** `pipeline status`: how far a run is. */
export function statusCommand(print: (line: string) => void): Command {
  return new Command('status')
    .description('Say how far a run is: which stages are done, running or failed, and how many rows they wrote.')
    .argument('<dir>', 'folder of a run')
    .option('--json', 'print it as JSON')
    .action(async (folder: string, { json = false }: { json?: boolean }) => {
      const state = await runState(folder, processes);
      if (json) print(canonicalJson(state, 2));
      else lines(state, folder).forEach((line) => print(visible(line)));
    });
}

const statusText: Readonly<Record<RunState['status'], string>> = {
  completed: 'complete',
  failed: 'failed',
  running: 'running',
  stopped: 'stopped before its end',
  unclear: 'not complete; whether it is running cannot be seen from here',
};

function lines({ status, pipeline, version, process, failure, stages }: RunState, folder: string): string[] {
  const done = stages.filter(({ state }) => state === 'completed').length;
  const where = process ? `, process ${process.pid} on ${process.host}` : '';
  const width = Math.max(...stages.map(({ name }) => name.length));
  return [
    `${pipeline} (version ${version}) is ${statusText[status]}${where}.`,
    ...(failure && status !== 'running' ? [`It failed in ${failure.stage}: ${failure.message}`] : []),
    ...stages.map(({ name, state, rows }) => {
      const counts = Object.entries(rows).map(([file, count]) => `${file}: ${count} rows`);
      return `  ${state.padEnd(11)} ${name.padEnd(width)}  ${counts.join(', ')}`.trimEnd();
    }),
    `${done} of ${stages.length} stages are done.`,
    ...(status === 'stopped' ? [`Continue with: pipeline resume ${folder}`] : []),
  ];
}
