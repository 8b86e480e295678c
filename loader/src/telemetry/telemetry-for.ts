import { readFile } from 'node:fs/promises';
import type { Lockfile } from '@ar-registry/schemas';
import type { LoadedPlugin } from '../loaded-plugin.ts';
import type { LoaderControl } from '../loader.ts';
import type { User } from './consent.ts';
import { createTelemetry, type LoaderTelemetry, type ToldPlugin } from './telemetry.ts';

interface Facts {
  readonly user?: User;
  readonly dataDir: string;
  readonly projectDir: string;
  readonly env: User['env'];
  readonly now: () => number;
}

/** What a host has of it: nothing where it is not known whose settings hold. */
export function telemetryFor(
  { user, dataDir, projectDir, env, now }: Facts,
  readLock: () => Promise<Lockfile>,
): { readonly telemetry?: LoaderTelemetry } {
  if (!user) return {};
  return { telemetry: createTelemetry({ user, dataDir, projectDir, env, now, readLock, readVersion }) };
}

/** Of this package, which is two folders up, compiled or not. */
async function readVersion(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

/** The active plugins, with those in folders of the user's own marked. */
export function activeOf(loader: Pick<LoaderControl, 'getLoaded' | 'folders'>): readonly ToldPlugin[] {
  const local = new Set(loader.folders().map(({ name }) => name));
  return loader
    .getLoaded()
    .filter(({ status }: LoadedPlugin) => status === 'active')
    .map(({ name, version }) => ({ name, version, isLocal: local.has(name) }));
}
