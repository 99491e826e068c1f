/** How far a piece of work is, and whether to go on. */
export interface Steps {
  readonly mustStop: () => boolean;
  readonly step: (done: number, total: number, phase: string) => Promise<void>;
}

/** How often a step that changes nothing but its number is told, in milliseconds. */
const toldMs = 250;

/** Tells a step where a phase begins or ends, and now and then in between. */
export function seldom(step: Steps['step']): Steps['step'] {
  let before = { phase: '', at: -Infinity };
  return async (done, total, phase) => {
    const at = performance.now();
    if (phase === before.phase && done < total && at - before.at < toldMs) return;
    before = { phase, at };
    await step(done, total, phase);
  };
}
