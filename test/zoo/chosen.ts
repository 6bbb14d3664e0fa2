import type { ZooProgram } from './program.ts';

/** Neither case nor what stands between words tells programs apart: redis-replica is «redis replica». */
const wordsOf = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, ' ');

/**
 * The programs of which a name has one of the given parts, in the order of the zoo.
 * @param only parts of names, with commas between them; undefined: all programs
 * @throws Error that lists the names, where a part is of none
 */
export function chosenFrom<T extends Pick<ZooProgram, 'name'>>(
  programs: readonly T[],
  only: string | undefined,
): readonly T[] {
  if (only === undefined) return programs;
  const parts = only.split(',').map((part) => wordsOf(part.trim()));
  const has = ({ name }: Pick<ZooProgram, 'name'>, part: string): boolean =>
    part.trim() !== '' && wordsOf(name).includes(part);
  const unknown = parts.filter((part) => !programs.some((program) => has(program, part)));
  if (unknown.length === 0) return programs.filter((program) => parts.some((part) => has(program, part)));
  const asked = unknown.map((part) => `«${part}»`).join(' or ');
  const names = programs.map(({ name }) => `\n  ${name}`).toSorted();
  throw new Error(`--only: no program of the zoo has ${asked} in its name; there are${names.join('')}`);
}
