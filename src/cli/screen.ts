/** A page on a terminal that is written over in place. */
export interface Screen {
  draw(page: string): void;
  /** Gives the terminal back as it was. */
  close(): void;
}

/** Alternate screen, no cursor, long lines cut instead of wrapped; see xterm's control sequences. */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/** Each page is one write, and nothing is cleared before it is written over: nothing flickers. */
export function openScreen(stream: NodeJS.WriteStream): Screen {
  stream.write(ENTER);
  return {
    draw: (page) => {
      const lines = page
        .trimEnd()
        .split('\n')
        .slice(0, Math.max(1, (stream.rows ?? 24) - 1));
      const text = lines.map((line) => `${line}${CLEAR_LINE}`).join('\r\n');
      stream.write(`${HOME}${text}${CLEAR_BELOW}`);
    },
    close: () => {
      stream.write(LEAVE);
    },
  };
}
