/** A message or a part of one, taken apart as far as reports need it. */
export interface MimePart {
  /**
   * Names in lower case; of a field that comes more than once the values are joined with a space. Unfolded (RFC 5322
   * §2.2.3).
   */
  readonly fields: ReadonlyMap<string, string>;
  /** `type/subtype` in lower case; `text/plain` where nothing is said. */
  readonly type: string;
  /** As transferred; {@link decodedBody} undoes the transfer encoding. */
  readonly body: string;
}

/**
 * Reads header and body.
 * @param text octets as characters (latin1): what matters in a report is ASCII
 */
export function readMimePart(text: string): MimePart {
  const end = /(?:^|\r?\n)\r?\n/.exec(text);
  const fields = readFields(end === null ? text : text.slice(0, end.index));
  const body = end === null ? '' : text.slice(end.index + end[0].length);
  const type = (fields.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return { fields, type: type === '' ? 'text/plain' : type, body };
}

/** No mail server sends a header longer than this; what comes after it is not read. */
export const maxHeaderLength = 256 * 1024;

/** Header text with each field on one line (RFC 5322 §2.2.3). */
export function unfolded(header: string): string {
  return header.replace(/\r?\n[ \t]+/g, ' ');
}

/** Reads a block of `Name: value` fields, as headers and delivery reports are made of: the first 256 KiB of it. */
export function readFields(block: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of unfolded(block.slice(0, maxHeaderLength)).split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = fields.get(name);
    fields.set(name, before === undefined ? value : `${before} ${value}`);
  }
  return fields;
}

/** The parts of a multipart (RFC 2046 §5.1.1), at most 20; none where it is none or its boundary is missing. */
export function partsOf({ type, fields, body }: MimePart): MimePart[] {
  const boundary = /;\s*boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;]{1,200}))/i.exec(fields.get('content-type') ?? '');
  const mark = boundary?.[1] ?? boundary?.[2];
  if (!type.startsWith('multipart/') || mark === undefined) return [];
  // Text after the closing boundary, or before the first, belongs to no part.
  const [inner = ''] = `\n${body}`.split(`\n--${mark}--`, 1);
  return inner
    .split(`\n--${mark}`, 21)
    .slice(1)
    .map((part) => readMimePart(part.replace(/^[ \t]*\r?\n/, '')));
}

/** The body with its transfer encoding undone. */
export function decodedBody({ fields, body }: MimePart): string {
  switch (fields.get('content-transfer-encoding')?.toLowerCase()) {
    case 'base64':
      return Buffer.from(body, 'base64').toString('latin1');
    case 'quoted-printable':
      return body
        .replace(/=\r?\n/g, '')
        .replace(/=([0-9A-F]{2})/gi, (_found, hex: string) => String.fromCharCode(parseInt(hex, 16)));
    default:
      return body;
  }
}
