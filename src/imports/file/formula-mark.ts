/** What a spreadsheet takes for a formula; with our mark before it, and marks that were there before. */
const formula = /^'*[=@+\-\t\r]/;

/** A value with a mark before it, where a spreadsheet would run it as a formula. */
export function asText(value: string): string {
  return formula.test(value) ? `'${value}` : value;
}

/** A value of a file that `asText` has marked, as it was. */
export function withoutMark(value: string): string {
  return value.startsWith("'") && formula.test(value) ? value.slice(1) : value;
}
