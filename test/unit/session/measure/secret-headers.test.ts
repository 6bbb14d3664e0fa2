import { expect, it } from 'vitest';
import { KEY_VARIABLE } from '../../../../src/model/attestation.ts';
import { secretHeaders } from '../../../../src/session/measure/secret-headers.ts';

const told = (headers: Record<string, string>, environment: NodeJS.ProcessEnv): unknown => {
  try {
    return secretHeaders(headers, environment);
  } catch (error) {
    return (error as Error).message;
  }
};

it('takes from the environment what headers refer to', () => {
  const headers = { authorization: 'Bearer ${TOKEN}', 'x-both': '${A}-${B}', accept: 'text/html' };
  expect(told(headers, { TOKEN: 's3cret', A: '1', B: '2' })).toEqual({
    authorization: 'Bearer s3cret',
    'x-both': '1-2',
    accept: 'text/html',
  });
});

it('names what is not set, and no value', () => {
  const headers = { authorization: '${USER_NAME}:${TOKEN}' };
  const message = told(headers, { USER_NAME: 's3cret', TOKEN: '' });
  expect(message).toContain('the header authorization: the environment variable TOKEN is not set');
  expect(message).not.toContain('s3cret');
});

it('sends nothing that breaks out of its header', () => {
  const message = told({ a: '${TOKEN}' }, { TOKEN: 's3cret\r\nx: y' });
  expect(message).toContain('the value of ${TOKEN} is no header');
  expect(message).not.toContain('s3cret');
});

it('gives the key that signs proofs to nobody', () => {
  expect(told({ a: `\${${KEY_VARIABLE}}` }, { [KEY_VARIABLE]: 's3cret' })).toContain(
    `${KEY_VARIABLE} is not set`,
  );
});
