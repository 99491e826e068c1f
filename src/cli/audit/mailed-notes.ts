/** A checkpoint, whatever has become of its line breaks; a reply or a forwarded mail begins its lines with `>`. */
const checkpointPattern =
  /([!-~]+)[\s>]+(\d{1,16})[\s>]+([A-Za-z0-9+/]{43}=)[\s>]+— ([!-~]+)[\s>]+([A-Za-z0-9+/]{88,}={0,2})/g;

/** A part of a mail whose bytes are written as base64 (RFC 2045 §6.8), after its header. */
const base64Part = /Content-Transfer-Encoding:[ \t]*base64\b[^]*?\r?\n\r?\n([A-Za-z0-9+/=\r\n]+)/gi;

/**
 * The signed notes in a text: as the server adds them to a file, copied out of a mail, or a whole mail as a mail
 * program saves it.
 * @returns each once, in the form of C2SP signed-note
 */
export function notesIn(text: string): string[] {
  const readings = [
    text,
    quotedPrintable(text),
    ...[...text.matchAll(base64Part)].map(([, body = '']) => decoded(body)),
  ];
  const notes = readings.flatMap((reading) =>
    [...reading.matchAll(checkpointPattern)].map(
      ([, origin, size, root, name, signature]) => `${origin}\n${size}\n${root}\n\n— ${name} ${signature}\n`,
    ),
  );
  return [...new Set(notes)];
}

function decoded(body: string): string {
  return Buffer.from(body, 'base64').toString('utf8');
}

/** RFC 2045 §6.7: `=E2=80=94` is a dash, and a line that ends with `=` goes on in the next. */
function quotedPrintable(text: string): string {
  const bytes = text
    .replace(/=[ \t]*\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
