/** The packs that are judged by where none are named. */
export const DEFAULT_PACKS: readonly string[] = ['no-background-agents', 'idle-budget'];
