import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactArguments, redactCmdline, splitCmdline } from '../../../../src/core/parse/cmdline.ts';
import { escapeControls } from '../../../../src/core/parse/escape-controls.ts';

describe('redactCmdline: secrets', () => {
  const SECRET = 'S3cr3tV4lue';
  it.each([
    [['app', '--password', SECRET], 'app --password ***'],
    [['app', `--password=${SECRET}`], 'app --password=***'],
    [['app', `--db-password=${SECRET} with blanks`], 'app --db-password=***'],
    [['app', '-password', SECRET, '--port', '80'], 'app -password *** --port 80'],
    [['app', `--api-key=${SECRET}`], 'app --api-key=***'],
    [['app', `--apiKey=${SECRET}`], 'app --apiKey=***'],
    [['app', '--requirepass', SECRET], 'app --requirepass ***'],
    [['env', `OPENAI_API_KEY=${SECRET}`, 'app'], 'env OPENAI_API_KEY=*** app'],
    [['env', `PGPASSWORD=${SECRET}`, 'psql'], 'env PGPASSWORD=*** psql'],
    [['sh', '-c', `PGPASSWORD='${SECRET} x' psql`], 'sh -c PGPASSWORD=***'],
    [['sh', '-c', `exec env PGPASSWORD='${SECRET} x' psql`], 'sh -c exec env PGPASSWORD=*** psql'],
    [['sh', '-c', `app --token=${SECRET}; other`], 'sh -c app --token=***; other'],
    [['app', `postgres://me:${SECRET}@db:5432/x`], 'app postgres://me:***@db:5432/x'],
    [['app', `redis://:${SECRET}@db`], 'app redis://:***@db'],
    [['app', `postgres://me:${SECRET}@${SECRET}@db/x`], 'app postgres://me:***@db/x'],
    [['app', `https://h:1/p?token=${SECRET}`], 'app https://h:1/p?token=***'],
    [['app', `https://h/p?x=1&access_token=${SECRET}&y=2`], 'app https://h/p?x=1&access_token=***&y=2'],
    [['app', `https://h/p?access_token=${SECRET}&y=2`], 'app https://h/p?access_token=***&y=2'],
    [['app', `url:"wss://h?api-key=${SECRET}"`], 'app url:"wss://h?api-key=***"'],
    [['app', `a=b:token=${SECRET}`], 'app a=b:token=***'],
    [['curl', '-H', `Authorization: Bearer ${SECRET}`, 'http://h'], 'curl -H Authorization: *** http://h'],
    [['curl', '-u', `me:${SECRET}`, 'http://h'], 'curl -u *** http://h'],
    [['app', `Bearer ${SECRET}`], 'app Bearer ***'],
    [['app', `{"password":"${SECRET}","a":1}`], 'app {"password":***,"a":1}'],
    [['mysql', `-p${SECRET}`, 'db'], 'mysql -p*** db'],
    [['/usr/bin/sshpass', '-p', SECRET, 'ssh'], '/usr/bin/sshpass -p *** ssh'],
    [['redis-cli', '-a', SECRET, '-p', '6379'], 'redis-cli -a *** -p 6379'],
    [['app', `sk-proj-${SECRET}`], 'app ***'],
    [['app', `ghp_${SECRET}${SECRET}`], 'app ***'],
    [['app', 'AKIAIOSFODNN7EXAMPLE'], 'app ***'],
    [['app', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_def'], 'app ***'],
    [['app', 'q8Zt4Lw2Xk9Vb7Nm3Rj6Yp1Hd5Fs0GcA'], 'app ***'],
    [['app', '-----BEGIN PRIVATE KEY-----\nabc'], 'app ***'],
  ])('%o', (argv, expected) => {
    const text = redactCmdline(argv);
    expect(text).toBe(expected);
    expect(text).not.toContain(SECRET);
  });
});

describe('redactCmdline: what is no secret stays', () => {
  it.each([
    'nginx: master process nginx -c /etc/nginx/nginx.conf',
    'python3 -m http.server 8000 --bind 127.0.0.1',
    'postgres: walwriter',
    'redis-server 127.0.0.1:6379',
    'node /home/me/.nvm/versions/node/v20.20.2/bin/npm run start -- --port=3000',
    'containerd-shim -id 3f4e1c0f9a7b5d2e8c6a4b1d0e9f7a5c3b2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f',
    'java -Xmx512m -cp lib/a.jar:lib/b.jar com.example.Main http://127.0.0.1:80/x',
    'app --no-password file --id=550e8400-e29b-41d4-a716-446655440000',
  ])('%s', (text) => expect(redactCmdline(text.split(' '))).toBe(text));
});

describe('redactCmdline: bounds', () => {
  it('escapes what a terminal would obey', () => {
    expect(redactCmdline(['a\nb', '\u001b[2J', 'x\u202ey', '\u0085'])).toBe(
      'a\\x0ab \\x1b[2J x\\u202ey \\x85',
    );
  });

  it('ends where the title ends that a program has given itself', () => {
    expect(redactCmdline([`redis-server *:6379${' '.repeat(600)}`])).toBe('redis-server *:6379');
  });

  it('is at most 512 characters, printable, whatever comes in', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 400 }), { maxLength: 40 }), (argv) => {
        const text = redactCmdline(argv);
        expect(text.length).toBeLessThanOrEqual(512);
        expect(escapeControls(text)).toBe(text);
      }),
    );
  });

  it('never shows the value of a secret option', () => {
    const value = fc
      .stringMatching(/^[A-Za-z0-9!#%*+./:?@^~ -]{6,40}$/)
      .filter((text) => text.trim().length > 5);
    const flag = fc.constantFrom(
      '--password',
      '--token',
      '--client-secret',
      '--api_key',
      '--auth-token',
      '--passphrase',
    );
    fc.assert(
      fc.property(flag, value, fc.boolean(), (name, secret, joined) => {
        const argv = joined ? ['app', `${name}=${secret}`] : ['app', name, secret];
        expect(redactCmdline(argv)).toBe(joined ? `app ${name}=***` : `app ${name} ***`);
      }),
    );
  });

  it('does not get stuck on long arguments', () => {
    const long = 'a'.repeat(100_000);
    expect(redactCmdline([long, 'password'.repeat(10_000), '='.repeat(50_000)]).length).toBe(512);
    expect(
      redactCmdline(['token'.repeat(800), 'x://'.repeat(1000), 'eyJ'.repeat(1300)]).length,
    ).toBeLessThanOrEqual(512);
    for (const unit of ['password', 'a=', 'x-', '-eyJ-', 'a://b:', 'auth ', "token='", 'Bearer ', 'sk-']) {
      redactCmdline(Array.from({ length: 3 }, () => unit.repeat(4096 / unit.length)));
    }
  });
});

describe('splitCmdline', () => {
  it.each([
    ['a\0b c\0', ['a', 'b c']],
    ['a\0\0b\0', ['a', '', 'b']],
    ['nginx: master process\0', ['nginx: master process']],
    ['no end', ['no end']],
    ['', []],
  ])('%o', (text, argv) => expect(splitCmdline(text)).toEqual(argv));
});

describe('redactArguments', () => {
  it('keeps arguments apart, and is shown as the command line is', () => {
    expect(redactArguments(['app', '--password', 'x y', '--token=a b'])).toEqual([
      'app',
      '--password',
      '***',
      '--token=***',
    ]);
    const word = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.constantFrom('--password', '-u', 'curl', 'a=b', 'PGPASSWORD=x y', 'Authorization: Bearer x'),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (argv) => {
        expect(redactCmdline(redactArguments(argv))).toBe(redactCmdline(argv));
      }),
    );
  });
});
