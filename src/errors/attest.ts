/** Errors of keys and attestations, and of reports that are written into files of others. */
export const ATTEST_ERRORS = {
  KEY_MISSING: {
    exitCode: 3,
    message: 'The format intoto is signed, and no key was named.',
    hint: 'idleproof keys new makes one; name it with --key FILE, or in IDLEPROOF_KEY (the key itself, or its path).',
  },
  KEY_INVALID: {
    exitCode: 3,
    message: 'The key {where} cannot be used: {problem}.',
    hint: 'idleproof keys new makes a pair: the private key signs, the public one verifies.',
  },
  KEY_WRITE: {
    exitCode: 3,
    message: 'The key cannot be written to {path}: {problem}.',
    hint: 'Choose another file with --out. A key that exists is never overwritten.',
  },
  ATTEST_NO_SUBJECT: {
    exitCode: 4,
    message: 'Nothing can be attested: the digest of no program file of the targets is known.',
    hint: 'Run idleproof as root, or as the user of the targets, so that their program files can be read. The proof itself was written.',
  },
  VERIFY_PROOF_MISSING: {
    exitCode: 3,
    message: 'The proof that {path} attests is missing: there is no {proof}.',
    hint: 'Put proof.json and evidence.db beside it, or name them with --proof and --evidence.',
  },
  INTO_UNREADABLE: {
    exitCode: 3,
    message: 'Cannot write into {path}: {problem}.',
    hint: 'Name an existing text file. Nothing was changed.',
  },
  INTO_MARKERS: {
    exitCode: 3,
    message: '{path}, line {line}: {problem}.',
    hint: 'Write <!-- idleproof:begin --> and <!-- idleproof:end --> once, each on a line of its own. Nothing was changed.',
  },
  PROOF_UNFOUNDED: {
    exitCode: 3,
    message: '{path} does not follow from {evidence}: {problem}.',
    hint: 'Nothing was written. idleproof verify tells all that does not hold; name its evidence with --evidence, and rules that do not ship with --rules.',
  },
  PROOF_UNREADABLE: {
    exitCode: 3,
    message: 'Cannot read the proof {path}: {problem}.',
    hint: 'Name a proof.json, or the folder that it lies in.',
  },
  PROOF_OTHER_VERSION: {
    exitCode: 3,
    message: '{path} is a proof as idleproof {version} wrote it, and not as this one does.',
    hint: 'Of an older one, judge the evidence again: idleproof judge {evidence} --out DIR (its own rules with --rules). For a newer one, update idleproof: git pull && npm ci in a checkout, or install the newer package.',
  },
} as const;
