/** One line of a CSV file (RFC 4180), with its end. */
export function csvLine(cells: readonly (string | number | boolean | null | undefined)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/** What makes spreadsheets take the text for one in UTF-8. */
export const byteOrderMark = '\u{feff}';

/** Text that a spreadsheet would take for a formula is marked as text: an attacker may have chosen a user's name. */
function csvCell(value: string | number | boolean | null | undefined): string {
  if (value === null || value === undefined) return '';
  const text = String(value);
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
