/** What may stand between a command and the registries: a recorder, or a bundle that answers in their place. */
import {
  addingAdvisories,
  answerFrom,
  bundledParts,
  servedIn,
  tarballsIn,
  type Bundle,
  type Recording,
  type ServedFiles,
} from '@ar-registry/io/bundle';
import type { AdvisoryStore } from '@ar-registry/io/advisories';
import type { ApiClient, ApiClientOptions, Through, TrustOptions } from '@ar-registry/io/api-client';
import type { Tarballs } from '@ar-registry/io/npm';

type Options = Omit<ApiClientOptions, 'registryUrl'> & { readonly trust: TrustOptions };

export interface Transport {
  /** From what a client would be made with to what it is made with. */
  readonly options: (direct: Options) => Options;
  readonly adapt?: (client: ApiClient) => ApiClient;
  /** npm packages that were brought along. */
  readonly tarballs?: Tarballs;
}

/** Where a rehearsal trusts what the user trusts, and keeps nothing for him. */
export interface Rehearsal {
  /** Absolute; new. */
  readonly trustFolder: string;
  /** By URL of the registry. */
  readonly roots: ReadonlyMap<string, string>;
}

/** Every answer is asked for, as by one who has nothing yet, and recorded. */
export function recording({ through }: Recording, rehearsal: Rehearsal): Transport {
  return { options: (direct) => rehearsed(direct, through, rehearsal) };
}

/** The same from what was recorded, as where the bundle will be installed from. */
export function replaying(served: ServedFiles, onUse: (url: string) => void, rehearsal: Rehearsal): Transport {
  return { options: (direct) => bundled(rehearsed(direct, answerFrom(served, onUse), rehearsal)) };
}

/** All from a bundle, and nothing from anywhere else. What it proves is kept as if the registries had said so. */
export function fromBundle(bundle: Bundle, advisories: AdvisoryStore): Transport {
  const served = servedIn(bundle);
  return {
    options: (direct) => bundled({ ...direct, advisories: addingAdvisories(advisories), through: answerFrom(served) }),
    adapt: (client) => ({ ...client, ...bundledParts(client, { served, advisories }) }),
    tarballs: tarballsIn(bundle),
  };
}

function rehearsed(
  { cacheDir: _cache, advisories: _advisories, ...direct }: Options,
  through: Through,
  { trustFolder, roots }: Rehearsal,
): Options {
  return {
    ...direct,
    through,
    trust: { ...direct.trust, folder: trustFolder, writes: true, roots, freshWillDo: false },
  };
}

/** A bundle is there, with --offline or without. */
function bundled(options: Options): Options {
  return { ...options, offline: false, trust: { ...options.trust, isBundled: true } };
}
