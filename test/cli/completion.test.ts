import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { createProgram } from '../../src/cli/program.ts';
import { addCompletionCommand } from '../../src/cli/commands/completion-command.ts';

/** The script for a shell. */
function scriptOf(shell: string): string {
  const program = createProgram().exitOverride();
  let script = '';
  // The program's own command writes to standard output.
  const own = program.commands.findIndex((one) => one.name() === 'completion');
  (program.commands as unknown[]).splice(own, 1);
  addCompletionCommand(program, (text) => (script = text));
  program.parse(['completion', shell], { from: 'user' });
  return script;
}

const hasShell = (name: string): boolean => spawnSync(name, ['-c', 'true']).status === 0;

describe('completion', () => {
  const completed = (...words: string[]): string[] => {
    const lines = `${scriptOf('bash')}
COMP_WORDS=(latchkey ${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length}
_latchkey
printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', lines], { encoding: 'utf8' });
    expect(stderr).to.equal('');
    return stdout.split('\n').filter((line) => line !== '');
  };

  it('knows in bash every command', () => {
    const names = createProgram().commands.map((one) => one.name());
    expect(completed('')).to.have.members(names);
  });

  for (const [words, found] of [
    [['us'], ['users']],
    [
      ['users', 're'],
      ['resend', 'reactivate', 'restore', 'reset'],
    ],
    [['users', 'list', '--count', '5', '--f'], ['--filter']],
    [['users', 'show', 'ines@example.com', '--js'], ['--json']],
    [['clients', 'add', 'hr', '--profile', 'o'], ['okta']],
    [
      ['import', '--full-scope', ''],
      ['own', 'all'],
    ],
    // What is not one of ours is a file's name, which bash itself completes.
    [['import', 'peo'], []],
  ] as const)
    it(`completes in bash: latchkey ${words.join(' ')}`, () => {
      expect(completed(...words)).to.have.members([...found]);
    });

  it('is read by zsh', function () {
    if (!hasShell('zsh')) return this.skip();
    const lines = `autoload -U compinit && compinit -u -D; ${scriptOf('zsh')}\nprint $_comps[latchkey]`;
    const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', lines], { encoding: 'utf8' });
    expect(stderr).to.equal('');
    expect(stdout).to.match(/_latchkey/);
  });

  it('is read by fish', function () {
    if (!hasShell('fish')) return this.skip();
    const lines = `${scriptOf('fish')}\ncomplete -C 'latchkey users sh'\ncomplete -C 'latchkey clients add hr --profile ok'`;
    const { stdout, stderr } = spawnSync('fish', ['--no-config', '-c', lines], { encoding: 'utf8' });
    expect(stderr).to.equal('');
    expect(stdout).to.match(/^show\tone person/m);
    expect(stdout).to.match(/^okta\t/m);
  });
});
