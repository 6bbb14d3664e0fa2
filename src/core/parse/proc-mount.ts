/** How /proc is mounted, as far as it hides processes; see proc(5). */
export interface ProcMount {
  /** Processes of other users are hidden, whole or in part. */
  hidesOthers: boolean;
  /** Group that sees them nevertheless; null: none was named. */
  seeingGroup: number | null;
}

const SHOWN: ReadonlySet<string> = new Set(['0', 'off']);

/** From /proc/self/mountinfo; the last mount on /proc is the one that is seen. */
export function parseProcMount(text: string): ProcMount {
  let options: string[] = [];
  for (const line of text.split('\n')) {
    const [left = '', right = ''] = line.split(' - ');
    const [type, , superOptions = ''] = right.split(' ');
    const mountPoint = left.split(' ')[4];
    if (type === 'proc' && mountPoint === '/proc') options = superOptions.split(',');
  }
  const valueOf = (name: string): string | undefined =>
    options.find((option) => option.startsWith(`${name}=`))?.slice(name.length + 1);
  const hidepid = valueOf('hidepid');
  const group = Number(valueOf('gid') ?? '0');
  return {
    hidesOthers: hidepid !== undefined && !SHOWN.has(hidepid),
    seeingGroup: Number.isInteger(group) && group > 0 ? group : null,
  };
}
