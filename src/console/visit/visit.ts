import type { Request, Response } from 'express';
import type { SignedIn } from '../../administrators/console-access.ts';
import type { Html } from '../../page-kit/html.ts';
import { typed, typedAll } from '../../page-kit/posted-form.ts';
import { queryValue } from '../../page-kit/query-value.ts';
import type { Settings } from '../../config/settings.ts';
import type { Role } from '../../domain/role.ts';
import { ScimError } from '../../scim/model/scim-error.ts';
import { type ConsoleCaller, type OperationInput, RoleForbidsError } from './call-operation.ts';
import type { Download, GoOn } from './console-answer.ts';
import type { FormParts, Said } from './console-forms.ts';
import { longestLine, longestParameter, ofVisitor } from './form-limits.ts';
import type { WordValues } from './console-words.ts';
import { Moments } from './moments.ts';
import { searchText } from './search-text.ts';
import type { TakenUpload, VisitParts } from './visit-parts.ts';

/** One request to the console: who asks, in which language, what they typed, and what they may do. */
export class Visit {
  readonly #parts: VisitParts;
  readonly #moments: Moments;

  constructor(parts: VisitParts) {
    const { region, settings, now, words } = parts;
    this.#parts = parts;
    const justNow = (): string => words.text('shell.moments.now');
    this.#moments = new Moments({ region, timezone: settings.timezone, now, justNow });
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

  /** Languages that mails and pages are written in. */
  get languages(): readonly string[] {
    return this.#parts.languages;
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
    return ofVisitor(this.isSignedIn, queryValue(this.#parts.request, name) ?? '', longestParameter);
  }

  /** What was typed into a field, without space around it; '' where it was not sent. */
  field(name: string): string {
    return ofVisitor(this.isSignedIn, typed(this.#parts.request, name), longestLine).trim();
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
    return `${this.#parts.base}/console${path === '/' ? '' : path}${searchText(query)}`;
  }

  /** Whether the console has a page at this path (as it was registered). */
  hasPage(path: string): boolean {
    return this.#parts.hasPage(path);
  }

  /** A form that posts to a path of the console, with its token. */
  form(path: string, fields: Html, parts: FormParts = {}): Html {
    return this.#parts.forms.form(this.href(path), path, this.#holder(), fields, parts);
  }

  /** The token of the posted form; '' without one. */
  get formToken(): string {
    return typed(this.#parts.request, 'form') || this.query('form');
  }

  /** Whether the posted form is one that this session was given for this path. */
  knowsForm(path: string): boolean {
    return this.#parts.forms.knows(path, this.formToken, this.#holder());
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
    return (await this.#parts.operations.call(operation, this.#caller(), input)) as View;
  }

  /**
   * Calls an operation that answers a file, to be sent as it is.
   * @throws ScimError what the operation refuses; 403 where the role may not call it
   */
  async file(operation: string, input: OperationInput = {}): Promise<Download> {
    const { name, type, chunks } = await this.#parts.operations.file(operation, this.#caller(), input);
    return { content: chunks, type, headers: { 'Content-Disposition': `attachment; filename="${name}"` } };
  }

  /**
   * Calls an operation; a refusal is answered, as a text to show and as it is, instead of being thrown.
   * @param tellsForbidden also where a part of the input is the operator's alone (403)
   */
  async attempt<View>(
    operation: string,
    input: OperationInput = {},
    tellsForbidden = false,
  ): Promise<{ readonly view: View } | { readonly refused: string; readonly error: ScimError }> {
    try {
      return { view: await this.call<View>(operation, input) };
    } catch (error) {
      const isTold = error instanceof ScimError && (error.status !== 403 || tellsForbidden);
      if (isTold && !(error instanceof RoleForbidsError)) {
        return { refused: error.message, error };
      }
      throw error;
    }
  }

  /**
   * The file that came with the form, at a place of its own until `done` is called.
   * @throws ScimError for a form that cannot be read
   */
  takeUpload(): Promise<TakenUpload> {
    return this.#parts.takeUpload(this.#parts.request);
  }

  /** An instant (ISO 8601): day and time. */
  readonly date = (iso: string): Html => this.#moments.date(iso);

  /** An instant (ISO 8601): the day alone. */
  readonly day = (iso: string): Html => this.#moments.day(iso);

  /** An instant (ISO 8601): a short day and the time to the second, for logs. */
  readonly second = (iso: string): Html => this.#moments.second(iso);

  /** How long ago an instant was, or how long it is until then; the whole date is in its title. */
  readonly ago = (iso: string): Html => this.#moments.ago(iso);

  #caller(): ConsoleCaller {
    const { tenant, requestId } = this.#parts;
    const { id, name, operator } = this.me.administrator;
    return { tenant, requestId, id, name, role: this.role, operator };
  }

  #holder(): string {
    return this.#parts.signedIn?.session.id ?? '';
  }
}
