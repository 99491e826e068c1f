// The yardstick: one Express 5 route that answers a user of about 1.1 KB from memory, with no authentication and no
// store.
import express from 'express';
import { benchUser } from './bench-user.ts';

const user = { ...benchUser(1), id: '1' };
const app = express();
app.get('/readyz', (_request, response) => {
  response.end();
});
app.get('/Users/:id', (_request, response) => {
  response.json(user);
});
app.listen(Number(process.env.PORT), '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
