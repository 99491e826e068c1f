import { anyOf, inOrder } from './any-of.ts';

/** Words that make a name one of a secret, wherever in it they stand. */
const secretWords: ReadonlySet<string> = new Set(
  (
    'password passwords passwd pwd passphrase passcode secret secrets token tokens credential credentials assertion '
    + 'authorization authorisation otp pin jwt cookie bearer signature apikey accesskey privatekey totp'
  ).split(' '),
);

/** The same where a name is written as one word. */
const within = anyOf(
  /passw(?:or)?d|passphrase|passcode|secret|token|credential|api_?key|accesskey|privatekey/,
  /assertion|authori[sz]ation|cookie|onetimecode/,
);

/** Two words that mean a secret together: `api key`, `auth code`. */
const pairs = inOrder(
  /^| /,
  anyOf(
    /(?:api|access|private|session|shared|master|encryption) key/,
    /(?:auth|access|login|verification|security|reset|invitation|otp|sms|mfa) code/,
    /one time code|pass (?:word|phrase|code)|session id/,
  ),
  / |$/,
);

/** Names that are one of a secret as they stand: `postalCode` is none, `code` is. */
const whole: ReadonlySet<string> = new Set(['code', 'pass', 'pw', 'auth', 'sig', 'session', 'sid', 'saml response']);

/** What tells about a secret and is none: `passwordChangedAt`, `tokenType`, `forcePasswordReset`. */
const about = / (?:at|type|reset|changed|expired?|expires|policy|length|required|count|in)$/;

/**
 * Whether a name is that of a secret, such as `access_token`, `x-api-key`, `passwordHash`, `userPassword`: in any
 * letter case, with any separators.
 * @param name of a parameter, attribute or header, without its URN
 */
export function isSecretName(name: string): boolean {
  if (name.length > longestJudged) return judge(name);
  const known = judged.get(name);
  if (known !== undefined) return known;
  const isSecret = judge(name);
  if (judged.size >= mostJudged) judged.clear();
  judged.set(name, isSecret);
  return isSecret;
}

/** The same few names come again with each write. Callers choose names, so what is remembered has a bound. */
const judged = new Map<string, boolean>();
const mostJudged = 2_000;
const longestJudged = 100;

function judge(name: string): boolean {
  const words = name
    .slice(0, 200)
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/[^A-Za-z\d]+/g, ' ')
    .trim()
    .toLowerCase();
  if (about.test(words) || words === 'secretary') return false;
  return (
    whole.has(words)
    || pairs.test(words)
    || words.split(' ').some((word) => secretWords.has(word))
    || within.test(words.replaceAll(' ', ''))
  );
}
