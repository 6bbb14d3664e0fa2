import { describe, expect, it } from 'vitest';
import { IdleproofError } from '../../../src/errors.ts';
import { definitionFor, difference } from '../../../src/service/definition.ts';
import type { ServicePlan } from '../../../src/service/plan.ts';
import { stateFolderOf } from '../../../src/service/systemd-unit.ts';
import { fillTemplate } from '../../../src/service/templates.ts';

const plan = (more: Partial<ServicePlan> = {}): ServicePlan => ({
  scope: 'system',
  command: ['/usr/bin/node', '/opt/idleproof/main.js', 'watch', '--config', '/etc/idleproof/idleproof.yaml'],
  stateFolder: '/var/lib/idleproof',
  writableFolders: [],
  ...more,
});

/** Values of a key, in order; lines of comment are none. */
const valuesOf = (unit: string, key: string): string[] =>
  unit
    .split('\n')
    .filter((line) => line.startsWith(`${key}=`))
    .map((line) => line.slice(key.length + 1));

describe('the unit of systemd', () => {
  it('is ready when the daemon says so, watched, restarted, and keeps its state to itself', () => {
    const unit = definitionFor('linux', plan());
    for (const line of [
      'Type=notify',
      'NotifyAccess=main',
      'WatchdogSec=60s',
      'Restart=on-failure',
      'StateDirectory=idleproof',
      'StateDirectoryMode=0700',
      'ExecStart=/usr/bin/node /opt/idleproof/main.js watch --config /etc/idleproof/idleproof.yaml',
    ]) {
      expect(unit.split('\n')).toContain(line);
    }
    expect(valuesOf(unit, 'ReadWritePaths')).toEqual(['-/sys/kernel/tracing/instances']);
    expect(unit).not.toContain('{{');
    expect(stateFolderOf(unit)).toBe('/var/lib/idleproof');
  });

  it('quotes what systemd would take apart or replace', () => {
    const command = ['/opt/my node/bin/node', 'C:\\x', 'say "hi"', '100%', '$HOME', '', 'ümlaut'];
    const [line] = valuesOf(definitionFor('linux', plan({ command })), 'ExecStart');
    expect(line).toBe(String.raw`"/opt/my node/bin/node" "C:\\x" "say \"hi\"" 100%% $$HOME "" "ümlaut"`);
  });

  it('lets it write into a state folder and reports elsewhere', () => {
    const stateFolder = '/srv/soak 50%/state';
    const unit = definitionFor('linux', plan({ stateFolder, writableFolders: ['/srv/reports', `/srv/a"b`] }));
    expect(valuesOf(unit, 'ReadWritePaths')).toEqual([
      '"/srv/soak 50%%/state"',
      '/srv/reports',
      `'/srv/a"b'`,
      '-/sys/kernel/tracing/instances',
    ]);
    expect(valuesOf(unit, 'WorkingDirectory')).toEqual(['/srv/soak 50%%/state']);
    expect(valuesOf(unit, 'StateDirectory')).toEqual([]);
    expect(stateFolderOf(unit)).toBe(stateFolder);
  });

  it.each([
    { stateFolder: '/srv/new\nline' },
    { stateFolder: '/srv/back\\slash' },
    { writableFolders: [`/srv/"both'`] },
    { command: ['/usr/bin/node', 'a\nExecStartPre=/bin/evil'] },
  ])('refuses a path that it cannot hold: %j', (more) => {
    expect(() => definitionFor('linux', plan(more))).toThrow(IdleproofError);
  });

  it('of a user asks for nothing that needs root', () => {
    const unit = definitionFor(
      'linux',
      plan({ scope: 'user', stateFolder: '/home/u/.local/state/idleproof' }),
    );
    expect(unit).toContain('Type=notify');
    expect(unit).toContain('WantedBy=default.target');
    expect(unit).not.toMatch(/^(Protect|Private|Capability|ReadWrite|StateDirectory)/m);
    expect(stateFolderOf(unit)).toBe('/home/u/.local/state/idleproof');
  });
});

describe('the property list of launchd', () => {
  it('has one string an argument, escaped', () => {
    const text = definitionFor(
      'darwin',
      plan({
        command: ['/opt/a & b/node', '--x=<1>'],
        stateFolder: '/Library/Application Support/idleproof',
      }),
    );
    expect(text).toContain('    <string>/opt/a &amp; b/node</string>\n    <string>--x=&lt;1&gt;</string>\n');
    expect(text).toContain('<string>/Library/Application Support/idleproof</string>');
    expect(() => definitionFor('darwin', plan({ command: ['a\u0007'] }))).toThrow(/control characters/);
  });
});

describe('the configuration of the Windows service wrapper', () => {
  it('quotes as Windows takes a command line apart, and escapes as XML', () => {
    const command = [
      'C:\\Program Files\\nodejs\\node.exe',
      'C:\\a & b\\main.js',
      'C:\\end\\',
      'D:\\my dir\\',
      'say "hi"',
    ];
    const text = definitionFor('win32', plan({ command, stateFolder: 'C:\\ProgramData\\idleproof' }));
    expect(text).toContain('<executable>C:\\Program Files\\nodejs\\node.exe</executable>');
    expect(text).toContain(
      String.raw`<arguments>&quot;C:\a &amp; b\main.js&quot; C:\end\ &quot;D:\my dir\\&quot; &quot;say \&quot;hi\&quot;&quot;</arguments>`,
    );
  });
});

describe('service definitions', () => {
  it('are refused for a platform without one', () => {
    expect(() => definitionFor('sunos', plan())).toThrow(/no service definition for sunos/);
  });

  it('never keep a placeholder', () => {
    expect(() => fillTemplate('a {{b}}', {})).toThrow('no value for {{b}}');
    expect(fillTemplate('{{a}}', { a: '$& {{a}}' })).toBe('$& {{a}}');
  });

  it('differ in lines that can be shown', () => {
    expect(difference('a\nb\u001b\n', 'a\nc\n')).toBe('- b\\x1b\n+ c');
    expect(difference('a\nb', 'b\na')).toContain('another order');
    expect(difference('x\n'.repeat(100), '').split('\n')).toHaveLength(41);
  });
});
