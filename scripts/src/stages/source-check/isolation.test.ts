import { describe, expect, it } from 'vitest';
import { createIsolation, type Abilities } from './isolation.ts';

const BOUNDS = { workDir: '/scratch', cwd: '/scratch/source', network: false };
const ROOM: Abilities = { namespaces: 'room', privileges: true, limits: true, isRoot: false, shown: [] };

describe('createIsolation', () => {
  it('wraps a command in what the system has, and names it', () => {
    const { layers, wrap } = createIsolation(ROOM);
    const command = wrap(['npm', 'test'], BOUNDS);
    expect(command[0]).toBe('unshare');
    expect(command).toEqual(expect.arrayContaining(['--net', '--pid', 'setpriv', '--no-new-privs', 'prlimit']));
    expect(command.slice(-2)).toEqual(['npm', 'test']);
    expect(layers).toContain('no network');
  });

  it('leaves the network to what needs it, and to that alone', () => {
    const { wrap } = createIsolation(ROOM);
    expect(wrap(['npm', 'ci'], { ...BOUNDS, network: true })).not.toContain('--net');
  });

  it('hands paths on as arguments, which no shell reads', () => {
    const { wrap } = createIsolation({ ...ROOM, privileges: false, limits: false });
    const command = wrap(['npm', 'test'], { ...BOUNDS, cwd: '/scratch/$(id)' });
    expect(command).toContain('/scratch/$(id)');
    expect(command.filter((word) => word.includes('$(id)'))).toHaveLength(1);
  });

  it('lets nobody inside be the root that could undo it', () => {
    const { wrap } = createIsolation({ ...ROOM, limits: false });
    expect(wrap(['npm', 'test'], BOUNDS)).toContain('--bounding-set=-all');
  });

  it('leaves nothing of root to it where we are root', () => {
    const command = createIsolation({ ...ROOM, isRoot: true }).wrap(['npm', 'test'], BOUNDS);
    expect(command).toEqual(expect.arrayContaining(['--reuid=65534', '--regid=65534', '--clear-groups']));
    expect(command).not.toContain('--map-root-user');
  });

  it('claims nothing for files where there is no room', () => {
    const { layers } = createIsolation({ ...ROOM, namespaces: 'network' });
    expect(layers).toEqual(['own processes', 'no network', 'no new privileges', 'memory and CPU limits']);
  });

  it('runs the command as it is where there is nothing, and says so', () => {
    const { layers, wrap } = createIsolation({ ...ROOM, namespaces: 'none', privileges: false, limits: false });
    expect([layers, wrap(['npm', 'test'], BOUNDS)]).toEqual([[], ['npm', 'test']]);
  });
});
