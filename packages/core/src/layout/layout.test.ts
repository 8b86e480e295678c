import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  URL_TEMPLATES,
  controlSocketPath,
  indexPaths,
  parseIndexPath,
  pluginLogFile,
  pluginOfLogFile,
  resolveConfigDir,
  resolveDataDir,
  resolveHome,
  type FolderEnv,
  routes,
  storeEntryPath,
  parseStatsPath,
} from './index.ts';

describe('controlSocketPath', () => {
  it('is no longer than the path of the daemon’s socket', () => {
    expect(controlSocketPath('/d').length).toBeLessThanOrEqual('/d/relay.sock'.length);
  });
});

describe('pluginOfLogFile', () => {
  it('reads back the name that a log is called by, and that of its older parts', () => {
    const file = pluginLogFile('@ar/audit-logger');
    expect([pluginOfLogFile(file), pluginOfLogFile(`${file}.3`)]).toEqual(['@ar/audit-logger', '@ar/audit-logger']);
  });

  it.each(['loader.log', 'ar__x', 'ar__x.log.old', '__x.log', 'ar__X.log', '..__..log', 'a__b__c.log'])(
    'of %s is none',
    (file) => {
      expect(pluginOfLogFile(file)).toBeUndefined();
    },
  );
});

const refused =
  (env: FolderEnv, home?: string): (() => string) =>
  () =>
    resolveDataDir(env, home);
const code = (expected: string): unknown => expect.objectContaining({ code: expected });

function fromSystem(): never {
  throw new Error('ENOENT');
}

describe('resolveDataDir', () => {
  it.each([
    [{ AGENT_RELAY_DATA_DIR: '/data', XDG_DATA_HOME: '/xdg' }, '/data'],
    [{ XDG_DATA_HOME: '/xdg' }, '/xdg/agent-relay'],
    [{ AGENT_RELAY_DATA_DIR: '', XDG_DATA_HOME: '' }, '/home/ada/.agent-relay'],
    [{}, '/home/ada/.agent-relay'],
  ])('of %j is %s, as agent-relay has it', (env, dir) => {
    expect(resolveDataDir(env, '/home/ada')).toBe(dir);
  });

  it.each(['.', '', 'data', './data', '../data', 'c:data'])('ignores XDG_DATA_HOME=%s: it is not absolute', (xdg) => {
    expect(resolveDataDir({ XDG_DATA_HOME: xdg }, '/home/ada')).toBe('/home/ada/.agent-relay');
  });

  it('is never relative, and not guessed without a home', () => {
    expect(refused({ AGENT_RELAY_DATA_DIR: 'data' }, '/home/ada')).toThrow(code('DATA_DIR_RELATIVE'));
    expect(refused({ XDG_DATA_HOME: 'data' })).toThrow(code('HOME_UNKNOWN'));
    expect(refused({})).toThrow(code('HOME_UNKNOWN'));
    expect(resolveDataDir({ AGENT_RELAY_DATA_DIR: 'C:\\data' }, undefined)).toBe('C:\\data');
  });
});

describe('resolveConfigDir', () => {
  it.each([
    [{ XDG_CONFIG_HOME: '/xdg' }, '/xdg/agent-relay'],
    [{ XDG_CONFIG_HOME: '.' }, '/home/ada/.config/agent-relay'],
    [{}, '/home/ada/.config/agent-relay'],
  ])('of %j is %s', (env, dir) => {
    expect(resolveConfigDir(env, '/home/ada')).toBe(dir);
  });

  it('is not guessed without a home', () => {
    expect(() => resolveConfigDir({}, undefined)).toThrow(expect.objectContaining({ code: 'HOME_UNKNOWN' }));
  });
});

describe('resolveHome', () => {
  it.each([
    [{ HOME: '/home/ada' }, '/root', '/home/ada'],
    [{ HOME: '' }, '/root', '/root'],
    [{ HOME: '.' }, '/root', '/root'],
    [{}, '/root', '/root'],
    [{}, '', undefined],
    [{ HOME: 'x' }, 'y', undefined],
  ])('of %j where the system knows %j is %j', (...[env, system, home]) => {
    expect(resolveHome(env, () => system)).toBe(home);
  });

  it('is not known where the system has no such user', () => {
    expect(resolveHome({}, fromSystem)).toBeUndefined();
    expect(resolveHome({ HOME: '/home/ada' }, fromSystem)).toBe('/home/ada');
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

describe('parseStatsPath', () => {
  it('reads back what indexPaths makes', () => {
    expect(parseStatsPath(indexPaths.dailyStats('2026-11-20'))).toEqual({ kind: 'daily', date: '2026-11-20' });
    expect(parseStatsPath(indexPaths.monthlyStats('2026-11'))).toEqual({ kind: 'monthly', date: '2026-11' });
    expect(parseStatsPath(indexPaths.releaseCounters('2026-11-20'))).toEqual({ kind: 'github', date: '2026-11-20' });
  });

  it.each([
    'stats/downloads.json',
    'stats/daily/2026-11.json',
    'stats/monthly/2026-11-20.json',
    'stats/daily/2026-11-20.json.tmp',
    'stats/daily/../daily/2026-11-20.json',
    'stats/other/2026-11-20.json',
    'stats/daily/2026-11-20.json/x',
  ])('finds none in %s', (path) => {
    expect(parseStatsPath(path)).toBeUndefined();
  });
});
