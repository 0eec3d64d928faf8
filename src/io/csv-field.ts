/** What spreadsheets take for the beginning of a formula. @see OWASP ASVS 5.0, 1.2.10; CWE-1236 */
const formula = /^[=+\-@\t\r\0]/;
/** A plain number: "-5" is one and stays what it is. */
const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * One field of a CSV file (RFC 4180): quoted where it must be, and with an apostrophe before a text that a spreadsheet would run as a
 * formula. Numbers, and texts that are numbers, stay as they are.
 */
export function csvField(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = formula.test(value) && !number.test(value) ? `'${value}` : value;
  return /[",\r\n\t\0]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The text that {@link csvField} wrote as a field, once the quotes are off: the apostrophe before a formula is taken away. */
export const fromCsvField = (field: string): string =>
  field.startsWith("'") && formula.test(field.slice(1)) && !number.test(field.slice(1)) ? field.slice(1) : field;
