import type { Resolver } from 'node:dns/promises';

/** What the DNS says of who may send for a domain. */
export interface SenderRecords {
  /** The SPF record (RFC 7208); undefined where there is none. */
  readonly spf: string | undefined;
  /** Whether there are several, which is the same as none (RFC 7208 §4.5). */
  readonly severalSpf: boolean;
  /** The DMARC record of the domain, or of the one above it (RFC 7489 §6.6.3). */
  readonly dmarc: string | undefined;
}

/** What asks the DNS, such as `dns.promises`. */
export type TextResolver = Pick<Resolver, 'resolveTxt'>;

/** Names that have no such record. */
const nothing = new Set(['ENOTFOUND', 'ENODATA']);

/**
 * Reads what the DNS says of a sender's domain.
 * @param resolver such as `dns.promises`
 * @throws Error of the resolver where the DNS cannot be asked
 */
export async function senderRecords(domain: string, resolver: TextResolver): Promise<SenderRecords> {
  const texts = async (name: string): Promise<string[]> => {
    try {
      return (await resolver.resolveTxt(name)).map((parts) => parts.join(''));
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && nothing.has(String(cause.code))) return [];
      throw cause;
    }
  };
  const spf = (await texts(domain)).filter((text) => /^v=spf1(?:\s|$)/i.test(text));
  const dmarcOf = async (name: string): Promise<string | undefined> =>
    (await texts(`_dmarc.${name}`)).find((text) => /^v=DMARC1\s*;/i.test(text));
  const parent = domain.split('.').slice(-2).join('.');
  const dmarc = (await dmarcOf(domain)) ?? (parent === domain ? undefined : await dmarcOf(parent));
  return { spf: spf.length === 1 ? spf[0] : undefined, severalSpf: spf.length > 1, dmarc };
}
