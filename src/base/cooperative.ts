/** Work that can be interrupted wherever it yields. */
export type Steps<Result> = Generator<void, Result, void>;

/** How long one request may keep the others waiting before they get their turn. */
const longestTurnMs = 8;

/** Long works that wait to go on. */
const waiting: (() => void)[] = [];

/**
 * Waits for a later turn of the event loop. Of all who wait so, one goes on in each turn: however many long works
 * there are, the others are kept waiting by one of them only.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(wakeOne);
  });
}

function wakeOne(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(wakeOne);
}

/** Carries out long work without holding up the event loop: between two steps other requests get their turn. */
export async function inTurns<Result>(steps: Steps<Result>): Promise<Result> {
  let turnEnd = performance.now() + longestTurnMs;
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() < turnEnd) continue;
    await nextTurn();
    turnEnd = performance.now() + longestTurnMs;
  }
}

/**
 * For work whose steps are awaited, though nothing may really have to be waited for.
 * @returns a function that, called between two steps, lets other requests have their turn when this one's has lasted
 *   long enough
 */
export function turnTaking(longestMs = longestTurnMs): () => Promise<void> {
  let turnEnd = performance.now() + longestMs;
  return async () => {
    if (performance.now() < turnEnd) return;
    await nextTurn();
    turnEnd = performance.now() + longestMs;
  };
}

/** Carries out the same work in one go. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** What becomes of each element, interruptible after each. */
export function* each<Element, Made>(elements: readonly Element[], make: (element: Element) => Made): Steps<Made[]> {
  const made: Made[] = [];
  for (const element of elements) {
    made.push(make(element));
    yield;
  }
  return made;
}

/** What is worked through at once; other requests get their turn between two slices. */
export async function* slices<T>(all: readonly T[]): AsyncGenerator<readonly T[]> {
  const takeTurns = turnTaking();
  for (let start = 0; start < all.length; start += 1000) {
    yield all.slice(start, start + 1000);
    await takeTurns();
  }
}
