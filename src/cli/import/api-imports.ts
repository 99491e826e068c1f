import { createReadStream } from 'node:fs';
import type { ImportView } from '../../imports/batch/import-view.ts';
import type { ApiConnection } from '../connection.ts';
import type { ImportTransport } from './import-transport.ts';

const base = '/admin/v1/imports';

/** Imports of a running server, or of one that is made for the command alone: by `/admin/v1`. */
export function apiImports(api: ApiConnection): ImportTransport {
  const at = (id: string, verb = ''): string => `${base}/${encodeURIComponent(id)}${verb}`;
  const post = async (path: string, body?: object): Promise<void> => {
    await api.call({ method: 'POST', path, ...(body === undefined ? {} : { body: { ...body } }) });
  };
  return {
    create: async (path, name, { mapping, ...options }) => {
      const said = Object.entries({
        name,
        ...options,
        ...(mapping === undefined ? {} : { mapping: JSON.stringify(mapping) }),
      });
      const query = new URLSearchParams(said.map(([key, value]): [string, string] => [key, String(value)]));
      const answer = await api.upload(
        `${base}?${query.toString()}`,
        path === '-' ? process.stdin : createReadStream(path),
      );
      return answer as unknown as ImportView;
    },
    view: async (id) => (await api.call({ method: 'GET', path: at(id) })).body as unknown as ImportView,
    run: (id, approval) => post(at(id, '/run'), approval),
    ask: (id, wish) => post(at(id, `/${wish}`)),
    undo: (id) => post(at(id, '/undo')),
    errors: (id) => api.download(at(id, '/errors')),
  };
}
