import type { RequestContext } from './resource-handler.ts';

/** What a receiver asks of a feed of security event tokens (RFC 8936 §2.2). */
export interface TokensAsked {
  readonly maxEvents: number;
  /** Whether to answer at once where there is nothing. */
  readonly returnImmediately: boolean;
  /** Ids (`jti`) of tokens that it has taken. */
  readonly ack: readonly string[];
  /** What is wrong with tokens, by id: they are not sent again. */
  readonly setErrs: Readonly<Record<string, { readonly err: string; readonly description: string }>>;
}

/** What it is answered (RFC 8936 §2.3). */
export interface TokensGiven {
  /** The tokens, by id. */
  readonly sets: Readonly<Record<string, string>>;
  readonly moreAvailable: boolean;
}

/** PORT: feeds of security event tokens that are fetched (RFC 8936). */
export interface TokenFeeds {
  /** @returns undefined where the caller has no such feed */
  poll(context: RequestContext, feed: string, asked: TokensAsked): Promise<TokensGiven | undefined>;
}
