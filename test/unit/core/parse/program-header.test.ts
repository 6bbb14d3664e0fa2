import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROGRAM_HEADER_BYTES, parseProgramHeader } from '../../../../src/core/parse/program-header.ts';

const of = (text: string): ReturnType<typeof parseProgramHeader> => parseProgramHeader(Buffer.from(text));

describe('what the kernel runs for a file', () => {
  it.each<[string, string, ReturnType<typeof parseProgramHeader>]>([
    ['a binary', '\u007FELF\u0002\u0001', 'itself'],
    ['a script', '#!/bin/sh\necho', { interpreter: '/bin/sh' }],
    ['with an argument', '#!/usr/bin/env python3\n', { interpreter: '/usr/bin/env' }],
    ['with blanks', '#! \t/bin/sh \t-e\n', { interpreter: '/bin/sh' }],
    ['with an interpreter to be looked for', '#!python\n', { interpreter: 'python' }],
    ['that ends with its first line', '#!/bin/sh', { interpreter: '/bin/sh' }],
    ['that names none', '#!\n/bin/sh\n', null],
    ['without a first line of that kind', 'echo\n', null],
    ['an empty file', '', null],
    ['part of a binary', '\u007FEL', null],
    ['another byte before', ' #!/bin/sh\n', null],
  ])('%s', (_, text, header) => {
    expect(of(text)).toEqual(header);
  });

  it('is not told by a name of which only the beginning fits into what the kernel reads', () => {
    const longest = `/${'x'.repeat(PROGRAM_HEADER_BYTES - 4)}`;
    expect(of(`#!${longest}\n`)).toEqual({ interpreter: longest });
    expect(of(`#!${longest}x\n`)).toBeNull();
  });

  it('takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const header = parseProgramHeader(Buffer.from(bytes));
        if (header !== null && header !== 'itself') expect(header.interpreter).toMatch(/^[^ \t\n\0]+$/u);
      }),
    );
  });
});
