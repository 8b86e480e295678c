/** What plugins are to each other and to people, which no single document says. */
import { readFileSync } from 'node:fs';
import type { PluginName } from '@ar-registry/schemas';
import { readFacts, relationsIn } from '../build/facts.ts';
import { readSettings } from './settings.ts';
import { site } from './site.ts';

/** A plugin that needs another one. */
export interface Dependent {
  readonly name: PluginName;
  readonly range: string;
  readonly peer: boolean;
}

export interface Relations {
  /** Plugin → logins of its owners, of all that are listed. */
  readonly owners: Readonly<Record<PluginName, readonly string[]>>;
  /** Plugin → those that need it, by name; of those that something needs. */
  readonly dependents: Readonly<Record<PluginName, readonly Dependent[]>>;
}

const { relationsFile } = readSettings();

export const relations: Relations =
  relationsFile === undefined
    ? relationsIn(readFacts(site), site.summaries())
    : (JSON.parse(readFileSync(relationsFile, 'utf8')) as Relations);
