/**
 * A process as people read it: `nginx (pid 12)`.
 * @param more what else tells it from others: `nginx (pid 12, app)`
 */
export function sayProcess({ name, pid }: { name: string; pid: number }, more?: string): string {
  return `${name} (pid ${more === undefined ? pid : `${pid}, ${more}`})`;
}
