// Puts a button into each password field that shows what is typed there. Without this script the same button stands
// below the form and asks the server to show it.
for (const button of document.querySelectorAll('button[name="peek"]')) {
  const { form } = button;
  const fields = form.querySelectorAll('input[data-secret]');
  for (const field of fields) {
    const own = button.cloneNode(true);
    const show = (shown) => {
      field.type = shown ? 'text' : 'password';
      own.setAttribute('aria-pressed', String(shown));
    };
    own.type = 'button';
    own.className = 'eye-button';
    own.removeAttribute('name');
    own.setAttribute('aria-controls', field.id);
    own.addEventListener('click', () => show(field.type === 'password'));
    field.after(own);
    show(field.type === 'text');
    // Browsers offer to keep what is typed in password fields, and remember what is typed in others.
    form.addEventListener('submit', () => show(false));
    addEventListener('pageshow', ({ persisted }) => persisted && show(false));
  }
  button.remove();
}
