import type { Command } from 'commander';
import { rootTenant } from '../../tenancy/tenant.ts';
import type { ApiCommandParts } from '../api-command.ts';
import { runChecks } from './checks.ts';
import { createOutput, type OutputOptions } from '../output.ts';

const marks = { fine: 'ok', warning: 'WARN', fault: 'FAULT' } as const;

/** Adds `latchkey check` to the program. Its exit code is for monitoring: 0 fine, 2 warnings, 1 a fault. */
export function addCheckCommand(program: Command, { withApi, guarded }: ApiCommandParts): void {
  program
    .command('check')
    .alias('doctor')
    .description(
      'look at configuration, store, mail, sender and address; ends with 0 (fine), 2 (warnings) or 1 (a fault)',
    )
    .option('--json', 'answer in JSON, also on a terminal')
    .action(
      guarded(async (options: OutputOptions) => {
        const findings = await runChecks((use) => withApi(rootTenant, use));
        createOutput(options).show(
          findings.map(({ check, state, sentence }) => ({ check, state, sentence })),
          () =>
            findings.map(({ check, state, sentence }) => `${marks[state].padEnd(5)}  ${check}: ${sentence}`).join('\n'),
        );
        process.exitCode = findings.some(({ state }) => state === 'fault')
          ? 1
          : findings.some(({ state }) => state === 'warning')
            ? 2
            : 0;
      }),
    );
}
