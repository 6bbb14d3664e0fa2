import { describe, expect, it } from 'vitest';
import { parseProcMount } from '../../../../src/core/parse/proc-mount.ts';

const mount = (options: string, at = '/proc'): string =>
  `22 1 0:20 / ${at} rw,relatime shared:5 - proc proc ${options}\n30 1 0:25 / /sys rw - sysfs sysfs rw\n`;

describe('parseProcMount', () => {
  it.each([
    ['rw', false, null],
    ['rw,hidepid=0', false, null],
    ['rw,hidepid=off', false, null],
    ['rw,hidepid=2', true, null],
    ['rw,hidepid=invisible', true, null],
    ['rw,gid=27,hidepid=ptraceable', true, 27],
  ])('reads %s', (options, hidesOthers, seeingGroup) => {
    expect(parseProcMount(mount(options))).toEqual({ hidesOthers, seeingGroup });
  });

  it('takes the last mount on /proc, and no other one', () => {
    const text = mount('rw,hidepid=2') + mount('rw') + mount('rw,hidepid=2', '/jail/proc');
    expect(parseProcMount(text).hidesOthers).toBe(false);
  });

  it('knows of nothing hidden in an empty text', () => {
    expect(parseProcMount('')).toEqual({ hidesOthers: false, seeingGroup: null });
  });
});
