/** How much of a file the kernel looks at before it executes it: BINPRM_BUF_SIZE of linux/binfmts.h. */
export const PROGRAM_HEADER_BYTES = 256;

const ELF = [0x7f, 0x45, 0x4c, 0x46];
/** To the end of the line, or to the blank before its argument; see «Interpreter scripts» in execve(2). */
const SCRIPT = /^#![ \t]*([^ \t\n\0]+)[ \t\n\0]/u;

/**
 * What the kernel runs when a file is executed: `itself`, or the interpreter that a script names; null: something else,
 * such as what binfmt_misc was told of.
 * @param head the first PROGRAM_HEADER_BYTES of the file, or all of it
 */
export function parseProgramHeader(head: Buffer): 'itself' | { interpreter: string } | null {
  if (ELF.every((byte, index) => head[index] === byte)) return 'itself';
  const text = head.subarray(0, PROGRAM_HEADER_BYTES).toString('utf8');
  // A short file ends where its line does; in a long one the name would go on.
  const isWhole = head.length < PROGRAM_HEADER_BYTES;
  const interpreter = SCRIPT.exec(isWhole ? `${text}\n` : text)?.[1];
  return interpreter === undefined ? null : { interpreter };
}
