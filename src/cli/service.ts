import { resolve } from 'node:path';
import { Command } from 'commander';
import { escapeControls } from '../core/parse/escape-controls.ts';
import type { ServiceStatus } from '../service/service.ts';
import { EXIT } from './exit-codes.ts';
import { renderJson } from '../render/json.ts';

const EXAMPLES = `
Examples:
  sudo idleproof service install                           watch what /etc/idleproof/idleproof.yaml says, from every boot on
  sudo idleproof service install --config ./soak.yaml      what another file says
  idleproof service install --user                         without root, for as long as you are logged in; it sees less
  idleproof service status                                 is it there, does it run
  sudo idleproof service uninstall                         stop and remove it; evidence and configuration stay

Exit codes: 0 done, 3 usage or configuration, 4 idleproof itself failed.`;

interface ScopeOptions {
  user?: boolean;
}

interface InstallOptions extends ScopeOptions {
  config?: string;
  state?: string;
  force?: boolean;
}

interface StatusOptions extends ScopeOptions {
  json?: boolean;
}

/** `idleproof service`: the daemon as a service of the operating system. */
export function serviceCommands(done: (exitCode: number) => void): Command {
  const service = new Command('service')
    .description('Run the watchdog as a service of the operating system.')
    .addHelpText('afterAll', EXAMPLES);
  service
    .command('install')
    .description('Install and start it; doing it twice changes nothing.')
    .option(
      '--config <file>',
      'what to watch (default: /etc/idleproof/idleproof.yaml; with --user ~/.config/idleproof/idleproof.yaml)',
    )
    .option(
      '--state <dir>',
      'where evidence is kept (default: /var/lib/idleproof; with --user ~/.local/state/idleproof)',
    )
    .option('--user', 'as a service of this user, without root; it sees less')
    .option('--force', 'replace a service definition that differs')
    .action(async (options: InstallOptions) => done(await install(options)));
  service
    .command('uninstall')
    .description('Stop and remove it; evidence and configuration stay.')
    .option('--user', 'the service of this user')
    .action(async (options: ScopeOptions) => done(await uninstall(options)));
  service
    .command('status')
    .description('Tell whether it is installed and runs.')
    .option('--user', 'the service of this user')
    .option('--json', 'print it as JSON')
    .action(async (options: StatusOptions) => done(await status(options)));
  return service;
}

const scopeOf = ({ user }: ScopeOptions): 'user' | 'system' => (user === true ? 'user' : 'system');

async function install(options: InstallOptions): Promise<number> {
  const { loadConfig } = await import('../config/config.ts');
  const { defaultPaths } = await import('../service/default-paths.ts');
  const { installService, mayManage } = await import('../service/service.ts');
  const { packFiles, packsOf } = await import('./watch-plan.ts');
  const scope = scopeOf(options);
  mayManage(scope);
  const defaults = defaultPaths(process.platform, scope);
  const configPath = resolve(options.config ?? defaults.configPath);
  // A service with a configuration or a rule pack that is refused would never start.
  const config = loadConfig(configPath);
  const lines = installService({
    scope,
    configPath,
    packFiles: packFiles(packsOf(config)),
    stateFolder: resolve(options.state ?? defaults.stateFolder),
    reportsFolder: config.reportsDir,
    force: options.force === true,
  });
  return say(lines);
}

async function uninstall(options: ScopeOptions): Promise<number> {
  const { uninstallService } = await import('../service/service.ts');
  return say(uninstallService(scopeOf(options)));
}

async function status(options: StatusOptions): Promise<number> {
  const { serviceStatus } = await import('../service/service.ts');
  const found = serviceStatus(scopeOf(options));
  if (options.json !== true) return say(describe(found));
  process.stdout.write(renderJson(found));
  return EXIT.pass;
}

function describe({ definitionPath, installed, stateFolder, unit }: ServiceStatus): string[] {
  if (!installed) return [`${definitionPath}: not installed`];
  const state =
    unit === null
      ? []
      : [
          `${unit.activeState} (${unit.subState}), ${unit.enabled}${unit.mainPid === null ? '' : `, pid ${unit.mainPid}`}`,
          `restarts: ${unit.restarts}; last run: ${unit.result}`,
          ...(unit.statusText === '' ? [] : [escapeControls(unit.statusText)]),
        ];
  return [
    `${definitionPath}: installed`,
    ...state,
    ...(stateFolder === null ? [] : [`evidence: ${stateFolder}`]),
  ];
}

function say(lines: readonly string[]): number {
  process.stdout.write(`${lines.join('\n')}\n`);
  return EXIT.pass;
}
