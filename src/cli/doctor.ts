import { Command } from 'commander';
import { canonicalJson } from '../core/canonical-json.js';
import { Failure } from '../core/failure.js';
import { apiKeyFrom } from './api-key.js';
import { type Check, diskChecks, endpointChecks, machineChecks, packageChecks, thisMachine } from './doctor-checks.js';
import { modelChecks } from './doctor-questions.js';
import { availableBuild, doctorModel } from './wiring.js';

interface Options {
  readonly out: string;
  readonly baseUrl?: string;
  readonly model?: string;
  readonly ask?: boolean;
  readonly apiKeyFile?: string;
  readonly allowPrivateEndpoint?: boolean;
  readonly json?: boolean;
}

/** `pipeline doctor`: what here could stand in the way of a run, and what to do about it. */
export function doctorCommand(print: (line: string) => void): Command {
  return new Command('doctor')
    .description(
      'Look at this machine, the disk and the server of language models: what could stand in the way of a run?',
    )
    .option('-o, --out <dir>', 'where results would go', 'runs')
    .option('--base-url <url>', 'an OpenAI-compatible server, to see whether it can be reached')
    .option('--model <model>', 'openai:NAME, to see whether the server has it')
    .option('--ask', 'also ask the model three tiny questions; costs a few tokens')
    .option(
      '--api-key-file <file>',
      'the key of --base-url, in a file that only you may read (default: $OPENAI_API_KEY)',
    )
    .option('--allow-private-endpoint', 'let --base-url name a server in a private network')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExit codes: 0 when nothing is in the way, 3 when something is.')
    .action(async (options: Options) => {
      const checks = await allChecks(options);
      const problems = checks.filter(({ state }) => state === 'problem').length;
      if (options.json) print(canonicalJson({ schema: 'doctor/1', problems, checks }, 2));
      else checks.flatMap(lines).forEach(print);
      if (problems > 0)
        throw new Failure('gate-failed', {
          where: 'doctor',
          problem: `${problems} of ${checks.length} looks found a problem`,
        });
    });
}

async function allChecks({
  out,
  baseUrl,
  model,
  ask,
  apiKeyFile,
  allowPrivateEndpoint = false,
}: Options): Promise<Check[]> {
  const name = model === undefined ? undefined : /^openai:(.+)$/.exec(model)?.[1];
  if (model !== undefined && name === undefined)
    throw new Failure('usage', { where: '--model', problem: 'unknown model', got: model, expected: 'openai:NAME' });
  if (ask && name === undefined)
    throw new Failure('usage', { where: '--ask', problem: 'no model to ask', expected: 'also --model openai:NAME' });
  const machine = thisMachine(() => availableBuild('relaxed'));
  const checks = [...machineChecks(machine), ...(await packageChecks(machine)), ...(await diskChecks(out, machine))];
  if (baseUrl === undefined && name === undefined) return checks;
  const url = baseUrl ?? 'https://api.openai.com/v1';
  const key = await apiKeyFrom(apiKeyFile, process.env);
  checks.push(...(await endpointChecks(url, { key, model: name, allowPrivate: allowPrivateEndpoint })));
  // A server that was refused, or was not reached, is asked nothing.
  const isReached = checks.some((check) => check.name === 'server' && check.state !== 'problem');
  if (ask && isReached) checks.push(...(await modelChecks(doctorModel(url, name!, key))));
  return checks;
}

const lines = ({ name, state, found, advice }: Check): string[] => [
  `${state.padEnd(8)} ${name.padEnd(13)} ${found}`,
  ...(advice === undefined ? [] : [`${' '.repeat(23)}${advice}`]),
];
