/** Turns texts into points whose dot products say how near their meanings are. */
export interface Embedder {
  /** Model and version; goes into cache keys and run records. */
  readonly name: string;
  /** Length of every vector. */
  readonly dimensions: number;
  /** One vector a text, in order, L2-normalised. @throws {Failure} `interrupted` when the signal aborts */
  embed(texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]>;
}

/** Divides a vector by its length; a zero vector stays as it is. */
export function normalized(vector: ArrayLike<number>): Float32Array {
  const out = Float32Array.from(vector);
  let squares = 0;
  for (const x of out) squares += x * x;
  if (squares > 0) for (let k = 0; k < out.length; k++) out[k]! /= Math.sqrt(squares);
  return out;
}
