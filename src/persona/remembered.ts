/** What is remembered under which key, and how much of it. */
export interface Memory<A> {
  /** Arguments with the same key have the same value. Default: the argument itself. */
  readonly keyOf?: (argument: A) => unknown;
  /** Most values that are kept; the oldest is forgotten first. Default: all. */
  readonly most?: number;
}

/** A function that works each value out once, as long as it remembers. `work` must be pure, and nobody may change a value. */
export function remembered<A, V>(
  work: (argument: A) => V,
  { keyOf = (argument) => argument, most = Infinity }: Memory<A> = {},
): (argument: A) => V {
  const known = new Map<unknown, V>();
  return (argument) => {
    const key = keyOf(argument);
    const found = known.get(key);
    if (found !== undefined) return found;
    const value = work(argument);
    if (known.size >= most) known.delete(known.keys().next().value);
    known.set(key, value);
    return value;
  };
}
