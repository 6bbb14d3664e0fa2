import { describe, expect, it } from 'vitest';
import { parseTraceFormat, parseTracePageHeader } from '../../../../src/core/parse/trace-format.ts';
import { traceFixture } from '../../../support/trace-fixtures.ts';

const format = (event: string): string => traceFixture(`events/${event}/format`).toString();

describe('parseTraceFormat', () => {
  it('finds id, numbers, pointers and arrays', () => {
    const { id, fields } = parseTraceFormat(format('sock/inet_sock_set_state'));
    expect(id).toBe(2287);
    expect(fields.get('common_pid')).toEqual({ offset: 4, size: 4, signed: true, dataLoc: null });
    expect(fields.get('skaddr')).toEqual({ offset: 8, size: 8, signed: false, dataLoc: null });
    expect(fields.get('daddr_v6')).toEqual({ offset: 56, size: 16, signed: false, dataLoc: null });
    expect(fields.size).toBe(15);
  });

  it('tells texts of variable length', () => {
    const absolute = format('sched/sched_process_exec');
    expect(parseTraceFormat(absolute).fields.get('filename')?.dataLoc).toBe('absolute');
    const relative = absolute.replace('__data_loc', '__rel_loc');
    expect(parseTraceFormat(relative).fields.get('filename')?.dataLoc).toBe('relative');
  });

  it('reads lines without a sign, and types of several words', () => {
    const { fields } = parseTraceFormat(
      'name: x\nID: 7\nformat:\n\tfield:const struct __kernel_timespec * tsp;\toffset:16;\tsize:8;\n',
    );
    expect(fields).toEqual(new Map([['tsp', { offset: 16, size: 8, signed: false, dataLoc: null }]]));
  });

  it.each(['', 'name: x\nID: 7\nformat:\n', format('sched/sched_waking').replace(/^ID:.*$/m, '')])(
    'throws at what is no format: %j',
    (text) => {
      expect(() => parseTraceFormat(text)).toThrow('not a format of a trace event');
    },
  );
});

describe('parseTracePageHeader', () => {
  it('finds where time, commit and data are', () => {
    expect(parseTracePageHeader(traceFixture('events/header_page').toString())).toEqual({
      timestampOffset: 0,
      commitOffset: 8,
      commitBytes: 8,
      dataOffset: 16,
      pageBytes: 4096,
    });
  });

  it('reads that of a machine of 32 bits with larger pages', () => {
    const text = [
      '\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;',
      '\tfield: local_t commit;\toffset:8;\tsize:4;\tsigned:1;',
      '\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;',
      '\tfield: char data;\toffset:12;\tsize:65524;\tsigned:0;',
    ].join('\n');
    expect(parseTracePageHeader(text)).toMatchObject({ commitBytes: 4, dataOffset: 12, pageBytes: 65_536 });
  });

  it.each(['', '\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;'])('throws at others: %j', (text) => {
    expect(() => parseTracePageHeader(text)).toThrow('not a header_page');
  });
});
