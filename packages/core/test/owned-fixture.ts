/** A plugin as its owner finds it, and what a plan makes of it. */
import type { PluginRecord, StatusRecord } from '@ar-registry/schemas';
import { isArError } from '../src/errors/index.ts';
import type { OwnedPlugin, OwnerChange, PlannedChange } from '../src/status/index.ts';
import { ADA } from './index-fixture.ts';

export const NAME = '@acme/hello';
export const VERSIONS: readonly string[] = ['1.0.0', '1.1.0', '2.0.0-beta.1', '2.0.0'];

interface Changes {
  readonly status?: Partial<StatusRecord> | undefined;
  readonly record?: Partial<PluginRecord> | undefined;
  readonly versions?: readonly string[];
}

/** Ada's plugin with two releases, a beta and a second major version. */
export function ownedPlugin({ status, record, versions = VERSIONS }: Changes = {}): OwnedPlugin {
  return {
    record: {
      schemaVersion: 1,
      name: NAME,
      owners: [ADA],
      trust: 'community',
      repository: { url: 'https://example.com/acme/hello', id: 7 },
      ...record,
    },
    status: { schemaVersion: 1, distTags: { latest: '2.0.0', beta: '2.0.0-beta.1' }, ...status },
    versions,
  };
}

/** @throws where there is nothing to change */
export function changeOf(planned: PlannedChange): OwnerChange {
  if (planned.state !== 'changed') throw new Error(planned.why);
  return planned;
}

export function statusOf(planned: PlannedChange): StatusRecord | undefined {
  return changeOf(planned).status;
}

export function recordOf(planned: PlannedChange): PluginRecord | undefined {
  return changeOf(planned).record;
}

export function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** The code of the error that `work` throws. */
export function codeOf(work: () => unknown): string | undefined {
  const error = thrownBy(work);
  return isArError(error) ? error.code : undefined;
}
