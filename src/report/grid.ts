/** A table of raw texts: each renderer escapes them for its own format. The first column names the row. */
export interface Grid {
  readonly caption: string;
  readonly columns: readonly { readonly title: string; readonly numeric: boolean }[];
  readonly rows: readonly (readonly string[])[];
}

/** A column of words. */
export const text = (title: string): Grid['columns'][number] => ({ title, numeric: false });
/** A column of figures, aligned to the right. */
export const number = (title: string): Grid['columns'][number] => ({ title, numeric: true });
