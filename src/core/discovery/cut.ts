import { escapeControls } from '../parse/escape-controls.ts';

/** Text of an app as one line of at most so many characters. */
export function cutText(text: string, length: number): string {
  const harmless = escapeControls(text.slice(0, length + 1));
  return harmless.length > length ? `${harmless.slice(0, length - 1)}…` : harmless;
}
