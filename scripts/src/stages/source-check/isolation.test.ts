import { describe, expect, it } from 'vitest';
import { createIsolation } from './isolation.ts';

const BOUNDS = { workDir: '/scratch', cwd: '/scratch/source', network: false };

describe('createIsolation', () => {
  it('wraps a command in what the system has, and names it', () => {
    const { layers, wrap } = createIsolation({ namespaces: 'network-and-files', privileges: true, limits: true });
    const command = wrap(['npm', 'test'], BOUNDS);
    expect(command[0]).toBe('unshare');
    expect(command).toEqual(expect.arrayContaining(['--net', '--pid', 'setpriv', '--no-new-privs', 'prlimit']));
    expect(command.slice(-2)).toEqual(['npm', 'test']);
    expect(layers).toContain('no network');
  });

  it('leaves the network to what needs it, and to that alone', () => {
    const { wrap } = createIsolation({ namespaces: 'network-and-files', privileges: true, limits: true });
    expect(wrap(['npm', 'ci'], { ...BOUNDS, network: true })).not.toContain('--net');
  });

  it('hands paths on as arguments, which no shell reads', () => {
    const { wrap } = createIsolation({ namespaces: 'network-and-files', privileges: false, limits: false });
    const command = wrap(['npm', 'test'], { ...BOUNDS, cwd: '/scratch/$(id)' });
    expect(command).toContain('/scratch/$(id)');
    expect(command.filter((word) => word.includes('$(id)'))).toHaveLength(1);
  });

  it('lets nobody inside be the root that could undo it', () => {
    const { wrap } = createIsolation({ namespaces: 'network-and-files', privileges: true, limits: false });
    expect(wrap(['npm', 'test'], BOUNDS)).toContain('--bounding-set=-all');
  });

  it('runs the command as it is where there is nothing, and says so', () => {
    const { layers, wrap } = createIsolation({ namespaces: 'none', privileges: false, limits: false });
    expect([layers, wrap(['npm', 'test'], BOUNDS)]).toEqual([[], ['npm', 'test']]);
  });
});
