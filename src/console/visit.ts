import type { Request, Response } from 'express';
import type { SignedIn } from '../administrators/console-access.ts';
import { dateFormat, type DateShape } from '../text/date-format.ts';
import { html, type Html } from '../page-kit/html.ts';
import { typed, typedAll } from '../page-kit/posted-form.ts';
import { queryValue } from '../page-kit/query-value.ts';
import type { Settings } from '../config/settings.ts';
import type { Role } from '../domain/role.ts';
import { ScimError } from '../scim/model/scim-error.ts';
import type { OperationCaller, OperationInput } from './call-operation.ts';
import type { Download, GoOn } from './console-answer.ts';
import type { ConsoleForms, FormParts, Said } from './console-forms.ts';
import type { Words, WordValues } from './console-words.ts';

/** A file that came with a form, and the form's other fields. */
export interface TakenUpload {
  readonly name: string | undefined;
  readonly path: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Removes it. */
  done(): Promise<void>;
}

/** Takes the file of a posted form to a place of its own. */
export type TakeUpload = (request: Request) => Promise<TakenUpload>;

/** What a visit is made of. */
export interface VisitParts {
  readonly request: Request;
  readonly response: Response;
  readonly requestId: string;
  readonly tenant: string;
  readonly base: string;
  /** What links of the tenant begin with, without a slash at the end. */
  readonly publicUrl: string;
  readonly settings: Settings;
  readonly words: Words;
  readonly dir: 'ltr' | 'rtl';
  /** For dates: the language with the region that the browser asks for. */
  readonly region: string;
  readonly forms: ConsoleForms;
  readonly operations: OperationCaller;
  readonly takeUpload: TakeUpload;
  readonly now: Date;
  readonly hasPage: (path: string) => boolean;
  /** Absent on pages that anybody may see. */
  readonly signedIn: SignedIn | undefined;
}

const shapes = {
  moment: { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' },
  day: { day: 'numeric', month: 'long', year: 'numeric' },
  full: { dateStyle: 'full', timeStyle: 'long' },
} as const satisfies Record<string, DateShape>;

const steps = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** One request to the console: who asks, in which language, what they typed, and what they may do. */
export class Visit {
  readonly #parts: VisitParts;

  constructor(parts: VisitParts) {
    this.#parts = parts;
  }

  get tenant(): string {
    return this.#parts.tenant;
  }

  get settings(): Settings {
    return this.#parts.settings;
  }

  get lang(): string {
    return this.#parts.words.language;
  }

  get dir(): 'ltr' | 'rtl' {
    return this.#parts.dir;
  }

  get now(): Date {
    return this.#parts.now;
  }

  get request(): Request {
    return this.#parts.request;
  }

  /** For cookies and the log; the shell sends the answer. */
  get response(): Response {
    return this.#parts.response;
  }

  get requestId(): string {
    return this.#parts.requestId;
  }

  /** The path of this request below the console. */
  get ownPath(): string {
    const path = this.#parts.request.path.replace(/^\/console(?=\/|$)/i, '').replace(/\/+$/, '');
    return path === '' ? '/' : path;
  }

  get isSignedIn(): boolean {
    return this.#parts.signedIn !== undefined;
  }

  /** Who is signed in. Pages that anybody may see have no such person. */
  get me(): SignedIn {
    if (this.#parts.signedIn === undefined) throw new Error('nobody is signed in on this page');
    return this.#parts.signedIn;
  }

  /** The role in this tenant: the operator is an owner everywhere. */
  get role(): Role {
    const { administrator } = this.me;
    return administrator.operator ? 'owner' : administrator.role;
  }

  /** A text without markup. */
  t(key: string, values?: Readonly<Record<string, string | number>>): string {
    return this.#parts.words.text(key, values);
  }

  /** A text as markup; values are escaped and isolated. */
  say(key: string, values?: WordValues): Html {
    return this.#parts.words.say(key, values);
  }

  /** Whether the words have this text. */
  knows(key: string): boolean {
    return this.#parts.words.has(key);
  }

  number(value: number): string {
    return this.#parts.words.number(value);
  }

  /** Of a path, the parameter of this name. */
  param(name: string): string {
    const value: unknown = this.#parts.request.params[name];
    return typeof value === 'string' ? value : '';
  }

  /** Of the address, the parameter of this name; '' where it is absent. */
  query(name: string): string {
    return queryValue(this.#parts.request, name) ?? '';
  }

  /** What was typed into a field, without space around it; '' where it was not sent. */
  field(name: string): string {
    return typed(this.#parts.request, name).trim();
  }

  /** The same as it was typed, for passwords. */
  rawField(name: string): string {
    return typed(this.#parts.request, name);
  }

  /** All values of a field that is sent several times, such as ticked rows. */
  fields(name: string): readonly string[] {
    return typedAll(this.#parts.request, name);
  }

  /** The SCIM base URL of the tenant. */
  get scimUrl(): string {
    return `${this.#parts.publicUrl}/scim/v2`;
  }

  /** A link to a page of the console. */
  href(path: string, query: Readonly<Record<string, string | number | undefined>> = {}): string {
    const given = Object.entries(query).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [[name, String(value)] as [string, string]],
    );
    const search = new URLSearchParams(given).toString();
    return `${this.#parts.base}/console${path === '/' ? '' : path}${search === '' ? '' : `?${search}`}`;
  }

  /** Whether the console has a page at this path (as it was registered). */
  hasPage(path: string): boolean {
    return this.#parts.hasPage(path);
  }

  /** A form that posts to a path of the console, with its token. */
  form(path: string, fields: Html, parts: FormParts = {}): Html {
    return this.#parts.forms.form(this.href(path), path, this.#holder(), fields, parts);
  }

  /** Whether the posted form is one that this session was given for this path. */
  knowsForm(path: string): boolean {
    const token = typed(this.#parts.request, 'form') || this.query('form');
    return this.#parts.forms.knows(path, token, this.#holder());
  }

  /** The answer to a form that did its work; the next page says so once. */
  goOn(path: string, said?: Said, query: Readonly<Record<string, string | number | undefined>> = {}): GoOn {
    const token = said === undefined ? undefined : this.#parts.forms.signNotice(said, this.#holder());
    return { goOn: this.href(path, { ...query, said: token }) };
  }

  /** What the form before this page has to say. */
  said(): Said | undefined {
    return this.#parts.forms.readNotice(this.query('said'), this.#holder());
  }

  /** Whether the person may call an operation. */
  may(operation: string): boolean {
    const { operator } = this.me.administrator;
    return this.#parts.operations.may(operation, { role: this.role, operator });
  }

  /**
   * Calls an operation of `schemas/openapi.json` as this person, with the same checks as over HTTP.
   * @returns its view object
   * @throws ScimError what the operation refuses; 403 where the role may not call it
   */
  async call<View>(operation: string, input: OperationInput = {}): Promise<View> {
    const { administrator } = this.me;
    const who = { id: administrator.id, name: administrator.name, role: this.role, operator: administrator.operator };
    const { tenant, requestId, operations } = this.#parts;
    return (await operations.call(operation, { tenant, requestId, ...who }, input)) as View;
  }

  /**
   * Calls an operation that answers a file, to be sent as it is.
   * @throws ScimError what the operation refuses; 403 where the role may not call it
   */
  async file(operation: string, input: OperationInput = {}): Promise<Download> {
    const { administrator } = this.me;
    const who = { id: administrator.id, name: administrator.name, role: this.role, operator: administrator.operator };
    const { tenant, requestId, operations } = this.#parts;
    const { name, type, chunks } = await operations.file(operation, { tenant, requestId, ...who }, input);
    return { content: chunks, type, headers: { 'Content-Disposition': `attachment; filename="${name}"` } };
  }

  /**
   * Calls an operation; what it refuses is answered as a text to show instead of being thrown.
   * @param told gets the refusal itself
   */
  async attempt<View>(
    operation: string,
    input: OperationInput = {},
    told?: (error: ScimError) => void,
  ): Promise<{ readonly view: View } | { readonly refused: string }> {
    try {
      return { view: await this.call<View>(operation, input) };
    } catch (error) {
      if (error instanceof ScimError && error.status !== 403) {
        told?.(error);
        return { refused: error.message };
      }
      throw error;
    }
  }

  /**
   * Uses the file that came with the form, which is gone afterwards.
   * @throws ScimError for a form that cannot be read
   */
  async withUpload<Answer>(use: (upload: TakenUpload) => Promise<Answer>): Promise<Answer> {
    const upload = await this.#parts.takeUpload(this.#parts.request);
    try {
      return await use(upload);
    } finally {
      await upload.done();
    }
  }

  /** An instant (ISO 8601): day and time. */
  date(iso: string): Html {
    return this.#time(iso, this.#format(shapes.moment).format(new Date(iso)));
  }

  /** An instant (ISO 8601): the day alone. */
  day(iso: string): Html {
    return this.#time(iso, this.#format(shapes.day).format(new Date(iso)));
  }

  /** How long ago an instant was, or how long it is until then; the whole date is in its title. */
  ago(iso: string): Html {
    const seconds = (Date.parse(iso) - this.#parts.now.getTime()) / 1000;
    const [unit, length] = steps.find(([, one]) => Math.abs(seconds) >= one) ?? ['minute', 60];
    if (Math.abs(seconds) < 60) return this.#time(iso, this.t('shell.moments.now'));
    const format = new Intl.RelativeTimeFormat(this.lang, { numeric: 'auto' });
    return this.#time(iso, format.format(Math.trunc(seconds / length), unit));
  }

  #format(shape: DateShape): Intl.DateTimeFormat {
    return dateFormat(this.#parts.region, shape, this.#parts.settings.timezone);
  }

  #time(iso: string, text: string): Html {
    return html`<time datetime="${iso}" title="${this.#format(shapes.full).format(new Date(iso))}">${text}</time>`;
  }

  #holder(): string {
    return this.#parts.signedIn?.session.id ?? '';
  }
}
