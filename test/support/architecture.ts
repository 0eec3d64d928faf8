import ts from 'typescript';
import { lineAt, lineOf, type Module, type SourceText, type Violation } from './source-modules.js';

const below = {
  core: [],
  io: ['core'],
  numerics: ['core'],
  transport: ['core', 'numerics'],
  survey: ['core', 'numerics'],
  psychometrics: ['core', 'numerics'],
  text: ['core', 'numerics'],
  model: ['core'],
  persona: ['core', 'numerics', 'psychometrics', 'text', 'model'],
  population: ['core', 'numerics', 'transport', 'survey', 'psychometrics', 'persona'],
  simulation: ['core', 'numerics', 'model', 'population/agent-pool', 'survey/diagnostics', 'text/sentiment'],
  audit: ['core', 'numerics', 'survey', 'text', 'persona', 'population', 'simulation'],
} as const;
const declarations = ['core', 'report', 'pipeline', 'stages'];
const everything = [...Object.keys(below), 'report', 'pipeline'];

/**
 * Who may import whom: for each place the layers, or single files of a layer, beside its own folder. `index` is
 * `src/index.ts`; `pipelines` is the folder beside `src`.
 */
export const importRules: Readonly<Record<string, readonly string[]>> = {
  ...below,
  report: ['core'],
  pipeline: ['core'],
  stages: everything,
  cli: [...declarations, 'pipelines'],
  pipelines: declarations,
  index: [...everything, 'stages', 'pipelines'],
};

/** What a place may know by its types only. */
export const typeRules: Readonly<Record<string, readonly string[]>> = { report: Object.keys(below) };

/** Files that may import what the rest of their folder may not. */
export const importExceptions: Readonly<Record<string, readonly string[]>> = {
  'src/cli/wiring.ts': [...everything, 'stages', 'pipelines'],
};

/** Third-party packages and the one file (or, with a slash at the end, folder) that may import each. */
export const doors: Readonly<Record<string, string>> = {
  '@energetic-ai/*': 'src/text/use-embedder.ts',
  '@observablehq/plot': 'src/report/plots.ts',
  '@xenova/transformers': 'src/text/transformers-embedder.ts',
  arquero: 'src/report/tables.ts',
  'cli-progress': 'src/cli/',
  commander: 'src/cli/',
  'csv-parse': 'src/io/csv.ts',
  highs: 'src/survey/feasibility.ts',
  'fasttext.wasm.js': 'src/text/language.ts',
  hyparquet: 'src/io/parquet.ts',
  'hyparquet-compressors': 'src/io/parquet.ts',
  'hyparquet-writer': 'src/io/parquet.ts',
  linkedom: 'src/report/plots.ts',
  'ml-matrix': 'src/numerics/matrix.ts',
  openai: 'src/model/openai.ts',
  'vader-sentiment': 'src/text/sentiment.ts',
  'wink-eng-lite-web-model': 'src/text/tagger.ts',
  'wink-nlp': 'src/text/tagger.ts',
  zod: '',
};

/** Optional packages: a value of theirs may only be had by `import()`. */
export const dynamicOnly: readonly string[] = ['@xenova/transformers'];

/** Imports that go up or across the layers. */
export function layerViolations(modules: readonly Module[]): Violation[] {
  return modules.flatMap(({ path, imports }) => {
    const place = placeOf(path);
    if (place === undefined || !(place in importRules))
      return [{ file: path, line: 1, problem: `lies in no layer of src (${Object.keys(importRules).join(', ')})` }];
    const allowed = [place, ...importRules[place]!, ...(importExceptions[path] ?? [])];
    return imports.flatMap(({ line, target, kind }) => {
      if (target === undefined) return [];
      const allowedHere = kind === 'type' ? [...allowed, ...(typeRules[place] ?? [])] : allowed;
      const to = placeOf(target);
      if (to !== undefined && allowedHere.some((entry) => entry === to || `src/${entry}.ts` === target)) return [];
      const what = kind === 'type' ? 'the types of ' : '';
      return [{ file: path, line, problem: `${place} may not import ${what}${target}` }];
    });
  });
}

/** The layer of a file below `src`, `index` for `src/index.ts`, `pipelines` beside it, undefined anywhere else. */
function placeOf(path: string): string | undefined {
  if (path === 'src/index.ts') return 'index';
  const [top, layer, rest] = path.split('/');
  if (top === 'pipelines') return top;
  return top === 'src' && rest !== undefined ? layer : undefined;
}

/** Third-party packages that are imported elsewhere than at their door, or in the wrong way. */
export function doorViolations(modules: readonly Module[]): Violation[] {
  return modules.flatMap(({ path, imports }) =>
    imports.flatMap(({ line, specifier, kind, target }) => {
      if (target !== undefined || specifier.startsWith('node:')) return [];
      const violation = (problem: string): Violation[] => [{ file: path, line, problem }];
      const door = doorOf(specifier);
      if (door === undefined) return violation(`${specifier} has no door in this project`);
      if (!isBehind(path, door[1])) return violation(`${specifier} may be imported by ${door[1]} only`);
      if (dynamicOnly.includes(door[0]) && kind === 'value')
        return violation(`${specifier} is optional: only import('${specifier}') may load it`);
      return [];
    }),
  );
}

/** Doors that nobody goes through: the table must not outlive the code. */
export function closedDoors(modules: readonly Module[]): string[] {
  const opened = new Set(
    modules.flatMap(({ path, imports }) =>
      imports.flatMap(({ specifier, target }) => {
        const door = target === undefined ? doorOf(specifier) : undefined;
        return door && isBehind(path, door[1]) ? [door[0]] : [];
      }),
    ),
  );
  return Object.keys(doors).filter((name) => !opened.has(name));
}

/** The entry of {@link doors} for `package`, `@scope/package` or a path inside one. */
function doorOf(specifier: string): readonly [string, string] | undefined {
  const [first, second] = specifier.split('/');
  const name = first!.startsWith('@') ? `${first!}/${second!}` : first!;
  return Object.entries(doors).find(([door]) => door === name || door === `${first!}/*`);
}

const isBehind = (path: string, door: string): boolean =>
  /(^|\/)$/.test(door) ? path.startsWith(door) : path === door;

/** Circles of files that import one another when they are loaded; types do not count. One violation a circle found. */
export function cycleViolations(modules: readonly Module[]): Violation[] {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const done = new Set<string>();
  const trail: string[] = [];
  const found: Violation[] = [];
  const visit = (path: string): void => {
    if (done.has(path)) return;
    trail.push(path);
    for (const { target, kind, line } of byPath.get(path)!.imports) {
      if (kind === 'type' || target === undefined || !byPath.has(target)) continue;
      const start = trail.indexOf(target);
      if (start >= 0)
        found.push({
          file: path,
          line,
          problem: `imports in a circle: ${[...trail.slice(start), target].join(' -> ')}`,
        });
      else visit(target);
    }
    trail.pop();
    done.add(path);
  };
  for (const path of byPath.keys()) visit(path);
  return found;
}

/** Statements of a file that should hold named re-exports and nothing else. */
export const reExportViolations = ({ path, tree }: Module): Violation[] =>
  tree.statements
    .filter(
      (s) => !(ts.isExportDeclaration(s) && s.moduleSpecifier && s.exportClause && ts.isNamedExports(s.exportClause)),
    )
    .map((s) => ({ file: path, line: lineOf(tree, s), problem: 'is no named re-export' }));

/** Relative imports of files that do not exist. */
export function danglingImports(modules: readonly Module[]): Violation[] {
  const paths = new Set(modules.map(({ path }) => path));
  return modules.flatMap(({ path, imports }) =>
    imports
      .filter(({ target }) => target !== undefined && target.endsWith('.ts') && !paths.has(target))
      .map(({ line, target }) => ({ file: path, line, problem: `imports ${target!}, which does not exist` })),
  );
}

/** Files of more lines than one can keep in mind. */
export const lengthViolations = (sources: readonly SourceText[], most: number): Violation[] =>
  sources.flatMap(({ path, text }) => {
    const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
    return lines > most
      ? [{ file: path, line: most + 1, problem: `has ${lines} lines, at most ${most} are allowed` }]
      : [];
  });

const kebab = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+)*$/;
const emptyWords = /^(?:utils?|helpers?|managers?|handlers?)$/;

/** Names that are not kebab-case, and names that say nothing. README.md keeps its own. */
export const nameViolations = (paths: readonly string[]): Violation[] =>
  paths.flatMap((path) => {
    const names = path.split('/').filter((name) => name !== 'README.md');
    const problems = [
      ...names.filter((name) => !kebab.test(name)).map((name) => `${name} is not kebab-case`),
      ...names
        .filter((name) => name.split(/[-.]/).some((word) => emptyWords.test(word)))
        .map((name) => `${name} does not say what it holds`),
    ];
    return problems.map((problem) => ({ file: path, line: 1, problem }));
  });

/** Folders with files, at any depth, that no README explains. */
export function unexplainedFolders(paths: readonly string[]): string[] {
  const folders = new Set(
    paths.flatMap((path) =>
      path
        .split('/')
        .slice(0, -1)
        .map((_, depth, parts) => parts.slice(0, depth + 1).join('/')),
    ),
  );
  return [...folders].filter((folder) => !paths.includes(`${folder}/README.md`));
}

/** Exported functions, constants and classes without a docstring right before them. */
export function docstringViolations({ path, tree }: Module): Violation[] {
  const exportedLater = new Set(
    tree.statements.flatMap((s) =>
      ts.isExportDeclaration(s) && !s.moduleSpecifier && s.exportClause && ts.isNamedExports(s.exportClause)
        ? s.exportClause.elements.map(({ name, propertyName }) => (propertyName ?? name).text)
        : [],
    ),
  );
  const documented = new Set<string>();
  return tree.statements.flatMap((statement) => {
    const names = declaredNames(statement);
    const exported =
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
    const missing = names.filter((name) => (exported || exportedLater.has(name)) && !documented.has(name));
    if (missing.length === 0) return [];
    // The first of several overloads speaks for all.
    if (hasDocstring(tree, statement)) missing.forEach((name) => documented.add(name));
    return missing
      .filter((name) => !documented.has(name))
      .map((name) => ({
        file: path,
        line: lineOf(tree, statement),
        problem: `${name} is exported without a docstring`,
      }));
  });
}

function declaredNames(statement: ts.Statement): string[] {
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement))
    return [statement.name?.text ?? 'default'];
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations.map(({ name }) => name.getText());
}

/** A JSDoc comment that ends on the line before the statement; line comments may stand between. */
function hasDocstring(tree: ts.SourceFile, statement: ts.Statement): boolean {
  const comments = ts.getLeadingCommentRanges(tree.text, statement.getFullStart()) ?? [];
  const doc = comments.findLastIndex(({ pos }) => tree.text.startsWith('/**', pos));
  if (doc < 0) return false;
  const from = lineAt(tree, comments[doc]!.end);
  return lineOf(tree, statement) - from === comments.length - doc;
}

/** Files that name a place that only one machine has. */
export const mentionViolations = (sources: readonly SourceText[], phrases: readonly string[]): Violation[] =>
  sources.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((content, index) =>
        phrases
          .filter((phrase) => content.includes(phrase))
          .map((phrase) => ({ file: path, line: index + 1, problem: `mentions ${phrase}` })),
      ),
  );
