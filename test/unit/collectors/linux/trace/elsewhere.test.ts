import { describe, expect, it } from 'vitest';
import { Elsewhere } from '../../../../../src/collectors/linux/trace/elsewhere.ts';
import { Lives } from '../../../../../src/collectors/linux/trace/lives.ts';
import type { Look } from '../../../../../src/model/collector.ts';
import type { ExecRecord } from '../../../../../src/model/kernel-record.ts';
import type { WatchedProcess } from '../../../../../src/model/process.ts';
import { someProcess } from '../../../../support/proc-folder.ts';

const NGINX = { exe: '/usr/sbin/nginx', cmdline: 'nginx: master process nginx', membership: 'root' } as const;

/** Seconds of the host's clock. */
const at = (seconds: number): number => seconds * 1e9;

const exec = (tid: number, filename: string, seconds: number): ExecRecord => ({
  event: 'exec',
  tid,
  oldTid: tid,
  filename,
  atNs: at(seconds),
  context: 'task',
});

const look = (seconds: number, started: readonly WatchedProcess[] = []): Look => ({
  nowMs: seconds * 1e3,
  previousMs: (seconds - 1) * 1e3,
  full: false,
  processes: started,
  moved: new Set(),
  started,
  ended: [],
});

function elsewhere(
  roots: readonly WatchedProcess[],
  { lives = new Lives(), exeOf = () => null }: { lives?: Lives; exeOf?: (pid: number) => string | null } = {},
): Elsewhere {
  const made = new Elsewhere({
    lives,
    exeOf,
    toMs: (ns) => ns / 1e6,
    resolve: (path) => (path === '/usr/bin/python3' ? '/usr/bin/python3.13' : path),
  });
  made.meet(roots);
  return made;
}

/** What is told of programs that were executed at 10 s, by name. */
function told(made: Elsewhere, ...filenames: string[]): string[] {
  made.record(filenames.map((filename, index) => exec(500 + index, filename, 10)));
  return made.take(look(11)).map(({ filename }) => filename);
}

describe('programs that start outside of the targets’ trees', () => {
  it('goes by the name of a process whose main thread has ended, but not of an interpreter', () => {
    const ended = { exe: null, cmdline: '', membership: 'root' } as const;
    const worker = elsewhere([someProcess(12, { ...ended, name: 'worker' })]);
    expect(told(worker, './worker', '/usr/bin/other')).toEqual(['./worker']);
    const script = elsewhere([someProcess(12, { ...ended, name: 'python3' })]);
    expect(told(script, '/usr/bin/python3')).toEqual([]);
  });

  it('names the program of a root, and no other', () => {
    const made = elsewhere([someProcess(12, NGINX)]);
    made.record([exec(500, '/usr/sbin/nginx', 10), exec(501, '/bin/sleep', 10)]);
    const start = { target: 'app', pid: 500, filename: '/usr/sbin/nginx', executedTicks: 1000 };
    expect(made.take(look(11))).toEqual([start]);
    expect(made.take(look(12))).toEqual([]);
  });

  it('asks again about a program that was compared before its target came', () => {
    const made = elsewhere([]);
    expect(told(made, '/usr/sbin/nginx')).toEqual([]);
    made.meet([someProcess(12, NGINX)]);
    expect(told(made, '/usr/sbin/nginx', '/usr/sbin/nginx')).toEqual(['/usr/sbin/nginx', '/usr/sbin/nginx']);
    made.meet([someProcess(13, { ...NGINX, target: 'other' })]);
    made.record([exec(500, '/usr/sbin/nginx', 20)]);
    expect(made.take(look(21)).map(({ target }) => target)).toEqual(['app', 'other']);
  });

  it('knows a script by its path, absolute or relative, and not by the interpreter that others use, too', () => {
    const python = someProcess(12, {
      exe: '/usr/bin/python3.13',
      cmdline: 'python3 -u /srv/app.py --port 1',
      membership: 'root',
    });
    const others = ['/usr/bin/python3', './python3.13', '/srv/other.py', '/opt/python3.13', './port'];
    expect(told(elsewhere([python]), '/srv/app.py', './app.py', ...others)).toEqual([
      '/srv/app.py',
      './app.py',
    ]);
  });

  it.each(['/usr/bin/dotnet', '/usr/bin/fish', '/usr/lib/erlang/beam.smp'])(
    '%s is run by others, too',
    (exe) => {
      const root = someProcess(12, { exe, cmdline: `${exe} /srv/app`, membership: 'root' });
      expect(told(elsewhere([root]), exe, '/srv/app')).toEqual(['/srv/app']);
    },
  );

  it('does not take the command of a shell for its script', () => {
    const shell = someProcess(12, { exe: '/bin/sh', cmdline: 'sh -c sleep 300', membership: 'root' });
    expect(told(elsewhere([shell]), '/bin/sleep', '/bin/sh')).toEqual([]);
  });

  it('remembers the roots that live, however often another one is restarted', () => {
    const made = elsewhere([someProcess(12, NGINX)]);
    for (let pid = 1_000; pid < 1_500; pid += 1) {
      made.meet([someProcess(pid, { cmdline: `app ${pid}` }), someProcess(12, NGINX)]);
    }
    expect(told(made, '/usr/sbin/nginx', '/bin/app')).toEqual(['/usr/sbin/nginx', '/bin/app']);
  });

  it('asks what a process executes that is still there: an interpreter, or what a descriptor led to', () => {
    const exeOf = (pid: number): string | null => (pid === 500 ? '/usr/sbin/nginx' : '/bin/true');
    expect(told(elsewhere([someProcess(12, NGINX)], { exeOf }), '/dev/fd/5', '/dev/fd/6')).toEqual([
      '/dev/fd/5',
    ]);
  });

  it('tells it of each target whose program it is', () => {
    const made = elsewhere([someProcess(12, NGINX), someProcess(13, { ...NGINX, target: 'other' })]);
    made.record([exec(500, '/usr/sbin/nginx', 10)]);
    expect(made.take(look(11)).map(({ target }) => target)).toEqual(['app', 'other']);
  });

  it('says nothing of children of a root, nor of what only they run', () => {
    const child = someProcess(13, { ...NGINX, exe: '/bin/sh', cmdline: 'sh', membership: 'child' });
    expect(told(elsewhere([child]), '/bin/sh')).toEqual([]);
  });

  it('says nothing of known processes, but of those that had their number before', () => {
    const lives = new Lives();
    lives.adopt(someProcess(12, NGINX), [12]);
    lives.record({
      event: 'new-task',
      tid: 12,
      newTid: 500,
      name: 'nginx',
      isThread: false,
      cloneFlags: 0,
      atNs: at(10),
      context: 'task',
    });
    const made = elsewhere([someProcess(12, NGINX)], { lives });
    made.record([exec(500, '/usr/sbin/nginx', 9), exec(500, '/usr/sbin/nginx', 10.1)]);
    expect(made.take(look(11)).map(({ executedTicks }) => executedTicks)).toEqual([900]);
  });

  it('recognises a restart: it is not told, but since when it runs', () => {
    const made = elsewhere([someProcess(12, NGINX)]);
    made.record([exec(500, '/bin/sh', 10), exec(500, '/usr/sbin/nginx', 10.25)]);
    const again = someProcess(500, { ...NGINX, startTicks: 999 });
    expect(made.executedNs(again)).toBe(at(10.25));
    expect(made.take(look(11, [again]))).toEqual([]);
  });

  it('does not take the start of another process for that of the one that has its number now', () => {
    const made = elsewhere([someProcess(12, NGINX)]);
    made.record([exec(500, '/usr/sbin/nginx', 10)]);
    const younger = someProcess(500, { ...NGINX, startTicks: 1050 });
    expect(made.executedNs(younger)).toBeNull();
    expect(made.take(look(11, [younger])).map(({ pid }) => pid)).toEqual([500]);
  });

  it('leaves what was executed while the look went on to the next one', () => {
    const made = elsewhere([someProcess(12, NGINX)]);
    made.record([exec(500, '/usr/sbin/nginx', 11.001)]);
    expect(made.take(look(11))).toEqual([]);
    expect(made.isWaiting).toBe(true);
    expect(made.take(look(12))).toHaveLength(1);
    expect(made.isWaiting).toBe(false);
  });
});
