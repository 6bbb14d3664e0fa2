/** Errors of evidence, proofs and reports. */
export const EVIDENCE_ERRORS = {
  PROOF_WRITE: {
    exitCode: 4,
    message: 'The proof could not be written to {path}: {problem}.',
    hint: 'The evidence is kept. Free some space or choose another folder; idleproof judge {evidence} --out DIR writes the proof there, by the --rules that are named again.',
  },
  EVIDENCE_WRITE: {
    exitCode: 4,
    message: 'The evidence could not be written to {path}: {problem}.',
    hint: 'Is the disk full? Nothing was judged. Free some space, or choose another folder: --out for a check, state: in the configuration for watch.',
  },
  EVIDENCE_READ: {
    exitCode: 3,
    message: 'Cannot read {path} as evidence: {problem}.',
    hint: 'Name the evidence.db of a run; it lies beside its proof.',
  },
  EVIDENCE_OF_DAEMON: {
    exitCode: 3,
    message: '{path} was written by a daemon, and its evidence does not lie beside it.',
    hint: 'It is in the evidence.db of the state folder (state: in the configuration; idleproof status says where): name that with --evidence.',
  },
  EVIDENCE_DAMAGED: {
    exitCode: 3,
    message: '{path} is damaged: {problem}.',
    hint: 'idleproof verify lists all that is damaged.',
  },
  EVIDENCE_NEWER: {
    exitCode: 3,
    message: '{path} was written by a newer idleproof (layout {version}).',
    hint: 'Update idleproof: git pull && npm ci in a checkout, or install the newer package.',
  },
  EVIDENCE_UNFINISHED: {
    exitCode: 3,
    message: '{path} holds a run that never ended.',
    hint: 'It was cut off (killed, power lost); run the check again.',
  },
  VERIFY_UNREADABLE: {
    exitCode: 3,
    message: 'Cannot verify {path}: {problem}.',
    hint: 'Name a proof.json, a proof.intoto.jsonl or an evidence.db.',
  },
  EVIDENCE_NO_WINDOW: {
    exitCode: 3,
    message: 'There is no such window in {path}.',
    hint: 'idleproof window list shows the windows of a running daemon.',
  },
  EVIDENCE_WINDOWS: {
    exitCode: 3,
    message: '{problem} in {path}.',
    hint: 'Name one with --window ID, or --window ID@TIME where there are several of that id. There are: {windows}.',
  },
  EVIDENCE_DROPPED: {
    exitCode: 3,
    message:
      'The evidence of this window, or of the time before it that its rules look back to, is not in {path} any more: retention has {state} it.',
    hint: 'Its proof is kept. `retention` in the configuration says for how long evidence is kept.',
  },
  REPORT_FOLDER: {
    exitCode: 3,
    message: 'Cannot write into {folder}: {problem}.',
    hint: 'Choose another folder with --out.',
  },
} as const;
