import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openApi } from './api.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'ar-api-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(route: string, text = '{}'): void {
  mkdirSync(path.dirname(path.join(folder, route)), { recursive: true });
  writeFileSync(path.join(folder, route), text);
}

describe('the API of a build', () => {
  it('takes no name that a plugin made up for a plugin, wherever it leads', () => {
    write(routes.plugin('@acme/audit'));
    write('api/x.json');
    const api = openApi(folder);
    const names = ['@acme/audit', '@acme/none', '@acme/../../../x', '@acme/audit/', '../x', '', '@acme/audit\0'];
    expect(names.filter((name) => api.isPlugin(name))).toEqual(['@acme/audit']);
  });

  it('names the plugins that there are documents, downloads and reviews of, and none where nothing was counted', () => {
    write(routes.plugin('@acme/audit'));
    write(routes.readme('@acme/audit'), 'text');
    write(routes.pluginsPage(1));
    expect([openApi(folder).names(), openApi(folder).counted().size]).toEqual([['@acme/audit'], 0]);
    write(routes.statsPlugin('@acme/audit'));
    write(routes.statsPluginTable('@acme/audit'), 'day,count');
    write(routes.reviews('@acme/audit'));
    const api = openApi(folder);
    expect([...api.counted(), ...api.reviewed()]).toEqual(['@acme/audit', '@acme/audit']);
  });

  it('has all plugins by name, of pages that have them in another order', () => {
    const at = '2026-01-01T00:00:00Z';
    const facts = { version: '1.0.0', type: 'hook', description: '', tags: [], trust: 'community', license: 'MIT' };
    const plugin = (name: string) => ({ ...facts, name, author: 'Ada', publishedAt: at, updatedAt: at });
    const pages = [[plugin('@b/first'), plugin('@c/second')], [plugin('@a/third')]];
    for (const [index, plugins] of pages.entries())
      write(routes.pluginsPage(index + 1), JSON.stringify({ schemaVersion: 1, page: index + 1, plugins }));
    write(routes.plugins, JSON.stringify({ schemaVersion: 1, total: 3, page: 1, pages: 2, plugins: pages[0] }));
    const api = openApi(folder);
    expect(api.listPage(1).map(({ name }) => name)).toEqual(['@b/first', '@c/second']);
    expect(api.summaries().map(({ name }) => name)).toEqual(['@a/third', '@b/first', '@c/second']);
  });

  it('says which document its schema refuses, and where', () => {
    write(routes.plugin('@acme/audit'), '{"schemaVersion":1}');
    expect(() => openApi(folder).plugin('@acme/audit')).toThrow(/audit\.json/);
  });
});
