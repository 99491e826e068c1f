import { html, type Html } from '../../page-kit/html.ts';
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
  return html`<div class="scroll" tabindex="0" role="group" aria-labelledby="credentials">
    <table class="wrap">
      <thead><tr>${['kind', 'state', 'made', 'used', 'from', 'end'].map(
        (head) => html`<th scope="col">${visit.t(`clients.heads.${head}`)}</th>`,
      )}<th scope="col"><span class="unseen">${visit.t('clients.rotate')}</span></th></tr></thead>
      <tbody>
        ${credentials.map(
          (one) => html`<tr>
            <th scope="row">${
              visit.knows(`clients.kinds.${one.kind}`) ? visit.t(`clients.kinds.${one.kind}`) : one.kind
            }<span class="soft"><code dir="ltr">${one.id}</code></span></th>
            <td>${credentialState(visit, one)}</td>
            <td>${visit.date(one.createdAt)}<span class="soft"><bdi>${one.createdBy}</bdi></span></td>
            <td>${
              one.lastUsedAt === undefined
                ? html`<span class="soft">${visit.t('clients.neverUsed')}</span>`
                : visit.ago(one.lastUsedAt)
            }</td>
            <td>${one.lastUsedFrom !== undefined && html`<code dir="ltr">${one.lastUsedFrom}</code>`}</td>
            <td>${one.expiresAt === null ? visit.t('clients.noEnd') : visit.day(one.expiresAt)}</td>
            <td><div class="row">${deed(one, 'rotate', 'rotateCredential')}
              ${deed(one, 'revoke', 'revokeCredential')}</div></td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function credentialState(visit: Visit, { state, expiresAt }: CredentialView): Html {
  if (state !== 'live')
    return stateChip(state === 'expired' ? 'late' : 'wait', 'cross', visit.t(`clients.states.${state}`));
  const isSoon = expiresAt !== null && Date.parse(expiresAt) - visit.now.getTime() < soonMs;
  return isSoon
    ? stateChip('late', 'expired', visit.t('clients.states.endsSoon'))
    : stateChip('done', 'tick', visit.t('clients.states.live'));
}
