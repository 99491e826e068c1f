import { Command } from 'commander';
import { readConfig } from '../config/config.ts';
import { addAdministratorCommands } from './commands/administrator-commands.ts';
import { addBackupCommand } from './commands/backup-command.ts';
import { addConfigCommand } from './commands/config-command.ts';
import { addExportCommand } from './commands/export-commands.ts';
import { addMailCommands } from './commands/mail-commands.ts';
import { addMigrateCommand } from './commands/migrate-command.ts';
import { addSettingsCommands } from './commands/settings-commands.ts';
import { addAuditCommands } from './audit/audit-commands.ts';
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
import { guarded } from './guarded.ts';
import { pointToHelp, speakPlainly } from './command-errors.ts';
import { addExamples } from './examples.ts';

/** The `latchkey` command line. Every command reads the same environment as the server. */
export function createProgram(): Command {
  const program = new Command(calledAs()).description(
    'SCIM 2.0 provisioning that gives every new person their first key',
  );
  program.version(versionOf(), '-V, --version', 'print the version');
  speakPlainly(program);
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
  addConfigCommand(program, { guarded });
  addBackupCommand(program, { guarded });
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
  addAuditCommands(program, { withApi, guarded });
  addCheckCommand(program, { withApi, guarded });
  addCompletionCommand(program, print);
  addExamples(program);
  pointToHelp(program);
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
