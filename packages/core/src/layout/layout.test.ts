import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  URL_TEMPLATES,
  controlSocketPath,
  indexPaths,
  parseIndexPath,
  resolveDataDir,
  routes,
  storeEntryPath,
} from './index.ts';

describe('controlSocketPath', () => {
  it('is no longer than the path of the daemon’s socket', () => {
    expect(controlSocketPath('/d').length).toBeLessThanOrEqual('/d/relay.sock'.length);
  });
});

describe('resolveDataDir', () => {
  it.each([
    [{ AGENT_RELAY_DATA_DIR: '/data', XDG_DATA_HOME: '/xdg' }, '/data'],
    [{ XDG_DATA_HOME: '/xdg' }, '/xdg/agent-relay'],
    [{ AGENT_RELAY_DATA_DIR: '', XDG_DATA_HOME: '' }, '/home/ada/.agent-relay'],
    [{}, '/home/ada/.agent-relay'],
  ])('of %j is %s, as agent-relay has it', (env, dir) => {
    expect(resolveDataDir(env, '/home/ada')).toBe(dir);
  });
});

describe('parseIndexPath', () => {
  it('reads back every path that is written', () => {
    const part = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,10}$/);
    fc.assert(
      fc.property(part, part, fc.constantFrom('1.0.0', '2.1.0-beta.1'), (scope, base, version) => {
        const name = `@${scope}/${base}`;
        expect(parseIndexPath(indexPaths.scope(scope))).toEqual({ kind: 'scope', scope });
        expect(parseIndexPath(indexPaths.plugin(name))).toEqual({ kind: 'plugin', name });
        expect(parseIndexPath(indexPaths.status(name))).toEqual({ kind: 'status', name });
        expect(parseIndexPath(indexPaths.version(name, version))).toEqual({ kind: 'version', name, version });
        expect(indexPaths.plugin(name).startsWith(`${indexPaths.folder(name)}/`)).toBe(true);
      }),
    );
  });

  it.each([
    ['registry.yaml', 'registry'],
    ['categories.yaml', 'categories'],
    ['stats/downloads.json', 'downloads'],
    ['store/sha512/ab/cd.tgz', 'store'],
    ['README.md', 'other'],
    ['Registry.yaml', 'other'],
    ['scopes/a/b.yaml', 'other'],
    ['scopes/a.yml', 'other'],
    ['plugins/hello/plugin.yaml', 'other'],
    ['plugins/@acme/hello/other.yaml', 'other'],
    ['plugins/@acme/hello/versions/a/1.0.0.yaml', 'other'],
    ['plugins/@acme/hello/versions/.yaml', 'other'],
    ['plugins/@acme/plugin.yaml', 'other'],
    ['toString', 'other'],
    ['', 'other'],
  ])('takes %j for %s', (path, kind) => {
    expect(parseIndexPath(path).kind).toBe(kind);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (path) => {
        expect(parseIndexPath(`plugins/@${path}`).kind).toBeTypeOf('string');
      }),
    );
  });
});

describe('storeEntryPath', () => {
  it('is made of the digest alone', () => {
    const integrity = `sha512-${Buffer.alloc(64, 0xab).toString('base64')}`;
    expect(storeEntryPath(integrity)).toBe(`plugins/store/sha512/ab/${'ab'.repeat(63)}`);
  });

  it('refuses what is no integrity', () => {
    expect(() => storeEntryPath('sha512-../../../x')).toThrow('integrity');
  });
});

function fill(template: string): string {
  return template.replace('{name}', '@acme/hello').replace('{version}', '1.0.0').replace('{page}', '2');
}

describe('routes', () => {
  it('are what the templates of config.json give', () => {
    expect(fill(URL_TEMPLATES.plugin)).toBe(routes.plugin('@acme/hello'));
    expect(fill(URL_TEMPLATES.version)).toBe(routes.version('@acme/hello', '1.0.0'));
    expect(fill(URL_TEMPLATES.download)).toBe(routes.download('@acme/hello', '1.0.0'));
    expect(fill(URL_TEMPLATES.readme)).toBe(routes.readme('@acme/hello'));
    expect(fill(URL_TEMPLATES.readmeHtml)).toBe(routes.readmeHtml('@acme/hello'));
    expect(fill(URL_TEMPLATES.pluginsPage)).toBe(routes.pluginsPage(2));
  });
});
