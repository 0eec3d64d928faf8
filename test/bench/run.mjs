// npm run bench                         the parts that decide how long a run takes (alignment.mjs)
// npm run bench -- NAME [options]       test/bench/NAME.mjs
const [name = 'alignment', ...options] = process.argv.slice(2);
const benches = [
  'alignment',
  'transport',
  'lattice',
  'joint',
  'kde',
  'sliced',
  'rake',
  'versus',
  'weighting',
  'weight-command',
  'calls',
  'search',
];
if (!benches.includes(name)) {
  console.error(`unknown bench ${name}: expected ${benches.join(', ')}`);
  process.exit(2);
}
process.argv.splice(2, Infinity, ...options);
await import(`./${name}.mjs`);
