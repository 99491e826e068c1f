import type { WireDocument } from './wire-message.ts';

/** What happens to a command on its way to the server, or to the answer on its way back. */
export type Fault =
  /** The connection breaks: the server never sees the command. */
  | { readonly kind: 'cut before' }
  /** The connection breaks with the command half sent: the server does not carry it out. */
  | { readonly kind: 'cut request' }
  /** The server carries the command out, then the connection breaks with no answer. */
  | { readonly kind: 'cut after' }
  /** The server carries the command out, then the connection breaks with half its answer sent. */
  | { readonly kind: 'cut answer' }
  /** The server never sees the command, and the driver gets this answer. */
  | { readonly kind: 'refuse'; readonly code: number; readonly labels?: readonly string[] }
  /** The server carries the command out and answers that a majority of servers has not confirmed it. */
  | { readonly kind: 'unconfirmed'; readonly code: number; readonly labels?: readonly string[] }
  /** The server never sees the command, and the driver gets no answer. */
  | { readonly kind: 'swallow' }
  /** The server carries the command out, and the driver gets no answer. */
  | { readonly kind: 'swallow answer' }
  /** The server sees the command so many milliseconds later. */
  | { readonly kind: 'delay'; readonly ms: number };

/** A fault as test titles tell it. */
export function describeFault(fault: Fault): string {
  if ('code' in fault) return `${fault.kind} ${fault.code}`;
  return 'ms' in fault ? `${fault.kind} ${fault.ms} ms` : fault.kind;
}

/** What a server answers that refuses a command with a code. */
export function refusalBody({
  code,
  labels = [],
}: {
  readonly code: number;
  readonly labels?: readonly string[];
}): WireDocument {
  return {
    ok: 0,
    errmsg: `fault ${code}`,
    code,
    codeName: `Fault${code}`,
    ...(labels.length > 0 ? { errorLabels: labels } : {}),
  };
}

/** A server's answer, with the word added that a majority of servers has not confirmed the write. */
export function unconfirmedBody(
  answer: WireDocument,
  { code, labels = [] }: { readonly code: number; readonly labels?: readonly string[] },
): WireDocument {
  return {
    ...answer,
    writeConcernError: { code, codeName: `Fault${code}`, errmsg: `fault ${code}` },
    ...(labels.length > 0 ? { errorLabels: labels } : {}),
  };
}
