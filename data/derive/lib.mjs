// Shared helpers of the derivation scripts. No dependencies, no network, no randomness:
// the same input files give the same output bytes.
import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export const MILLION = 1_000_000;
export const round6 = (x) => Math.round(x * MILLION) / MILLION;
export const sum = (xs) => xs.reduce((a, b) => a + b, 0);

/** `--name value` pairs. Prints `usage` for --help, and for a missing argument (exit 2). */
export function parseArgs(names, usage) {
  const argv = process.argv.slice(2);
  if (argv.includes('--help') || argv.includes('-h')) {
    console.log(usage);
    process.exit(0);
  }
  const args = {};
  for (let i = 0; i < argv.length; i += 2) {
    const name = argv[i].replace(/^--/, '');
    if (!names.includes(name) || argv[i + 1] === undefined) fail(`unknown or empty argument ${argv[i]}\n${usage}`);
    args[name] = argv[i + 1];
  }
  const missing = names.filter((n) => args[n] === undefined);
  if (missing.length > 0) fail(`missing --${missing.join(', --')}\n${usage}`);
  return args;
}

export function fail(message) {
  console.error(message);
  process.exit(2);
}

export function assert(ok, message) {
  if (!ok) throw new Error(`check failed: ${message}`);
}

export function assertNear(actual, expected, tolerance, what) {
  assert(Math.abs(actual - expected) <= tolerance, `${what}: ${actual}, expected ${expected} within ${tolerance}`);
}

export function readText(path) {
  const bytes = readFileSync(path);
  return path.endsWith('.gz') ? gunzipSync(bytes).toString('utf8') : bytes.toString('utf8');
}

export const readJson = (path) => JSON.parse(readText(path));

/** Header-keyed CSV rows; fields may be quoted, quoted fields may hold commas. */
export function readCsv(path) {
  const lines = readText(path).split(/\r?\n/).filter((line) => line !== '');
  const header = splitCsvLine(lines[0]);
  return lines.slice(1).map((line) => {
    const fields = splitCsvLine(line);
    assert(fields.length === header.length, `${path}: a row has ${fields.length} fields, header ${header.length}`);
    return Object.fromEntries(header.map((name, i) => [name, fields[i]]));
  });
}

function splitCsvLine(line) {
  if (!line.includes('"')) return line.split(',');
  const fields = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const c = line[i];
    if (c === '"' && quoted && line[i + 1] === '"') field += line[++i];
    else if (c === '"') quoted = !quoted;
    else if (c === ',' && !quoted) {
      fields.push(field);
      field = '';
    } else field += c;
  }
  return [...fields, field];
}

export function writeJson(path, value) {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
  console.log(`wrote ${path}`);
}

/**
 * Weights -> six-decimal shares that add up to `total` exactly. The rounding remainder goes to
 * the largest weight, where it is relatively smallest. Works in whole millionths, so that sums
 * of shares (a joint against its one-way margin) agree digit for digit.
 */
export function roundShares(weights, total = 1) {
  const weight = sum(weights);
  assert(weight > 0, 'shares of nothing');
  const target = Math.round(total * MILLION);
  const units = weights.map((w) => Math.round((w / weight) * target));
  units[weights.indexOf(Math.max(...weights))] += target - sum(units);
  assert(units.every((u) => u >= 0), 'a share below 0 after rounding');
  return units.map((u) => u / MILLION);
}

/** Sum of six-decimal shares without floating-point dust. */
export const sumShares = (shares) => sum(shares.map((s) => Math.round(s * MILLION))) / MILLION;

export const zip = (keys, values) => Object.fromEntries(keys.map((key, i) => [key, values[i]]));

/** Mean and SD (population form, divisor n) of a distribution over `levels`. */
export function moments(levels, shares) {
  const total = sum(shares);
  const mean = sum(levels.map((x, i) => x * shares[i])) / total;
  const variance = sum(levels.map((x, i) => (x - mean) ** 2 * shares[i])) / total;
  return { mean, sd: Math.sqrt(variance) };
}

/** Cholesky: a matrix is positive definite exactly when this does not meet a pivot <= 0. */
export function isPositiveDefinite(matrix) {
  const n = matrix.length;
  const l = matrix.map(() => new Array(n).fill(0));
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const rest = matrix[i][j] - sum(l[i].slice(0, j).map((x, k) => x * l[j][k]));
      if (i === j && rest <= 0) return false;
      l[i][j] = i === j ? Math.sqrt(rest) : rest / l[j][j];
    }
  }
  return true;
}

export const DOMAINS = ['extraversion', 'agreeableness', 'conscientiousness', 'neuroticism', 'openness'];
export const LETTERS = ['E', 'A', 'C', 'N', 'O'];
