import type { Command } from 'commander';

/** Adds `latchkey completion`: a script for bash or zsh that completes commands, subcommands and options. */
export function addCompletionCommand(program: Command, print: (text: string) => void): void {
  program
    .command('completion')
    .description('a script that completes commands in bash and zsh: source <(latchkey completion)')
    .action(() => print(completionOf(program)));
}

/** @returns one `case` for each command line so far, without options */
function completionOf(program: Command): string {
  const cases = casesOf(program, []).map(([words, next]) => `    '${words}') words='${next}' ;;`);
  return `# completion of latchkey for bash; zsh loads it through bashcompinit
[ -n "$ZSH_VERSION" ] && autoload -U +X bashcompinit && bashcompinit
_latchkey() {
  local said='' word words=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) said="\${said:+$said }$word" ;; esac
  done
  case "$said" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _latchkey latchkey`;
}

function casesOf(command: Command, path: readonly string[]): [string, string][] {
  const options = [...command.options.map(({ long }) => long ?? ''), '--help'].filter((option) => option !== '');
  const names = command.commands.map((one) => one.name());
  return [
    [path.join(' '), [...names, ...options].join(' ')],
    ...command.commands.flatMap((one) => casesOf(one, [...path, one.name()])),
  ];
}
