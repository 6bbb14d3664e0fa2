import { escapeControls } from '../core/parse/escape-controls.ts';

/** What anybody can write into a file becomes a page with a verdict on top: said on stderr, where nothing was judged again. */
export function noteUnchecked(paths: readonly string[]): void {
  const shown = paths.map(escapeControls).join(' ');
  const [says, holds] = paths.length === 1 ? ['says', 'it'] : ['say', 'them'];
  const evidence = paths.length === 1 ? 'its' : 'their';
  process.stderr.write(
    `what ${shown} ${says} was not judged again: idleproof verify ${shown} holds ${holds} against ${evidence} evidence\n`,
  );
}
