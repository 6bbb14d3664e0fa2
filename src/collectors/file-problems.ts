/** What errno means for somebody who reads a file that an app writes. */
export const FILE_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist: a part of its path is no folder',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
  ELOOP: 'is a symbolic link that leads to itself',
};

/** Whether a file, or a folder on the way to it, is not there. */
export function isAbsent(code: string): boolean {
  return code === 'ENOENT' || code === 'ENOTDIR';
}

const MOST_CHARACTERS = 200;

/** What a problem says of a file for which there are no words. */
export function unreadable(message: string): string {
  return `cannot be read: ${message.slice(0, MOST_CHARACTERS)}`;
}
