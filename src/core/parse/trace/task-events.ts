import type { Decode, RecordFields } from './record-fields.ts';
import { NAME_BYTES, textAt, variableText } from './values.ts';

/** clone(2), linux/sched.h */
const CLONE_THREAD = 0x10000;

/** task/task_newtask */
export function newTask(fields: RecordFields): Decode {
  const newTid = fields.at('pid', 4);
  const name = fields.at('comm', NAME_BYTES);
  const cloneFlags = fields.low32('clone_flags');
  return ({ page, offset, atNs, tid, context }) => {
    const flags = page.getUint32(offset + cloneFlags, true);
    return {
      event: 'new-task',
      atNs,
      tid,
      context,
      newTid: page.getInt32(offset + newTid, true),
      name: textAt(page, offset + name, NAME_BYTES),
      isThread: (flags & CLONE_THREAD) !== 0,
      cloneFlags: flags,
    };
  };
}

/** cgroup/cgroup_attach_task */
export function cgroupAttach(fields: RecordFields): Decode {
  const attachedTid = fields.at('pid', 4);
  const name = fields.text('comm');
  const path = fields.text('dst_path');
  return (head) => {
    const { page, offset, atNs, tid, context } = head;
    const [nameText, pathText] = [variableText(head, name), variableText(head, path)];
    if (nameText === null || pathText === null) return undefined;
    return {
      event: 'cgroup-attach',
      atNs,
      tid,
      context,
      attachedTid: page.getInt32(offset + attachedTid, true),
      name: nameText,
      path: pathText,
    };
  };
}

/** sched/sched_process_exec */
export function exec(fields: RecordFields): Decode {
  const filename = fields.text('filename');
  const oldTid = fields.at('old_pid', 4);
  return (head) => {
    const { page, offset, atNs, tid, context } = head;
    const text = variableText(head, filename);
    if (text === null) return undefined;
    return {
      event: 'exec',
      atNs,
      tid,
      context,
      filename: text,
      oldTid: page.getInt32(offset + oldTid, true),
    };
  };
}

/** sched/sched_process_exit; older kernels do not tell whether it was the last thread. */
export function exit(fields: RecordFields): Decode {
  const name = fields.at('comm', NAME_BYTES);
  const isLast = fields.atIfThere('group_dead', 1);
  return ({ page, offset, atNs, tid, context }) => ({
    event: 'exit',
    atNs,
    tid,
    context,
    name: textAt(page, offset + name, NAME_BYTES),
    isLast: isLast === null ? null : page.getUint8(offset + isLast) !== 0,
  });
}

/** sched/sched_waking */
export function waking(fields: RecordFields): Decode {
  const wokenTid = fields.at('pid', 4);
  const wokenName = fields.at('comm', NAME_BYTES);
  return ({ page, offset, atNs, tid, context }) => ({
    event: 'waking',
    atNs,
    tid,
    context,
    wokenTid: page.getInt32(offset + wokenTid, true),
    wokenName: textAt(page, offset + wokenName, NAME_BYTES),
  });
}

/** signal/signal_generate */
export function signal(fields: RecordFields): Decode {
  const number = fields.at('sig', 4);
  const toTid = fields.at('pid', 4);
  return ({ page, offset, atNs, tid, context }) => ({
    event: 'signal',
    atNs,
    tid,
    context,
    signal: page.getInt32(offset + number, true),
    toTid: page.getInt32(offset + toTid, true),
  });
}
