import type { ProcessActivity } from '../../../model/activity.ts';
import { keptPart } from '../../parse/cut-text.ts';
import { isUnresolved } from '../../parse/unresolved-path.ts';
import { NAME } from './process-name.ts';
import { type FieldRow, type Form, whole } from './row.ts';

/** A program may have been executed by a path that is relative, but there is a slash in it. */
const PROGRAM: Form = {
  pattern: /[/*?]/,
  problem: 'is the path of a program, such as /usr/bin/curl or */curl',
};

const keptPath = (text: string): string | null => (isUnresolved(text) ? '' : keptPart(text));

/** Programs that were started, and how processes ended. */
export const PROCESS: Record<string, FieldRow<ProcessActivity>> = {
  op: {
    type: 'choice',
    isAlwaysKnown: true,
    choices: ['spawn', 'exit', 'outlived-parent'],
    about:
      '`spawn`: a program was started, in a new process or (`replaced`) in the place of the one that a process ran before',
    get: (one) => one.op,
  },
  exe: {
    type: 'text',
    form: PROGRAM,
    about:
      'path of its program as /proc tells it: links resolved, of a script its interpreter. Of one that ended before anybody looked it is resolved where that can be done; else it ends with « (unresolved)» and decides nothing',
    keptPart: keptPath,
    get: (one) => one.exe ?? undefined,
  },
  replaced: {
    type: 'text',
    form: PROGRAM,
    about:
      'where it is a `spawn` of no new process, but of a program that an existing one executed in the place of its own: the path of that one, as `exe`',
    keptPart: keptPath,
    get: (one) => (one.replaced === undefined ? null : (one.replaced ?? undefined)),
  },
  'parent.name': {
    ...NAME,
    about: 'name of its parent, 15 bytes at most; known where the parent is watched',
    get: (one) => one.parentName ?? undefined,
  },
  exitCode: {
    type: 'number',
    range: whole(0, 255),
    about: 'known for started commands only',
    get: (one) => one.exitCode ?? (one.op === 'exit' ? undefined : null),
  },
};
