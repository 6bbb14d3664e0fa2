/**
 * Drops the entry that was put in first where there are more than `most`; to be called after each that is put in.
 * @param drop how an entry is dropped that is known elsewhere, too
 */
export function dropOldest<K>(
  kept: Map<K, unknown> | Set<K>,
  most: number,
  drop: (key: K) => void = (key) => kept.delete(key),
): void {
  if (kept.size <= most) return;
  const [oldest] = kept.keys();
  if (oldest !== undefined) drop(oldest);
}
