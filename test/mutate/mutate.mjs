// Breaks the program by one named edit at a time and expects a test to turn red: a suite that stays green has no teeth.
//
//   npm run mutate                 every mutation of mutations.json
//   npm run mutate -- calibrate    those whose id, stage or file contains the word
//
// Each edit is made in a copy of the working tree, never in the tree itself. The listed tests run unbroken first and must
// be green: a test that is red anyway proves nothing.
import { execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** Copies of the tree that work side by side. */
const lanes = 2;
/** A test that takes longer than this gives no verdict. */
const limitMs = 300_000;

const root = fileURLToPath(new URL('../..', import.meta.url));
const words = process.argv.slice(2);
const all = JSON.parse(readFileSync(join(root, 'test/mutate/mutations.json'), 'utf8'));
const chosen = all.filter(({ id, stage, file }) =>
  words.every((word) => [id, stage, file].some((name) => name.includes(word))),
);
if (chosen.length === 0) throw new Error(`no mutation matches ${words.join(' ')}`);

const scratch = mkdtempSync(join(tmpdir(), 'populace-mutate-'));
const stop = () => {
  rmSync(scratch, { recursive: true, force: true });
  process.exit(130);
};
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
try {
  process.exitCode = (await main()) ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function main() {
  const trees = Array.from({ length: lanes }, (_, lane) => copyOfTree(join(scratch, `lane-${lane}`)));
  const tests = [...new Set(chosen.flatMap((mutation) => mutation.tests))];
  console.log(`${chosen.length} mutations against ${tests.length} test files`);
  const unbroken = await runTests(trees[0], tests, []);

  let [passed, failed] = [0, 0];
  const report = (mutation, verdict) => {
    if (verdict.ok) passed++;
    else failed++;
    console.log(`${verdict.ok ? 'caught  ' : 'FAILED  '} ${mutation.id.padEnd(36)} ${verdict.says}`);
    if (!verdict.ok) console.log(`         ${mutation.file}: ${mutation.why}`);
  };
  // A stage that nothing breaks is a stage that nothing watches.
  if (words.length === 0)
    for (const stage of stagesOf(root))
      if (!all.some((mutation) => mutation.file === `src/stages/${stage}.ts`))
        report(
          { id: stage, file: 'test/mutate/mutations.json', why: 'every stage needs one' },
          { ok: false, says: 'no mutation of this stage' },
        );

  const queue = [...chosen];
  await Promise.all(
    trees.map(async (tree) => {
      for (let mutation = queue.shift(); mutation; mutation = queue.shift())
        report(mutation, await verdictOn(mutation, tree, unbroken));
    }),
  );
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0;
}

/** Whether the tests of a mutation notice it. */
async function verdictOn({ file, find, replace, tests }, tree, unbroken) {
  const red = tests.filter((test) => !(unbroken.get(test)?.passed > 0 && unbroken.get(test).failed === 0));
  if (red.length > 0) return { ok: false, says: `no green test to break: ${red.join(', ')}` };
  const path = join(tree, file);
  if (!existsSync(path)) return { ok: false, says: 'no such file' };
  const text = readFileSync(path, 'utf8');
  const places = text.split(find).length - 1;
  if (places !== 1) return { ok: false, says: `the text to replace occurs ${places} times, expected once` };
  const write = (content) => {
    writeFileSync(path, content);
    compile(tree, file, content);
  };
  write(text.replace(find, () => replace));
  try {
    const results = [...(await runTests(tree, tests, ['--bail=1'])).values()];
    const count = results.reduce((s, result) => s + result.failed, 0);
    if (count > 0) return { ok: true, says: `seen by ${tests.join(', ')}` };
    return { ok: false, says: results.length === 0 ? 'the tests gave no verdict' : `SURVIVED ${tests.join(', ')}` };
  } finally {
    write(text);
  }
}

/** Runs test files in a tree; by file the number of tests that passed and failed. A file that cannot load is absent. */
async function runTests(tree, tests, options) {
  const output = join(tree, 'vitest-result.json');
  rmSync(output, { force: true });
  const present = tests.filter((test) => existsSync(join(tree, test)));
  if (present.length === 0) return new Map();
  const project = ['--project', 'fast', '--project', 'slow'];
  const reporter = ['--reporter=json', `--outputFile=${output}`];
  const vitest = join(tree, 'node_modules/vitest/vitest.mjs');
  await new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      [vitest, 'run', ...project, ...reporter, '--no-cache', ...options, ...present],
      {
        cwd: tree,
        stdio: 'ignore',
        timeout: limitMs,
        killSignal: 'SIGKILL',
      },
    );
    child.on('close', resolve);
    child.on('error', resolve);
  });
  if (!existsSync(output)) return new Map();
  const { testResults } = JSON.parse(readFileSync(output, 'utf8'));
  return new Map(
    testResults
      .filter(({ assertionResults }) => assertionResults.length > 0)
      .map(({ name, assertionResults }) => [
        name.slice(name.indexOf('/test/') + 1),
        {
          passed: assertionResults.filter(({ status }) => status === 'passed').length,
          failed: assertionResults.filter(({ status }) => status === 'failed').length,
        },
      ]),
  );
}

/** Tracked and new files of the tree, its packages by a link, and the program built from these very sources. */
function copyOfTree(tree) {
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  const files = list
    .toString('utf8')
    .split('\0')
    .filter((file) => file !== '' && existsSync(join(root, file)));
  for (const file of files) {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    cpSync(join(root, file), join(tree, file));
  }
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  for (const file of files) compile(tree, file, readFileSync(join(tree, file), 'utf8'));
  execFileSync(process.execPath, [join(tree, 'src/numerics/kernels/build.mjs')]);
  return tree;
}

/** Keeps `dist` in step with the sources, for tests that start the built program. */
function compile(tree, file, text) {
  if (!/^(?:src|pipelines)\/.*(?<!\.d)\.ts$/.test(file)) return;
  const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, verbatimModuleSyntax: true };
  const { outputText } = ts.transpileModule(text, { compilerOptions: options });
  const out = join(tree, 'dist', file.replace(/\.ts$/, '.js'));
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, outputText);
}

/** Names of the stages that `src/stages` defines. */
function stagesOf(tree) {
  const folder = join(tree, 'src/stages');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => /defineStage\(\{\s*name: '([^']+)'/.exec(readFileSync(join(folder, file), 'utf8'))?.[1] ?? []);
}
