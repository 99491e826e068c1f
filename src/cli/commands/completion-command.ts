import { Argument, type Command } from 'commander';

/** What a script of completion knows of a command. */
interface CompletedCommand {
  /** The words that lead to it, without the program's name; empty for the program itself. */
  readonly path: string;
  readonly description: string;
  readonly subcommands: readonly string[];
  readonly options: readonly CompletedOption[];
}

interface CompletedOption {
  readonly name: string;
  readonly description: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

/** Adds `latchkey completion`: a script that completes commands, subcommands, options and what they take. */
export function addCompletionCommand(program: Command, print: (text: string) => void): void {
  program
    .command('completion')
    .description('a script that completes commands in your shell')
    .addArgument(new Argument('[shell]', 'which shell').choices(['bash', 'zsh', 'fish']).default('bash'))
    .addHelpText(
      'after',
      `
It completes the word latchkey, so the program must be on the path by that name. In bash and zsh:
  source <(latchkey completion)
In fish:
  latchkey completion fish | source`,
    )
    .action((shell: string) =>
      print(shell === 'fish' ? fishScript(commandsOf(program)) : bashScript(commandsOf(program))),
    );
}

function commandsOf(command: Command, path: readonly string[] = []): readonly CompletedCommand[] {
  const options = command.options
    .filter(({ hidden, long }) => !hidden && long !== undefined && long !== null)
    .map(({ long, description, required, optional, argChoices }) => ({
      name: String(long),
      description,
      takesValue: required || optional,
      choices: argChoices ?? [],
    }));
  const help = { name: '--help', description: 'display help', takesValue: false, choices: [] };
  return [
    {
      path: path.join(' '),
      description: command.description(),
      subcommands: command.commands.map((one) => one.name()),
      options: [...options, help],
    },
    ...command.commands.flatMap((one) => commandsOf(one, [...path, one.name()])),
  ];
}

/** zsh reads it through bashcompinit. Where nothing of ours fits, the shell completes names of files. */
function bashScript(commands: readonly CompletedCommand[]): string {
  const paths = commands.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`);
  const cases = commands.map(
    ({ path, subcommands, options }) =>
      `    '${path}') names='${subcommands.join(' ')}' options='${options.map(({ name }) => name).join(' ')}' ;;`,
  );
  const values = commands.flatMap(({ path, options }) =>
    options
      .filter(({ choices }) => choices.length > 0)
      .map(({ name, choices }) => `    '${path} ${name}') names='${choices.join(' ')}' ;;`),
  );
  return `# completion of latchkey for bash and zsh
[ -n "$ZSH_VERSION" ] && autoload -U +X bashcompinit && bashcompinit
_latchkey() {
  local at='' word='' names='' options='' current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${at:+$at }$word" in
    ${paths.join('|')}) at="\${at:+$at }$word" ;;
    esac
  done
  case "$at" in
${cases.join('\n')}
  esac
  case "$current" in -*) names="$options" ;; esac
  case "$at $before" in
${values.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$names" -- "$current"))
}
complete -o default -F _latchkey latchkey`;
}

function fishScript(commands: readonly CompletedCommand[]): string {
  const at = ({ path }: CompletedCommand): string => `complete -c latchkey -n "__latchkey_at '${path}'"`;
  const lines = commands.flatMap((command) => [
    ...command.subcommands.map((name) => {
      const path = command.path === '' ? name : `${command.path} ${name}`;
      return `${at(command)} -f -a ${name} -d ${quoted(commands.find((one) => one.path === path)?.description ?? '')}`;
    }),
    ...command.options.map(({ name, description, takesValue, choices }) => {
      const values = choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : takesValue ? ' -r' : '';
      return `${at(command)} -l ${name.slice(2)} -d ${quoted(description)}${values}`;
    }),
  ]);
  return `# completion of latchkey for fish
set -g __latchkey_paths ${commands.map(({ path }) => quoted(path)).join(' ')}
function __latchkey_at
  set -l at ''
  for word in (commandline -opc)[2..-1]
    set -l next (string trim -- "$at $word")
    contains -- $next $__latchkey_paths; and set at $next
  end
  test "$at" = "$argv[1]"
end
${lines.join('\n')}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}
