import type { Command } from 'commander';
import { readConfig } from '../../config/config.ts';
import { backupSqlite } from '../../store/sqlite/backup.ts';
import type { ApiCommandParts } from '../api-command.ts';
import { onThisMachine } from '../on-this-machine.ts';
import { createOutput, type OutputOptions } from '../output.ts';
import { UsageError } from '../usage-error.ts';

/** Adds `latchkey backup` to the program. */
export function addBackupCommand(program: Command, { guarded }: Pick<ApiCommandParts, 'guarded'>): void {
  program
    .command('backup <file>')
    .description('copy the embedded store as it is now, also while a server runs')
    .option('--json', 'answer in JSON, also on a terminal')
    .action(
      guarded(async (file: string, options: OutputOptions) => {
        onThisMachine('backup copies the embedded store of this machine');
        const { config } = readConfig(process.env);
        if (config.mongodbUri !== undefined)
          throw new UsageError('backup copies the embedded store; of MongoDB, take a copy with mongodump');
        backupSqlite(config.dataDir, file);
        const said = `${file} holds the store as it is now. Keep the key (LATCHKEY_KEY or latchkey.key) apart from it.`;
        // A script that asks for no JSON reads the sentence, as it always did.
        if (options.json === true) createOutput(options).show({ file, dataDir: config.dataDir }, () => said);
        else process.stdout.write(`${said}\n`);
      }),
    );
}
