import { type Command, Option } from 'commander';
import { systemClock } from '../../base/clock.ts';
import { migrateStores } from '../../composition/migrate-stores.ts';
import { readConfig } from '../../config/config.ts';
import { copyFromSqlite } from '../../store/sqlite/copy/copy-from-sqlite.ts';
import type { ApiCommandParts } from '../api-command.ts';
import { onThisMachine } from '../on-this-machine.ts';
import { createOutput, tableOf, type OutputOptions } from '../output.ts';
import { UsageError } from '../usage-error.ts';

/** How often progress is told where nobody watches it move, in milliseconds. */
const quietMs = 10_000;

/** Adds `latchkey migrate` to the program. Its exit code: 0 all is the same, 1 it is not, 130 broken off. */
export function addMigrateCommand(program: Command, { guarded }: Pick<ApiCommandParts, 'guarded'>): void {
  program
    .command('migrate')
    .description('copy the embedded store to MongoDB, and compare both; safe to repeat where it was broken off')
    .addOption(new Option('--from <store>', 'which store').choices(['sqlite']).makeOptionMandatory())
    .addOption(new Option('--to <store>', 'which store').choices(['mongo']).makeOptionMandatory())
    .option('--json', 'answer in JSON, also on a terminal')
    .addHelpText(
      'after',
      `
LATCHKEY_DATA_DIR is the store to copy, MONGODB_URI the database to copy it to, which should be empty. Stop the server
first. LATCHKEY_KEY must be the key of the embedded store: its file latchkey.key, where none was set:
  export MONGODB_URI=mongodb://db.example/latchkey LATCHKEY_KEY_FILE=data/latchkey.key
Exit codes: 0 all is the same, 1 it is not, 130 broken off.`,
    )
    .action(
      guarded(async (options: OutputOptions) => {
        onThisMachine('migrate copies the embedded store of this machine');
        const { config } = readConfig(process.env);
        if (config.mongodbUri === undefined)
          throw new UsageError('MONGODB_URI is not set: it names the database to copy to');
        const { copyToMongo } = await import('../../store/mongo/copy/copy-to-mongo.ts');
        let stopped = false;
        const stop = (): void => void (stopped = true);
        process.once('SIGINT', stop).once('SIGTERM', stop);
        const source = await copyFromSqlite(config.dataDir, systemClock);
        try {
          const target = await copyToMongo(config.mongodbUri, systemClock);
          try {
            const report = await migrateStores(source, target, progress(), () => stopped);
            if (report === undefined) {
              process.stderr.write('Broken off. What is copied stays; the same command goes on.\n');
              process.exitCode = 130;
              return;
            }
            const isSame = report.every(({ same }) => same);
            createOutput(options).show({ same: isSame, parts: report.map((part) => ({ ...part })) }, () =>
              [
                tableOf(
                  [
                    ['PART', 'part'],
                    ['EMBEDDED', 'source'],
                    ['MONGODB', 'target'],
                    ['THE SAME', 'same'],
                  ],
                  report.map((part) => ({ ...part })),
                ),
                isSame
                  ? 'Everything is the same. Start the server with MONGODB_URI; keep the data folder until '
                    + 'you are sure.'
                  : 'Not everything is the same: was the database empty? Do not start a server on it.',
              ].join('\n\n'),
            );
            if (!isSame) process.exitCode = 1;
          } finally {
            await target.close();
          }
        } finally {
          await source.close();
          process.off('SIGINT', stop).off('SIGTERM', stop);
        }
      }),
    );
}

/** One line that moves on a terminal, a line now and then elsewhere. */
function progress(): (part: string, done: number, step: string) => void {
  const { isTTY } = process.stderr;
  let told = performance.now();
  return (part, done, step) => {
    if (!isTTY && performance.now() - told < quietMs) return;
    told = performance.now();
    process.stderr.write(isTTY ? `\r\u001b[K${part}: ${done} ${step}` : `${part}: ${done} ${step}\n`);
  };
}
