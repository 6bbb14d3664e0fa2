import { Command } from 'commander';
import { httpCommand } from './http.ts';
import { pageCommand } from './page.ts';
import { runCommandCommand } from './run.ts';
import { sizeCommand } from './size.ts';
import { startupCommand } from './startup.ts';
import { ttftCommand } from './ttft.ts';

const EXAMPLES = `
Examples:
  idleproof measure startup --ready http://127.0.0.1:8000/health -- python3 -m backend
  idleproof measure ttft --url http://127.0.0.1:8080 --prompt 'Say hello.' --expect 'p50 < 3s'
  idleproof measure http --url http://127.0.0.1:8000/health --requests 200 --concurrency 5 --expect 'p95 < 200ms'

Each writes evidence.db and YYYY-MM-DD_HHMM_results.json into a run folder below --out; rules of the kind measurement judge it:
  idleproof judge reports/2026-11-20_1400_port-8000/evidence.db --rules responsiveness
Nothing is measured in an idle window: a daemon that watches the same app is told.
Exit codes: 0 measured, 1 an --expect is not met, 3 usage, 4 idleproof itself failed, 130 interrupted.`;

/** `idleproof measure`: active probes. */
export function measureCommands(argv: readonly string[], done: (exitCode: number) => void): Command {
  const measure = new Command('measure')
    .description('Measure how an app starts, answers and serves, outside of idle windows.')
    .addHelpText('after', EXAMPLES);
  const commands = [startupCommand, ttftCommand, httpCommand, pageCommand, sizeCommand, runCommandCommand];
  for (const command of commands) measure.addCommand(command(argv, done));
  return measure;
}
