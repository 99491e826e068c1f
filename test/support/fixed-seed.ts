// Loaded before the tests by npm test: generated cases are the same in every run, so that a failure is always a
// change's own. FC_SEED=<number> looks elsewhere; a single file run by mocha itself draws anew each time.
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 20261121) });

// A process that runs tests beside others is ended by a signal while it writes what of the code it has run: with a
// listener the signal leaves it the time.
if (process.env['NODE_V8_COVERAGE'] !== undefined) process.on('SIGTERM', () => undefined);
