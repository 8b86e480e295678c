/** Where `--to` leads: `s3://<bucket>/<prefix>`, `git:<repository>#<branch>`, or a folder. */
import path from 'node:path';
import { isBranchName } from '@ar-registry/core/git-name';
import { usage } from '../../args.ts';
import { openFolder } from './folder-place.ts';
import type { Bucket } from './s3-place.ts';
import type { Place, PlaceOptions } from './types.ts';

export interface PlaceGiven {
  readonly to: string;
  /** Of S3 alone. */
  readonly endpoint?: string;
  readonly region?: string;
  /** Absolute. */
  readonly cwd: string;
  readonly help: string;
}

const S3 = /^s3:\/\/(?<name>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(?<prefix>[^?#]*))?$/;

/** @throws USAGE, and what opening it throws */
export async function openPlace(given: PlaceGiven, options: PlaceOptions): Promise<Place> {
  const { to, endpoint, region, cwd, help } = given;
  if (to.startsWith('s3:')) {
    const { openBucket } = await import('./s3-place.ts');
    return openBucket(parseBucket(given), options);
  }
  if (endpoint !== undefined || region !== undefined)
    throw usage('--endpoint and --region are for a bucket: --to s3://<bucket>.', help);
  if (!to.startsWith('git:')) return openFolder(path.resolve(cwd, to), options);
  const [url = '', branch = ''] = to.slice('git:'.length).split(/#(?=[^#]*$)/);
  if (url === '' || !isBranchName(branch)) throw usage(`${to} names no branch: git:<repository>#<branch>.`, help);
  const { openGitBranch } = await import('./git-place.ts');
  return openGitBranch(LOCAL.test(url) ? path.resolve(cwd, url) : url, branch, options);
}

/** A path, and no `host:path` or address. @source git-clone(1), GIT URLS */
const LOCAL = /^[^:/]*(?:\/|$)/;

function parseBucket({ to, endpoint, region, help }: PlaceGiven): Bucket {
  const { name, prefix = '' } = S3.exec(to)?.groups ?? {};
  if (name === undefined) throw usage(`${to} names no bucket: s3://<bucket>/<prefix>.`, help);
  const below = prefix.replace(/\/+$/, '');
  return {
    name,
    prefix: below === '' ? '' : `${below}/`,
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
  };
}
