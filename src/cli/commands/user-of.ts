import type { ApiConnection } from '../connection.ts';
import { listAt, valueAt } from '../output.ts';
import { linesFrom } from '../read-input.ts';
import { UsageError } from '../usage-error.ts';

/**
 * The id of a user.
 * @param user a userName or an id
 * @throws UsageError when no user has it
 */
export async function idOfUser(api: ApiConnection, user: string): Promise<string> {
  const filter = `userName eq ${JSON.stringify(user)} or id eq ${JSON.stringify(user)}`;
  const query = new URLSearchParams({ filter, attributes: 'id', count: '1' });
  const { body } = await api.call({ method: 'GET', path: `/scim/v2/Users?${query.toString()}` });
  const id = valueAt(listAt(body, 'Resources')[0], 'id');
  if (typeof id !== 'string') throw new UsageError(`there is no user '${linesFrom(user)}'`);
  return id;
}
