import { html, type Html } from '../../page-kit/html.ts';
import type { Visit } from '../visit/visit.ts';

/**
 * A button that has the browser make or use a passkey: the console's script puts the browser's answer into the field
 * and posts the form. Without script it is hidden, and a code is the way.
 * @param options as `Passkeys` makes them
 */
export function passkeyButton(visit: Visit, use: 'create' | 'get', options: object, text: string): Html {
  return html`<input type="hidden" name="passkey" value="" />
    <p data-passkey="${use}" data-options="${JSON.stringify(options)}" data-fault="${visit.t('signIn.passkey.failed')}"
      hidden>
      <button>${text}</button>
    </p>
    <p class="soft" data-passkey-fault role="status"></p>`;
}
