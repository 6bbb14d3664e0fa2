import { describe, expect, it } from 'vitest';
import { detectLogFormat } from '../../../../src/core/discovery/log-format.ts';

describe('the format of a log', () => {
  it.each([
    [['starting', '[PERF] {perf: load, duration_ms: 1}', 'done'], 'perf'],
    [['{"level":30,"msg":"a"}', '', '{"level":30,"msg":"b"}'], 'jsonl'],
    [['starting', '{"level":30}'], null],
    [['[PERF] is what it prints'], null],
    [['plain', 'text'], null],
    [[], null],
  ])('of %j is %s', (lines, format) => {
    expect(detectLogFormat(lines)).toBe(format);
  });
});
