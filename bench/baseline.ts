import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Of each number of users the ratio of Latchkey's rate to the bare route's, by what was asked. */
export type Ratios = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** A ratio this part of the kept one, or lower, is a slowdown. */
const leastPart = 0.8;

/**
 * Compares ratios with kept ones.
 * @returns a sentence for each that fell by more than a fifth; what is not kept is not compared
 */
export function slowdowns(measured: Ratios, kept: Ratios): string[] {
  return Object.entries(measured).flatMap(([size, lines]) =>
    Object.entries(lines).flatMap(([line, ratio]) => {
      const before = kept[size]?.[line];
      if (before === undefined || ratio / before > leastPart - 1e-9) return [];
      return [`${line} with ${size} users: ${ratio.toFixed(3)} of the bare route, and it was ${before.toFixed(3)}`];
    }),
  );
}

/** The ratios in a file; none where there is no such file. */
export function readRatios(file: string): Ratios {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Ratios) : {};
}

/** Keeps ratios in a file, in place of those of the same numbers of users. */
export function keepRatios(file: string, measured: Ratios): void {
  writeFileSync(file, `${JSON.stringify({ ...readRatios(file), ...measured }, null, 2)}\n`);
}
