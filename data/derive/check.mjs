// Checks the finished files against each other and against arithmetic; reads no source data.
// usage: node check.mjs [data folder] [inventories folder]
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { assert, assertNear, DOMAINS, isPositiveDefinite, moments, readJson, readText, sum } from './lib.mjs';

if (process.argv.includes('--help')) {
  console.log('usage: node check.mjs [data folder] [inventories folder]');
  process.exit(0);
}
const here = fileURLToPath(new URL('.', import.meta.url));
const data = process.argv[2] ?? join(here, '..');
const inventories = process.argv[3] ?? join(here, '../../personas/inventories');

let checks = 0;
const ok = (condition, what) => (assert(condition, what), checks++);
const near = (actual, expected, tolerance, what) => (assertNear(actual, expected, tolerance, what), checks++);

const categoriesOf = (target, joint) =>
  joint.reduce((keys, name) => {
    const variable = target.variables.find((v) => v.name === name);
    ok(variable, `${target.name}: variable ${name} is declared`);
    return keys.flatMap((k) => variable.categories.map((c) => [...k, c]));
  }, [[]]);

function checkDistribution(shares, keys, what) {
  ok(JSON.stringify(Object.keys(shares)) === JSON.stringify(keys), `${what}: exactly the declared categories, in order`);
  ok(Object.values(shares).every((s) => s >= 0 && s <= 1), `${what}: shares in [0, 1]`);
  near(sum(Object.values(shares)), 1, 1e-9, `${what}: sum`);
}

function checkTarget(file) {
  const target = readJson(join(data, 'census', file));
  ok(target.schema === 'target/1' && `${target.name}.json` === file, `${file}: schema and name`);
  for (const v of target.variables) {
    ok(new Set(v.categories).size === v.categories.length, `${file} ${v.name}: distinct categories`);
    v.bounds?.forEach(([low, high], i) => ok(low <= high && (i === 0 || low === v.bounds[i - 1][1] + 1), `${file} ${v.name}: bounds in sequence`));
  }
  const oneWay = new Map(target.margins.filter((m) => !m.variable.includes(' x ')).map((m) => [m.variable, m.shares]));
  for (const m of target.margins) {
    const names = m.variable.split(' x ');
    const keys = categoriesOf(target, names);
    checkDistribution(m.shares, keys.map((k) => k.join(' x ')), `${file} ${m.variable}`);
    ok(m.source.title && m.source.publisher && m.source.licence && m.period && m.universe && Array.isArray(m.flags), `${file} ${m.variable}: provenance`);
    if (names.length > 1) {
      names.forEach((name, i) => {
        for (const [category, share] of Object.entries(oneWay.get(name))) {
          const fromJoint = sum(keys.filter((k) => k[i] === category).map((k) => m.shares[k.join(' x ')]));
          near(fromJoint, share, 1e-9, `${file} ${m.variable} against ${name} = ${category}`);
        }
      });
    }
  }
  for (const v of target.variables) ok(oneWay.has(v.name), `${file}: a margin for ${v.name}`);
  const drawn = new Set(['sex', 'age', 'region']);
  for (const a of target.associations) {
    ok(a.given.every((g) => drawn.has(g)), `${file}: ${a.variable} is drawn after ${a.given}`);
    drawn.add(a.variable);
    const keys = categoriesOf(target, a.given).map((k) => k.join(' x '));
    ok(JSON.stringify(Object.keys(a.shares)) === JSON.stringify(keys), `${file} ${a.variable} | ${a.given}: every conditioning cell`);
    for (const key of keys) checkDistribution(a.shares[key], categoriesOf(target, [a.variable]).flat(), `${file} ${a.variable} | ${key}`);
  }
  if (target.associations.length > 0) ok(target.variables.every((v) => drawn.has(v.name)), `${file}: every variable can be drawn`);
  return target;
}

function checkTraits(name) {
  const traits = readJson(join(data, 'traits', `${name}.json`));
  const { min, max, levels } = traits.scale;
  const values = Array.from({ length: levels }, (_, i) => min + (i * (max - min)) / (levels - 1));
  ok(traits.schema === 'trait-target/1' && traits.name === name, `${name}: schema and name`);
  ok(JSON.stringify(traits.domains) === JSON.stringify(DOMAINS), `${name}: domains`);
  for (const sex of ['female', 'male']) {
    const ages = traits.cells.filter((c) => c.sex === sex).map((c) => c.ages);
    ok(ages[0][0] === 18 && ages.at(-1)[1] === 120 && ages.every(([low], i) => i === 0 || low === ages[i - 1][1] + 1), `${name} ${sex}: ages 18 to 120 without gap or overlap`);
  }
  for (const c of traits.cells) {
    const what = `${name} ${c.sex} ${c.ages.join('-')}`;
    ok([c.mean, c.sd, c.histogram].every((x) => x.length === 5), `${what}: five domains`);
    c.histogram.forEach((h, d) => {
      ok(h.length === levels && h.every((s) => s >= 0), `${what} ${DOMAINS[d]}: ${levels} levels`);
      near(sum(h), 1, 1e-9, `${what} ${DOMAINS[d]}: histogram sum`);
      const { mean, sd } = moments(values, h);
      near(mean, c.mean[d], 5e-5, `${what} ${DOMAINS[d]}: mean of the histogram`);
      near(sd, c.sd[d], 5e-5, `${what} ${DOMAINS[d]}: sd of the histogram`);
    });
    if (traits.facets) ok(c.facetMean.length === 30 && c.facetSd.length === 30 && c.facetMean.every((m) => m > 1 && m < 5), `${what}: facets`);
  }
  traits.correlation.forEach((row, i) => row.forEach((r, j) => ok(r === traits.correlation[j][i] && (i !== j || r === 1), `${name}: correlation symmetric with unit diagonal`)));
  ok(isPositiveDefinite(traits.correlation), `${name}: correlation positive definite`);
  for (const item of traits.items) {
    near(sum(item.shares), 1, 1e-9, `${name} ${item.id}: shares`);
    near(moments([1, 2, 3, 4, 5], item.shares).mean, item.mean, 1e-5, `${name} ${item.id}: mean`);
  }
  return traits;
}

function checkInventory(name, count, perDomain, perFacet) {
  const inventory = readJson(join(inventories, `${name}.json`));
  ok(inventory.schema === 'inventory/1' && inventory.name === name, `${name}: schema and name`);
  ok(inventory.items.length === count, `${name}: ${count} items`);
  ok(new Set(inventory.items.map((i) => i.id)).size === count && new Set(inventory.items.map((i) => i.text)).size === count, `${name}: distinct ids and texts`);
  for (const i of inventory.items) ok([1, -1].includes(i.keying) && /^[A-Z].*[^.]\.$/.test(i.text), `${name} ${i.id}: keying and text`);
  for (const d of inventory.domains) {
    const items = inventory.items.filter((i) => i.domain === d);
    ok(items.length === perDomain, `${name} ${d}: ${perDomain} items`);
    ok(items.some((i) => i.keying === 1) && items.some((i) => i.keying === -1), `${name} ${d}: keyed both ways`);
  }
  ok(inventory.facets.length === (perFacet ? 30 : 0), `${name}: facets`);
  for (const f of inventory.facets) {
    const items = inventory.items.filter((i) => i.facet === f.id);
    ok(items.length === perFacet && items.every((i) => i.domain === f.domain), `${name} ${f.id}: ${perFacet} items of its domain`);
  }
  ok(inventory.response.labels.length === 5, `${name}: five labels`);
  return inventory;
}

const us = checkTarget('us-adults.json');
checkTarget('canada-2011.json');
const ipip50 = checkTraits('ipip-50-us-adults');
const neo120 = checkTraits('ipip-neo-120-johnson');
ok(us.traits.every((t) => [ipip50.name, neo120.name].includes(t)), 'us-adults names the trait files');

const inventory50 = checkInventory('ipip-50', 50, 10, 0);
const inventory120 = checkInventory('ipip-neo-120', 120, 24, 4);
ok(ipip50.instrument === inventory50.name && neo120.instrument === inventory120.name, 'traits name their instrument');
ok(JSON.stringify(neo120.facets.names) === JSON.stringify(inventory120.facets.map((f) => f.id)), 'same facets in the same order');
ok(JSON.stringify(inventory50.items.slice(0, 6).map((i) => i.id)) === '["E1","A1","C1","N1","O1","E2"]', 'ipip-50: administration order');
ok(JSON.stringify(ipip50.items.map((i) => i.id)) === JSON.stringify(['E', 'A', 'C', 'N', 'O'].flatMap((l) => Array.from({ length: 10 }, (_, i) => `${l}${i + 1}`))), 'ipip-50: item statistics by domain');
for (const item of ipip50.items) ok(inventory50.items.find((i) => i.id === item.id).domain === item.domain, `${item.id}: same domain in both files`);
// The pooled item means must reproduce the pooled domain means of the cells that were not mixed:
// a wrong key would show as a shifted domain.
DOMAINS.forEach((domain, d) => {
  const scored = ipip50.items.filter((i) => i.domain === domain).map((i) => (inventory50.items.find((q) => q.id === i.id).keying === 1 ? i.mean : 6 - i.mean));
  const n = sum(ipip50.cells.map((c) => c.n));
  near(sum(scored) / 10, sum(ipip50.cells.map((c) => c.n * c.mean[d])) / n, 0.01, `ipip-50 ${domain}: items against cells`);
});

for (const path of ['census/us-adults.json', 'census/canada-2011.json', 'traits/ipip-50-us-adults.json', 'traits/ipip-neo-120-johnson.json', 'traits/text-model-sentence-completion.json']) {
  const text = readText(join(data, path));
  ok(text === `${JSON.stringify(JSON.parse(text), null, 2)}\n`, `${path}: two-space JSON with a trailing newline`);
  ok(!/-?\d+\.\d{7,}/.test(text) && !/\de-\d/.test(text), `${path}: at most six decimals`);
}
console.log(`${checks} checks passed`);
