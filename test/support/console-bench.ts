import express, { type Express } from 'express';
import supertest from 'supertest';
import { Secret, TOTP } from 'otpauth';
import { AdministratorRecords } from '../../src/administrators/administrator-records.ts';
import type { Administrator } from '../../src/administrators/administrator.ts';
import { CompanyAccounts } from '../../src/administrators/oidc/company-accounts.ts';
import { CompanySignIn } from '../../src/administrators/oidc/company-sign-in.ts';
import { OidcProvider } from '../../src/administrators/oidc/oidc-provider.ts';
import { ConsoleAccess } from '../../src/administrators/console-access.ts';
import { ConsoleSessions } from '../../src/administrators/console-sessions.ts';
import { FirstOwner } from '../../src/administrators/first-owner.ts';
import { Passkeys } from '../../src/administrators/passkeys.ts';
import { SecurityLog } from '../../src/administrators/security-log.ts';
import { OperationCaller } from '../../src/console/visit/call-operation.ts';
import { ConsoleSite } from '../../src/console/console-site.ts';
import { loadConsoleWords } from '../../src/console/visit/console-words.ts';
import { companyPages } from '../../src/console/sign-in/company-pages.ts';
import { confirmPage } from '../../src/console/sign-in/confirm-page.ts';
import { enrolPages } from '../../src/console/sign-in/enrol-pages.ts';
import { signInPages } from '../../src/console/sign-in/sign-in-pages.ts';
import { startPage } from '../../src/console/sign-in/start-page.ts';
import { spoolUpload } from '../../src/http/upload/spool-upload.ts';
import { loadLocales } from '../../src/text/locales.ts';
import { ApiDocument } from '../../src/operations/api-document.ts';
import type { Operation } from '../../src/operations/operation.ts';
import { packageFile } from '../../src/base/package-root.ts';
import { SignInLimits } from '../../src/provisioning/access/sign-in-limits.ts';
import { PasswordHasher } from '../../src/provisioning/passwords/password-hasher.ts';
import type { Settings } from '../../src/config/settings.ts';
import type { Role } from '../../src/domain/role.ts';
import { SecretBox } from '../../src/base/secret-box.ts';
import { settings } from './account-site.ts';
import { MemoryLeases, MemoryNotes } from './memory-notes.ts';
import { MemoryTallies } from './memory-tallies.ts';

/** The password of every administrator that the bench makes. */
export const benchPassword = 'seven small boats at dawn';

const cheap = { memoryCost: 8, timeCost: 1, parallelism: 1 };
const locales = loadLocales(packageFile('locales'));
const words = loadConsoleWords(packageFile('locales/console'));

/**
 * The console over notes in memory, at a time that a test moves. Pages beside those of the sign-in are registered by
 * the test.
 */
export class ConsoleBench {
  now = Date.parse('2026-11-30T10:00:00Z');
  readonly clock = { now: () => new Date(this.now), newId: () => `id-${String((this.#ids += 1)).padStart(4, '0')}` };
  readonly notes = new MemoryNotes(() => new Date(this.now));
  readonly secrets = new SecretBox([Buffer.alloc(32, 3)]);
  readonly records = new AdministratorRecords(this.notes);
  readonly sessions = new ConsoleSessions(this.notes, this.clock);
  readonly securityLog = new SecurityLog(this.notes, this.clock);
  readonly hasher = new PasswordHasher(cheap);
  readonly access: ConsoleAccess;
  readonly passkeys: Passkeys;
  readonly company: CompanySignIn;
  /** The tenant's settings; a test may give others. */
  settings: Settings = settings;
  /** Secrets that settings refer to. */
  readonly kept = new Map<string, string>();
  readonly first: FirstOwner;
  readonly site: ConsoleSite;
  readonly app: Express;
  readonly reported: unknown[] = [];
  /** False: its tenant is suspended. */
  isServed = true;
  /** What signs forms; a test may rotate them. */
  formKeys: readonly Buffer[] = [Buffer.alloc(32, 9)];
  #ids = 0;

  /**
   * @param pages registers the pages under test
   * @param operations by `operationId`; what the pages call
   */
  constructor(
    pages: (site: ConsoleSite) => void = () => undefined,
    operations: Readonly<Record<string, Operation>> = {},
    publicUrl = 'https://keys.example',
  ) {
    const { records, sessions, securityLog, hasher, secrets, clock, notes } = this;
    const limits = new SignInLimits(new MemoryTallies(), Buffer.alloc(32, 5));
    const settingsOf = () => this.settings;
    this.access = new ConsoleAccess({ records, sessions, securityLog, hasher, secrets, clock, limits, settingsOf });
    const [publicUrlOf, nameOf] = [() => publicUrl, () => settings.productName];
    this.passkeys = new Passkeys({ notes, records, securityLog, clock, publicUrlOf, nameOf });
    const accounts = new CompanyAccounts({
      records,
      sessions,
      securityLog,
      clock,
      endInvitations: async () => undefined,
    });
    this.company = new CompanySignIn({
      provider: new OidcProvider(new Set(['127.0.0.1']), () => this.now),
      accounts,
      access: this.access,
      records,
      sessions,
      securityLog,
      notes,
      settingsOf,
      publicUrlOf,
      secretOf: async (_tenant, reference) => this.kept.get(reference),
      clock,
      log: { warn: () => undefined },
    });
    this.first = new FirstOwner({ notes, leases: new MemoryLeases(), records, securityLog, hasher, clock });
    this.site = new ConsoleSite({
      tenant: 'default',
      isMain: true,
      publicUrl,
      settingsOf,
      isServed: () => this.isServed,
      locales,
      words,
      access: this.access,
      passkeys: this.passkeys,
      company: this.company,
      operations: new OperationCaller(new ApiDocument(), operations),
      signingKeys: () => this.formKeys,
      notes,
      clock,
      report: (error) => this.reported.push(error),
      takeUpload: spoolUpload,
      limit: (_request, _response, next) => next(),
    });
    startPage(this.site, this.first);
    signInPages(this.site);
    companyPages(this.site);
    confirmPage(this.site);
    enrolPages(this.site);
    pages(this.site);
    this.site.close();
    this.app = express();
    this.app.set('query parser', false);
    this.app.use(this.site.router);
  }

  /** Makes an account with the bench's password and, unless told otherwise, an authenticator app. */
  async administrator(role: Role, over: Partial<Administrator> = {}): Promise<Administrator> {
    const id = over.id ?? `${role}-1`;
    const made: Administrator = {
      id,
      tenant: 'default',
      email: `${id}@company.example`,
      name: `Ines ${role}`,
      role,
      operator: false,
      createdAt: this.clock.now().toISOString(),
      passwordHash: await this.hasher.hash(benchPassword),
      totp: { sealed: this.secrets.seal(totpSecret.base32, { tenant: 'default', id, purpose: 'totp' }), lastStep: 0 },
      passkeys: [],
      recoveryCodes: [],
      ...over,
    };
    await this.records.add(made);
    return made;
  }

  /** A browser that is signed in as a new administrator of a role, without the way through the pages. */
  async signedIn(role: Role, over: Partial<Administrator> = {}): Promise<ConsoleBrowser> {
    const administrator = await this.administrator(role, over);
    const place = { address: '192.0.2.1', browser: 'test' };
    const { cookie } = await this.sessions.begin(administrator, 'full', ['password', 'totp'], place);
    return new ConsoleBrowser(this.app, cookie);
  }

  browser(): ConsoleBrowser {
    return new ConsoleBrowser(this.app);
  }

  /** What the authenticator app shows at this moment. */
  code(): string {
    return new TOTP({ secret: totpSecret }).generate({ timestamp: this.now });
  }
}

const totpSecret = new Secret({ size: 20 });

/** What a form is sent with: several values for boxes that share a name. */
export type FormFields = Readonly<Record<string, string | readonly string[]>>;

function encoded(fields: FormFields): string {
  const pairs = Object.entries(fields).flatMap(([name, value]) =>
    [value].flat().map((one) => [name, one] as [string, string]),
  );
  return new URLSearchParams(pairs).toString();
}

/** A browser of the console: keeps the cookie, posts forms with what they carry. */
export class ConsoleBrowser {
  readonly #app: Express;
  cookie: string;
  /** Of the ways through the company's identity provider. */
  #company = '';
  /** The one by which it is known as an administrator's browser. */
  known = '';

  constructor(app: Express, cookie = '') {
    this.#app = app;
    this.cookie = cookie;
  }

  async get(path: string, headers: Readonly<Record<string, string>> = {}) {
    return this.#keep(await supertest(this.#app).get(`/console${path}`).set('Cookie', this.#cookies()).set(headers));
  }

  /** Posts a form as it is, without a token unless one is among the fields. */
  async post(path: string, fields: FormFields, headers: Readonly<Record<string, string>> = {}) {
    return this.#keep(
      await supertest(this.#app)
        .post(`/console${path}`)
        .set('Cookie', this.#cookies())
        .set(headers)
        .type('form')
        .send(encoded(fields)),
    );
  }

  /** Opens a page and posts the form on it that goes to `action` (by default the page itself). */
  async submit(path: string, fields: FormFields, action = path) {
    const { text } = await this.get(path);
    return this.post(action, { ...hiddenOf(text, `/console${action}`), ...fields });
  }

  #cookies(): string {
    return `__Host-latchkey-console=${this.cookie}; __Host-latchkey-company=${this.#company}; __Host-latchkey-console-browser=${this.known}`;
  }

  #keep(response: supertest.Response): supertest.Response {
    const set = [response.headers['set-cookie'] ?? []].flat().join(';');
    this.known = /latchkey-console-browser=([^;]*)/.exec(set)?.[1] ?? this.known;
    const value = /latchkey-console=([^;]*)/.exec(set)?.[1];
    if (value !== undefined) this.cookie = value;
    this.#company = /latchkey-company=([^;]*)/.exec(set)?.[1] ?? this.#company;
    return response;
  }
}

/** The hidden fields of the form that posts to an address. */
export function hiddenOf(page: string, action: string): Record<string, string> {
  const escaped = action.replaceAll('&', '&amp;');
  const forms = page.split('<form').filter((part) => part.includes(`action="${escaped}"`));
  // A form that only looks something up has the same address and no token.
  const form = forms.find((part) => part.includes('method="post"')) ?? '';
  return Object.fromEntries(
    [
      ...(form.split('</form>')[0] ?? '').matchAll(/<input\s+type="hidden"\s+name="(\w+)"\s+value="([^"]*)"\s*\/?>/g),
    ].map(([, name = '', value = '']) => [name, value]),
  );
}
