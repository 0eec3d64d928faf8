// Writes data/catalog.json: every file that ships as data, with its hash. Run it after any of them changes.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const folders = [
  ['data/census', 'target', '.json'],
  ['data/traits', 'trait-norms', '.json'],
  ['personas/inventories', 'inventory', '.json'],
  ['personas/rubrics', 'rubric', '.json'],
  ['personas/lexicons', 'lexicon', '.json'],
  ['personas/prompts', 'prompt', '.md'],
  ['data/histories', 'histories', '.jsonl'],
  ['data/histories', 'data-use', '.data-use.json'],
];

const text = (value) => (typeof value === 'string' ? value : undefined);

const entries = folders.flatMap(([folder, kind, ending]) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(ending) && name !== 'README.md')
    .sort()
    .map((name) => {
      const bytes = readFileSync(join(root, folder, name));
      const content = ending.endsWith('.json') ? JSON.parse(bytes.toString('utf8')) : {};
      const source = content.source ?? {};
      return {
        id: basename(name, ending),
        file: `${folder}/${name}`,
        // A model of words is read with the word lists; it lies beside the norms that it was fitted to.
        kind: text(content.schema)?.startsWith('trait-text-model') ? 'lexicon' : kind,
        title: text(content.title) ?? text(content.name) ?? basename(name, ending),
        source: text(source.title) ?? text(source) ?? 'see the file',
        licence: text(source.licence) ?? text(content.licence) ?? (kind === 'target' ? 'see its margins' : 'MIT (written for this project)'),
        universe: text(content.universe) ?? 'none',
        period: text(content.period) ?? (kind === 'target' ? 'see its margins' : 'none'),
        rows: ending === '.jsonl' ? bytes.toString('utf8').trim().split('\n').length : 1,
        schema: text(content.schema) ?? (ending === '.jsonl' ? 'posts' : ending === '.md' ? 'prompt/1' : 'lexicon'),
        sha256: createHash('sha256').update(bytes).digest('hex'),
      };
    }),
);
writeFileSync(join(root, 'data', 'catalog.json'), `${JSON.stringify({ schema: 'catalog/1', entries }, null, 2)}\n`);
