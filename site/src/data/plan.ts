/** What is wanted of this build: what `src/build` found changed; everything, while developing. */
import { readFileSync } from 'node:fs';
import type { PluginName, Version } from '@ar-registry/schemas';
import { makePlan } from '../build/plan.ts';
import type { ListKind } from './lists.ts';
import { readSettings } from './settings.ts';
import { site } from './site.ts';

/** A plugin that needs another one. */
export interface Dependent {
  readonly name: PluginName;
  readonly range: string;
  readonly peer: boolean;
}

export interface PlannedPlugin {
  readonly name: PluginName;
  readonly dependents: readonly Dependent[];
}

export interface PlannedVersion {
  readonly name: PluginName;
  readonly version: Version;
}

export interface PlannedList {
  readonly kind: ListKind;
  readonly id: string;
  readonly page: number;
}

export interface Plan {
  readonly plugins: readonly PlannedPlugin[];
  readonly versions: readonly PlannedVersion[];
  readonly lists: readonly PlannedList[];
  /** Plugin → logins of its owners, of all that are listed. */
  readonly owners: Readonly<Record<PluginName, readonly string[]>>;
}

const { planFile } = readSettings();

export const plan: Plan =
  planFile === undefined ? makePlan(site).plan : (JSON.parse(readFileSync(planFile, 'utf8')) as Plan);
