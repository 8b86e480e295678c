/** Signed registries, by the commands of an operator. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import type { World } from './benchmark.ts';

/** Signs what is in `site` with keys that are made for it, 256 bins as by default. */
export function signFolder({ node, root, scratch }: Pick<World, 'node' | 'root' | 'scratch'>, site: string): void {
  const own = fs.mkdtempSync(path.join(scratch, 'keys-'));
  const index = path.join(own, 'index');
  fs.mkdirSync(index);
  fs.writeFileSync(path.join(index, 'registry.yaml'), 'schemaVersion: 1\nname: bench\ntitle: Bench\ntrust: {}\n');
  const run = (...args: readonly string[]): void => {
    const program = [
      '--conditions=ar-source',
      '--disable-warning=ExperimentalWarning',
      path.join(root, 'scripts/src/main.ts'),
    ];
    execFileSync(node, [...program, ...args, '--index', index, '--keys', path.join(own, 'keys')], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  };
  run('keys', 'init');
  run('sign', '--site', site);
}

/**
 * Adds documents of as many further plugins: the index commits to them by name, length and hash, whatever they say.
 *
 * Names are of the lengths that names of npm packages have.
 */
export function addPlugins(site: string, count: number): void {
  for (let number = 0; number < count; number += 1) {
    const scope = `@team-${(number % 9973).toString(36)}`;
    const file = path.join(site, routes.plugin(`${scope}/${WORDS[number % WORDS.length]}-${number.toString(36)}`));
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `{"number":${number}}`);
  }
}

const WORDS = [
  'slack-bridge',
  'audit-logger',
  'memory',
  'vector-store',
  'rate-limit',
  'cost-dashboard',
  'sms',
  'digest',
];
