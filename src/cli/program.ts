import { Command } from 'commander';
import { describeConfig, readConfig } from '../config/config.ts';
import { unknownVariables } from '../config/unknown-variables.ts';
import { weakSettings } from '../config/weak-settings.ts';
import { loadInstallation } from '../composition/core/load-installation.ts';
import { backupSqlite } from '../store/sqlite/backup.ts';
import { addAdministratorCommands } from './commands/administrator-commands.ts';
import { addExportCommand } from './commands/export-commands.ts';
import { addMailCommands } from './commands/mail-commands.ts';
import { addMigrateCommand } from './commands/migrate-command.ts';
import { addSettingsCommands } from './commands/settings-commands.ts';
import { addAuditCommands } from './commands/audit-commands.ts';
import { addClientCommands } from './commands/client-commands.ts';
import { addImportCommands } from './import/import-commands.ts';
import { calledAs } from './called-as.ts';
import { didYouMean } from '../text/did-you-mean.ts';
import { JsonFile } from '../base/json-file.ts';
import { isJsonObject } from '../base/json.ts';
import { packageFile } from '../base/package-root.ts';
import { linesFrom } from './read-input.ts';
import { addOutboxCommands } from './commands/outbox-commands.ts';
import { addScimCommands } from './commands/scim-commands.ts';
import { addCheckCommand } from './commands/check-command.ts';
import { addCompletionCommand } from './commands/completion-command.ts';
import { addKeyCommands } from './commands/key-commands.ts';
import { addTenantCommands } from './commands/tenant-commands.ts';
import { addUserCommands } from './commands/user-commands.ts';
import { createApiCommands } from './api-command.ts';
import { serve, work } from './run.ts';
import { withApi } from './with-api.ts';
import { UsageError } from './usage-error.ts';

/** The `latchkey` command line. Every command reads the same environment as the server. */
export function createProgram(): Command {
  const program = new Command(calledAs()).description(
    'SCIM 2.0 provisioning that gives every new person their first key',
  );
  program.version(versionOf(), '-V, --version', 'print the version');
  program
    // The program itself gets every word that no command has.
    .allowExcessArguments()
    .action(
      guarded(async (_options: object, { args: [word] }: Command) => {
        if (word !== undefined) throw unknownCommand(program, word);
        program.outputHelp();
      }),
    );
  program
    .command('serve')
    .description('serve SCIM and the hosted pages, and send what the outbox holds')
    .action(guarded(async () => serve(readConfig(process.env).config)));
  program
    .command('worker')
    .description('only send what the outbox holds; for MongoDB, beside any number of servers')
    .action(guarded(async () => work(readConfig(process.env).config)));
  program
    .command('config')
    .description('print the effective configuration, secrets hidden')
    .action(
      guarded(async () => {
        const { config, values } = readConfig(process.env);
        print(describeConfig(values));
        const weak = weakSettings(loadInstallation(config).settings, config);
        for (const warning of [...unknownVariables(process.env), ...weak]) print(`# warning: ${warning}`);
      }),
    );

  program
    .command('backup <file>')
    .description('copy the embedded store as it is now, also while a server runs')
    .action(
      guarded(async (file: string) => {
        const { config } = readConfig(process.env);
        if (config.mongodbUri !== undefined)
          throw new UsageError('backup copies the embedded store; of MongoDB, take a copy with mongodump');
        backupSqlite(config.dataDir, file);
        print(`${file} holds the store as it is now. Keep the key (LATCHKEY_KEY, or latchkey.key) apart from it.`);
      }),
    );

  const api = createApiCommands({ withApi, guarded });
  addClientCommands(program, api);
  addUserCommands(program, api);
  addOutboxCommands(program, api);
  addScimCommands(program, api);
  addTenantCommands(program, api);
  addKeyCommands(program, api);
  addImportCommands(program, { ...api, guarded });
  addSettingsCommands(program, api);
  addAdministratorCommands(program, api);
  addExportCommand(program, { withApi, guarded });
  addMailCommands(program, { guarded });
  addMigrateCommand(program, { guarded });
  addAuditCommands(program, { print, guarded });
  addCheckCommand(program, { withApi, guarded });
  addCompletionCommand(program, print);
  return program;
}

function versionOf(): string {
  const { value } = new JsonFile(packageFile('package.json'));
  return isJsonObject(value) && typeof value['version'] === 'string' ? value['version'] : '';
}

function unknownCommand(program: Command, word: string): UsageError {
  const meant = didYouMean(
    word,
    program.commands.map((command) => command.name()),
  );
  const advice = meant === undefined ? `; ${calledAs()} --help lists them all` : `: did you mean ${meant}?`;
  return new UsageError(`there is no command '${linesFrom(word)}'${advice}`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** What an operator can mend ends the process with a plain sentence; only our own faults show a stack. */
function guarded<Arguments extends unknown[]>(
  action: (...args: Arguments) => Promise<void>,
): (...args: Arguments) => Promise<void> {
  return async (...args) => {
    try {
      await action(...args);
    } catch (cause) {
      const mendable =
        cause instanceof Error
        && cause.name !== 'Error'
        && !(cause instanceof TypeError)
        && !(cause instanceof RangeError);
      process.stderr.write(
        `latchkey: ${
          mendable ? cause.message : cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
        }\n`,
      );
      process.exitCode = 1;
    }
  };
}
