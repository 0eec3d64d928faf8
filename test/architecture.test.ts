import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  closedDoors,
  cycleViolations,
  danglingImports,
  docstringViolations,
  doorViolations,
  layerViolations,
  lengthViolations,
  mentionViolations,
  nameViolations,
  reExportViolations,
  unexplainedFolders,
} from './support/architecture.js';
import { banViolations, staleAllowances, type Allowance } from './support/source-bans.js';
import { listed, parseModule } from './support/source-modules.js';

/** Exceptions from the bans. Each needs a reason that a reader accepts. */
const allowances: readonly Allowance[] = [
  { where: 'src/cli/', ban: 'process', reason: 'the only place with arguments, environment, signals and output' },
  { where: 'src/cli/run-command.ts', ban: 'clock', reason: 'times for run-log.jsonl, which no result reads' },
  { where: 'src/model/', ban: 'timer', reason: 'deadlines and retries of a language model server' },
  { where: 'src/cli/doctor-checks.ts', ban: 'timer', reason: 'a server that does not answer is a finding too' },
];

const mostLines = 400;
const mostBytes = 5_000_000;

const root = fileURLToPath(new URL('..', import.meta.url));
const files = repositoryFiles();
const sourceOf = (path: string) => ({ path, text: readFileSync(`${root}${path}`, 'utf8') });
const isIn =
  (...folders: readonly string[]) =>
  (path: string): boolean =>
    folders.some((folder) => path.startsWith(`${folder}/`));
const code = files.filter(isIn('src', 'pipelines')).filter((path) => path.endsWith('.ts'));
const modules = code.map(sourceOf).map(parseModule);

describe('the layers', () => {
  it('has read the code', () => {
    expect(code).toContain('src/core/failure.ts');
    expect(modules.flatMap(({ imports }) => imports).length).toBeGreaterThan(100);
  });

  it('are imported from above only', () => expect(listed(layerViolations(modules))).toEqual([]));

  it('import files that exist', () => expect(listed(danglingImports(modules))).toEqual([]));

  it('import one another without circles', () => expect(listed(cycleViolations(modules))).toEqual([]));

  it('let each third-party package in by one door', () => expect(listed(doorViolations(modules))).toEqual([]));

  it('have no door that nobody uses', () => expect(closedDoors(modules)).toEqual([]));

  it('are published by src/index.ts in named re-exports and nothing else', () =>
    expect(listed(modules.filter(({ path }) => path === 'src/index.ts').flatMap(reExportViolations))).toEqual([]));
});

describe('the code', () => {
  it('reads no clock, no global random numbers and no locale, prints nothing, silences no check', () =>
    expect(listed(banViolations(modules, allowances))).toEqual([]));

  it('needs every exception that it was given', () => expect(staleAllowances(modules, allowances)).toEqual([]));

  it(`has files of at most ${mostLines} lines`, () => {
    const own = files.filter(isIn('src', 'pipelines', 'test')).filter((path) => /\.(?:ts|mjs)$/.test(path));
    expect(listed(lengthViolations(own.map(sourceOf), mostLines))).toEqual([]);
  });

  it('says with a docstring what each exported function, constant and class is', () =>
    expect(listed(modules.filter(({ path }) => isIn('src')(path)).flatMap(docstringViolations))).toEqual([]));
});

describe('the repository', () => {
  it('names files in kebab-case, after what they hold', () =>
    expect(listed(nameViolations(files.filter(isIn('src', 'pipelines', 'test'))))).toEqual([]));

  it('explains every folder of src in a README', () =>
    expect(unexplainedFolders(files.filter(isIn('src')))).toEqual([]));

  it('names every layer and every stage in src/README.md', () => {
    const folders = new Set(code.filter(isIn('src')).map((path) => path.split('/').slice(1, -1)[0]));
    const stages = modules
      .filter(({ path, tree }) => isIn('src/stages')(path) && tree.text.includes('defineStage({'))
      .map(({ path }) => path.replace(/^.*\/|\.ts$/g, ''));
    const map = readFileSync(`${root}src/README.md`, 'utf8');
    const missing = [...folders, ...stages].filter((name) => name !== undefined && !map.includes(`| \`${name}\``));
    expect(missing).toEqual([]);
  });

  it('speaks of no place outside itself', () => {
    const texts = files.filter(
      (path) => !isIn('test')(path) && /\.(?:ts|mjs|js|json|jsonl|md|csv)$|^[^/]*$|^\.ci\//.test(path),
    );
    expect(listed(mentionViolations(texts.map(sourceOf), ['../shared', '/work/']))).toEqual([]);
  });

  it(`holds no file over ${mostBytes / 1e6} MB`, () =>
    expect(files.filter((path) => statSync(`${root}${path}`).size > mostBytes)).toEqual([]));
});

/** Tracked and new files, without what git ignores; in a copy without git, all but the folders that it would ignore. */
function repositoryFiles(): string[] {
  if (existsSync(`${root}.git`))
    return execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
      .toString('utf8')
      .split('\0')
      .filter((path) => path !== '' && existsSync(`${root}${path}`));
  const ignored = /^(?:node_modules|dist|runs|coverage)(?:\/|$)/;
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => !ignored.test(path))
    .filter((path) => statSync(`${root}${path}`).isFile());
}
