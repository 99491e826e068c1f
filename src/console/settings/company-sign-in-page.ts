import type { Json, JsonObject } from '../../base/json.ts';
import { isRole, roles } from '../../domain/role.ts';
import { html, type Html } from '../../page-kit/html.ts';
import type { ConsoleAnswer, ConsolePage } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { copyField, faultBox, noticeBox, textField } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';

/** The answer of `getCompanySignIn`. */
interface CompanyView {
  readonly redirectUri: string;
  readonly provider?: { readonly name: string; readonly answers: boolean; readonly fault?: string };
}

/** The name under which the secret of this page is kept. */
const secretName = 'console-oidc';
/** Rows for values of the claim beside those that are set. */
const spareRows = 3;
const fresh = {
  section: 'settings',
  operations: ['getCompanySignIn', 'changeSettings', 'keepSecret'],
  fresh: true,
} as const;

/** `/console/company-sign-in`: administrators come in from the company's identity provider. Owners alone change it. */
export function companySignInPage(site: ConsoleSite): void {
  site.page('/company-sign-in', { section: 'settings', operations: ['getCompanySignIn'] }, (visit) => page(visit));
  site.act('/company-sign-in', fresh, (visit) => save(visit));
  site.act('/company-sign-in/off', fresh, async (visit) => {
    const done = await visit.attempt('changeSettings', { body: { console: { oidc: null } } });
    return 'refused' in done ? page(visit, done.refused) : visit.goOn('/company-sign-in', { key: 'company.ended' });
  });
}

async function save(visit: Visit): Promise<ConsoleAnswer> {
  if (visit.role !== 'owner') return page(visit, visit.t('company.owners'));
  const secret = visit.rawField('secret').trim();
  if (secret !== '') {
    const kept = await visit.attempt('keepSecret', { params: { id: secretName }, body: { secret } });
    if ('refused' in kept) return page(visit, kept.refused);
  }
  const before = await settingsOf(visit);
  const wanted: JsonObject = {
    issuer: visit.field('issuer') || null,
    clientId: visit.field('clientId') || null,
    name: visit.field('name') || null,
    claim: visit.field('claim') || null,
    ...(secret === '' ? {} : { clientSecret: `kept:${secretName}` }),
    roles: { ...withoutRoles(before), ...typedRoles(visit) },
  };
  const done = await visit.attempt('changeSettings', { body: { console: { oidc: wanted } } });
  return 'refused' in done ? page(visit, done.refused) : visit.goOn('/company-sign-in', { key: 'company.saved' });
}

async function settingsOf(visit: Visit): Promise<JsonObject> {
  const { settings } = await visit.call<{ readonly settings: { readonly console: { readonly oidc: JsonObject } } }>(
    'getSettings',
  );
  return settings.console.oidc;
}

/** In a merge patch: every value that is set now is taken out, unless it was typed again. */
function withoutRoles(oidc: JsonObject): JsonObject {
  return Object.fromEntries(Object.keys(rolesIn(oidc)).map((value) => [value, null]));
}

function typedRoles(visit: Visit): JsonObject {
  const given = visit.fields('role');
  return Object.fromEntries(
    visit.fields('value').flatMap((typed, index): [string, Json][] => {
      const [value, role] = [typed.trim(), given[index]];
      return value !== '' && isRole(role) ? [[value, role]] : [];
    }),
  );
}

function rolesIn(oidc: JsonObject): JsonObject {
  const set = oidc['roles'];
  return typeof set === 'object' && set !== null && !Array.isArray(set) ? set : {};
}

async function page(visit: Visit, refused?: string): Promise<ConsolePage> {
  const [view, oidc] = [await visit.call<CompanyView>('getCompanySignIn'), await settingsOf(visit)];
  const mayChange = visit.role === 'owner';
  return {
    title: visit.t('company.title'),
    lead: visit.say('company.lead'),
    section: 'settings',
    crumbs: [{ href: visit.href('/settings'), text: visit.t('shell.nav.settings') }],
    status: refused === undefined ? 200 : 422,
    body: html`${refused !== undefined && faultBox(refused)}${standing(visit, view)}
      <h2>${visit.t('company.register')}</h2>
      <p>${visit.t('company.redirect')}</p>
      ${copyField(visit, view.redirectUri, visit.t('company.redirectLabel'))}
      <h2 class="spaced">${visit.t('company.provider')}</h2>
      ${mayChange ? form(visit, oidc) : html`<p>${visit.t('company.owners')}</p>`}
      ${
        mayChange
        && view.provider !== undefined
        && visit.form('/company-sign-in/off', html`<p><button class="quiet">${visit.t('company.off')}</button></p>`)
      }`,
  };
}

function standing(visit: Visit, { provider }: CompanyView): Html {
  if (provider === undefined) return noticeBox('wait', html`<p>${visit.t('company.none')}</p>`);
  const { name, answers, fault = '' } = provider;
  return answers
    ? noticeBox('done', html`<p>${visit.say('company.answers', { name })}</p>`)
    : noticeBox('stop', html`<p>${visit.say('company.broken', { name })} <bdi>${fault}</bdi></p>`);
}

function form(visit: Visit, oidc: JsonObject): Html {
  const text = (name: string): string => {
    const value = visit.field(name) || oidc[name];
    return typeof value === 'string' ? value : '';
  };
  const rows: readonly [string, string][] = [
    ...Object.entries(rolesIn(oidc)).map(([value, role]): [string, string] => [
      value,
      typeof role === 'string' ? role : '',
    ]),
    ...Array.from({ length: spareRows }, (): [string, string] => ['', 'auditor']),
  ];
  return visit.form(
    '/company-sign-in',
    html`${textField({ name: 'name', label: visit.t('company.name'), value: text('name'), required: false })}
      ${textField({
        name: 'issuer',
        label: visit.t('company.issuer'),
        type: 'url',
        value: text('issuer'),
        hint: visit.t('company.issuerHint'),
      })}
      ${textField({ name: 'clientId', label: visit.t('company.clientId'), value: text('clientId') })}
      ${textField({
        name: 'secret',
        label: visit.t('company.secret'),
        type: 'password',
        hint: visit.t(oidc['clientSecret'] === null ? 'company.secretNone' : 'company.secretKept'),
        required: false,
      })}
      ${textField({
        name: 'claim',
        label: visit.t('company.claim'),
        value: text('claim'),
        hint: visit.t('company.claimHint'),
      })}
      <h3>${visit.t('company.roles')}</h3>
      ${rows.map(([value, role], index) => roleRow(visit, value, role, index))}
      <p><button>${visit.t('company.save')}</button></p>`,
    { className: 'stack' },
  );
}

/** Fields of one name are posted as a list: each row has both, in the same order. */
function roleRow(visit: Visit, value: string, role: string, index: number): Html {
  const label = visit.t('company.value', { number: index + 1 });
  return html`<div class="row">
    <input name="value" dir="auto" autocomplete="off" value="${value}" aria-label="${label}" />
    <select name="role" aria-label="${visit.t('company.role', { number: index + 1 })}">
      ${roles.map(
        (one) =>
          html`<option value="${one}"${one === role && html` selected`}>${visit.t(`shell.roles.${one}`)}</option>`,
      )}
    </select>
  </div>`;
}
