/** Errors of measurements. */
export const MEASURE_ERRORS = {
  MEASURE_NO_ANSWER: {
    exitCode: 3,
    message: 'Nothing was measured: nobody answered at {url} ({problem}).',
    hint: 'Is the server running, and the address right? curl {url} shows what it says.',
  },
  MEASURE_COMMAND: {
    exitCode: 3,
    message: 'No command was named.',
    hint: 'It stands after --, one argument at a time; see idleproof {command} --help.',
  },
  MEASURE_READY_BEFORE: {
    exitCode: 3,
    message:
      'The command was not started: what would show that it is ready was there before it: {condition}.',
    hint: 'Does an older one still run? Stop it. A file that shows it has to be gone when the command has ended.',
  },
  MEASURE_HEADER: {
    exitCode: 3,
    message: 'Nothing was measured, for want of the header {header}: {problem}.',
    hint: 'What a header takes from the environment has to be set where idleproof runs: for a service, in its unit.',
  },
  MEASURE_ANSWER: {
    exitCode: 3,
    message: 'Nothing was measured, for want of a streamed answer: {problem}.',
    hint: '{hint}',
  },
  MEASURE_OUTPUT: {
    exitCode: 3,
    message: 'Nothing was measured: {problem}.',
    hint: '{hint}',
  },
  MEASURE_WRITE: {
    exitCode: 4,
    message: 'The results could not be written to {path}: {problem}.',
    hint: 'Free some space, or choose another folder with --out, and measure again.',
  },
  GATES_WRITE: {
    exitCode: 4,
    message: 'The gate sheet could not be written to {path}: {problem}.',
    hint: 'The proof of the window lies beside it; the verdict of the other gates is lost. Free some space, or choose another folder with --out, and run it again.',
  },
  MEASURE_NO_FILES: {
    exitCode: 3,
    message: 'Nothing was measured: «{pattern}» matches no file below {folder}{besides}.',
    hint: 'Patterns are those of a shell, with ** for any folders. Quote them, so that the shell leaves them alone.',
  },
  MEASURE_BROWSER: {
    exitCode: 3,
    message: 'Nothing was measured, for want of a browser: {problem}.',
    hint: 'Install Chromium (apt-get install chromium), or name one with --browser or $CHROMIUM.',
  },
} as const;
