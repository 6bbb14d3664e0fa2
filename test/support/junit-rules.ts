import type { ReadElement } from './xml.ts';

const COUNTS = ['tests', 'failures', 'errors', 'skipped'] as const;

/** What each element may hold and has to carry, as Jenkins (xunit-plugin, junit-10) and testmoapp/junitxml describe the format. */
const ELEMENTS: Record<string, { children: string[]; attributes: string[]; required: string[] }> = {
  testsuites: {
    children: ['testsuite'],
    attributes: ['name', 'time', 'tests', 'failures', 'errors'],
    required: ['name', 'time', 'tests', 'failures', 'errors'],
  },
  testsuite: {
    children: ['properties', 'testcase'],
    attributes: ['name', 'tests', 'failures', 'errors', 'skipped', 'time', 'timestamp', 'hostname'],
    required: ['name', 'tests', 'failures', 'errors', 'skipped', 'time', 'timestamp'],
  },
  properties: { children: ['property'], attributes: [], required: [] },
  property: { children: [], attributes: ['name', 'value'], required: ['name', 'value'] },
  testcase: {
    children: ['failure', 'error', 'skipped', 'system-out'],
    attributes: ['name', 'classname', 'time'],
    required: ['name', 'classname', 'time'],
  },
  failure: { children: [], attributes: ['message', 'type'], required: ['message', 'type'] },
  error: { children: [], attributes: ['message', 'type'], required: ['message', 'type'] },
  skipped: { children: [], attributes: ['message', 'type'], required: ['message', 'type'] },
  'system-out': { children: [], attributes: [], required: [] },
};

/** What is wrong with a JUnit document; empty: nothing. */
export function junitProblems(root: ReadElement): string[] {
  const problems: string[] = [];
  const say = (element: ReadElement, problem: string): void => {
    problems.push(`${element.name} «${element.attributes['name'] ?? ''}»: ${problem}`);
  };
  if (root.name !== 'testsuites') say(root, 'it is no root');
  visit(root);
  const cases = find(root, 'testcase');
  const names = cases.map(({ attributes }) => `${attributes['classname']} ${attributes['name']}`);
  if (new Set(names).size < names.length) say(root, 'two cases have the same name');
  return problems;

  function visit(element: ReadElement): void {
    const rules = ELEMENTS[element.name];
    if (rules === undefined) return say(element, 'nobody knows it');
    const has = Object.keys(element.attributes);
    for (const name of rules.required) if (!has.includes(name)) say(element, `${name} is missing`);
    for (const name of has) if (!rules.attributes.includes(name)) say(element, `${name} is not known`);
    for (const child of element.children) {
      if (!rules.children.includes(child.name)) say(element, `${child.name} has no place in it`);
      visit(child);
    }
    const { time, timestamp } = element.attributes;
    if (time !== undefined && !/^\d+\.\d{3}$/.test(time)) say(element, `${time} is no number of seconds`);
    if (timestamp !== undefined && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(timestamp))
      say(element, `${timestamp} is no time`);
    if (element.name.startsWith('testsuite')) count(element);
    if (element.name === 'testcase') checkCase(element);
  }

  function count(element: ReadElement): void {
    const found = {
      tests: find(element, 'testcase').length,
      failures: find(element, 'failure').length,
      errors: find(element, 'error').length,
      skipped: find(element, 'skipped').length,
    };
    for (const name of COUNTS) {
      const told = element.attributes[name];
      if (told !== undefined && told !== String(found[name])) say(element, `${name} is ${found[name]}`);
    }
    const seconds = find(element, 'testcase').reduce((sum, one) => sum + Number(one.attributes['time']), 0);
    if (Number(element.attributes['time']) !== seconds) say(element, `its cases take ${seconds} s`);
  }

  function checkCase(element: ReadElement): void {
    const results = element.children.filter(({ name }) => name !== 'system-out');
    if (results.length > 1) say(element, 'it has several results');
    for (const { attributes, text } of results) {
      if (attributes['message'] !== text) say(element, 'message and body differ');
    }
  }
}

function find(element: ReadElement, name: string): ReadElement[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...find(child, name)]);
}
