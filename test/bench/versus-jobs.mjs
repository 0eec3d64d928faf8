// The jobs of versus.mjs. Each is a list of options of ours and, where somebody else does the same, theirs.
import { marginFile, pointFile } from './drawn-data.mjs';
import { findPython, findR, runR, threads } from './rivals.mjs';

const count = (n) => n.toLocaleString('en-US');
const relativeTo = (share) => () => share;

/** Who there is to compare with: versions by name, and how to run a job of each. */
export function findRivals() {
  const python = findPython();
  const versions = { ...python.versions, ...findR() };
  const rivals = { POT: python.run, 'scikit-learn': python.run, survey: runR };
  return { versions, run: (who, args) => (versions[who] === undefined ? undefined : rivals[who](args)) };
}

/**
 * Jobs: `ours` (options of run.mjs), whether there are two builds of it, `theirs` ({ who, args }) and how far the values may
 * be apart as a share, given our result. Sizes are multiples of `size`, 10,000 by default.
 */
export function versusJobs(folder, size, large) {
  const clouds = (rows, dims = 5, lattice = false) => [
    pointFile(folder, 'persona', rows, dims, lattice),
    pointFile(folder, 'people', rows, dims, lattice),
  ];
  const files = ([source, target], dims = 5) => ['--source', source, '--target', target, '--dims', String(dims)];
  const workers = ['--workers', String(threads)];
  const solver = (ratio, tolerance) => ['--ratio', ratio, '--tolerance', tolerance, ...workers];

  const transport = (rows, ratio, tolerance, dims = 5) => {
    const points = clouds(rows, dims);
    return {
      name: `transport ${count(rows)} x ${count(rows)}, d = ${dims}, r = ${ratio}, to ${tolerance}`,
      ours: ['transport', ...files(points, dims), ...solver(ratio, tolerance)],
      theirs: { who: 'POT', args: ['sinkhorn', ...points, String(dims), ratio, tolerance] },
      // Both are within the tolerance of the marginals, in L1; what a share of mass may cost is a few times the mean.
      within: relativeTo(20 * Number(tolerance)),
    };
  };
  const density = (rows) => {
    const points = clouds(rows);
    return {
      name: `kernel density ${count(rows)} x ${count(rows)}, d = 5`,
      ours: ['kde', ...files(points), ...workers],
      theirs: { who: 'scikit-learn', args: ['kde', ...points, '5', '0.3'] },
      within: relativeTo(1e-5),
    };
  };
  const sliced = (rows) => {
    const points = clouds(rows);
    return {
      name: `sliced ${count(rows)} x ${count(rows)}, d = 5, 100 directions`,
      ours: ['sliced', ...files(points), ...workers],
      theirs: { who: 'POT', args: ['sliced', ...points, '5', '100'] },
      // Each draws directions of its own: four standard errors of a difference.
      within: ({ value, standardError }) => (4 * Math.SQRT2 * standardError) / value,
    };
  };
  const raking = (records) => {
    const margins = marginFile(folder, records);
    return {
      name: `raking ${count(records)} records, 20 margins, to 1e-6`,
      ours: ['rake', '--margins', margins],
      oneBuild: true,
      theirs: { who: 'survey', args: [margins, 'calibrate'] },
      within: relativeTo(1e-4),
    };
  };
  const alone = (name, ours) => ({ name, ours });
  const lattice = (rows, ratio) =>
    alone(`lattice ${count(rows)} x ${count(rows)}, r = ${ratio}, to 1e-5`, [
      'lattice',
      ...files(clouds(rows, 5, true)),
      ...solver(ratio, '1e-5'),
    ]);
  const joint = (rows) =>
    alone(`joint ${count(rows)}, 20 margins, r = 0.05, to 1e-5`, [
      'joint',
      ...files(clouds(rows, 5, true)),
      ...['--margins', marginFile(folder, rows)],
      ...solver('0.05', '1e-5'),
    ]);

  // Functions, so that files are written when their job comes.
  return [
    () => transport(size, '0.05', '1e-5'),
    () => transport(size, '0.01', '2e-5'),
    () => transport(2 * size, '0.05', '1e-5'),
    () => transport(size, '0.05', '1e-5', 64),
    () => density(2 * size),
    () => sliced((large ? 100 : 10) * size),
    () => raking(100 * size),
    ...(large
      ? [
          () => ({ ...transport(10 * size, '0.05', '1e-5'), theirs: undefined }),
          () => lattice(100 * size, '0.05'),
          () => lattice(100 * size, '0.02'),
          () => joint(100 * size),
        ]
      : []),
  ];
}

/** Dense and lattice transport of more and more points, each a curve of seconds: multiples of `size`, 10,000 by default. */
export function scalingCurves(folder, size) {
  const job = (bench, ratios, lattice) =>
    ratios.map((ratio) => {
      const rows = Math.round(ratio * size);
      const [source, target] = ['persona', 'people'].map((kind) => pointFile(folder, kind, rows, 5, lattice));
      const solve = ['--dims', '5', '--ratio', '0.05', '--tolerance', '1e-5', '--workers', String(threads)];
      return { rows, ours: [bench, '--source', source, '--target', target, ...solve, '--relaxed'] };
    });
  return {
    'dense transport, d = 5, r = 0.05, to 1e-5': job('transport', [0.1, 0.2, 0.5, 1, 2, 5], false),
    'lattice transport, d = 5, r = 0.05, to 1e-5': job('lattice', [1, 10, 100], true),
  };
}
