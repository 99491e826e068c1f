// Makes the console lively. Every task works without it.
const root = document.documentElement;
root.classList.add('has-script');

// Copy buttons: copy the code beside them.
document.addEventListener('click', async ({ target }) => {
  const button = target.closest?.('[data-copy]');
  if (!button) return;
  const source = button.closest('.copy')?.querySelector('code, input');
  if (!source) return;
  await navigator.clipboard.writeText(source.value ?? source.textContent);
  const said = button.querySelector('[data-said]') ?? button;
  const before = said.textContent;
  said.textContent = button.dataset.copy;
  setTimeout(() => (said.textContent = before), 2000);
});

// A form whose choice acts at once, such as a filter.
document.addEventListener('change', ({ target }) => {
  if (target.form?.hasAttribute('data-auto')) target.form.requestSubmit();
});

// Parts that stay up to date: each is fetched anew from the page's own address and changed in place, unless the person
// is typing in it.
const live = () => [...document.querySelectorAll('[data-live]')];
async function refresh() {
  const parts = live();
  if (parts.length === 0 || document.hidden) return;
  for (const part of parts) {
    const from = part.dataset.src ?? location.href;
    const answer = await fetch(from, { headers: { Accept: 'text/html' }, redirect: 'error' }).catch(() => undefined);
    if (!answer?.ok) continue;
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const now = fresh.getElementById(part.id);
    if (now && !part.contains(document.activeElement?.closest('input, select, textarea')))
      Idiomorph.morph(part, now, {
        callbacks: { beforeAttributeUpdated: (name, { localName }) => !(name === 'open' && localName === 'details') },
      });
  }
}
const seconds = Math.min(...live().map(({ dataset }) => Number(dataset.live) || 5));
if (Number.isFinite(seconds)) setInterval(refresh, seconds * 1000);

// Passkeys: the browser makes or uses one, and its answer is posted with the form around the button.
for (const part of document.querySelectorAll('[data-passkey]')) {
  const { form } = part.querySelector('button');
  const kind = globalThis.PublicKeyCredential;
  if (!kind?.parseCreationOptionsFromJSON) continue;
  part.hidden = false;
  form.addEventListener('submit', async (event) => {
    const field = form.elements.namedItem('passkey');
    if (field.value !== '') return;
    event.preventDefault();
    try {
      const options = JSON.parse(part.dataset.options);
      const made =
        part.dataset.passkey === 'create'
          ? await navigator.credentials.create({ publicKey: kind.parseCreationOptionsFromJSON(options) })
          : await navigator.credentials.get({ publicKey: kind.parseRequestOptionsFromJSON(options) });
      field.value = JSON.stringify(made.toJSON());
      form.submit();
    } catch {
      form.querySelector('[data-passkey-fault]').textContent = part.dataset.fault;
    }
  });
}

// The brand is seen in the preview while it is typed.
const frame = document.getElementById('message-frame');
const brand = document.getElementById('brand-form');
let typed;
if (frame && brand)
  brand.addEventListener('input', () => {
    clearTimeout(typed);
    typed = setTimeout(() => {
      const address = new URL(frame.src);
      for (const field of ['productName', 'logoUrl', 'color', 'helpText', 'helpUrl']) {
        const input = brand.elements.namedItem(field);
        if (input?.value && input.validity.valid) address.searchParams.set(field, input.value);
        else address.searchParams.delete(field);
      }
      frame.src = address.href;
    }, 400);
  });

// Texts are seen in the preview while they are typed.
const words = document.getElementById('words-form');
if (words)
  words.addEventListener('input', () => {
    clearTimeout(typed);
    typed = setTimeout(() => words.requestSubmit(words.querySelector('[formtarget]')), 600);
  });
