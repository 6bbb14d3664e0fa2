import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCircumstances } from '../../../../src/session/doctor/circumstances.ts';
import { type ProcFolder, procFolder, someProcess } from '../../../support/proc-folder.ts';

let proc: ProcFolder;
beforeEach(() => {
  proc = procFolder();
});
afterEach(() => proc.remove());

const read = (...pids: number[]) =>
  readCircumstances(
    proc.procfs,
    pids.map((pid) => someProcess(pid)),
  );
const owned = (pid: number, user: number): void =>
  proc.write(`${pid}/status`, `Name:\tapp\nState:\tS (sleeping)\nUid:\t${user}\t${user}\t${user}\t${user}\n`);

describe('whose processes are watched', () => {
  it('each user once; those that cannot be read are left out, and are not root', () => {
    owned(7, 33);
    owned(8, 33);
    owned(9, 1000);
    expect(read(7, 8, 9, 10).targetUserIds).toEqual([33, 1000]);
    expect(read(10).targetUserIds).toEqual([]);
  });
});

describe('what /proc hides', () => {
  const mounted = (options: string): void =>
    proc.write('self/mountinfo', `22 28 0:21 / /proc rw,nosuid shared:12 - proc proc ${options}\n`);

  it('is nothing by default, and nothing is claimed where the mounts cannot be read', () => {
    expect(read()).toMatchObject({ processesHidden: false, seeingGroup: null });
    mounted('rw');
    expect(read()).toMatchObject({ processesHidden: false, seeingGroup: null });
  });

  it('is what others run, but for one group', () => {
    mounted('rw,hidepid=invisible,gid=27');
    expect(read()).toMatchObject({ processesHidden: true, seeingGroup: 27 });
  });
});

describe('network namespaces of an ordinary user', () => {
  it('are not known to be allowed where the kernel does not tell', () => {
    expect(read().userNamespaces).toBeNull();
  });

  it.each([
    ['sys/kernel/unprivileged_userns_clone', '0', false],
    ['sys/kernel/unprivileged_userns_clone', '1', true],
    ['sys/kernel/apparmor_restrict_unprivileged_userns', '1', false],
    ['sys/kernel/apparmor_restrict_unprivileged_userns', '0', true],
    ['sys/user/max_user_namespaces', '0', false],
    ['sys/user/max_user_namespaces', '15000', true],
  ])('%s = %s', (path, value, allowed) => {
    proc.write(path, `${value}\n`);
    expect(read().userNamespaces).toBe(allowed);
  });

  it('are forbidden by any one of the settings', () => {
    proc.write('sys/user/max_user_namespaces', '15000\n');
    proc.write('sys/kernel/apparmor_restrict_unprivileged_userns', '1\n');
    expect(read().userNamespaces).toBe(false);
  });
});
