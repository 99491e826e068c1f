/**
 * How an attempt ended. `reply` is what the other side said, as it came: the worker cleans it (`cleanReply`) before
 * anything keeps, logs or tells it.
 */
export type SendResult =
  | { readonly outcome: 'accepted'; readonly reply: string }
  /** This message can never be delivered (SMTP 5xx for the recipient or the content). */
  | { readonly outcome: 'permanent'; readonly reply: string }
  /** Try again later (4xx, time-out, connection lost); `retryAfterMs`: no sooner than that, as the server asks. */
  | { readonly outcome: 'temporary'; readonly reply: string; readonly retryAfterMs?: number }
  /**
   * The server takes no more for the moment: the message keeps its place in the queue, no attempt is counted, and
   * everything goes slower.
   */
  | { readonly outcome: 'throttled'; readonly reply: string }
  /**
   * The channel itself is broken (authentication, TLS, DNS, refused connection): no attempt is counted, nothing else
   * is tried for a while. `advice`: what an operator has to do. `retryAfterMs`: the answer came to this message, which
   * lets others try first.
   */
  | {
      readonly outcome: 'channelDown';
      readonly reply: string;
      readonly advice?: string | undefined;
      readonly retryAfterMs?: number;
    };
