/** Tables for spreadsheets. */

export type CsvCell = string | number;

/**
 * Lines as RFC 4180 has them, the first of them the names of the columns.
 *
 * What a spreadsheet would take for a formula gets an apostrophe in front, which makes it a text there.
 *
 * @param rows texts in them are of strangers
 * @source RFC 4180 §2; OWASP, CSV Injection
 */
export function toCsv(columns: readonly string[], rows: Iterable<readonly CsvCell[]>): string {
  return [columns, ...rows].map((row) => `${row.map(toCell).join(',')}\r\n`).join('');
}

function toCell(value: CsvCell): string {
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Whether a text is a table of days, versions and numbers, and nothing else: what a registry publishes of a plugin.
 *
 * @param text attacker-controlled, of any length
 */
export function isDayTable(text: string): boolean {
  // Line by line: one expression for all of them would run out of stack.
  const [head = '', ...lines] = text.replace(/\r?\n$/, '').split(/\r?\n/);
  return /^day,version(?:,[a-z_]+)*$/.test(head) && lines.every((line) => DAY_LINE.test(line));
}

const DAY_LINE = /^\d{4}-\d\d-\d\d,[0-9A-Za-z.-]+(?:,\d+)*$/;
