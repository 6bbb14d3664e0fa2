/** The errors of what runs for days: the daemon, its control socket, its alerts and its service. See errors.ts. */
export const DAEMON_ERRORS = {
  STATE_FOLDER: {
    exitCode: 3,
    message: 'The state folder {folder} cannot be used: {problem}.',
    hint: 'Name another one with --state, or `state:` in the configuration.',
  },
  STATE_TAKEN: {
    exitCode: 3,
    message: 'Another daemon (pid {pid}) works with the state folder {folder}.',
    hint: 'Stop it (idleproof status shows it), or give this one a folder of its own with --state.',
  },
  NO_WINDOW: {
    exitCode: 3,
    message: '{path} names no window: there would be nothing to prove.',
    hint: 'Add one, such as windows: [{ id: idle, trigger: user-quiet, quietFor: 60s }].',
  },
  TICK_TOO_LONG: {
    exitCode: 3,
    message:
      'A tick of {tick} is too long for a service manager that expects a keep-alive ping every {watchdog} (WatchdogSec=).',
    hint: 'It is sent at a tick: choose a tick of at most {most}, or set a longer WatchdogSec= in a drop-in of the unit.',
  },
  ALERTS_NONE: {
    exitCode: 3,
    message: 'There are no alerts in {path}.',
    hint: 'Say where they go, as in alerts: [{ type: webhook, url: "${ALERT_URL}" }].',
  },
  DAEMON_NOT_RUNNING: {
    exitCode: 3,
    message: 'No daemon runs here; looked at {path}.',
    hint: 'Start one with idleproof watch --config idleproof.yaml, or name its state folder with --state.',
  },
  DAEMON_NOT_YOURS: {
    exitCode: 3,
    message: 'The daemon at {path} belongs to another user.',
    hint: 'Ask as that user, or as root.',
  },
  DAEMON_ANSWER: {
    exitCode: 4,
    message: 'The daemon at {path} cannot be talked to: {problem}.',
    hint: 'Is it stopped, overloaded, or of another version? Its log says more.',
  },
  DAEMON_REFUSED: {
    exitCode: 3,
    message: '{message}',
    hint: '{hint}',
  },
  CONTROL_TAKEN: {
    exitCode: 3,
    message: 'Another daemon listens at {path}.',
    hint: 'One daemon a state folder: stop that one, or choose another folder (state: in the configuration).',
  },
  CONTROL_FOLDER: {
    exitCode: 3,
    message: 'The control socket {path} cannot be made: {problem}.',
    hint: 'The state folder must belong to the daemon alone: chmod 700, and nothing else in it.',
  },
  CONTROL_PATH_LONG: {
    exitCode: 3,
    message: 'The path of the control socket is too long: {path}.',
    hint: 'The address of a socket holds {longest} bytes. Choose a state folder with a shorter path.',
  },
  CONTROL_LISTEN: {
    exitCode: 4,
    message: 'The daemon cannot listen at {path}: {problem}.',
    hint: 'Is the file system one that can hold sockets, and is there space on it?',
  },
  WINDOW_UNKNOWN: {
    exitCode: 3,
    message: 'There is no window «{id}»{nearest}.',
    hint: 'idleproof status lists the windows of the daemon.',
  },
  WINDOW_NOT_MANUAL: {
    exitCode: 3,
    message: 'The window {id} is not opened and closed by hand; its trigger is {trigger}.',
    hint: 'Add one to the configuration: windows: [{ id: by-hand, trigger: manual }].',
  },
  WINDOW_STATE: {
    exitCode: 3,
    message: 'The window {id} is {state}.',
    hint: 'idleproof status shows which windows are open.',
  },
  METRICS_ADDRESS: {
    exitCode: 3,
    message: '«{address}» is no address for metrics: {problem}.',
    hint: 'They are served on this machine only, as in metrics: { listen: 127.0.0.1:9477 }. To reach them from elsewhere, put a proxy in front.',
  },
  METRICS_LISTEN: {
    exitCode: 3,
    message: 'Metrics cannot be served at {address}: {problem}.',
    hint: 'Is another daemon there? Choose another port (metrics: in the configuration).',
  },
  OUTBOX_WRITE: {
    exitCode: 4,
    message: 'The outbox of alerts {path} cannot be used: {problem}.',
    hint: 'Is the disk full, or the folder of another user? Nothing in it is lost; alerts go on as soon as it can be written.',
  },
  PROOFS_FOLDER: {
    exitCode: 3,
    message: 'There are no proofs to report on in {folder}{problem}.',
    hint: 'Name the folder that holds the run folders (default: reports), or the state folder of a running daemon with --state.',
  },
  BASELINE_NAME: {
    exitCode: 3,
    message: '«{name}» is no name for a baseline.',
    hint: 'A name has letters, digits, «_», «-» and «.», at most 64 of them, as in --name release-1.2.',
  },
  BASELINE_TAKEN: {
    exitCode: 3,
    message: 'There is a baseline {name} already.',
    hint: 'Choose another name, or forget that one first: idleproof baseline unpin {name}.',
  },
  BASELINE_UNKNOWN: {
    exitCode: 3,
    message: 'There is no baseline «{name}»{nearest}.',
    hint: 'idleproof baseline list shows them; those of another daemon with --state.',
  },
  BASELINE_PROOF: {
    exitCode: 3,
    message: '{path} cannot be pinned: {problem}.',
    hint: 'Name the proof.json of a window that passed or failed, the results.json of a measurement without problems, or the folder of one.',
  },
  BASELINE_EMPTY: {
    exitCode: 3,
    message: 'The baseline {name} holds no measurements.',
    hint: 'It is one of windows, which a daemon compares with. Pin measurements: idleproof baseline set --name NAME FOLDER.',
  },
  BASELINE_RESULTS: {
    exitCode: 3,
    message: '{path} cannot be compared: {problem}.',
    hint: 'Name the results.json of idleproof measure, or the folder that it lies in.',
  },
  BASELINE_FOLDER: {
    exitCode: 4,
    message: 'The baselines in {folder} cannot be used: {problem}.',
    hint: 'Is it the state folder of another user? Name one with --state.',
  },
  SERVICE_PLATFORM: {
    exitCode: 3,
    message: 'There is no service definition for {platform}.',
    hint: 'Have the service manager there start idleproof watch.',
  },
  SERVICE_NEEDS_ROOT: {
    exitCode: 3,
    message: 'A service for the whole machine needs root.',
    hint: 'Run it with sudo, or add --user for a service of your own, which sees less.',
  },
  SERVICE_MANAGER_MISSING: {
    exitCode: 3,
    message: 'There is no systemd here that could run a service.',
    hint: 'Have the service manager that is here start idleproof watch; it stays in the foreground and ends in order on SIGTERM.',
  },
  SERVICE_MANAGER_REFUSED: {
    exitCode: 4,
    message: '{command} failed: {problem}.',
    hint: '{journal} says more.',
  },
  SERVICE_UNTOLD: {
    exitCode: 3,
    message: 'The daemon could not tell systemd that it is ready and alive: koffi cannot be loaded.',
    hint: 'Install idleproof with its optional dependencies (npm ci --include=optional in a checkout, or the package again with --include=optional); unset IDLEPROOF_NO_NATIVE.',
  },
  SERVICE_DIFFERS: {
    exitCode: 3,
    message: 'Another service definition stands in {path}:\n{difference}.',
    hint: 'Nothing was changed. --force replaces it; changes of your own belong into a drop-in (systemctl edit idleproof).',
  },
  SERVICE_WRITE: {
    exitCode: 4,
    message: '{path} cannot be changed: {problem}.',
    hint: 'Is the file system writable?',
  },
  SERVICE_PATH: {
    exitCode: 3,
    message: 'The path {path} cannot stand in a service definition: {problem}.',
    hint: 'Use another path.',
  },
  SERVICE_PASSING: {
    exitCode: 3,
    message: 'idleproof runs from the cache of npx ({path}), which npm may empty at any time.',
    hint: 'Install it first: npm ci && npm link in a checkout, or npm install --global with the package.',
  },
} as const;
