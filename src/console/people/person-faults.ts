import type { ActionPlan } from '../../provisioning/admin/admin-rehearsal.ts';
import { WeakPasswordError } from '../../provisioning/passwords/weak-password-error.ts';
import { localInstant } from '../../scim/time/local-time.ts';
import { type ScimError, UniquenessError } from '../../scim/model/scim-error.ts';
import { readMailAddress } from '../../text/mail-address.ts';
import { html, type Renderable } from '../../page-kit/html.ts';
import { passwordFaults } from '../password-faults.ts';
import type { Visit } from '../visit/visit.ts';

/** What is wrong with a form: by the name of a field a sentence; under '' what no field can mend. */
export type FieldFaults = Readonly<Record<string, Renderable>>;

/** A first day further ahead is a slip of the pen. */
const mostYearsAhead = 20;

/** What is wrong with the typed fields of a person by themselves. */
export function typedFaults(visit: Visit, names: readonly string[]): FieldFaults {
  const checks: Readonly<Record<string, (text: string) => string | undefined>> = {
    userName: (text) => (text === '' ? 'userName' : undefined),
    email: (text) => (text === '' || 'address' in readMailAddress(text) ? undefined : 'mail'),
    notificationEmail: (text) => (text === '' || 'address' in readMailAddress(text) ? undefined : 'mail'),
    phone: (text) => (text === '' || /^\+?[\d\s().\/-]{4,}$/.test(text) ? undefined : 'phone'),
    start: (text) => (text === '' ? undefined : startFault(text, visit.now)),
    locale: (text) => (text === '' || visit.languages.includes(text) ? undefined : 'locale'),
  };
  return Object.fromEntries(
    names.flatMap((name) => {
      const fault = checks[name]?.(visit.field(name));
      return fault === undefined ? [] : [[name, visit.t(`people.faults.${fault}`)] as const];
    }),
  );
}

function startFault(text: string, now: Date): string | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || localInstant(text) === undefined) return 'day';
  const year = Number(text.slice(0, 4));
  return year < 1970 || year > now.getUTCFullYear() + mostYearsAhead ? 'year' : undefined;
}

/**
 * What keeps a plan from reaching the person: the field of the address or of the number.
 * @param byText whether a text message was to go
 */
export function reachFaults(visit: Visit, plan: ActionPlan | undefined, byText: boolean): FieldFaults {
  if (plan === undefined || !isInVain(plan)) return {};
  const field = byText ? 'phone' : 'email';
  const isEmpty = visit.field(field) === '';
  return { [field]: visit.t(`people.faults.${byText ? 'phone' : 'mail'}${isEmpty ? 'Missing' : 'Unusable'}`) };
}

/** True of a plan that asks for a message which cannot go to anybody. */
export function isInVain({ status, deliveries }: ActionPlan): boolean {
  const own = deliveries.filter(({ template }) => !template.startsWith('manager'));
  return status?.after === 'failed' || (own.length > 0 && own.every(({ to }) => to === undefined));
}

/** What an operation refused, at the field that it is about. */
export function refusalFaults(visit: Visit, error: ScimError): FieldFaults {
  if (error instanceof WeakPasswordError)
    return { password: passwordFaults(visit, error.faults, 'people.faults.personal') };
  if (error instanceof UniquenessError && error.message.startsWith('userName')) {
    const { holder } = error;
    const link =
      holder !== undefined && html` <a href="${visit.href(`/people/${holder}`)}">${visit.t('people.faults.see')}</a>`;
    return { userName: html`${visit.t('people.faults.taken')}${link}` };
  }
  if (error.message.startsWith('forceChange:')) return { forceChange: visit.t('people.faults.mustChange') };
  return { '': error.message };
}
