// The two public-domain questionnaires: item texts, keys, domains and facets.
import { assert, DOMAINS, LETTERS, parseArgs, readJson, readText, writeJson } from './lib.mjs';
import { FACETS } from './facets.mjs';

const args = parseArgs(
  ['ipip50', 'neo120', 'out50', 'out120'],
  `usage: node inventories.mjs --ipip50 openpsych_BIG5.txt --neo120 questions.json
         --out50 ipip-50.json --out120 ipip-neo-120.json`,
);

const RESPONSE = { min: 1, max: 5, labels: ['Very inaccurate', 'Moderately inaccurate', 'Neither accurate nor inaccurate', 'Moderately accurate', 'Very accurate'] };
const domainOf = (letter) => DOMAINS[LETTERS.indexOf(letter)];
const capital = (s) => s[0].toUpperCase() + s.slice(1);

// ---------------------------------------------------------------- IPIP-50
const REVERSED = ['E2', 'E4', 'E6', 'E8', 'E10', 'A1', 'A3', 'A5', 'A7', 'C2', 'C4', 'C6', 'C8', 'N2', 'N4', 'O2', 'O4', 'O6'];
// The codebook prints "I am the life of the party."; the inventory keeps the stem "I" apart.
const texts = Object.fromEntries([...readText(args.ipip50).matchAll(/^([EACNO]\d+)\s+I (.+\.)\s*$/gm)].map(([, id, text]) => [id, capital(text)]));
const order = Array.from({ length: 10 }, (_, i) => LETTERS.map((l) => `${l}${i + 1}`)).flat();
const items50 = order.map((id) => {
  assert(texts[id], `no text for ${id}`);
  return { id, text: texts[id], domain: domainOf(id[0]), keying: REVERSED.includes(id) ? -1 : 1 };
});
assert(items50.length === 50 && Object.keys(texts).length === 50, '50 items');
writeJson(args.out50, {
  schema: 'inventory/1',
  name: 'ipip-50',
  title: 'IPIP Big-Five Factor Markers, 50 items',
  licence: 'public domain (items)',
  source: { title: 'International Personality Item Pool (ipip.ori.org), 50-item Big-Five factor markers (Goldberg 1992), wording of the openpsychometrics.org codebook', publisher: 'Oregon Research Institute', licence: 'public domain' },
  stem: 'I',
  response: RESPONSE,
  domains: DOMAINS,
  facets: [],
  items: items50,
});

// ---------------------------------------------------------------- IPIP-NEO-120
const questions = readJson(args.neo120);
const items120 = questions.map((q, i) => ({
  id: `neo${String(i + 1).padStart(3, '0')}`,
  text: `${q.text}.`, // printed without a full stop in the package, with one at ipip.ori.org
  domain: domainOf(q.domain),
  facet: FACETS.filter((f) => f.domain === domainOf(q.domain))[q.facet - 1].id,
  keying: { plus: 1, minus: -1 }[q.keyed],
}));
assert(items120.length === 120 && FACETS.every((f) => items120.filter((q) => q.facet === f.id).length === 4), '120 items, four a facet');
writeJson(args.out120, {
  schema: 'inventory/1',
  name: 'ipip-neo-120',
  title: 'IPIP-NEO-120 (Johnson 2014)',
  licence: 'public domain (items)',
  source: { title: 'IPIP-NEO-120 (J. A. Johnson 2014), English items and keys of npm @alheimsins/b5-johnson-120-ipip-neo-pi-r 6.0.13; facet titles of @alheimsins/b5-result-text 5.0.5', publisher: 'International Personality Item Pool (ipip.ori.org); Alheimsins', licence: 'items public domain; packages MIT' },
  stem: 'I',
  response: RESPONSE,
  domains: DOMAINS,
  facets: FACETS,
  items: items120,
});
