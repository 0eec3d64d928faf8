import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { alignCommand } from '../../src/cli/align.js';
import { buildPersonasCommand } from '../../src/cli/build-personas.js';
import { inspectCommand, verifyCommand } from '../../src/cli/inspect.js';
import { agentCount, outFolder, positiveInteger, positiveNumber, positiveShare } from '../../src/cli/options.js';
import { alignmentSettings } from '../../src/cli/world.js';
import { Failure } from '../../src/core/failure.js';
import { fileMaker, temporaryFolder } from '../io/temporary.js';
import { root } from './run-cli.js';

const folder = temporaryFolder();
const write = fileMaker(folder);

/** Runs a command in this process: what it printed, or how it failed. Nothing may reach the terminal. */
async function call(
  name: 'build-personas' | 'align',
  ...args: string[]
): Promise<{ lines: string[]; message: string; code: string }> {
  const lines: string[] = [];
  const make = { 'build-personas': buildPersonasCommand, align: alignCommand }[name];
  const command = make((line) => void lines.push(line)).exitOverride();
  let errors = '';
  command.configureOutput({ writeOut: (text) => void lines.push(text), writeErr: (text) => (errors += text) });
  try {
    await command.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof Failure) return { lines, message: error.message, code: error.code };
    const { code, message } = error as { code?: string; message: string };
    if (code?.startsWith('commander.') !== true) throw error;
    return { lines, message: errors.trim() || message, code };
  }
  return { lines, message: errors, code: 'ok' };
}

describe('positiveInteger', () => {
  it.each([
    ['1', 1],
    ['4000', 4000],
    ['9007199254740991', 9007199254740991],
  ])('takes %s', (text, value) => expect(positiveInteger(text)).toBe(value));

  it.each(['0', '-1', '1.5', '1e3', ' 1', '01', '0x10', '', 'many', '9007199254740992', '١'])('refuses %j', (text) => {
    expect(() => positiveInteger(text)).toThrow('expected a positive whole number.');
  });
});

describe('agentCount', () => {
  it('takes a number or all', () => expect(['500', 'all'].map(agentCount)).toEqual([500, 'all']));
  it.each(['All', 'none', '0'])('refuses %j', (text) => expect(() => agentCount(text)).toThrow());
});

describe('positiveNumber', () => {
  it('takes whole numbers, decimals and powers of ten', () =>
    expect(['100', '0.5', '1e4', '2.5E-3'].map(positiveNumber)).toEqual([100, 0.5, 10_000, 0.0025]));
  it.each(['0', '-1', '1e', '1e999', '1e-999', '', ' 1', 'many', '.5', '0x10'])('refuses %j', (text) =>
    expect(() => positiveNumber(text)).toThrow('expected a number above 0.'),
  );
});

describe('positiveShare', () => {
  it('takes shares up to 1', () => expect(['0.05', '1'].map(positiveShare)).toEqual([0.05, 1]));
  it.each(['0', '1.01', '5', '5%', '', '-0.1'])('refuses %j', (text) =>
    expect(() => positiveShare(text)).toThrow('expected a share above 0 and at most 1.'),
  );
});

describe('alignmentSettings', () => {
  const config = { stages: { 'measure-population': { replicates: 30 }, 'check-calibration': { allowUnmet: false } } };

  it('puts each option on top of the settings of its stages', () =>
    expect(
      alignmentSettings(config, { agents: 'all', minEffectivePeople: 100, maxAuthorShare: 0.05, allowUnmet: true }),
    ).toEqual({
      'select-agents': { agents: 'all' },
      'measure-population': { replicates: 30, minEffectivePeople: 100, maxAuthorShare: 0.05 },
      'check-calibration': { allowUnmet: true },
      'check-gates': { allowUnmet: true },
    }));

  it('leaves alone what was not asked for', () => {
    expect(alignmentSettings(config, {})).toEqual(config.stages);
    expect(alignmentSettings(config, { maxAuthorShare: 0.1 })).toEqual({
      ...config.stages,
      'measure-population': { replicates: 30, maxAuthorShare: 0.1 },
    });
  });
});

describe('outFolder', () => {
  it('is what was asked for', () => expect(outFolder('mine', 'x')).toBe('mine'));
  it('is otherwise the first number that is free', () => expect(outFolder(undefined, 'x')).toBe('runs/x-1'));
});

describe('build-personas, before any work', () => {
  const posts = write('posts.csv', 'author,text\na,hello\n');
  it.each<[string, string[], string]>([
    ['both counts', ['--personas', '5', '--draws', '3'], '--draws: cannot be given together with --personas.'],
    [
      'a target that does not exist',
      ['--target', 'us-adult', '--plan'],
      'target: neither a name in the catalog nor a readable file; got us-adult, ' +
        'expected one of canada-2011, us-adults, or the path of a JSON file.',
    ],
    [
      'an inventory that does not exist',
      ['--inventory', 'mbti', '--plan'],
      'inventory: neither a name in the catalog nor a readable file; got mbti, ' +
        'expected one of ipip-50, ipip-neo-120, or the path of a JSON file.',
    ],
    [
      'a model that does not exist',
      ['--model', 'gpt', '--out', join(folder, 'never')],
      '--model: unknown model; got gpt, expected embedded or openai:NAME.',
    ],
    [
      'a model that does not exist, already in the plan',
      ['--model', 'gpt', '--plan'],
      '--model: unknown model; got gpt, expected embedded or openai:NAME.',
    ],
    [
      'a judge that does not exist',
      ['--judge-model', 'gpt', '--out', join(folder, 'never')],
      '--judge-model: not a language model; got gpt, expected openai:NAME.',
    ],
    ['a file that does not exist', ['--histories', 'nowhere.csv'], 'nowhere.csv: no such file or folder.'],
    ['a config that does not exist', ['-c', 'nowhere.json'], '--config: cannot be read; got nowhere.json.'],
    [
      'a config without posts',
      ['-c', write('empty.json', '{"schema":"run-config/1"}')],
      '--histories: no posts to read. Name a file, or set "histories" in the config.',
    ],
    [
      'an address that is none',
      ['--model', 'openai:m', '--base-url', 'localhost', '--out', join(folder, 'never'), '--histories', posts],
      '--base-url: not an address of a server; got no URL, expected http(s)://host/path.',
    ],
    [
      'settings for a stage that does not exist',
      [
        '-c',
        write('stage.json', JSON.stringify({ schema: 'run-config/1', histories: posts, stages: { mine: {} } })),
        '--plan',
      ],
      'config.stages: unknown stage; got mine, expected ingest-histories, mine-personas,',
    ],
    [
      'both counts in a config',
      [
        '-c',
        write(
          'both.json',
          JSON.stringify({
            schema: 'run-config/1',
            histories: posts,
            stages: { 'mine-personas': { personas: 5, draws: 2 } },
          }),
        ),
        '--plan',
      ],
      'config.stages.mine-personas: ✖ give personas or draws, not both',
    ],
  ])('names the fault: %s', async (_, args, message) => {
    const answer = await call('build-personas', ...args);
    expect(answer.lines).toEqual([]);
    expect(answer.message.slice(0, message.length)).toBe(message);
  });

  it.each([
    ['--personas', '0'],
    ['--draws', 'two'],
    ['--agents', '-5'],
    ['--workers', '1.5'],
  ])('refuses the number %s %s, naming the option', async (option, value) => {
    const { message, code } = await call('build-personas', option, value);
    expect(code).toBe('commander.invalidArgument');
    expect(message).toMatch(
      new RegExp(`^error: option '.*${option} .*' argument '${value}' is invalid\\. expected a positive`),
    );
  });

  it('refuses what it does not know', async () => {
    expect((await call('build-personas', '--persona', '5')).message).toMatch(
      /^error: unknown option '--persona'\s+\(Did you mean .*--personas/,
    );
    expect((await call('build-personas', 'posts.csv')).code).toBe('commander.excessArguments');
  });

  it('shows all stages in order with keys and settings for --plan, and writes nothing', async () => {
    const before = readdirSync(root);
    const { lines, code } = await call(
      'build-personas',
      '--plan',
      '--agents',
      'all',
      '--seed',
      'my seed',
      '--allow-unmet',
    );
    expect(code).toBe('ok');
    const text = lines.join('\n');
    const stages = Array.from(text.matchAll(/^ *\d+\. (\S+)@\d+ +[0-9a-f]{12}$/gm), ([, name]) => name);
    const alignment = [
      ...['weight-pool', 'transport-pool', 'calibrate-pool', 'check-calibration'],
      ...['select-agents', 'measure-population'],
    ];
    expect(stages).toEqual([
      'ingest-histories',
      'mine-personas',
      'filter-personas',
      'draw-reference',
      'administer-inventory',
      'measure-texts',
      'measure-attrition',
      ...alignment,
      ...['shuffle-texts', 'administer-inventory', ...alignment].map((stage) => `control/${stage}`),
      'emit-agent-pool',
      'write-report',
      'check-gates',
    ]);
    expect(text).toContain('seed "my seed"');
    expect(text).toContain('"agents":"all"');
    expect(text.match(/"allowUnmet":true/g)).toHaveLength(3);
    expect(text).toContain('"personas":3000');
    expect(readdirSync(root)).toEqual(before);
  });

  it('counts candidates as asked: the option before the file, forty a person without either', async () => {
    const mining = async (...args: string[]): Promise<string> => {
      const { lines } = await call('build-personas', '--plan', ...args);
      return /settings: (\{[^}]*"minimumAge":\d+,"cueValidity"[^}]*\})/.exec(lines.join('\n'))![1]!;
    };
    expect(await mining('-n', '7')).toContain('"personas":7');
    expect(await mining('--draws', '7')).toMatch(/"draws":7/);
    expect(await mining('--draws', '7')).not.toContain('personas');
    expect(await mining('--histories', posts)).toContain('"draws":40');
  });
});

describe('align, before any work', () => {
  const pool = write('pool.csv', 'persona\na\n');
  it.each<[string, string[], string]>([
    ['no pool', [], '--pool: no personas to read. Name a file.'],
    ['a file that does not exist', ['--pool', 'nowhere.csv'], 'nowhere.csv: no such file or folder.'],
    [
      'an inventory without norms for it',
      ['--pool', pool, '--inventory', write('i.json', '{}')],
      'i.json: not a inventory file',
    ],
  ])('names the fault: %s', async (_, args, message) => {
    const answer = await call('align', ...args);
    expect(answer.lines).toEqual([]);
    expect(answer.message.replace(`${folder}/`, '').slice(0, message.length)).toBe(message);
  });

  it('shows its eleven stages for --plan', async () => {
    const { lines } = await call('align', '--pool', pool, '--plan');
    expect(lines.join('\n').match(/^ *\d+\. \S+@/gm)).toHaveLength(11);
  });
});

describe('an option that would do nothing', () => {
  const file = (name: string, settings: object): string =>
    write(name, JSON.stringify({ schema: 'run-config/1', ...settings }));
  const posts = write('more-posts.csv', 'author,text\na,hello\n');
  const pool = write('more-pool.csv', 'persona\na\n');

  it.each<[string, 'build-personas' | 'align', string[], RegExp]>([
    ['a judge that cannot judge', 'build-personas', ['--judge-model', 'embedded'], /judge/],
    ['a server without a model there', 'build-personas', ['--base-url', 'http://localhost:1'], /base-?url/i],
    ['a pool to build personas', 'build-personas', ['-c', file('p.json', { histories: posts, pool })], /pool/],
    ['a model to align with', 'align', ['-c', file('m.json', { pool, model: 'openai:m' })], /model/],
    ['posts to align', 'align', ['-c', file('h.json', { pool, histories: posts })], /histories/],
  ])('is refused: %s', async (_, command, args, message) => {
    const answer = await call(command, '--plan', ...args);
    expect(answer.code).toBe('usage');
    expect(answer.message).toMatch(message);
  });
});

describe('--help', () => {
  it.each([
    [
      'build-personas',
      buildPersonasCommand,
      [
        '--histories',
        '--target',
        '--personas',
        '--agents',
        '--model',
        '--seed',
        '--allow-unmet',
        '--out',
        '--plan',
        'Exit codes',
      ],
    ],
    ['align', alignCommand, ['--pool', '--config', '--target', '--agents', '--seed', '--out', '--plan']],
    ['inspect', inspectCommand, ['<dir>', '--json']],
    ['verify', verifyCommand, ['<dir>']],
  ] as const)('of %s explains every option in one line each', (_, make, words) => {
    const command = make(() => undefined);
    let text = '';
    command.configureOutput({ writeOut: (more) => (text += more), getOutHelpWidth: () => 200 });
    command.outputHelp();
    for (const word of words) expect(text).toContain(word);
    for (const option of command.options) expect(option.description.length, option.flags).toBeGreaterThan(10);
  });
});
