// One side of bench/measure.mjs: a bare socket that asks a chat API over and over, one connection a request, until its input ends. Then it prints the
// milliseconds until the first chunk that says something, of the last so many answers.
// usage: bare-ttft.mjs URL LAST
import { connect } from 'node:net';

const [url = '', last = '1'] = process.argv.slice(2);
const { hostname, port, pathname } = new URL(url);
const body = JSON.stringify({ messages: [{ role: 'user', content: 'x' }], stream: true });
const request = `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

let isOver = false;
process.stdin.resume().once('end', () => (isOver = true));
const tookMs = [];
while (!isOver) tookMs.push(await ask());
console.log(JSON.stringify(tookMs.slice(-Number(last))));

function ask() {
  const startMs = performance.now();
  return new Promise((resolve, reject) => {
    let text = '';
    let first = null;
    const socket = connect(Number(port), hostname, () => socket.write(request));
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      const nowMs = performance.now();
      text += chunk;
      if (first === null && /"content":"[^"]/u.test(text)) first = nowMs - startMs;
    });
    socket.on('error', reject);
    socket.on('close', () => (first === null ? reject(new Error(text)) : resolve(first)));
  });
}
