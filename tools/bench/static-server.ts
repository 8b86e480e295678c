/**
 * Serves the files of a folder, with what a cache asks for, where there is no nginx: `node static-server.ts <folder>
 * <Cache-Control> <port> <hidden folder>`. Prints its address, and ends with its standard input.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

const [folder = '', cacheControl = 'no-cache', port = '0', hidden = ''] = process.argv.slice(2);
const server = http.createServer((request, response) => {
  const file = path.join(folder, path.posix.normalize(decodeURIComponent(request.url ?? '/')));
  const isHidden = hidden !== '' && file.startsWith(path.join(folder, hidden) + path.sep);
  const bytes = !isHidden && fs.statSync(file, { throwIfNoEntry: false })?.isFile() ? fs.readFileSync(file) : undefined;
  if (!bytes) {
    response.writeHead(404).end();
    return;
  }
  const etag = `"${createHash('sha1').update(bytes).digest('hex')}"`;
  const unchanged = request.headers['if-none-match'] === etag;
  const headers = { etag, 'cache-control': cacheControl };
  if (unchanged) response.writeHead(304, headers).end();
  else response.writeHead(200, { ...headers, 'content-length': bytes.length }).end(bytes);
});
server.listen(Number(port), '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});
process.stdin.on('end', () => process.exit()).resume();
