/**
 * Negative results of send(2) and recv(2) that say nothing about the network: try again later (EAGAIN, EINPROGRESS, EALREADY),
 * a signal came (EINTR, ERESTARTSYS).
 */
const NOTHING_HAPPENED: ReadonlySet<number> = new Set([-11, -115, -114, -4, -512]);

/** Whether a negative result means that a peer or the way to it could not be had. */
export function isFailure(result: number): boolean {
  return result < 0 && !NOTHING_HAPPENED.has(result);
}
