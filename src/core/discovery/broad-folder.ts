/** Folders that belong to everybody, or to nobody in particular. */
const SHARED =
  /^\/$|^\/(?:etc|usr|opt|srv|mnt|media|bin|sbin|lib\w*|boot|proc|sys|dev|run|home|root|tmp|var)$|^\/(?:proc|sys|dev)\/|^\/var\/(?:log|lib|tmp|cache|run|spool|opt|local)$|^\/usr\/|^\/home\/[^/]+$|^\/run\/user(?:\/\d+)?$|^\/opt\/[^/]+\/?$/u;

/** Whether a folder holds so much beside one app's own files that watching or searching it would tell of others. */
export function isBroadFolder(path: string): boolean {
  return SHARED.test(path);
}

/** The folders that lie in none of the others. */
export function outermost(folders: readonly string[]): string[] {
  const all = [...new Set(folders)].sort();
  return all.filter((path) => !all.some((other) => other !== path && isWithin(path, other)));
}

/** Whether a path is a folder or lies in it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}
