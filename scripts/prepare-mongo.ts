// Installs the MongoDB stand-in of the tests where they would need it, so that no test waits for that.
import { startMongoServer } from '../test/support/mongo-server.ts';

const server = await startMongoServer();
process.stdout.write(server === undefined ? 'MongoDB is not tested here\n' : `MongoDB: ${server.name}\n`);
process.exit(0);
