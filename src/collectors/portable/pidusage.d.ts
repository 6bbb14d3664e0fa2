/** The part of pidusage that is used; the package carries no types. */
declare module 'pidusage' {
  interface Usage {
    /** Resident memory in bytes. */
    memory: number;
    /** CPU time of user and system so far, in milliseconds. */
    ctime: number;
    /** Age of the process in milliseconds. */
    elapsed: number;
  }
  /** By pid; null or left out for a process that is gone. */
  export default function pidusage(pids: number[]): Promise<Record<string, Usage | null>>;
}
