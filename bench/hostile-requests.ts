import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';

/** A request that needs no credential, as it goes over the wire. */
export interface HostileRequest {
  readonly name: string;
  readonly method: string;
  /** Below the server's address, or a whole address. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Characters that a request is filled up with: the server reads 64 KiB of URL and headers together. */
const room = 62_000;
const mostFormCharacters = 15_500;

/**
 * What parsers, splitters and backtracking patterns stumble over, each repeated until it fills the room; the first
 * part comes once.
 */
const patterns: readonly (readonly [begin: string, repeated: string])[] = [
  ['', '-'],
  ['', '_'],
  ['', 'de-'],
  ['', 'de,'],
  ['', 'x-'],
  ['de', '-x'],
  ['', ','],
  ['', ', '],
  ['', ';'],
  ['de', ';q=1'],
  ['de;', ' '],
  ['', ' ;'],
  ['', '"'],
  ['"', ','],
  ['"', 'a,'],
  ['a="', '\\"'],
  ['', 'a="'],
  ['text/html;', 'a="b";'],
  ['', '='],
  ['', '&'],
  ['', 'a=b&'],
  ['', 'lang=de&'],
  ['', '%'],
  ['', '%41'],
  ['', '%C3%BC'],
  ['', '%F0%9F%98%80'],
  ['', '%CC%81'],
  ['', '+'],
  ['', '.'],
  ['', '/'],
  ['', '../'],
  ['', '\\'],
  ['', 'a'],
  ['', '1'],
  ['', '::1,'],
  ['', '127.0.0.1,'],
  ['', '[::1],'],
  ['http://', 'a'],
  ['http://', 'a.'],
  ['http://', '%C3%BC'],
  ['http://xn--', 'a'],
  ['http://a', ':'],
  ['http://a', '@'],
  ['Basic ', 'a'],
  ['Bearer ', 'a'],
  ['Bearer ', 'a '],
  ['a', ' a'],
  ['', 'a=b; '],
  ['', 'latchkey-session=a.b.c; '],
  ['latchkey-session=', 'a.'],
  ['latchkey-session=', 'a'],
  ['', 'W/"a",'],
  ['Mozilla/5.0 ', 'bo'],
  ['', '<'],
  ['', '{{'],
  ['0', ' \t'],
];

const headerNames = [
  'Accept',
  'Accept-Language',
  'Accept-Encoding',
  'Authorization',
  'Cookie',
  'Content-Type',
  'Content-Encoding',
  'Origin',
  'Referer',
  'Host',
  'User-Agent',
  'Sec-Fetch-Site',
  'Forwarded',
  'X-Forwarded-For',
  'X-Forwarded-Proto',
  'X-Forwarded-Host',
  'If-None-Match',
  'If-Modified-Since',
  'Cache-Control',
  'Range',
  'Prefer',
  'Idempotency-Key',
  'X-Any',
];

/** Where a header's fate differs: a page, a redirect, a form, SCIM, administration, a hook, nothing at all. */
const places: readonly (readonly [method: string, path: string])[] = [
  ['GET', '/sign-in'],
  ['GET', '/signed-in'],
  ['GET', '/sign-out'],
  ['POST', '/sign-in'],
  ['GET', '/scim/v2/Users'],
  ['POST', '/scim/v2/Users'],
  ['GET', '/admin/v1/users'],
  ['POST', '/hooks/v1/bounces/ses'],
  ['GET', '/assets/latchkey.css'],
  ['GET', '/healthz'],
  ['GET', '/nowhere'],
  ['GET', '/admin/v1/openapi.json'],
  ['GET', '/forgot-password'],
  ['GET', '/reveal-password'],
  ['GET', '/verify-email'],
  ['GET', '/console/sign-in'],
  ['GET', '/t/default/scim/v2/Users'],
  ['OPTIONS', '/sign-in'],
  ['OPTIONS', '/nowhere'],
  ['OPTIONS', '/scim/v2/Users'],
  ['HEAD', '/sign-in'],
  ['HEAD', '/nowhere'],
  ['HEAD', '/scim/v2/Users'],
];

const queries = [
  '/sign-in?lang=',
  '/sign-in?application=',
  '/sign-in?x=',
  '/sign-in?',
  '/set-password?token=',
  '/reveal-password?token=',
  '/verify-email?token=',
  '/forgot-password?lang=',
  '/signed-in?lang=',
  '/assets/latchkey.css?v=',
  '/scim/v2/Users?filter=',
  '/scim/v2/?',
  '/admin/v1/users?',
  '/healthz?',
  '/nowhere?',
  '/console/sign-in?next=',
  '/t/default/sign-in?lang=',
  '/t/default/scim/v2/Users?filter=',
];
const paths = [
  '/',
  '/scim/v2/',
  '/scim/v2/Users/',
  '/admin/v1/users/',
  '/admin/v1/',
  '/hooks/v1/bounces/',
  '/assets/',
  '/sign-in/',
  '/dev/mailbox/',
  '/console/',
  '/t/',
  '/.well-known/',
  '//',
  'http://',
];

const formFields: readonly (readonly [
  path: string,
  names: readonly string[],
  others: Readonly<Record<string, string>>,
])[] = [
  ['/sign-in', ['userName', 'password', 'form', 'x'], { userName: 'ines', password: 'wrong' }],
  ['/set-password', ['userName', 'code', 'token', 'ticket', 'newPassword'], { userName: 'ines', code: '123456' }],
  ['/forgot-password', ['userName'], {}],
  ['/change-password', ['ticket', 'currentPassword'], {}],
  ['/verify-email', ['token'], { confirm: 'yes' }],
  ['/reveal-password', ['token', 'userName'], { token: 'x' }],
  ['/send-new', ['token'], { send: 'new' }],
  ['/sign-out', ['form'], {}],
];
/** The patterns that mean something to a form's fields. */
const formPatterns = [
  'a',
  ' ',
  '-',
  '@a',
  '%',
  '=',
  '.',
  'ü',
  'é\u0301',
  '\u0301',
  '\ufdfa',
  'İ',
  '😀',
  '1',
  'a.',
  '"',
  '<',
  '\0',
];

/**
 * Every place that reads what strangers send, filled up with everything that parsers stumble over.
 * @param formOf the signed token of a page's form, as any visitor gets it
 */
export function hostileRequests(formOf: (path: string) => string): HostileRequest[] {
  return [...inHeaders(), ...inUrls(), ...inForms(formOf), ...inBodies(), ...manyHeaders()];
}

function fill([begin, repeated]: readonly [string, string], characters: number): string {
  return begin + repeated.repeat(Math.floor((characters - begin.length) / repeated.length));
}

function inHeaders(): HostileRequest[] {
  return places.flatMap(([method, path]) =>
    headerNames.flatMap((name) =>
      patterns.map((pattern): HostileRequest => ({
        name: `${method} ${path} ${name}: ${pattern.join('')}…`,
        method,
        path,
        headers: { [name]: fill(pattern, room) },
        ...(method === 'POST' ? { body: 'a=b' } : {}),
      })),
    ),
  );
}

function inUrls(): HostileRequest[] {
  return [...queries, ...paths]
    .flatMap((before) =>
      patterns.map((pattern): HostileRequest => ({
        name: `GET ${before}${pattern.join('')}…`,
        method: 'GET',
        path: before + fill(pattern, room).replaceAll(/[\s\\"<{]/g, encodeURIComponent),
        headers: {},
      })),
    )
    .map((request) => ({ ...request, path: request.path.slice(0, room) }));
}

function inForms(formOf: (path: string) => string): HostileRequest[] {
  return formFields.flatMap(([path, names, others]) =>
    names
      .flatMap((name) =>
        formPatterns.map((repeated): HostileRequest => {
          const value = fill(['', repeated], mostFormCharacters / encodeURIComponent(repeated).length);
          return form(
            `POST ${path} ${name}=${JSON.stringify(repeated)}…`,
            path,
            new URLSearchParams({ form: formOf(path), ...others, [name]: value }).toString(),
          );
        }),
      )
      .concat(
        ['a&', 'a=b&', '&', '=', '%', '%41', '+', 'form=a&'].map((repeated) =>
          form(`POST ${path} ${repeated}…`, path, fill(['', repeated], mostFormCharacters)),
        ),
      ),
  );
}

/** 64 KB as they are, and 60 MB of the same character packed into less. */
function inBodies(): HostileRequest[] {
  const large = Buffer.alloc(60 * 1024 * 1024, 'a');
  const bodies: readonly (readonly [encoding: string, body: Buffer])[] = [
    ['identity', large.subarray(0, 64_000)],
    ['gzip', gzipSync(large)],
    ['deflate', deflateSync(large)],
    ['br', brotliCompressSync(large)],
    ['gzip', gzipSync(gzipSync(large))],
  ];
  return [
    '/sign-in',
    '/scim/v2/Users',
    '/scim/v2/Bulk',
    '/auth/v1/verify',
    '/admin/v1/openapi.json',
    '/hooks/v1/bounces/rfc3464',
    '/nowhere',
  ].flatMap((path) =>
    bodies.map(([encoding, body]): HostileRequest => ({
      name: `POST ${path} ${encoding} of ${body.length} bytes`,
      method: 'POST',
      path,
      body,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Encoding': encoding },
    })),
  );
}

function form(name: string, path: string, body: string): HostileRequest {
  return { name, method: 'POST', path, headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body };
}

function manyHeaders(): HostileRequest[] {
  const many = Object.fromEntries(Array.from({ length: 1900 }, (_, index) => [`x-${index}`, 'a'.repeat(20)]));
  return places.map(([method, path]) => ({
    name: `${method} ${path} with 1,900 headers`,
    method,
    path,
    headers: many,
    ...(method === 'POST' ? { body: 'a=b' } : {}),
  }));
}
