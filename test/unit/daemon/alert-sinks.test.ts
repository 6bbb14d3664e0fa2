import { describe, expect, it } from 'vitest';
import { secretsOf } from '../../../src/daemon/alert-sinks.ts';
import { LogCleaner } from '../../../src/daemon/log/log-fields.ts';

describe('what no log may show', () => {
  it('is where alerts go, as a whole and in parts', () => {
    const cleaner = new LogCleaner();
    cleaner.hide(
      secretsOf({
        alerts: [
          { key: 'a', sink: { type: 'slack', url: 'https://hooks.example.com/services/T0/B0/x7Yz' } },
          {
            key: 'b',
            sink: { type: 'email', smtp: 'smtps://me:p%40ss@mail.example.com', from: 'a', to: [] },
          },
          { key: 'c', sink: { type: 'command', argv: ['notify'], timeoutMs: 1 } },
        ],
      }),
    );
    expect(cleaner.text('POST /services/T0/B0/x7Yz failed; auth p@ss refused by notify')).toBe(
      'POST [hidden] failed; auth [hidden] refused by notify',
    );
    expect(cleaner.text('no way to https://hooks.example.com/services/T0/B0/x7Yz')).toBe(
      'no way to [hidden]',
    );
  });
});
