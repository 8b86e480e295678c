/** A small site, as builds leave it, and deployments of it. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { deploy, openPlace, type DeployOptions, type Deployment } from '../src/stages/deploy/index.ts';
import type { Pace, Place } from '../src/stages/deploy/types.ts';

const NOW = new Date('2026-03-01T00:00:00Z');

type Files = Readonly<Record<string, string>>;

/** One file of each place in the order. */
export const SITE: Files = {
  'api/v1/config.json': '{"name":"test"}',
  'api/v1/plugins/@acme/hello.json': '{"versions":["1.0.0"]}',
  'api/v1/plugins/@acme/hello/1.0.0.json': '{"version":"1.0.0"}',
  'api/v1/plugins/@acme/hello/1.0.0/download': 'archive',
  'api/v1/trust/timestamp.json': '{"timestamp":1}',
  'api/v1/trust/1.snapshot.json': '{"snapshot":1}',
  'plugins/@acme/hello/index.html': '<!doctype html>',
  'badge/@acme/hello/version.svg': '<svg/>',
};

export type Wishes = Partial<Omit<DeployOptions, 'site'>>;

export interface DeployFixture {
  /** Absolute; with room for what is beside the site. */
  readonly folder: string;
  readonly site: string;
  /** As a build of a change does. */
  build(files: Files, gone?: readonly string[]): void;
  /** As a build of everything does. */
  buildAnew(): void;
  open(to: string, more?: { readonly endpoint?: string; readonly pace?: Pace }): Promise<Place>;
  deployTo(place: Place, wishes?: Wishes): Promise<Deployment>;
}

export function deployFixture(files: Files = SITE): DeployFixture {
  const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'ar-deploy-test-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  const site = path.join(folder, 'site');
  const buildAnew = (): void => {
    fs.rmSync(path.join(site, '.ar-files.log'), { force: true });
    fs.writeFileSync(path.join(site, '.ar-build.tmp'), '{"schemaVersion":1,"complete":true,"files":[]}\n');
    fs.renameSync(path.join(site, '.ar-build.tmp'), path.join(site, '.ar-build.json'));
  };
  writeFiles(site, files);
  buildAnew();
  return {
    folder,
    site,
    buildAnew,
    build: (fresh, gone = []) => {
      const lines = [...Object.keys(fresh).map((name) => `+${name}\n`), ...gone.map((name) => `-${name}\n`)];
      fs.appendFileSync(path.join(site, '.ar-files.log'), lines.join(''));
      writeFiles(site, fresh);
      for (const name of gone) removeFile(site, name);
    },
    open: async (to, { pace, ...more } = {}) => {
      const signal = AbortSignal.timeout(60_000);
      const place = await openPlace(
        { to, cwd: folder, help: '', ...more },
        { signal, now: NOW, ...(pace && { pace }) },
      );
      onTestFinished(() => place[Symbol.asyncDispose]());
      return place;
    },
    deployTo: (place, wishes = {}) => {
      const signal = AbortSignal.timeout(60_000);
      return deploy(place, { site, dryRun: false, mayShrink: false, verify: false, signal, ...wishes });
    },
  };
}

/** Each by another file in its place, as builds do. */
export function writeFiles(below: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(below, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(`${file}.ar-tmp`, text);
    fs.renameSync(`${file}.ar-tmp`, file);
  }
}

/** And the folders that are empty then. */
function removeFile(below: string, name: string): void {
  fs.rmSync(path.join(below, name));
  let parent = path.dirname(path.join(below, name));
  for (; fs.readdirSync(parent).length === 0; parent = path.dirname(parent)) fs.rmdirSync(parent);
}

/** Path → text of what is served of a folder. */
export function contentOf(below: string): Files {
  const entries = fs.readdirSync(below, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = entries.map((entry) => path.relative(below, path.join(entry.parentPath, entry.name)));
  const served = files.filter((name) => !name.startsWith('.')).toSorted();
  return Object.fromEntries(served.map((name) => [name, fs.readFileSync(path.join(below, name), 'utf8')]));
}

export async function namesAt(place: Place): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const [name] of place.list()) names.push(name);
  return names;
}
