import { mongo } from 'mongoose';

/** Starts sessions: the driver's client, or a double. */
interface SessionStarter {
  startSession(options: mongo.ClientSessionOptions): mongo.ClientSession;
}

/** More than so many that nothing uses are not kept: as many as the driver has connections by default. */
const mostKept = 100;

/**
 * Sessions for single commands. By itself the driver makes a session for each command and ends it afterwards, which
 * takes longer than writing the command; here each is used again, by one command at a time.
 */
export class SessionPool {
  readonly #starter: SessionStarter | undefined;
  readonly #free: mongo.ClientSession[] = [];

  /** @param starter undefined where the server takes no sessions */
  constructor(starter: SessionStarter | undefined) {
    this.#starter = starter;
  }

  /** Runs a command with a session of its own, and without one where the server takes none. */
  async use<Answer>(command: (session: mongo.ClientSession | undefined) => Promise<Answer>): Promise<Answer> {
    const session =
      this.#free.pop() ?? this.#starter?.startSession({ causalConsistency: false, defaultTransactionOptions: {} });
    if (session === undefined) return command(undefined);
    try {
      const answer = await command(session);
      if (this.#free.length < mostKept && !session.hasEnded) this.#free.push(session);
      else void session.endSession();
      return answer;
    } catch (error) {
      // What a connection lost in the middle of a command has left on the server is not used again.
      if (error instanceof mongo.MongoServerError && !session.hasEnded) this.#free.push(session);
      else void session.endSession();
      throw error;
    }
  }
}
