// Raking of records to categorical margins; prints one JSON line.
//   npm run --silent bench -- rake --margins M [--method rake|maxent] [--tolerance 1e-6] [--whole]
// M.bin and M.json as in margin-files.mjs. rowError is the largest error of a cell, in shares; designEffect
// that of unequal weights.
import { weightDiagnostics } from '../../dist/src/survey/diagnostics.js';
import { fitWeights } from '../../dist/src/survey/fit-weights.js';
import { marginsOf } from './margin-files.mjs';
import { measured, optionsOf } from './point-files.mjs';

const text = (value) => ({ type: 'string', ...(value !== undefined && { default: value }) });
const { margins, method, tolerance, whole } = optionsOf({
  margins: text(),
  method: text('rake'),
  tolerance: text('1e-6'),
  whole: { type: 'boolean', default: false },
});
const asked = marginsOf(margins);
const records = asked[0].codes.length;
const problem = { records, base: new Float64Array(records).fill(1), margins: asked };
const { result, wallSeconds, cpuSeconds, rssMiB } = await measured(() =>
  fitWeights(problem, { method, tolerance: Number(tolerance) }),
);
const { user, system } = process.cpuUsage();
const seconds = whole
  ? { wallSeconds: performance.now() / 1000, cpuSeconds: (user + system) / 1e6 }
  : { wallSeconds, cpuSeconds };
const { iterations, status, maxMarginError: rowError, weights } = result;
const { designEffect } = weightDiagnostics(weights);
console.log(
  JSON.stringify({ ...seconds, rssMiB, iterations, rowError, columnError: null, value: null, designEffect, status }),
);
