import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { readCatalog } from '../src/cli/catalog.js';
import { RunConfig } from '../src/cli/config.js';
import { sha256 } from '../src/core/canonical-json.js';
import { lexiconFiles, Lexicons } from '../src/persona/evidence/lexicons.js';
import { Rubric } from '../src/persona/filter/rubric.js';
import { parsePrompt } from '../src/persona/model/prompt.js';
import { checkTarget, Target } from '../src/population/target.js';
import { Inventory, TraitNorms } from '../src/psychometrics/inventory.js';
import { matchInstrument } from '../src/psychometrics/norms.js';
import { root } from './cli/run-cli.js';

// What the package promises to those who install it.

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const json = (file: string): unknown => JSON.parse(read(file));
const manifest = json('package.json') as {
  bin: Record<string, string>;
  files: string[];
  exports: Record<string, string | Record<string, string>>;
  engines: { node: string };
  dependencies: Record<string, string>;
};
const catalog = await readCatalog();

describe('the package', () => {
  it('has programs that exist after the build and start with the line that makes them programs', () => {
    expect(Object.keys(manifest.bin).sort()).toEqual(['pipeline', 'populace']);
    for (const file of Object.values(manifest.bin)) {
      expect(existsSync(join(root, file)), `${file}: run npm run build`).toBe(true);
      expect(read(file).startsWith('#!/usr/bin/env node\n')).toBe(true);
    }
  });

  it('exports files that exist after the build', () => {
    for (const entry of Object.values(manifest.exports))
      for (const file of typeof entry === 'string' ? [entry] : Object.values(entry))
        expect(existsSync(join(root, file)), file).toBe(true);
  });

  it('pins every dependency to one version', () => {
    for (const [name, version] of Object.entries(manifest.dependencies))
      expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe('what npm would publish', () => {
  let files: { path: string; size: number }[] = [];
  beforeAll(async () => {
    const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: root,
      maxBuffer: 1 << 26,
    });
    files = (JSON.parse(stdout) as { files: typeof files }[])[0]!.files;
  });
  const paths = (): string[] => files.map(({ path }) => path);

  it('has the program, and everything that it reads when it runs', () => {
    for (const { file } of catalog) expect(paths()).toContain(file);
    for (const file of [
      'data/catalog.json',
      'package.json',
      'dist/src/index.js',
      'dist/src/index.d.ts',
      ...Object.values(manifest.bin),
    ])
      expect(paths()).toContain(file);
    for (const config of readdirSync(join(root, 'pipelines/build-personas')).filter((name) => name.endsWith('.json')))
      expect(paths()).toContain(`pipelines/build-personas/${config}`);
    expect(paths()).toContain('dist/pipelines/build-personas/pipeline.js');
    expect(paths()).toContain('dist/src/numerics/workers/kernel-thread.js');
    expect(paths()).toContain('dist/src/numerics/kernels/kernels.wasm');
    expect(paths()).toContain('dist/src/numerics/kernels/kernels-relaxed.wasm');
    for (const document of ['README.md', 'LICENSE']) expect(paths()).toContain(document);
  });

  it('has no tests, no runs, nothing hidden and nothing large', () => {
    expect(paths().filter((path) => /^(test|runs|node_modules|dist\/test)\/|(^|\/)\./.test(path))).toEqual([]);
    expect(files.filter(({ size }) => size > 5_000_000)).toEqual([]);
    expect(files.reduce((s, { size }) => s + size, 0)).toBeLessThan(20_000_000);
  });
});

describe('the catalog', () => {
  it('names every file once, by different names within a kind', () => {
    expect(new Set(catalog.map(({ file }) => file)).size).toBe(catalog.length);
    expect(new Set(catalog.map(({ kind, id }) => `${kind} ${id}`)).size).toBe(catalog.length);
  });

  it.each(catalog.map(({ file, sha256: hash }) => [file, hash]))('has the hash of %s', (file, hash) => {
    expect(sha256(readFileSync(join(root, file)))).toBe(hash);
  });

  it('leaves out no data file', () => {
    const folders = [
      'data/census',
      'data/traits',
      'data/histories',
      'personas/inventories',
      'personas/rubrics',
      'personas/lexicons',
      'personas/prompts',
    ];
    const there = folders.flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(json|jsonl|md)$/.test(name) && !name.endsWith('README.md'))
        .map((name) => `${folder}/${name}`),
    );
    expect(there.filter((file) => !catalog.some((entry) => entry.file === file))).toEqual([]);
  });

  it('says where each file comes from and under which licence', () => {
    for (const { file, source, licence, title } of catalog)
      for (const text of [source, licence, title]) expect(text.length, file).toBeGreaterThan(3);
  });
});

describe('the data', () => {
  const schemas: Readonly<Record<string, z.ZodType>> = {
    target: Target,
    'trait-norms': TraitNorms,
    inventory: Inventory,
    rubric: Rubric,
  };

  it.each(catalog.filter(({ kind }) => kind in schemas).map(({ kind, file }) => [file, kind]))(
    '%s fits its schema',
    (file, kind) => {
      expect(schemas[kind]!.safeParse(json(file)).error).toBeUndefined();
    },
  );

  it('has lexicons that fit theirs', () => {
    const lexicons = Object.entries(lexiconFiles).map(([name, file]) => [name, json(file)]);
    expect(Lexicons.safeParse(Object.fromEntries(lexicons)).error).toBeUndefined();
  });

  it('has prompts that can be read, named like their files', () => {
    for (const { id, file } of catalog.filter(({ kind }) => kind === 'prompt'))
      expect(parsePrompt(read(file), file).id).toMatch(new RegExp(`^${id}@\\d+$`));
  });

  it('has targets whose margins agree, and norms for them that belong to an inventory that is there', () => {
    const named = (kind: string) => catalog.filter((entry) => entry.kind === kind);
    const inventories = named('inventory').map(({ file }) => Inventory.parse(json(file)));
    for (const { file } of named('target')) expect(() => checkTarget(Target.parse(json(file))), file).not.toThrow();
    for (const { file } of named('trait-norms')) {
      const norms = TraitNorms.parse(json(file));
      matchInstrument(
        inventories.find(({ name }) => name === norms.instrument)!,
        norms,
      );
    }
  });

  it('has configurations that can be read, of posts that are there', () => {
    const folder = join(root, 'pipelines/build-personas');
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
      const config = RunConfig.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')));
      expect(existsSync(join(folder, config.histories!)), name).toBe(true);
    }
  });
});

describe('the demo', () => {
  const posts = read('data/histories/demo.jsonl')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { author: string; date: string; text: string; age?: number; gender?: string });
  const byAuthor = new Map<string, typeof posts>();
  for (const post of posts) byAuthor.set(post.author, [...(byAuthor.get(post.author) ?? []), post]);

  it('has at least sixty authors with at least eight dated posts each', () => {
    expect(byAuthor.size).toBeGreaterThanOrEqual(60);
    for (const [author, own] of byAuthor) {
      expect(own.length, author).toBeGreaterThanOrEqual(8);
      for (const { date } of own) expect(date, author).toMatch(/^20\d\d-\d\d-\d\d$/);
    }
  });

  it('has adults only, who say the same of themselves in every post', () => {
    for (const [author, own] of byAuthor) {
      expect(new Set(own.map(({ age }) => age)).size, author).toBe(1);
      expect(own[0]!.age === undefined || own[0]!.age >= 18, author).toBe(true);
    }
  });

  it('has no post twice, and no address, link or number of a person', () => {
    expect(new Set(posts.map(({ text }) => text)).size).toBe(posts.length);
    for (const { author, text } of posts)
      expect(/https?:|www\.|\S@\S+\.\w|\b\d{3}-\d{3}-\d{4}\b/.test(text), `${author}: ${text.slice(0, 60)}`).toBe(
        false,
      );
  });
});
