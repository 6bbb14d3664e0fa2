/** In the folder of a run, and in a daemon's state folder. */
export const EVIDENCE_FILE = 'evidence.db';
export const PROOF_FILE = 'proof.json';
/** The gate sheet of a phase gate. */
export const GATES_FILE = 'gates.json';
/** In a state folder that a daemon has, or has had, for its own. */
export const DAEMON_LOCK_FILE = 'daemon.lock';
