import type { ServerResponse } from 'node:http';
import type { Feed } from './feed.ts';

/** A browser that does not read must not fill our memory. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;
const HEARTBEAT_MS = 15_000;

/**
 * Sends the whole list, and then each change, until the browser goes.
 *
 * @source https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function streamEvents(response: ServerResponse, feed: Feed): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  const send = (event: string, data: unknown): void => {
    if (response.writableLength > MAX_BUFFERED_BYTES) response.destroy();
    // JSON has no line breaks of its own.
    else response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  send('list', feed.list());
  const unwatch = feed.watch((change) => {
    if (change.kind === 'list') send('list', feed.list());
    else send('display', change.display);
  });
  const heartbeat = setInterval(() => response.write(':\n\n'), HEARTBEAT_MS);
  heartbeat.unref();
  response.once('close', () => {
    clearInterval(heartbeat);
    unwatch();
  });
}
