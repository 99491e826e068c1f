/** A sentence with its full stop; one that ends with a question mark or a full stop keeps that alone. */
export function withFullStop(sentence: string): string {
  return /[.?!…]$/.test(sentence) ? sentence : `${sentence}.`;
}
