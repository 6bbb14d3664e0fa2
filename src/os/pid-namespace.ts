import { Procfs } from './procfs.ts';

/** PROC_PID_INIT_INO of the kernel's proc_ns.h: the namespace that the machine was started with. */
const INITIAL = 'pid:[4026531836]';

/** Whether processes have the same numbers here as in the kernel's trace, which knows those of the initial namespace only. */
export function hasKernelPids(): boolean {
  return new Procfs().link('self/ns/pid') === INITIAL;
}
