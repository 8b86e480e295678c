import { finding } from '../../findings/index.ts';
import type { ManifestCheck } from './index.ts';

/** `verified` and `official` are decisions of the registry: an author's `true` would be a lie until then. */
export const checkRegistryFlags: ManifestCheck = (manifest, source) =>
  ['verified', 'official']
    .filter((key) => manifest[key] !== undefined && manifest[key] !== false)
    .map((key) => finding('SET_BY_REGISTRY', source.placeOf([key]), { key }));
