import { Command, CommanderError } from 'commander';
import { IdleproofError } from '../errors.ts';
import { escapeControls } from '../core/parse/escape-controls.ts';
import { alertCommand } from './alert.ts';
import { baselineCommand } from './baseline.ts';
import { checkCommand } from './check.ts';
import { demoCommand } from './demo.ts';
import { doctorCommand } from './doctor.ts';
import { EXIT } from './exit-codes.ts';
import { initCommand } from './init.ts';
import { judgeCommand } from './judge.ts';
import { keysCommand } from './keys.ts';
import { reportCommand } from './report.ts';
import { rulesCommand } from './rules/rules.ts';
import { statusCommand } from './status.ts';
import { verifyCommand } from './verify.ts';
import { serviceCommands } from './service.ts';
import { watchCommand } from './watch.ts';
import { windowCommand } from './window.ts';
import { toolVersion } from './version.ts';

const EXAMPLES = `
Examples:
  idleproof demo                                    prove the bundled demo app, quiet and with an agent
  idleproof check --port 8000 --for 60s             one idle window on whatever listens on port 8000
  idleproof doctor --port 8000                      what can be seen of it here, and how to see more
  idleproof init --port 8000                        write an idleproof.yaml for it
  idleproof verify reports/*/proof.json             the evidence is unchanged, and gives the same verdicts
  idleproof check --name nginx --json | jq .verdict the proof itself, for scripts
  idleproof check --for 30s -- node server.js       start a command, watch it idle, stop it
  idleproof status --follow                         what a running daemon does, live
  idleproof rules lint ./ours.yaml                  every mistake in rules and configuration, at once
  idleproof judge evidence.db --rules ./ours.yaml   what was seen, judged by other rules
  idleproof report --since 24h                      many proofs as one summary

Exit codes: 0 pass, 1 fail, 2 inconclusive, 3 usage or configuration, 4 idleproof itself failed, 130 interrupted.`;

/** Runs one command line (without node and script); returns the exit code. The only place where errors become text. */
export async function run(argv: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.pass;
  const program = new Command('idleproof')
    .description('Proves that a program does nothing while nobody is using it.')
    .version(toolVersion(), '-V, --version')
    .addHelpText('after', EXAMPLES)
    .exitOverride();
  const done = (code: number): void => {
    exitCode = code;
  };
  program.addCommand(checkCommand(argv, done));
  program.addCommand(watchCommand(done));
  program.addCommand(doctorCommand(done));
  program.addCommand(initCommand(done));
  program.addCommand(verifyCommand(done));
  program.addCommand(judgeCommand(done));
  program.addCommand(rulesCommand(done));
  program.addCommand(demoCommand(done));
  program.addCommand(statusCommand(done));
  program.addCommand(windowCommand(done));
  program.addCommand(baselineCommand(done));
  program.addCommand(serviceCommands(done));
  program.addCommand(alertCommand(done));
  program.addCommand(reportCommand(done));
  program.addCommand(keysCommand(done));
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    return explain(error);
  }
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.pass : EXIT.usage;
  if (error instanceof IdleproofError) {
    const lines = `${error.message}\n${error.hint}`.split('\n').map(escapeControls);
    process.stderr.write(`error ${error.code}: ${lines.join('\n  ')}\n`);
    return error.exitCode;
  }
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    `error INTERNAL: ${escapeControls(text)}\n  This is a fault of idleproof itself. Nothing was judged.\n`,
  );
  if (process.env['IDLEPROOF_DEBUG'] !== undefined)
    process.stderr.write(`${String((error as Error).stack)}\n`);
  return EXIT.internal;
}
