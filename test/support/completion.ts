import { completedCommands, type CompletedCommand } from '../../src/cli/completion/completed-commands.ts';
import { placeholdersHere } from '../../src/cli/completion/placeholders.ts';
import { idleproofProgram } from '../../src/cli/commands.ts';

/** All commands of the command line, as shells are told them. */
export const allCommands = (): CompletedCommand[] =>
  completedCommands(
    idleproofProgram([], () => {}),
    placeholdersHere(),
  );
