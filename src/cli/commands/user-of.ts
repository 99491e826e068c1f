import type { ApiConnection } from '../connection.ts';
import { listAt, textAt, valueAt } from '../output.ts';
import { linesFrom } from '../read-input.ts';
import { UsageError } from '../usage-error.ts';

/**
 * The id of a user.
 * @param user a userName or an id
 * @throws UsageError when no user has it, or it is one person's user name and another's id
 */
export async function idOfUser(api: ApiConnection, user: string): Promise<string> {
  const filter = `userName eq ${JSON.stringify(user)} or id eq ${JSON.stringify(user)}`;
  const query = new URLSearchParams({ filter, attributes: 'id', count: '2' });
  const { body } = await api.call({ method: 'GET', path: `/scim/v2/Users?${query.toString()}` });
  const [found, other] = listAt(body, 'Resources');
  if (other !== undefined)
    throw new UsageError(
      `'${linesFrom(user)}' is the id of one user and the userName of another: name the other one by the id: `
        + `${[found, other].map((one) => textAt(one, 'id')).join(', ')}`,
    );
  const id = valueAt(found, 'id');
  if (typeof id !== 'string') throw new UsageError(`there is no user '${linesFrom(user)}'`);
  return id;
}
