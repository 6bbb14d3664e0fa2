import { describe, expect, it } from 'vitest';
import { parseCgroupMounts } from '../../../../src/core/parse/mountinfo.ts';
import { containerIds, isWithin, managerPath, parseCgroup } from '../../../../src/core/parse/proc-cgroup.ts';

const ID = '3f4e1c0f9a7b5d2e8c6a4b1d0e9f7a5c3b2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f';

describe('parseCgroup', () => {
  it('reads v1 and v2, and paths with colons', () => {
    expect(
      parseCgroup('9:name=systemd:/\n4:memory:/a:b/c\n3:cpu,cpuacct:/x\n0::/system.slice/nginx.service\n'),
    ).toEqual([
      { hierarchy: 9, controllers: 'name=systemd', path: '/' },
      { hierarchy: 4, controllers: 'memory', path: '/a:b/c' },
      { hierarchy: 3, controllers: 'cpu,cpuacct', path: '/x' },
      { hierarchy: 0, controllers: '', path: '/system.slice/nginx.service' },
    ]);
    expect(parseCgroup('')).toEqual([]);
    expect(parseCgroup('garbage\n0:x\n')).toEqual([]);
  });
});

describe('managerPath', () => {
  it.each([
    ['0::/system.slice/a.service\n', '/system.slice/a.service'],
    ['1:name=systemd:/system.slice/a.service\n0::/\n', '/system.slice/a.service'],
    ['9:name=systemd:/\n4:memory:/docker/x\n0::/\n', null],
    ['', null],
  ])('%o', (text, path) => expect(managerPath(parseCgroup(text))).toBe(path));
});

describe('isWithin', () => {
  it.each([
    ['/a/b', '/a/b', true],
    ['/a/b/c', '/a/b', true],
    ['/a/bc', '/a/b', false],
    ['/a', '/a/b', false],
    ['/a', '/', true],
  ])('%s in %s: %s', (path, cgroup, expected) => expect(isWithin(path, cgroup)).toBe(expected));
});

describe('containerIds', () => {
  it.each([
    [`/docker/${ID}`, [ID]],
    [`/system.slice/docker-${ID}.scope`, [ID]],
    [`/machine.slice/libpod-${ID}.scope/container`, [ID]],
    [`/kubepods.slice/kubepods-burstable.slice/cri-containerd-${ID}.scope`, [ID]],
    [`/x/${ID}0`, []],
    ['/system.slice/nginx.service', []],
  ])('%s', (path, ids) => expect(containerIds(path)).toEqual(ids));
});

describe('parseCgroupMounts', () => {
  it('picks cgroup mounts, with escaped blanks', () => {
    const text = `23 1 0:20 / /proc rw - proc proc rw
32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
41 31 0:38 /docker/x /sys/fs/my\\040cgroup rw,relatime shared:9 - cgroup2 cgroup2 rw
`;
    expect(parseCgroupMounts(text)).toEqual([
      { version: 1, controllers: ['cpu'], root: '/', mountPoint: '/sys/fs/cgroup/cpu' },
      { version: 2, controllers: [], root: '/docker/x', mountPoint: '/sys/fs/my cgroup' },
    ]);
  });
});
