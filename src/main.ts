import { createProgram } from './cli/program.ts';
import { watchStandardOutput } from './cli/standard-output.ts';

watchStandardOutput(process.argv[2]);
await createProgram().parseAsync();
