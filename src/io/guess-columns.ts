import { Failure } from '../core/failure.js';
import { readRecords } from './files.js';
import type { ColumnMap } from './histories.js';

/** Names that columns usually have, likeliest first; compared without case, spaces, dots, dashes and underscores. */
const usual = {
  author: ['author', 'authorid', 'user', 'userid', 'username', 'person', 'personid', 'blogger', 'id'],
  text: ['text', 'body', 'post', 'content', 'message', 'comment', 'selftext'],
  date: ['date', 'createdat', 'created', 'time', 'timestamp', 'posted'],
  age: ['age', 'ageyears'],
  sex: ['sex', 'gender'],
};

/**
 * Guesses which columns hold what, from the first record of a file: author, text (or an array of posts), date, age and
 * sex. The guess is meant to be shown to the user, who can set the columns instead.
 *
 * @throws {Failure} `invalid-input` when there is no column that could be the author or the texts; the columns are named
 */
export async function guessColumns(path: string): Promise<ColumnMap> {
  for await (const { record } of readRecords(path)) {
    const columns = Object.keys(record);
    const find = (names: readonly string[], among: readonly string[] = columns): string | undefined =>
      names.map((name) => among.find((column) => plain(column) === name)).find((column) => column !== undefined);
    const author = find(usual.author);
    const texts = textColumns(record, columns, find);
    if (author === undefined || texts === undefined)
      throw new Failure('invalid-input', {
        where: path,
        problem: author === undefined ? 'no column looks like an author' : 'no column looks like a text',
        got: columns.join(', '),
        expected: (author === undefined ? usual.author : usual.text).join(', '),
        hint: 'Name the columns in the config: stages.ingest-histories.columns.',
      });
    const attributes = Object.fromEntries(
      (['age', 'sex'] as const).flatMap((variable) => {
        const column = find(usual[variable]);
        return column === undefined ? [] : [[variable, column]];
      }),
    );
    return { author, ...texts, ...(Object.keys(attributes).length > 0 && { attributes }) };
  }
  throw new Failure('invalid-input', { where: path, problem: 'no records' });
}

function textColumns(
  record: Readonly<Record<string, unknown>>,
  columns: readonly string[],
  find: (names: readonly string[], among?: readonly string[]) => string | undefined,
): Omit<ColumnMap, 'author' | 'attributes'> | undefined {
  const posts = columns.find((column) => Array.isArray(record[column]) && (record[column] as unknown[]).length > 0);
  if (posts !== undefined) {
    const first = (record[posts] as unknown[])[0];
    if (typeof first !== 'object' || first === null) return { posts };
    const fields = Object.keys(first);
    const [text, date] = [find(usual.text, fields), find(usual.date, fields)];
    return text === undefined ? undefined : { posts, text, ...(date !== undefined && { date }) };
  }
  const [text, date] = [find(usual.text), find(usual.date)];
  return text === undefined ? undefined : { text, ...(date !== undefined && { date }) };
}

const plain = (column: string): string => column.toLowerCase().replace(/[ ._-]/g, '');
