import { expect, test, vi } from 'vitest';
import type { WidgetSource } from './feed.ts';
import type { WidgetServer } from './server.ts';
import { createWidgetHost, type WidgetHostPorts } from './widget-host.ts';

const WIDGET: WidgetSource = { plugin: '@test/w', displays: [], ask: () => Promise.resolve(undefined) };

function hostWith(...outcomes: readonly (Error | string)[]) {
  const close = vi.fn<WidgetServer['close']>(() => Promise.resolve());
  const faults: unknown[] = [];
  let started = 0;
  const startServer: WidgetHostPorts['startServer'] = () => {
    const outcome = outcomes[started] ?? '';
    started += 1;
    return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve({ url: outcome, close });
  };
  const host = createWidgetHost({ onFault: (error) => faults.push(error), startServer });
  return { host, close, faults, started: () => started };
}

test('a widget is there before its page is, and the address is told once it is', async () => {
  const { host, started } = hostWith('http://127.0.0.1:1/');
  host.add(WIDGET);
  await Promise.resolve();
  expect(started()).toBe(0);
  expect(await host.url).toBe('http://127.0.0.1:1/');
});

test('all widgets are on one page', async () => {
  const { host, started } = hostWith('one', 'another');
  host.add(WIDGET);
  host.add(WIDGET);
  expect(await host.url).toBe('one');
  host.add(WIDGET);
  expect([await host.url, started()]).toEqual(['one', 1]);
});

test('where there can be no page that is told, and tried again with the next widget', async () => {
  const cause = new Error('no port is free');
  const { host, faults } = hostWith(cause, 'another');
  host.add(WIDGET);
  expect(await host.url).toBeUndefined();
  expect(faults).toEqual([cause]);
  host.add(WIDGET);
  expect(await host.url).toBe('another');
});

test('without a widget there is no page', async () => {
  const { host, started } = hostWith('one');
  expect(await host.url).toBeUndefined();
  await host.close();
  expect(started()).toBe(0);
});

test('no page is begun once all is closed', async () => {
  const { host, started } = hostWith('one');
  host.add(WIDGET);
  await host.close();
  expect([await host.url, started()]).toEqual([undefined, 0]);
});

test('closing ends a page that has begun', async () => {
  const { host, close } = hostWith('one');
  host.add(WIDGET);
  await host.url;
  await host.close();
  expect(close).toHaveBeenCalledOnce();
});
