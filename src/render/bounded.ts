/** So many UTF-16 code units of a text, with «…» where it was longer; a character is not cut in two. */
export function bounded(text: string, longest: number): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
