import type { Onboarding } from '../user/latchkey-extension.ts';

/** Longer than any folder's name that a wording could have. */
const longestName = 64;

/**
 * A link to a hosted page that does not know who comes: it names the application, so that the page speaks its words.
 * @param publicUrl without a slash at the end
 */
export function pageLink(publicUrl: string, page: 'sign-in' | 'set-password', { application }: Onboarding): string {
  const named = application !== undefined && application.length <= longestName;
  return `${publicUrl}/${page}${named ? `?${new URLSearchParams({ application }).toString()}` : ''}`;
}
