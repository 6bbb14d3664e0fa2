// What bench:measure asks: nginx that answers by itself, and a chat API whose first token comes after a while.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

export const FIRST_TOKEN_MS = 30;

/** With one worker, in a folder of its own. @param keep takes the process, to end it @returns its port */
export async function startNginx(folder, env, keep) {
  const port = await freePort();
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/t;`,
  );
  mkdirSync(join(folder, 't'));
  writeFileSync(
    join(folder, 'nginx.conf'),
    `worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log; events {}
http { access_log off; keepalive_requests 1000000000; ${temp.join(' ')} server { listen 127.0.0.1:${port}; return 200 ok; } }\n`,
  );
  const args = ['-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log'), '-g', 'daemon off;'];
  keep(spawn('nginx', args, { stdio: 'inherit', env }));
  await untilAnswers(`http://127.0.0.1:${port}/`);
  return port;
}

/** A chat API in a process of its own: an empty chunk at once, the first token after a while, and five more. */
export async function startChat(keep) {
  const port = await freePort();
  const code = `require('http').createServer((request, response) => {
  const chunk = (content) => response.write('data: ' + JSON.stringify({ choices: [{ index: 0, delta: { content } }] }) + '\\n\\n');
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    chunk('');
    setTimeout(() => {
      for (const word of ['one ', 'two ', 'three ', 'four ', 'five ', 'six']) chunk(word);
      response.end('data: ' + JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }) + '\\n\\ndata: [DONE]\\n\\n');
    }, ${FIRST_TOKEN_MS});
  });
}).listen(${port}, '127.0.0.1')`;
  keep(spawn(process.execPath, ['-e', code], { stdio: 'inherit' }));
  await untilAnswers(`http://127.0.0.1:${port}/`);
  return port;
}

async function untilAnswers(url) {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    try {
      await (await fetch(url)).text();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error(`nobody answers at ${url}`);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
