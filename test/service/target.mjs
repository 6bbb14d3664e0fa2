// A program that is not idle: every 3 s a connection that lives about 1 ms, and a row in its database, which it keeps open
// in write-ahead mode. usage: target.mjs FOLDER PORT
import { connect } from 'node:net';
import Database from 'better-sqlite3';

const [folder, port] = process.argv.slice(2);
const database = new Database(`${folder}/app.db`);
database.pragma('journal_mode = WAL');
database.exec('CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, type TEXT, created_at TEXT)');
const insert = database.prepare('INSERT INTO events (type, created_at) VALUES (?, ?)');
insert.run('user_message', new Date(Date.now() - 3_600_000).toISOString());
setInterval(() => {
  connect(Number(port), '127.0.0.1', function () {
    this.destroy();
  });
  insert.run('tool_run', new Date().toISOString());
}, 3_000);
