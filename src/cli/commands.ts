import { Command } from 'commander';
import { alertCommand } from './alert.ts';
import { baselineCommand } from './baseline.ts';
import { checkCommand } from './check.ts';
import { completionCommand } from './completion/completion.ts';
import { demoCommand } from './demo.ts';
import { doctorCommand } from './doctor.ts';
import { initCommand } from './init.ts';
import { judgeCommand } from './judge.ts';
import { keysCommand } from './keys.ts';
import { optionDescription } from './option-description.ts';
import { measureCommands } from './measure/measure.ts';
import { reportCommand } from './report.ts';
import { runCommand } from './run-gates.ts';
import { rulesCommand } from './rules/rules.ts';
import { serviceCommands } from './service.ts';
import { statusCommand } from './status.ts';
import { verifyCommand } from './verify.ts';
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
  idleproof measure http --url http://127.0.0.1:8000/health   latency, throughput and errors under load
  idleproof run gates.yaml                          a whole phase gate: start, measure, use, wait, watch, stop

Exit codes: 0 pass, 1 fail, 2 inconclusive, 3 usage or configuration, 4 idleproof itself failed, 130 interrupted.`;

/** All commands with their options, as the command line, the completion of shells and the tests of the pages know them. */
export function idleproofProgram(argv: readonly string[], done: (exitCode: number) => void): Command {
  const program = new Command('idleproof')
    .description('Proves that a program does nothing while nobody is using it.')
    .version(toolVersion(), '-V, --version')
    .addHelpText('after', EXAMPLES);
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
  program.addCommand(measureCommands(argv, done));
  program.addCommand(runCommand(argv, done));
  program.addCommand(keysCommand(done));
  program.addCommand(completionCommand(program, done));
  prepare(program);
  return program;
}

/** What commander does not hand down to commands that are added: errors are thrown, and the help shows no empty defaults. */
function prepare(command: Command): void {
  command.exitOverride().configureHelp({ optionDescription });
  for (const below of command.commands) prepare(below);
}
