import type { Proof, ProofTime, RuleResult } from '../model/proof.ts';
import { bounded } from './bounded.ts';
import { type XmlElement, xmlDocument } from './xml.ts';

const LONGEST_NAME = 200;
const LONGEST_MESSAGE = 4_000;
const LONGEST_VALUE = 1_000;
const MAX_FINDINGS = 20;

type Outcome = 'failure' | 'error' | 'skipped';

/**
 * The proof as CI systems read test results: a suite for each target, a case for each rule. A broken rule is a failure. What could
 * not be proved is an error of type `inconclusive`, since a skipped case counts as passed; what was not judged is skipped.
 * A broken rule of severity `warn` passes, as it does in the verdict, and says so in its output.
 */
export function renderJunit(proof: Proof): string {
  const cases = uniquelyNamed(proof.rules).map(({ rule, name }) => testCase(rule, name));
  const targets = [...new Set(proof.rules.map(({ target }) => target))];
  const suites = targets.map((target) =>
    testSuite(
      proof,
      target,
      cases.filter((one) => one.target === target),
    ),
  );
  const whole = windowSuite(proof);
  const all = [...cases, ...whole.cases];
  const { tests, failures, errors, time } = counts(proof, all);
  return xmlDocument({
    name: 'testsuites',
    attributes: { name: 'idleproof', tests, failures, errors, time },
    body: [...suites, whole.suite],
  });
}

interface TestCase {
  /** null: the verdict of the window. */
  target: string | null;
  outcome: Outcome | null;
  element: XmlElement;
}

/** Rules of two packs or windows can have the same title: a reader would take the second for the first. */
function uniquelyNamed(rules: readonly RuleResult[]): { rule: RuleResult; name: string }[] {
  const taken = new Set<string>();
  return rules.map((rule) => {
    const { target, pack, id, title, window } = rule;
    const shown = bounded(`${title} (${pack}/${id}${window === 'idle' ? '' : `, ${window}`})`, LONGEST_NAME);
    let name = shown;
    for (let nth = 2; taken.has(`${target}\n${name}`); nth += 1) name = `${shown} #${nth}`;
    taken.add(`${target}\n${name}`);
    return { rule, name };
  });
}

/** All rules share the window, whose time is that of the case of the verdict: so the times add up. */
function testCase(rule: RuleResult, name: string): TestCase {
  const outcome = outcomeOf(rule);
  const classname = bounded(`idleproof.${rule.target}`, LONGEST_NAME);
  return {
    target: rule.target,
    outcome,
    element: {
      name: 'testcase',
      attributes: { name, classname, time: '0.000' },
      body: bodyOf(rule, outcome),
    },
  };
}

function outcomeOf({ verdict, severity }: RuleResult): Outcome | null {
  switch (verdict) {
    case 'fail':
      return severity === 'error' ? 'failure' : null;
    case 'inconclusive':
      return severity === 'error' ? 'error' : 'skipped';
    case 'notApplicable':
      return 'skipped';
    default:
      return null;
  }
}

function bodyOf(rule: RuleResult, outcome: Outcome | null): XmlElement[] {
  const { verdict, measured, expected, reason, findings } = rule;
  const said = findings.slice(0, MAX_FINDINGS).map(({ text }) => bounded(text, LONGEST_VALUE));
  const left = findings.length - said.length;
  const lines = [
    `measured: ${measured}; expected: ${expected}`,
    ...(reason === null ? [] : [reason]),
    ...said,
    ...(left > 0 ? [`and ${left} more`] : []),
  ].map((line) => bounded(line, LONGEST_MESSAGE));
  if (outcome !== null) return [result(outcome, verdict, lines)];
  if (verdict === 'pass') return [];
  return [{ name: 'system-out', attributes: {}, body: [`warning: ${verdict}`, ...lines].join('\n') }];
}

/** Message and body say the same: some readers drop the one, some the other. */
function result(outcome: Outcome, type: string, lines: readonly string[]): XmlElement {
  const message = bounded(lines.join('\n'), LONGEST_MESSAGE);
  return { name: outcome, attributes: { message, type }, body: message };
}

/** The window as a whole: with `strict`, or with nothing judged, it can be inconclusive although no single rule is. */
function windowSuite(proof: Proof): { suite: XmlElement; cases: TestCase[] } {
  const { verdict, headline, window } = proof;
  const outcome = ({ pass: null, fail: 'failure', inconclusive: 'error' } as const)[verdict];
  const element: XmlElement = {
    name: 'testcase',
    attributes: { name: 'Verdict', classname: 'idleproof', time: seconds(window.durationSeconds) },
    body: outcome === null ? [] : [result(outcome, verdict, [headline])],
  };
  const cases = [{ target: null, outcome, element }];
  return { suite: testSuite(proof, null, cases), cases };
}

function testSuite(proof: Proof, target: string | null, cases: readonly TestCase[]): XmlElement {
  const { tool, window, host, rulesDigest, evidence, command } = proof;
  const properties = {
    idleproof: tool.version,
    node: tool.node,
    verdict: proof.verdict,
    rulesDigest,
    chainHead: evidence.chainHead,
    command,
  };
  return {
    name: 'testsuite',
    attributes: {
      name: target === null ? 'idleproof' : bounded(`idleproof ${target}`, LONGEST_NAME),
      ...counts(proof, cases),
      timestamp: withoutZone(window.opened),
      hostname: bounded(host.name, LONGEST_NAME),
    },
    body: [
      {
        name: 'properties',
        attributes: {},
        body: Object.entries(properties).map(([name, value]) => ({
          name: 'property',
          attributes: { name, value: bounded(value, LONGEST_VALUE) },
        })),
      },
      ...cases.map(({ element }) => element),
    ],
  };
}

function counts({ window }: Proof, cases: readonly TestCase[]) {
  const count = (outcome: Outcome): string => String(cases.filter((one) => one.outcome === outcome).length);
  return {
    tests: String(cases.length),
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: seconds(cases.some(({ target }) => target === null) ? window.durationSeconds : 0),
  };
}

/** Never with an exponent. */
const seconds = (value: number): string => value.toFixed(3);

/** In UTC, and without saying so: descriptions of the format know no zone. */
const withoutZone = ({ utc }: ProofTime): string => utc.slice(0, 19);
