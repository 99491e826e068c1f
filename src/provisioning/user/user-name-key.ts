import { foldCase } from '../../scim/model/case-fold.ts';

/** The unique key under which a user is found by name, in any letter case and with blanks around it. */
export function userNameKey(userName: string): string {
  return `username:${foldCase(userName.trim())}`;
}
