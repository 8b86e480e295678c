import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProject, removeWorkDir, type TestProject } from './support/project.ts';
import { silenceRelay, startTestRelay, type TestRelay } from './support/relay.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

const HOSTILE = '<img src=x onerror=alert(1)></script>';
const MANIFEST = `displays:
  - { type: metric, data: sent, title: ${JSON.stringify(HOSTILE)} }
  - { type: table, data: agents }
  - { type: text, data: note }
  - { type: chart, data: volume }
  - { type: metric, data: broken }
  - { type: metric, data: lies }
`;

const CODE = `let sent = 0;
globalThis.arBump = () => { sent += 1; };
export default {
  async getData(name) {
    if (name === 'sent') return { type: 'metric', value: sent };
    if (name === 'agents') return { type: 'table', columns: ['agent'], rows: [[${JSON.stringify(HOSTILE)}]] };
    if (name === 'note') return { type: 'text', text: ${JSON.stringify(HOSTILE)} };
    if (name === 'volume') return { type: 'chart', x: [1, 2], series: [{ label: ${JSON.stringify(HOSTILE)}, values: [1, 2] }] };
    if (name === 'lies') return { type: 'text', text: 'not a metric' };
    throw new Error('broken');
  },
};`;

function projectWithWidget(code = CODE): TestProject {
  const project = createProject();
  project.addFolder('w', { name: '@test/widget', type: 'widget', manifest: MANIFEST, code });
  project.write('ar.config.json', JSON.stringify({ plugins: ['./w'] }));
  return project;
}

async function urlOf(relay: TestRelay): Promise<URL> {
  return new URL((await relay.loader.widgetsUrl) ?? 'none:');
}

/** `fetch` cannot set the Host header. */
async function get(
  url: URL,
  options: { readonly host?: string; readonly method?: string } = {},
): Promise<{ status: number; text: string; headers: IncomingMessage['headers'] }> {
  const { host = url.host, method = 'GET' } = options;
  const asking = request(url, { method, headers: { host } });
  asking.end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode ?? 0, text, headers: response.headers };
}

test('a widget is on a page of this machine, with its displays as JSON', async () => {
  await using relay = await startTestRelay(projectWithWidget());
  const url = await urlOf(relay);
  expect(url.hostname).toBe('127.0.0.1');
  const page = await get(url);
  expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
  const { displays } = JSON.parse((await get(new URL('api/widgets', url))).text) as { displays: object[] };
  expect(displays).toEqual([
    {
      plugin: '@test/widget',
      name: 'sent',
      type: 'metric',
      title: HOSTILE,
      state: 'ok',
      data: { type: 'metric', value: 0 },
    },
    expect.objectContaining({ name: 'agents', title: 'agents', state: 'ok' }),
    expect.objectContaining({ name: 'note', state: 'ok' }),
    expect.objectContaining({ name: 'volume', state: 'ok' }),
    { plugin: '@test/widget', name: 'broken', type: 'metric', title: 'broken', state: 'error' },
    { plugin: '@test/widget', name: 'lies', type: 'metric', title: 'lies', state: 'error' },
  ]);
});

test('a display whose answer throws when it is read is one that failed, and holds up no other', async () => {
  const code = `let asked = 0;
  export default {
    async getData(name) {
      if (name === 'sent') return { type: 'metric', value: (asked += 1) };
      return { type: 'metric', get value() { throw new Error('not to be read'); } };
    },
  };`;
  await using relay = await startTestRelay(projectWithWidget(code));
  const url = new URL('api/widgets', await urlOf(relay));
  for (const value of [1, 2]) {
    const { status, text } = await get(url);
    const { displays } = JSON.parse(text) as { displays: object[] };
    expect(status).toBe(200);
    expect(displays[0]).toMatchObject({ name: 'sent', state: 'ok', data: { value } });
    expect(displays.slice(1)).toMatchObject(Array.from({ length: 5 }, () => ({ state: 'error' })));
  }
});

test('nothing that a plugin says is part of the page, and the page asks no other server', async () => {
  await using relay = await startTestRelay(projectWithWidget());
  const url = await urlOf(relay);
  const files = ['', 'main.js', 'widgets.js', 'widgets.css', 'uplot.js', 'uplot.css'];
  for (const file of files) {
    const { status, text, headers } = await get(new URL(file, url));
    expect(status).toBe(200);
    expect(text).not.toContain(HOSTILE);
    expect(text).not.toMatch(/(?:src|href|url)\s*[=(]\s*["']?(?:https?:)?\/\//);
    expect(text).not.toContain('innerHTML');
    expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
  }
});

test('a page that knows no token, or came by another name, gets nothing', async () => {
  await using relay = await startTestRelay(projectWithWidget());
  const url = await urlOf(relay);
  const [end = ''] = url.pathname.slice(-2);
  const other = `${url.pathname.slice(0, -2)}${end === 'x' ? 'y' : 'x'}/`;
  const statuses = await Promise.all([
    get(new URL('/', url)),
    get(new URL('/api/widgets', url)),
    get(new URL(other, url)),
    get(url, { host: 'evil.example' }),
    get(url, { host: `evil.example:${url.port}` }),
    get(url, { host: '127.0.0.1' }),
    get(url, { method: 'POST' }),
    get(new URL(`${url.pathname}../../package.json`, url)),
    get(new URL(`${url.pathname}%2e%2e/package.json`, url)),
  ]);
  expect(statuses.map(({ status }) => status)).toEqual([404, 404, 404, 421, 421, 421, 405, 404, 404]);
  expect((await get(url, { host: `localhost:${url.port}` })).status).toBe(200);
});

test('changes arrive over server-sent events, and a widget that is unloaded leaves the page', async () => {
  await using relay = await startTestRelay(projectWithWidget());
  const asking = request(new URL('events', await urlOf(relay)));
  asking.end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  expect(response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
  const stream = textOf(response);
  const seen = (part: string): Promise<void> => stream.waitFor(part);
  await seen('"value":0');
  expect(stream.text()).toMatch(/^event: list\ndata: \[/);
  (globalThis as unknown as { arBump(): void }).arBump();
  await seen('"value":1');
  await relay.loader.unload('@test/widget');
  await seen('event: list\ndata: []\n\n');
  response.destroy();
});

test('a widget that hangs shows an error and holds up no other', async () => {
  const code = CODE.replace(
    `if (name === 'sent')`,
    `if (name === 'sent') return new Promise(() => {}); if (name === 'sent')`,
  );
  await using relay = await startTestRelay(projectWithWidget(code), { limits: { displayTimeoutMs: 50 } });
  const { displays } = JSON.parse((await get(new URL('api/widgets', await urlOf(relay)))).text) as {
    displays: { state: string }[];
  };
  expect(displays.map(({ state }) => state)).toEqual(['error', 'ok', 'ok', 'ok', 'error', 'error']);
});

test('the page goes with the daemon', async () => {
  let url: URL;
  {
    await using relay = await startTestRelay(projectWithWidget());
    url = await urlOf(relay);
  }
  await expect(get(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('without a widget there is no page', async () => {
  await using relay = await startTestRelay(createProject());
  expect(await relay.loader.widgetsUrl).toBeUndefined();
});

/** What has arrived so far, and a wait for some part of it. */
function textOf(response: IncomingMessage): { text(): string; waitFor(part: string): Promise<void> } {
  let text = '';
  response.on('data', (chunk: Buffer) => {
    text += String(chunk);
    response.emit('grown');
  });
  return {
    text: () => text,
    async waitFor(part) {
      while (!text.includes(part)) await once(response, 'grown');
    },
  };
}
