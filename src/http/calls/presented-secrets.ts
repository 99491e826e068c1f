/** Shorter texts are not credentials: hiding them would only make the log unreadable. */
const shortest = 8;

/** How often a text is decoded in search of a credential: an address that was encoded three times is not one. */
const mostDecodings = 3;

const hidden = '***';

/**
 * The secrets that an `Authorization` field presents, whether or not they are good: the credentials as they came, and
 * the password of Basic credentials (RFC 7617).
 */
export function presentedSecrets(authorization: string | undefined): readonly string[] {
  if (authorization === undefined) return [];
  if (authorization !== last.authorization) last = { authorization, secrets: secretsIn(authorization) };
  return last.secrets;
}

/** Clients call with the same field again and again. */
let last: { readonly authorization: string; readonly secrets: readonly string[] } = { authorization: '', secrets: [] };

function secretsIn(authorization: string): readonly string[] {
  const [scheme = '', ...credentials] = authorization.trim().split(/[ \t]+/, 4);
  // A field without a scheme is taken for a credential whole.
  const found = credentials.length === 0 ? [scheme] : [...credentials];
  if (scheme.toLowerCase() === 'basic' && credentials[0] !== undefined) {
    const pair = Buffer.from(credentials[0], 'base64').toString('utf8');
    if (pair.includes(':')) found.push(pair.slice(pair.indexOf(':') + 1));
  }
  return found.filter((secret) => secret.length >= shortest).sort((one, other) => other.length - one.length);
}

/**
 * Hides what a caller presented as its credential, wherever it repeats it, of whatever shape it is: as it stands, and
 * percent-encoded in part or whole, once or several times.
 */
export function hidePresented(text: string, secrets: readonly string[]): string {
  return secrets.reduce(hideOne, text);
}

function hideOne(text: string, secret: string): string {
  const plain = text.replaceAll(secret, hidden);
  return plain.includes('%') && holdsEncoded(plain, secret) ? plain.replaceAll(encodedPattern(secret), hidden) : plain;
}

function holdsEncoded(text: string, secret: string): boolean {
  let decoded = text;
  for (let times = 0; times < mostDecodings && decoded.includes('%'); times += 1) {
    decoded = decodeLoosely(decoded);
    if (decoded.includes(secret)) return true;
  }
  return false;
}

/**
 * Decodes what can be decoded, byte by byte: a malformed sequence elsewhere must not keep a secret from being found.
 */
function decodeLoosely(text: string): string {
  return Buffer.from(
    text.replaceAll(/%([\da-f]{2})/gi, (_found, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');
}

/** Each character as it stands, or as the encoded bytes of its UTF-8, of which `%` itself may be encoded again. */
function encodedPattern(secret: string): RegExp {
  const characters = [...secret].map((character) => {
    const bytes = [...Buffer.from(character, 'utf8')].map((byte) => {
      const hex = byte.toString(16).padStart(2, '0');
      return `%(?:25){0,${mostDecodings}}${hex.replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)}`;
    });
    return `(?:${character.replaceAll(/[$()*+./?[\\\]^{|}]/g, String.raw`\$&`)}|${bytes.join('')})`;
  });
  return new RegExp(characters.join(''), 'gu');
}
