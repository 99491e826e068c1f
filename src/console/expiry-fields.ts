import { html, type Html, type Renderable } from '../page-kit/html.ts';
import { localInstant } from '../scim/time/local-time.ts';
import { checkField, textField } from './parts.ts';
import type { Visit } from './visit/visit.ts';

/** The fields that ask until when an invitation holds: a day and time by the tenant's clocks, or for ever. */
export function expiryFields(visit: Visit, fault?: Renderable): Html {
  return html`${textField({
    name: 'expiresAt',
    label: visit.t('people.fields.expiresAt'),
    type: 'datetime-local',
    value: visit.field('expiresAt'),
    required: false,
    hint: visit.say('people.fields.zone', { zone: visit.settings.timezone }),
    fault,
  })}
  ${checkField(
    'never',
    visit.t('people.fields.never'),
    visit.field('never') === 'on',
    visit.t('people.fields.neverHint'),
  )}`;
}

/**
 * What `expiryFields` were filled in with: an ISO 8601 instant, or null for ever. A text that is not a day and time
 * comes back as it is, for the operation to refuse.
 */
export function typedExpiry(visit: Visit): string | null {
  if (visit.field('never') === 'on') return null;
  const typed = visit.field('expiresAt');
  return localInstant(/T\d\d:\d\d$/.test(typed) ? `${typed}:00` : typed, visit.settings.timezone) ?? typed;
}
