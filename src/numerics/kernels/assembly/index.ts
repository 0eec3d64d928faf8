// What the module exports. Every kernel takes (part, scratch, ...arguments); see ../README.md.
export { kernelSums32, kernelSums64 } from './kernel-sums';
export { fusedPass32, fusedPass64 } from './fused-pass';
export { fusedPassMixed } from './mixed-pass';
export { storeKernel, storedPass } from './stored-kernel';
export { slicedEqual, slicedWeighted } from './sorted-projections';
export { latticeInner, latticeOuter } from './lattice';
export { searchPass } from './search';
