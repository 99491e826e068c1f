/** Asks for several things of one kind together. @returns what tells the answer of each */
type AskAll<Item, Answer> = (key: string, items: readonly Item[]) => Promise<(item: Item) => Answer>;

/** What is gathered for the next question, and its answer. */
interface Gathered<Item, Answer> {
  readonly items: Item[];
  readonly answer: Promise<(item: Item) => Answer>;
  readonly send: () => void;
}

/** How long what is gathered waits at most for the question before it to be answered, in milliseconds. */
const patienceMs = 4;

/**
 * Gathers what is asked for in one turn of the event loop, or while an earlier question of the same key is on its way,
 * and asks for it together: the busier the process, the more calls share one question. One alone waits for nothing.
 */
export class AskedTogether<Item, Answer> {
  readonly #askAll: AskAll<Item, Answer>;
  readonly #most: number;
  readonly #gathered = new Map<string, Gathered<Item, Answer>>();
  /** How many questions of each key are on their way. */
  readonly #underWay = new Map<string, number>();

  /** @param most how many are asked for together at most */
  constructor(askAll: AskAll<Item, Answer>, most: number) {
    this.#askAll = askAll;
    this.#most = most;
  }

  /**
   * @param key what is asked for together has the same
   * @throws what the question throws that the item was a part of
   */
  async ask(key: string, item: Item): Promise<Answer> {
    const present = this.#gathered.get(key) ?? this.#gather(key);
    present.items.push(item);
    if (present.items.length >= this.#most) present.send();
    return (await present.answer)(item);
  }

  #gather(key: string): Gathered<Item, Answer> {
    const items: Item[] = [];
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const answer = begun.then(() => this.#question(key, items));
    const send = (): void => {
      if (this.#gathered.get(key) === gathered) this.#gathered.delete(key);
      begin();
    };
    const gathered = { items, answer, send };
    this.#gathered.set(key, gathered);
    if (this.#underWay.has(key)) setTimeout(send, patienceMs);
    else setImmediate(send);
    return gathered;
  }

  async #question(key: string, items: readonly Item[]): Promise<(item: Item) => Answer> {
    this.#underWay.set(key, (this.#underWay.get(key) ?? 0) + 1);
    try {
      return await this.#askAll(key, items);
    } finally {
      const left = this.#underWay.get(key)! - 1;
      if (left > 0) this.#underWay.set(key, left);
      else {
        this.#underWay.delete(key);
        this.#gathered.get(key)?.send();
      }
    }
  }
}
