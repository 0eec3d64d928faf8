import { Failure } from '../core/failure.js';
import { type Table, textColumn } from '../core/table.js';
import type { RowSource } from './artifact.js';
import type { AnyStage } from './stage.js';

/** Where dropped items are listed: the field that names the item, the one with the reason, and one that says more. */
export interface DroppedInto {
  readonly by: string;
  readonly reason: string;
  readonly detail?: string;
}

/**
 * A law that a stage keeps: no item is lost in silence. Every item of a port is found again in the outputs, kept or dropped with
 * a reason, and nothing is found that did not come in.
 */
export interface Conservation {
  /** The port whose items are followed: an input, or an output that lists everything that was read. */
  readonly of: string;
  /** Field of a row, or column of a table, that names the item. */
  readonly by: string;
  /** Column that says how often each item counts; once without it. */
  readonly times?: string;
  /** Outputs with what became of the items, and the field or column that names the item there. */
  readonly kept: Readonly<Record<string, string>>;
  /** Outputs of rows that say what was left out, and why. */
  readonly dropped?: Readonly<Record<string, DroppedInto>>;
  /** `once`, the default: each item exactly once, in one of the outputs. `some`: each at least once, in any of them. */
  readonly each?: 'once' | 'some';
}

/** How a law came out: `in` = `kept` + the sum of `dropped`. */
export interface Conserved {
  readonly of: string;
  readonly in: number;
  readonly kept: number;
  /** By reason. */
  readonly dropped: Readonly<Record<string, number>>;
}

/** Watches what goes into a stage and what comes out of it, for the laws that the stage declares. */
export interface Accounts {
  /** An input as the stage is to get it: what is read from it is counted. */
  readonly input: (port: string, content: unknown) => unknown;
  readonly emitted: (port: string, row: unknown) => void;
  readonly returned: (port: string, content: unknown) => void;
  /**
   * The balance of each law.
   *
   * @throws {Failure} `integrity` on an item that was lost, that came twice, or that came from nowhere
   */
  readonly settle: () => Promise<Conserved[]>;
}

/** Opens the accounts of a stage; without laws they watch nothing. */
export function openAccounts({ name, conserves = [] }: Pick<AnyStage, 'name' | 'conserves'>): Accounts {
  const books = conserves.map((law) => openBook(name, law));
  const reading: (() => Promise<void>)[] = [];
  return {
    input(port, content) {
      const own = books.filter(({ law }) => law.of === port);
      // The items of a file from outside are not known here.
      if (own.length === 0 || !(isRows(content) || isTable(content))) return content;
      own.forEach(({ open }) => open());
      const come = (row: unknown): void => own.forEach(({ law, came }) => came(idOf(row, law.by), 1));
      if (isRows(content)) {
        const tap = tapped(content, come);
        reading.push(tap.finish);
        return tap.source;
      }
      for (const { law, came } of own) comeOf(content, law, came);
      return content;
    },
    emitted(port, row) {
      for (const { law, open, came, went } of books) {
        if (law.of === port) {
          open();
          came(idOf(row, law.by), 1);
        }
        const kept = law.kept[port];
        if (kept !== undefined) went(idOf(row, kept), undefined);
        const dropped = law.dropped?.[port];
        if (dropped !== undefined) went(idOf(row, dropped.by), idOf(row, dropped.reason));
      }
    },
    returned(port, content) {
      for (const { law, went } of books) {
        const kept = law.kept[port];
        if (kept !== undefined) for (const id of textColumn(content as Table, kept)) went(id, undefined);
      }
    },
    async settle() {
      for (const finish of reading) await finish();
      return books.flatMap(({ settle }) => settle());
    },
  };
}

/** What a book knows of one item. */
interface Entry {
  /** Came in minus went out; with `some`, 1 as long as it is nowhere. */
  open: number;
  came: boolean;
  kept: boolean;
  reason?: string;
}

/** The book of one law. Of items that came and went exactly once nothing is remembered, so that streams stay streams. */
function openBook(stage: string, law: Conservation) {
  const isOnce = law.each !== 'some';
  const entries = new Map<string, Entry>();
  const dropped = new Map<string, number>();
  let [isOpen, arrived, kept] = [false, 0, 0];
  const entryOf = (id: string): Entry => {
    const known = entries.get(id);
    if (known !== undefined) return known;
    const entry: Entry = { open: 0, came: false, kept: false };
    entries.set(id, entry);
    return entry;
  };
  const count = (reason: string | undefined): void => {
    if (reason === undefined) kept++;
    else dropped.set(reason, (dropped.get(reason) ?? 0) + 1);
  };
  const close = (id: string, entry: Entry): void => {
    if (isOnce && entry.open === 0) entries.delete(id);
  };
  return {
    law,
    /** Without a port that is wired there is nothing to be conserved. */
    open: (): void => {
      isOpen = true;
    },
    came: (id: string, times: number): void => {
      if (times === 0) return;
      const entry = entryOf(id);
      if (isOnce || !entry.came) arrived += times;
      entry.came = true;
      entry.open += times;
      close(id, entry);
    },
    went: (id: string, reason: string | undefined): void => {
      const entry = entryOf(id);
      if (isOnce) count(reason);
      else if (reason === undefined) entry.kept = true;
      else entry.reason ??= reason;
      entry.open--;
      close(id, entry);
    },
    settle: (): Conserved[] => {
      if (!isOpen) return [];
      if (!isOnce)
        for (const [id, entry] of entries) {
          const isFound = entry.kept || entry.reason !== undefined;
          if (isFound) count(entry.kept ? undefined : entry.reason);
          if (isFound && entry.came) entries.delete(id);
          else entry.open = isFound ? -1 : 1;
        }
      if (entries.size > 0) throw broken(stage, law, arrived, entries);
      return [{ of: law.of, in: arrived, kept, dropped: Object.fromEntries([...dropped].sort(byName)) }];
    },
  };
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

/** Most items that a message names of each kind. */
const named = 5;

function broken(stage: string, law: Conservation, arrived: number, entries: ReadonlyMap<string, Entry>): Failure {
  const idsWhere = (is: (entry: Entry) => boolean): string[] =>
    [...entries].filter(([, entry]) => is(entry)).map(([id]) => id);
  const told = (ids: readonly string[], what: string): string[] =>
    ids.length === 0
      ? []
      : [`${ids.length} ${what} (${ids.slice(0, named).join(', ')}${ids.length > named ? ', ...' : ''})`];
  const places = [...Object.keys(law.kept), ...Object.keys(law.dropped ?? {})].join(' or ');
  return new Failure('integrity', {
    where: stage,
    problem: `what went in is not what came out and what was dropped: ${[
      ...told(
        idsWhere(({ open }) => open > 0),
        `in ${law.of} and not in ${places}`,
      ),
      ...told(
        idsWhere(({ open }) => open < 0),
        `in ${places} more often than in ${law.of}`,
      ),
    ].join('; ')}`,
    got: `${arrived} in`,
    expected: 'each of them again',
    hint: 'This is a fault of the program: please report it.',
  });
}

/**
 * Checks a sum of counts, where items have no names.
 *
 * @param parts what became of them, by name
 * @throws {Failure} `integrity` when the parts are not the whole
 */
export function checkBalance(where: string, came: number, parts: Readonly<Record<string, number>>): void {
  const total = Object.values(parts).reduce((sum, count) => sum + count, 0);
  if (total === came) return;
  throw new Failure('integrity', {
    where,
    problem: 'what went in is not what came out and what was dropped',
    got: `${came} in; ${Object.entries(parts)
      .map(([name, count]) => `${count} ${name}`)
      .join(' + ')} = ${total}`,
    hint: 'This is a fault of the program: please report it.',
  });
}

function comeOf(table: Table, { by, times }: Conservation, came: (id: string, times: number) => void): void {
  const counts = times === undefined ? undefined : table.columns[times];
  textColumn(table, by).forEach((id, row) => came(id, counts === undefined ? 1 : Number(counts[row])));
}

const idOf = (row: unknown, field: string): string => String((row as Readonly<Record<string, unknown>>)[field]);

const isRows = (content: unknown): content is RowSource<unknown> =>
  typeof content === 'object' && content !== null && Symbol.asyncIterator in content;

const isTable = (content: unknown): content is Table =>
  typeof content === 'object' && content !== null && 'columns' in content && 'rows' in content;

/** Rows of which each is seen once, however often they are read; `finish` sees those that nobody has read. */
function tapped(source: RowSource<unknown>, see: (row: unknown) => void) {
  let seen = 0;
  const counted: RowSource<unknown> = {
    count: source.count,
    async *[Symbol.asyncIterator]() {
      let at = 0;
      for await (const row of source) {
        if (at++ === seen) {
          seen++;
          see(row);
        }
        yield row;
      }
    },
  };
  return {
    source: counted,
    finish: async (): Promise<void> => {
      if (seen >= source.count) return;
      const all = counted[Symbol.asyncIterator]();
      while ((await all.next()).done !== true);
    },
  };
}
