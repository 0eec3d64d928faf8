// Entropic transport between two files of points with whole coordinates, on their lattice; prints one JSON line.
//   npm run --silent bench -- lattice --source X.bin --target Y.bin --dims D --ratio R --tolerance T [--workers 2] [--relaxed] [--whole]
// Files, options and output as in transport.mjs.
import { latticeSinkhorn } from '../../dist/src/transport/lattice-sinkhorn.js';
import { solveFiles } from './solve-files.mjs';

await solveFiles(latticeSinkhorn);
