import { withFlags } from './any-of.ts';

/** What a secret or an address is replaced with. */
export const hidden = '…';

const named = withFlags(
  'gi',
  /\b((?:access|refresh|id|api)?[_-]?(?:token|code|otp|passcode|password|passwd|pass|pwd|secret|signature|sig|key))/,
  /(\s*(?:=3D|%3D|=|:)\s*)(?![245]\d\d\b|[245]\.\d)[^\s&<>"',;)\]]+/,
);
/** SASL (RFC 4616, RFC 7628, XOAUTH2) and HTTP credentials as clients send them. */
const credentials = withFlags(
  'g',
  /\b((?:AUTH\s+)?(?:PLAIN|LOGIN|XOAUTH2|OAUTHBEARER|CRAM-MD5|SCRAM-SHA-\d+|Bearer|Basic))/,
  /((?:\s+(?=[^\s]*[A-Z0-9+/=])(?=[^\s]*[a-z])(?![A-Z]?[a-z]+\b)[\w+/.~=-]{6,})+)/,
);
const base64Word = /(?<![\w+/])[\w+/-]{3,}={1,2}(?![\w=])/g;
const url = /\b([a-z][a-z0-9+.-]{1,20}:\/\/(?:[^\s/@<>"']*@)?)([^\s/?#<>"')\]]+)([/?#][^\s<>"')\]]*)?/gi;
/** With `@`, or as forms and mails encode it; the local part of a quoted address may hold blanks. */
const address = /(?:"[^"\r\n]{1,64}"|[^\s<>()[\]"',;:]{1,128})(?:@|%40|=40|&#0*64;|&#x0*40;|&commat;)[^\s<>()"',;]+/gi;

/**
 * Hides what has the shape of a secret or of a person's address, whatever text it is in: values behind `token=`,
 * `code:` and their like, credentials in AUTH commands and headers, base64, everything of a URL but its scheme and
 * host, e-mail addresses (also as `user%40host`). Linear in the length of the text.
 */
export function hideSecretShapes(text: string): string {
  return text
    .replace(url, (_found, scheme: string, host: string, rest: string | undefined) => {
      const shownScheme = scheme.includes('@') ? scheme.slice(0, scheme.indexOf('://') + 3) : scheme;
      return `${shownScheme}${host}${rest === undefined || rest === '/' ? '' : `/${hidden}`}`;
    })
    .replace(named, `$1$2${hidden}`)
    .replace(credentials, `$1 ${hidden}`)
    .replace(base64Word, hidden)
    .replace(address, hidden);
}
