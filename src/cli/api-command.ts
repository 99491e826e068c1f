import type { Command } from 'commander';
import type { ApiConnection } from './connection.ts';
import { tenantOption, type TenantOption } from './tenant-option.ts';
import { createOutput, type Output, type OutputOptions } from './output.ts';

/** What a command does with an API. */
type ApiAction<Options, Args extends unknown[]> = (
  api: ApiConnection,
  output: Output,
  options: Options,
  ...args: Args
) => Promise<void>;

/** What the commands that call an API are given. */
export interface ApiCommandTools {
  /** Gives a command its action and the option `--json`. */
  readonly apiCommand: <Options extends OutputOptions, Args extends unknown[]>(
    command: Command,
    action: ApiAction<Options, Args>,
  ) => void;
}

/** What these commands need. */
export interface ApiCommandParts {
  /** Finds a Latchkey, and lets go of it when the work is done. */
  readonly withApi: (tenant: string, use: (api: ApiConnection) => Promise<void>, mayMake?: boolean) => Promise<void>;
  /** Ends the process with a plain sentence where the operator can mend what went wrong. */
  readonly guarded: <Arguments extends unknown[]>(
    action: (...args: Arguments) => Promise<void>,
  ) => (...args: Arguments) => Promise<void>;
}

/** Commands that may be the first on an embedded store: others are about what is there. */
const makers: ReadonlySet<string> = new Set([
  'create',
  'add',
  'set',
  'apply',
  'invite',
  'import',
  'post',
  'put',
  'api',
]);

/** Makes the tools: each command finds its Latchkey when it runs. */
export function createApiCommands({ withApi, guarded }: ApiCommandParts): ApiCommandTools {
  return {
    apiCommand: (command, action) => {
      command
        .option('--json', 'answer in JSON, also on a terminal')
        .addOption(tenantOption())
        .action(
          guarded(async (...given: unknown[]) => {
            // commander hands over the arguments, then the options, then the command itself.
            const options = given.at(-2) as Parameters<typeof action>[2] & TenantOption;
            const args = given.slice(0, -2) as never[];
            await withApi(
              options.tenant,
              (api) => action(api, createOutput(options), options, ...(args as never)),
              makers.has(command.name()),
            );
          }),
        );
    },
  };
}
