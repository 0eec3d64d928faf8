// Entropic transport between two files of points; prints one JSON line.
//   npm run --silent bench -- transport --source X.bin --target Y.bin --dims D --ratio R --tolerance T [--workers 2] [--relaxed] [--whole]
// Files are raw little-endian doubles, row after row; masses are equal; epsilon = ratio x mean cost. Seconds are those of the
// solve; with --whole those of the process, reading and starting included.
import { sinkhorn } from '../../dist/src/transport/sinkhorn.js';
import { solveFiles } from './solve-files.mjs';

await solveFiles(sinkhorn);
