/**
 * One pattern for several, in any letter case: what matches one of them matches it.
 * @param patterns without flags, each for itself
 */
export function anyOf(...patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => source).join('|'), 'i');
}

/**
 * One pattern for several that follow each other, in any letter case.
 * @param patterns without flags; `|` in one of them is for that one alone
 */
export function inOrder(...patterns: readonly RegExp[]): RegExp {
  return withFlags('i', ...patterns);
}

/** The same, with other flags. */
export function withFlags(flags: string, ...patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => `(?:${source})`).join(''), flags);
}
