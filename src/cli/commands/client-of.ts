import { didYouMean } from '../../text/did-you-mean.ts';
import type { ApiConnection } from '../connection.ts';
import { listAt, textAt, valueAt } from '../output.ts';
import { linesFrom } from '../read-input.ts';
import { UsageError } from '../usage-error.ts';

/**
 * The id of a client.
 * @param client an id, or a name that one client alone has
 * @throws UsageError where no client has it, or several have the name
 */
export async function idOfClient(api: ApiConnection, client: string): Promise<string> {
  const { body } = await api.call({ method: 'GET', path: '/admin/v1/clients' });
  const all = listAt(body, 'clients').map((one) => ({ id: textAt(one, 'id'), name: textAt(one, 'name') }));
  if (all.some(({ id }) => id === client)) return client;
  const [found, ...more] = all.filter(({ name }) => name === client);
  if (found === undefined) {
    const meant = didYouMean(
      client,
      all.map(({ name }) => name),
    );
    const hint = meant === undefined ? '' : `: did you mean ${linesFrom(meant)}?`;
    throw new UsageError(`there is no client '${linesFrom(client)}'${hint}`);
  }
  if (more.length > 0)
    throw new UsageError(
      `several clients are called '${linesFrom(client)}'; name one by its id: `
        + `${[found, ...more].map(({ id }) => id).join(', ')}`,
    );
  return found.id;
}

/**
 * The id of a client's credential.
 * @param credential its id; without it the client's only one that is alive
 * @throws UsageError where it is not said which of several
 */
export async function idOfCredential(
  api: ApiConnection,
  client: string,
  credential: string | undefined,
): Promise<string> {
  if (credential !== undefined) return credential;
  const { body } = await api.call({
    method: 'GET',
    path: `/admin/v1/clients/${encodeURIComponent(client)}/credentials`,
  });
  const alive = listAt(body, 'credentials').filter(
    (one) => valueAt(one, 'revokedAt') === undefined && !hasEnded(textAt(one, 'expiresAt')),
  );
  const [only, ...more] = alive.map((one) => textAt(one, 'id'));
  if (only === undefined) throw new UsageError('the client has no living credential: make one with credentials add');
  if (more.length > 0)
    throw new UsageError(`the client has several credentials; say which: ${[only, ...more].join(', ')}`);
  return only;
}

function hasEnded(at: string): boolean {
  return at !== '' && Date.parse(at) <= Date.now();
}
