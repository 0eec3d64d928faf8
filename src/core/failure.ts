/** What kind of thing went wrong. Each code has one exit code, see {@link exitCodes}. */
export type FailureCode =
  | 'usage'
  | 'invalid-input'
  | 'not-converged'
  | 'infeasible'
  | 'gate-failed'
  | 'budget-reached'
  | 'model-unavailable'
  | 'folder-locked'
  | 'integrity'
  | 'quality-gate'
  | 'interrupted';

/** Process exit code of each failure; 0 is success and 1 is a bug (anything thrown that is not a Failure). */
export const exitCodes: Readonly<Record<FailureCode, number>> = {
  usage: 2,
  'invalid-input': 2,
  'not-converged': 3,
  infeasible: 3,
  'gate-failed': 3,
  'budget-reached': 4,
  'model-unavailable': 5,
  'folder-locked': 6,
  integrity: 7,
  'quality-gate': 8,
  interrupted: 130,
};

/** The parts of the one sentence that every failure prints. */
export interface FailureParts {
  /** The option, file and line, column, cell or stage that is wrong. */
  readonly where: string;
  /** What is wrong with it, without the value. */
  readonly problem: string;
  /** The value found. */
  readonly got?: unknown;
  /** What would have been right. */
  readonly expected?: string;
  /** What to do next: one sentence. */
  readonly hint?: string;
}

/**
 * The one error class. Its message is one sentence, `where: problem; got X, expected Y. Hint.`, pinned by tests.
 * Anything else that is thrown is a bug.
 */
export class Failure extends Error {
  override readonly name = 'Failure';

  constructor(
    readonly code: FailureCode,
    readonly parts: FailureParts,
    options?: ErrorOptions,
  ) {
    super(sentence(parts), options);
  }

  /** Process exit code for this failure. */
  get exitCode(): number {
    return exitCodes[this.code];
  }
}

function sentence({ where, problem, got, expected, hint }: FailureParts): string {
  const details = [
    ...(got === undefined ? [] : [`got ${show(got)}`]),
    ...(expected === undefined ? [] : [`expected ${expected}`]),
  ].join(', ');
  return escaped(`${where}: ${problem}${details === '' ? '' : `; ${details}`}.${hint === undefined ? '' : ` ${hint}`}`);
}

/** Huge values must not fill a terminal: at most 120 characters. Texts that could be misread stand in quotes. */
function show(value: unknown): string {
  const plain = typeof value === 'string' && /^(?! )[\w .,:;%+×x/=<>()-]+(?<! )$/.test(value);
  const text = escaped(plain ? value : literal(value));
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

/** As JSON where there is such JSON; a failure must not fail over its own value (a cycle, a big integer). */
function literal(value: unknown): string {
  if (typeof value === 'number') return String(value);
  try {
    const json = JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v)) as
      string | undefined;
    return json ?? String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

/** File names, columns and categories are other people's texts: none may move the cursor or turn the line around. */
const escaped = (text: string): string =>
  text.replace(
    /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
