export type Verdict = 'pass' | 'fail' | 'inconclusive';
export type RuleVerdict = Verdict | 'notApplicable';
export type Severity = 'error' | 'warn';
