import { Argument, Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import type { CompletedCommand } from './completed-commands.ts';

const EXAMPLES = `
Examples:
  source <(idleproof completion bash)               for this shell; in ~/.bashrc for every one
  idleproof completion bash | sudo tee /etc/bash_completion.d/idleproof
  idleproof completion zsh > ~/.zfunc/_idleproof    with fpath+=~/.zfunc before compinit in ~/.zshrc
  source <(idleproof completion zsh)                after compinit
  idleproof completion fish > ~/.config/fish/completions/idleproof.fish

It completes the command \`idleproof\`, without starting it. After an upgrade, make it anew.
Exit codes: 0 printed, 3 usage, 4 idleproof itself failed.`;

type Shell = 'bash' | 'zsh' | 'fish';
type Script = (commands: readonly CompletedCommand[]) => string;

const SCRIPTS: Readonly<Record<Shell, () => Promise<Script>>> = {
  bash: async () => (await import('./bash.ts')).bashCompletion,
  zsh: async () => (await import('./zsh.ts')).zshCompletion,
  fish: async () => (await import('./fish.ts')).fishCompletion,
};

/** `idleproof completion`: what makes a shell complete the commands, options and values of a program. */
export function completionCommand(program: Command, done: (exitCode: number) => void): Command {
  return new Command('completion')
    .description('Print what makes a shell complete commands, options and files.')
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(SCRIPTS)))
    .addHelpText('after', EXAMPLES)
    .action(async (shell: Shell) => {
      const { completedCommands } = await import('./completed-commands.ts');
      const { placeholdersHere } = await import('./placeholders.ts');
      const script = await SCRIPTS[shell]();
      process.stdout.write(script(completedCommands(program, placeholdersHere())));
      done(EXIT.pass);
    });
}
