import { html, type Html } from '../../page-kit/html.ts';
import { cardTable } from '../card-table.ts';
import { stateChip } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';

/** A credential as the page reads it. */
export interface CredentialView {
  readonly id: string;
  readonly kind: string;
  readonly state: 'live' | 'expired' | 'revoked';
  readonly createdAt: string;
  readonly createdBy: string;
  readonly expiresAt: string | null;
  readonly lastUsedAt?: string;
  readonly lastUsedFrom?: string;
}

/** From so many milliseconds before its end on a credential asks for a hand. */
const soonMs = 90 * 86_400_000;

/** The credentials of a client, each with what can be done about it. */
export function credentialTable(visit: Visit, client: string, credentials: readonly CredentialView[]): Html {
  const deed = (credential: CredentialView, wish: 'rotate' | 'revoke', operation: string): Html | false =>
    credential.state === 'live'
    && visit.may(operation)
    && visit.form(
      `/clients/${client}/credentials/${credential.id}/${wish}`,
      html`<button class="${wish === 'revoke' ? 'danger' : 'quiet'} low">${visit.t(`clients.${wish}`)}<span
        class="unseen">: ${credential.id}</span></button>`,
    );
  return cardTable({
    caption: visit.t('clients.credentials'),
    columns: [
      ...['kind', 'state', 'made', 'used', 'from', 'end'].map((head) => ({ head: visit.t(`clients.heads.${head}`) })),
      { head: visit.t('clients.rotate'), unseen: true },
    ],
    rows: credentials.map((one) => [
      html`${visit.knows(`clients.kinds.${one.kind}`) ? visit.t(`clients.kinds.${one.kind}`) : one.kind}<span
          class="soft"><code dir="ltr">${one.id}</code></span>`,
      credentialState(visit, one),
      html`${visit.date(one.createdAt)}<span class="soft"><bdi>${one.createdBy}</bdi></span>`,
      one.lastUsedAt === undefined
        ? html`<span class="soft">${visit.t('clients.neverUsed')}</span>`
        : visit.ago(one.lastUsedAt),
      one.lastUsedFrom !== undefined && html`<code dir="ltr">${one.lastUsedFrom}</code>`,
      one.expiresAt === null ? visit.t('clients.noEnd') : visit.day(one.expiresAt),
      one.state === 'live'
        && html`<div class="row">${deed(one, 'rotate', 'rotateCredential')}
          ${deed(one, 'revoke', 'revokeCredential')}</div>`,
    ]),
  });
}

function credentialState(visit: Visit, { state, expiresAt }: CredentialView): Html {
  if (state !== 'live')
    return stateChip(state === 'expired' ? 'late' : 'wait', 'cross', visit.t(`clients.states.${state}`));
  const isSoon = expiresAt !== null && Date.parse(expiresAt) - visit.now.getTime() < soonMs;
  return isSoon
    ? stateChip('late', 'expired', visit.t('clients.states.endsSoon'))
    : stateChip('done', 'tick', visit.t('clients.states.live'));
}
