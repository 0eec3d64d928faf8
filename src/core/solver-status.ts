/**
 * How an iterative solver ended. `converged` means that the margins or marginals are met to the tolerance, never that
 * the iterates stopped moving; `infeasible` comes with a certificate. Only `converged` may pass a stage.
 */
export type SolverStatus = 'converged' | 'stalled' | 'iteration-limit' | 'infeasible';
