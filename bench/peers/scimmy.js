// The peer: scimmy-routers with handlers that keep users and groups in Maps, as its README shows them. No disk, no
// unique names.
import { randomUUID } from 'node:crypto';
import express from 'express';
import SCIMMY from 'scimmy';
import SCIMMYRouters from 'scimmy-routers';

SCIMMY.Config.set({ bulk: { supported: true, maxOperations: 1000, maxPayloadSize: 10 * 1024 * 1024 } });
for (const Type of [SCIMMY.Resources.User, SCIMMY.Resources.Group]) {
  const resources = new Map();
  const held = (id) =>
    resources.get(id)
    ?? (() => {
      throw new SCIMMY.Types.Error(404, null, `there is no ${id}`);
    })();
  SCIMMY.Resources.declare(Type)
    .ingress(({ id = randomUUID() }, data) => {
      const now = new Date();
      const resource = { ...data, id, meta: { created: resources.get(id)?.meta.created ?? now, lastModified: now } };
      resources.set(id, resource);
      return resource;
    })
    .egress(({ id }) => (id === undefined ? [...resources.values()] : held(id)))
    .degress(({ id }) => {
      resources.delete(held(id).id);
    });
}

const app = express();
app.get('/readyz', (_request, response) => {
  response.end();
});
app.use(
  '/scim',
  new SCIMMYRouters({
    type: 'bearer',
    handler: (request) => {
      if (request.header('Authorization') !== 'Bearer bench-token-bench-token-bench-token')
        throw new Error('Authorization not detected!');
      return 'bench';
    },
  }),
);
app.listen(Number(process.env.PORT), '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
