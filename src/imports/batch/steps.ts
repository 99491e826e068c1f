/** How far a piece of work is, and whether to go on. */
export interface Steps {
  readonly mustStop: () => boolean;
  readonly step: (done: number, total: number, phase: string) => Promise<void>;
}
