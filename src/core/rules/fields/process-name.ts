import { utf8Bytes } from '../../parse/utf8-bytes.ts';

/** comm, the name that the kernel keeps of a process or thread; see proc_pid_comm(5). */
const NAME_BYTES = 15;

/** What all fields of such names share. */
export const NAME: { type: 'text'; maxBytes: number; surePart: (text: string) => string | null } = {
  type: 'text',
  maxBytes: NAME_BYTES,
  surePart: (text) => (utf8Bytes(text) < NAME_BYTES ? null : text),
};
