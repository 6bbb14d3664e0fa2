/** Whether a name is one that a rotation gives to a file: `app.log.1`, `app.log-20260501`, `app-2026-05-01.log`. */
export function isRotationOf(name: string, other: string): boolean {
  if (other === name) return false;
  const stem = /^\.?[^.]*/u.exec(name)?.[0] ?? name;
  return other.startsWith(name) || (other.startsWith(stem) && /^[-._]?\d/u.test(other.slice(stem.length)));
}
