// Fits the text model of traits. Run it on the built program: npm run build, then
//   node data/derive/fit-trait-text.mjs --data DIR --out data/traits/text-model-sentence-completion.json
// The data are not part of this repository; the model holds weights, norms and figures only, no text.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs, readJson, readText, writeJson } from './lib.mjs';
import { fitTraitText } from './trait-text-fit.mjs';

const root = join(import.meta.dirname, '..', '..');
const args = parseArgs(
  ['data', 'out'],
  'usage: node fit-trait-text.mjs --data DIR --out FILE\nDIR holds sentence_completion_big5.jsonl.gz (openpsychometrics.org SENTANCES1 as JSON lines)',
);
const modules = [
  'persona/evidence/trait-features.js',
  'text/tokens.js',
  'persona/trait-posterior.js',
  'psychometrics/norms.js',
  'core/canonical-json.js',
  'core/random.js',
];
const tools = Object.assign({}, ...(await Promise.all(modules.map((path) => import(join(root, 'dist/src', path))))));

const lines = readText(join(args.data, 'sentence_completion_big5.jsonl.gz'));
const model = fitTraitText(
  {
    rows: lines.trim().split('\n').map((line) => JSON.parse(line)),
    norms: readJson(join(root, 'data/traits/ipip-50-us-adults.json')),
    ...JSON.parse(readFileSync(join(root, 'data/derive/trait-text-categories.json'), 'utf8')),
  },
  tools,
);
writeJson(args.out, model);
for (const { domain, validity, heldOut: h } of model.domains)
  console.log(
    `${domain.padEnd(18)} r ${h.r.toFixed(3)} [${h.rInterval.map((x) => x.toFixed(3)).join(', ')}]  slope ${h.slope === null ? '-' : h.slope.toFixed(2)}  coverage ${h.coverage90.toFixed(3)}  validity ${validity}`,
  );
