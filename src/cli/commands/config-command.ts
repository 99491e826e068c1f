import type { Command } from 'commander';
import { loadInstallation } from '../../composition/core/load-installation.ts';
import { describeConfig, effectiveVariables, readConfig } from '../../config/config.ts';
import { unknownVariables } from '../../config/unknown-variables.ts';
import { weakSettings } from '../../config/weak-settings.ts';
import type { ApiCommandParts } from '../api-command.ts';
import type { OutputOptions } from '../output.ts';

/** Adds `latchkey config` to the program: lines that can be grepped, or JSON where asked for. */
export function addConfigCommand(program: Command, { guarded }: Pick<ApiCommandParts, 'guarded'>): void {
  program
    .command('config')
    .description('print the effective configuration, secrets hidden')
    .option('--json', 'print JSON: the variables, and what to warn of')
    .action(
      guarded(async ({ json }: OutputOptions) => {
        const { config, values } = readConfig(process.env);
        const weak = weakSettings(loadInstallation(config).settings, config);
        const warnings = [...unknownVariables(process.env), ...weak];
        const text =
          json === true
            ? JSON.stringify({ variables: effectiveVariables(values), warnings }, undefined, 2)
            : [describeConfig(values), ...warnings.map((warning) => `# warning: ${warning}`)].join('\n');
        process.stdout.write(`${text}\n`);
      }),
    );
}
