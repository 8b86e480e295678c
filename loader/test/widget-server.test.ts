import { expect, test } from 'vitest';
import type { Assets } from '../src/widget/assets.ts';
import { createFeed } from '../src/widget/feed.ts';
import { startWidgetServer } from '../src/widget/server.ts';

test('files of the page that cannot be read are an answer and not an error of the daemon', async () => {
  const feed = createFeed({ intervalMs: 60_000 });
  const page: Assets = new Map([['', { type: 'text/html', text: '<title>Widgets</title>' }]]);
  let asked = 0;
  const assets = (): Promise<Assets> => {
    asked += 1;
    return asked === 1 ? Promise.reject(new Error('gone')) : Promise.resolve(page);
  };
  const server = await startWidgetServer({ feed, assets, token: 'token' });
  try {
    expect(asked).toBe(0);
    expect((await fetch(server.url)).status).toBe(500);
    const second = await fetch(server.url);
    expect([second.status, await second.text()]).toEqual([200, '<title>Widgets</title>']);
  } finally {
    feed.close();
    await server.close();
  }
});
