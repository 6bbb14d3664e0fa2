import { describe, expect, it } from 'vitest';
import { describeSelector, parseSelector, parseTargetOption } from '../../../../src/core/parse/selector.ts';
import { refuser } from '../../../../src/errors/refuse.ts';

const refuse = refuser('check');

describe('parseTargetOption', () => {
  it.each([
    ['backend=port:8000', { name: 'backend', select: { by: 'port', port: 8000 } }],
    ['m=name:llama-server', { name: 'm', select: { by: 'name', name: 'llama-server' } }],
    [
      'w=cmdline:^node .*--port=80:80',
      { name: 'w', select: { by: 'cmdline', pattern: '^node .*--port=80:80' } },
    ],
    ['db=pidfile:/run/a:b=c.pid', { name: 'db', select: { by: 'pidfile', path: '/run/a:b=c.pid' } }],
    ['x=pid:1', { name: 'x', select: { by: 'pid', pid: 1 } }],
    ['u=unit:nginx', { name: 'u', select: { by: 'unit', unit: 'nginx' } }],
    ['g=cgroup:/a.slice', { name: 'g', select: { by: 'cgroup', cgroup: '/a.slice' } }],
    ['c=container:web', { name: 'c', select: { by: 'container', container: 'web' } }],
  ])('%s', (text, expected) => expect(parseTargetOption(text, refuse)).toEqual(expected));

  it.each([
    ['backend', '«backend» is not name=selector:value'],
    ['=port:1', 'is not name=selector:value'],
    ['port:8000', 'is not name=selector:value'],
    ['a=8000', 'is not name=selector:value'],
    ['a b=port:1', 'the name «a b» may hold'],
    ['../x=port:1', 'the name «../x» may hold'],
    ['.x=port:1', 'the name «.x» may hold'],
    ['a=prt:1', '«prt» is no selector, the nearest is «port»'],
    ['a=pidfle:/x', 'the nearest is «pidfile»'],
    ['a=command:x', 'is no selector'],
    ['a=port:', 'port needs a value'],
    ['a=port:0', '«0» is no port: a whole number from 1 to 65535'],
    ['a=port:65536', 'is no port'],
    ['a=port:80x', 'is no port'],
    ['a=pid:-1', '«-1» is no pid'],
    ['a=pid:1.5', 'is no pid'],
    ['a=cmdline:(', 'is no regular expression'],
  ])('%s is an error', (text, problem) => {
    expect(() => parseTargetOption(text, refuse)).toThrow(problem);
    expect(() => parseTargetOption(text, refuse)).toThrow('--target: ');
  });
});

describe('parseSelector', () => {
  it('names the option that the user wrote', () => {
    expect(() => parseSelector('port', 'http', refuse)).toThrow('--port: «http» is no port');
  });
});

describe('describeSelector', () => {
  it.each([
    [{ by: 'port', port: 8000 }, 'port 8000'],
    [{ by: 'cmdline', pattern: 'a.b' }, 'cmdline /a.b/'],
    [{ by: 'command', argv: ['nginx', '-g', 'daemon off;'] }, 'command nginx -g daemon off;'],
    [{ by: 'command', argv: ['app', '--token', 'abc'] }, 'command app --token ***'],
  ] as const)('%o', (select, text) => expect(describeSelector(select)).toBe(text));
});
