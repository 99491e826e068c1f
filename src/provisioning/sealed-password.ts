/** What a sealed password is bound to beside its tenant and user (see `secret-box.ts`). */
export const purposeOfPassword = 'password-to-mail';
