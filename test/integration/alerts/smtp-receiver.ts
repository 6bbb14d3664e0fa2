import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface Mail {
  commands: string[];
  /** Header and body as they were sent, dots at the beginning of lines taken back (RFC 5321, 4.5.2). */
  data: string;
}

/** A small real SMTP receiver: EHLO, AUTH PLAIN, MAIL, RCPT, DATA, QUIT. */
export class SmtpReceiver {
  mails: Mail[] = [];
  /** Answers to commands, by their first word, in place of its own. */
  answers: Record<string, string> = {};
  readonly #server: Server = createServer((socket) => this.#serve(socket));

  async up(): Promise<number> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  async down(): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  #serve(socket: Socket): void {
    const commands: string[] = [];
    let buffer = '';
    let isData = false;
    const say = (line: string): void => void socket.write(`${line}\r\n`);
    say('220 test');
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      buffer += chunk.toString();
      for (;;) {
        const end = isData ? '\r\n.\r\n' : '\r\n';
        const at = buffer.indexOf(end);
        if (at < 0) return;
        const text = buffer.slice(0, at);
        buffer = buffer.slice(at + end.length);
        if (isData) {
          isData = false;
          this.mails.push({ commands: [...commands], data: text.replaceAll('\r\n..', '\r\n.') });
          say('250 taken');
          continue;
        }
        commands.push(text);
        const word = text.split(' ')[0]?.toUpperCase() ?? '';
        const answer = this.answers[word] ?? ANSWERS[word] ?? '500 what?';
        say(answer);
        isData = answer.startsWith('354');
        if (word === 'QUIT') socket.end();
      }
    });
  }
}

const ANSWERS: Readonly<Record<string, string>> = {
  EHLO: '250-test\r\n250 AUTH PLAIN',
  AUTH: '235 welcome',
  MAIL: '250 ok',
  RCPT: '250 ok',
  DATA: '354 go on',
  QUIT: '221 bye',
};
