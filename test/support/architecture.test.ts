import { describe, expect, it } from 'vitest';
import {
  closedDoors,
  cycleViolations,
  danglingImports,
  docstringViolations,
  doors,
  doorViolations,
  layerViolations,
  lengthViolations,
  mentionViolations,
  nameViolations,
  reExportViolations,
  unexplainedFolders,
} from './architecture.js';
import { banViolations, staleAllowances, type Allowance } from './source-bans.js';
import { listed, parseModule } from './source-modules.js';

/** Modules from paths and texts. */
const modulesOf = (sources: Readonly<Record<string, string>>) =>
  Object.entries(sources).map(([path, text]) => parseModule({ path, text }));

describe('layerViolations', () => {
  const check = (path: string, text: string) => listed(layerViolations(modulesOf({ [path]: text })));

  it.each([
    ['src/survey/x.ts', `import { a } from '../transport/a.js';`, 'survey may not import src/transport/a.ts'],
    ['src/survey/x.ts', `import '../transport/a.js';`, 'survey may not import src/transport/a.ts'],
    ['src/survey/x.ts', `import { type A } from '../text/a.js';`, 'survey may not import src/text/a.ts'],
    ['src/survey/x.ts', `import type { A } from '../text/a.js';`, 'survey may not import the types of src/text/a.ts'],
    ['src/core/x.ts', `export { a } from '../io/a.js';`, 'core may not import src/io/a.ts'],
    ['src/core/x.ts', `export * from '../io/a.js';`, 'core may not import src/io/a.ts'],
    ['src/core/x.ts', `const a = () => import('../io/a.js');`, 'core may not import src/io/a.ts'],
    ['src/core/x.ts', `import a = require('../io/a.js');`, 'core may not import src/io/a.ts'],
    ['src/core/x.ts', `type A = import('../io/a.js').A;`, 'core may not import the types of src/io/a.ts'],
    ['src/report/x.ts', `import { a } from '../population/a.js';`, 'report may not import src/population/a.ts'],
    [
      'src/report/x.ts',
      `import type { A } from '../stages/a.js';`,
      'report may not import the types of src/stages/a.ts',
    ],
    ['src/pipeline/x.ts', `import { a } from '../persona/a.js';`, 'pipeline may not import src/persona/a.ts'],
    ['src/cli/main.ts', `import { a } from '../io/csv.js';`, 'cli may not import src/io/csv.ts'],
    ['src/simulation/x.ts', `import { a } from '../text/a.js';`, 'simulation may not import src/text/a.ts'],
    ['src/persona/model/x.ts', `import { a } from '../../io/a.js';`, 'persona may not import src/io/a.ts'],
    ['pipelines/p/pipeline.ts', `import { a } from '../../src/cli/a.js';`, 'pipelines may not import src/cli/a.ts'],
    ['src/io/x.ts', `import { a } from '../../test/a.js';`, 'io may not import test/a.ts'],
    ['src/io/x.ts', `import a from '../../package.json';`, 'io may not import package.json'],
    ['src/index.ts', `export { a } from './cli/main.js';`, 'index may not import src/cli/main.ts'],
  ])('%s: %s', (path, text, problem) => expect(check(path, text)).toEqual([`${path}:1 ${problem}`]));

  it('names the line', () =>
    expect(check('src/io/x.ts', `import { a } from './a.js';\n\nimport { b } from '../text/b.js';`)).toEqual([
      'src/io/x.ts:3 io may not import src/text/b.ts',
    ]));

  it('refuses a layer that the table does not know', () =>
    expect(check('src/misc/x.ts', '')[0]).toContain('src/misc/x.ts:1 lies in no layer of src (core, io,'));

  it('refuses a file beside the layers', () => expect(check('src/main.ts', '')).toHaveLength(1));

  it.each([
    ['src/survey/x.ts', `import { a } from './y.js'; import { b } from '../core/b.js';`],
    ['src/persona/model/x.ts', `import { a } from '../history.js'; import { b } from '../../model/b.js';`],
    ['src/simulation/x.ts', `import { a } from '../text/sentiment.js';`],
    ['src/report/x.ts', `import type { A } from '../population/a.js';`],
    ['src/stages/services.ts', `import { a } from '../io/a.js'; import { b } from '../report/b.js';`],
    ['src/cli/wiring.ts', `import { a } from '../io/csv.js'; import { b } from '../model/b.js';`],
    ['src/cli/run.ts', `import { a } from '../../pipelines/p/pipeline.js';`],
    ['pipelines/p/pipeline.ts', `import { a } from '../../src/stages/index.js';`],
  ])('allows %s: %s', (path, text) => expect(check(path, text)).toEqual([]));
});

describe('doors', () => {
  const check = (path: string, text: string) => listed(doorViolations(modulesOf({ [path]: text })));

  it.each([
    ['src/io/x.ts', `import { parse } from 'csv-parse';`, 'csv-parse may be imported by src/io/csv.ts only'],
    [
      'src/io/x.ts',
      `import { a } from 'hyparquet/src/a.js';`,
      'hyparquet/src/a.js may be imported by src/io/parquet.ts only',
    ],
    [
      'src/text/x.ts',
      `import type { E } from '@energetic-ai/core';`,
      '@energetic-ai/core may be imported by src/text/use-embedder.ts only',
    ],
    ['pipelines/p/x.ts', `import { Command } from 'commander';`, 'commander may be imported by src/cli/ only'],
    ['src/core/x.ts', `import _ from 'lodash';`, 'lodash has no door in this project'],
    ['src/core/x.ts', `import fs from 'fs';`, 'fs has no door in this project'],
    ['src/core/x.ts', `const p = import(name);`, 'name has no door in this project'],
    [
      'src/text/transformers-embedder.ts',
      `import { pipeline } from '@xenova/transformers';`,
      "@xenova/transformers is optional: only import('@xenova/transformers') may load it",
    ],
  ])('%s: %s', (path, text, problem) => expect(check(path, text)).toEqual([`${path}:1 ${problem}`]));

  it.each([
    [
      'src/text/transformers-embedder.ts',
      `type T = typeof import('@xenova/transformers'); const p = import('@xenova/transformers');`,
    ],
    ['src/cli/progress.ts', `import { SingleBar } from 'cli-progress';`],
    ['src/core/x.ts', `import { z } from 'zod'; import { join } from 'node:path';`],
    ['pipelines/p/x.ts', `import { z } from 'zod';`],
  ])('allows %s: %s', (path, text) => expect(check(path, text)).toEqual([]));

  it('finds the doors that nobody uses', () => {
    const open = modulesOf({
      'src/io/csv.ts': `import { parse } from 'csv-parse';`,
      'src/text/use-embedder.ts': `import { a } from '@energetic-ai/embeddings';`,
      'src/io/x.ts': `import OpenAI from 'openai';`,
    });
    expect(closedDoors(open)).toEqual(
      Object.keys(doors).filter((name) => !['csv-parse', '@energetic-ai/*'].includes(name)),
    );
  });
});

describe('cycleViolations', () => {
  const check = (sources: Readonly<Record<string, string>>) => listed(cycleViolations(modulesOf(sources)));

  it('shows the circle', () =>
    expect(
      check({
        'src/a/main.ts': `import './x.js';`,
        'src/a/x.ts': `import { y } from './y.js';`,
        'src/a/y.ts': `\nexport { z } from '../b/z.js';`,
        'src/b/z.ts': `export const z = () => import('../a/x.js');`,
      }),
    ).toEqual(['src/b/z.ts:1 imports in a circle: src/a/x.ts -> src/a/y.ts -> src/b/z.ts -> src/a/x.ts']));

  it('finds a file that imports itself', () => expect(check({ 'src/a.ts': `import './a.js';` })).toHaveLength(1));

  it('lets types go round', () =>
    expect(
      check({ 'src/a.ts': `import type { B } from './b.js';`, 'src/b.ts': `import { a } from './a.js';` }),
    ).toEqual([]));

  it('does not take a shared import for a circle', () =>
    expect(
      check({ 'src/a.ts': `import './b.js'; import './c.js';`, 'src/b.ts': `import './c.js';`, 'src/c.ts': '' }),
    ).toEqual([]));
});

describe('banViolations', () => {
  const check = (text: string, path = 'src/survey/x.ts', allowances: readonly Allowance[] = []) =>
    listed(banViolations(modulesOf({ [path]: text }), allowances)).map((line) => line.slice(`${path}:`.length));

  it.each([
    ['const x = Math.random();', '1 randomness: Math.random'],
    ['const { random } = Math;', '1 randomness: { random } = Math'],
    [`const x = Math['random']();`, `1 randomness: Math['random']`],
    ['const x = globalThis.Math.random();', '1 randomness: globalThis.Math.random'],
    [`import { randomBytes } from 'node:crypto';`, '1 randomness: randomBytes'],
    [`const x = crypto['randomUUID']();`, `1 randomness: 'randomUUID'`],
    ['const t = Date.now();', '1 clock: Date.now'],
    ['const t = new Date();', '1 clock: new Date()'],
    ['const t = new Date;', '1 clock: new Date'],
    ['const t = Date();', '1 clock: Date()'],
    ['const f = Date;', '1 clock: f = Date'],
    ['const t = performance.now();', '1 clock: performance.now'],
    [`import { performance as p } from 'node:perf_hooks';`, '1 clock: import of node:perf_hooks'],
    ['a.sort((x, y) => x.localeCompare(y));', '1 locale: localeCompare'],
    ['const s = x.toLocaleString();', '1 locale: toLocaleString'],
    ['const s = new Intl.NumberFormat();', '1 locale: Intl.NumberFormat'],
    ['const y = x ** 0.5;', '1 power: x ** 0.5'],
    ['const y = x ** n;', '1 power: x ** n'],
    ['y **= 1 / 3;', '1 power: y **= 1 / 3'],
    ['const y = Math.pow(x, 2);', '1 power: Math.pow'],
    ['setTimeout(() => 1, 5);', '1 timer: setTimeout(() => 1, 5)'],
    ['const wait = globalThis.setInterval;', '1 timer: wait = globalThis.setInterval'],
    [`import { setTimeout } from 'node:timers/promises';`, '1 timer: import of node:timers/promises'],
    ['const s = AbortSignal.timeout(5);', '1 timer: AbortSignal.timeout'],
    [`console.log('x');`, '1 console: console.log'],
    ['const e = process.env;', '1 process: process.env'],
    ['const o = { process };', '1 process: process'],
    [`import process from 'node:process';`, '1 process: import of node:process'],
    ['let x: any;', '1 any: any'],
    ['const x = (y as any[]).length;', '1 any: any'],
    ['f<Record<string, any>>();', '1 any: any'],
    ['\n// @ts-ignore\nconst x = 1;', '2 silenced check: @ts-ignore'],
    ['/* eslint-disable */', '1 silenced check: eslint-disable'],
    ['f(\n  // eslint-disable-next-line no-x -- why\n  1,\n);', '2 silenced check: eslint-disable-next-line'],
  ])('%s', (text, problem) => {
    // An import of a banned module may name a banned thing too; the first finding is the one meant.
    expect(check(text)[0]).toBe(problem);
  });

  it.each([
    'const y = x ** 2 + x ** 3;',
    'const y = Math.exp(0.5 * Math.log(x));',
    `const t = new Date('2020-01-01');`,
    'const t = Date.UTC(2020, 0, 1);',
    'const b = x instanceof Date;',
    `const s = 'Math.random() and console.log'; // Date.now()`,
    'const o = { process: 1, console: 2 }; o.process;',
    'interface X { readonly performance: number; timeout(): void }',
    'function company(anyone: string) { return anyone; }',
    'const s = `${x} eslint-disable`;',
  ])('allows %s', (text) => expect(check(text)).toEqual([]));

  const allowances: readonly Allowance[] = [
    { where: 'src/cli/', ban: 'process', reason: 'the edge' },
    { where: 'src/survey/x.ts', ban: 'clock', reason: 'a test' },
  ];
  it('takes an exception for its place and its ban only', () => {
    expect(check('process.exit();', 'src/cli/main.ts', allowances)).toEqual([]);
    expect(check('process.exit();', 'src/client/main.ts', allowances)).toHaveLength(1);
    expect(check('Date.now(); Math.random();', 'src/survey/x.ts', allowances)).toEqual(['1 randomness: Math.random']);
    expect(check('Date.now();', 'src/survey/y.ts', allowances)).toHaveLength(1);
  });

  it('names the exceptions that are not needed', () =>
    expect(
      staleAllowances(modulesOf({ 'src/cli/main.ts': 'process.exit();', 'src/survey/x.ts': '' }), allowances),
    ).toEqual(['src/survey/x.ts no longer needs clock']));
});

describe('docstringViolations', () => {
  const missing = (text: string) =>
    docstringViolations(parseModule({ path: 'src/x/y.ts', text })).map(({ problem }) => problem.split(' ')[0]);

  it.each([
    ['export function f() {}', ['f']],
    ['export const a = 1, b = 2;', ['a', 'b']],
    ['export class C {}', ['C']],
    ['export default function () {}', ['default']],
    ['// A line.\nexport const a = 1;', ['a']],
    ['/* No docstring. */\nexport const a = 1;', ['a']],
    ['/** Of the file. */\n\nexport const a = 1;', ['a']],
    ['/** Of a. */\nexport const a = 1;\nexport const b = 2;', ['b']],
    ['const a = 1;\nexport { a as b };', ['a']],
  ])('%s', (text, names) => expect(missing(text)).toEqual(names));

  it.each([
    '/** What it is. */\nexport const a = 1;',
    '/**\n * What it does.\n */\nexport async function f() {}',
    '/** What it is. */\n// a note\nexport const a = 1;',
    '/** Two ways. */\nexport function f(x: string): void;\nexport function f(x: number): void;\nexport function f() {}',
    'const a = 1;\nfunction f() {}',
    'export interface A {}\nexport type B = 1;',
    `export { a } from './a.js';`,
  ])('allows %s', (text) => expect(missing(text)).toEqual([]));
});

describe('the rules for files', () => {
  it('counts lines', () => {
    const text = (lines: number) => 'x\n'.repeat(lines);
    expect(listed(lengthViolations([{ path: 'a.ts', text: text(3) }], 3))).toEqual([]);
    expect(listed(lengthViolations([{ path: 'a.ts', text: `${text(3)}x` }], 3))).toEqual([
      'a.ts:4 has 4 lines, at most 3 are allowed',
    ]);
  });

  it('judges names', () =>
    expect(
      listed(
        nameViolations([
          'src/a-b/c2.test.ts',
          'src/README.md',
          'src/aB/x.ts',
          'src/a_b.ts',
          'src/text-utils.ts',
          'src/handlers/x.ts',
        ]),
      ),
    ).toEqual([
      'src/aB/x.ts:1 aB is not kebab-case',
      'src/a_b.ts:1 a_b.ts is not kebab-case',
      'src/text-utils.ts:1 text-utils.ts does not say what it holds',
      'src/handlers/x.ts:1 handlers does not say what it holds',
    ]));

  it('asks for a README in every folder', () =>
    expect(unexplainedFolders(['src/a/b/x.ts', 'src/a/README.md', 'src/c/x.ts', 'src/README.md'])).toEqual([
      'src/a/b',
      'src/c',
    ]));

  it('finds words', () =>
    expect(listed(mentionViolations([{ path: 'a.md', text: 'one\nsee ../up/x\n' }], ['../up', '/tmp/']))).toEqual([
      'a.md:2 mentions ../up',
    ]));

  it('wants imports to lead somewhere', () =>
    expect(
      listed(
        danglingImports(modulesOf({ 'src/a.ts': `import './b.js'; import './c.js'; import 'zod';`, 'src/c.ts': '' })),
      ),
    ).toEqual(['src/a.ts:1 imports src/b.ts, which does not exist']));

  it.each([
    [`export * from './a.js';`, 1],
    [`export const a = 1;`, 1],
    [`import { a } from './a.js';\nexport { a };`, 2],
    [`export { a, type B } from './a.js';\nexport type { C } from './c.js';`, 0],
  ])('wants named re-exports: %s', (text, violations) =>
    expect(reExportViolations(parseModule({ path: 'src/index.ts', text }))).toHaveLength(violations),
  );
});
