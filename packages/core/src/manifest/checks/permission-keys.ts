import { finding } from '../../findings/index.ts';
import type { ManifestCheck } from './index.ts';

/** `${KEY}` in a permission stands for a configuration value, so that value must be declared. */
export const checkPermissionKeys: ManifestCheck = ({ config, permissions }, source) => {
  const declared = keysOf(config);
  const { network, listen, filesystem } = (permissions ?? {}) as Record<'network' | 'listen', unknown> & {
    filesystem?: Record<string, unknown>;
  };
  const lists: readonly (readonly [readonly string[], unknown])[] = [
    [['permissions', 'network'], network],
    [['permissions', 'listen'], listen],
    [['permissions', 'filesystem', 'read'], filesystem?.['read']],
    [['permissions', 'filesystem', 'write'], filesystem?.['write']],
  ];
  return lists.flatMap(([path, list]) =>
    (Array.isArray(list) ? list : []).flatMap((item: unknown, index) =>
      keysIn(item)
        .filter((key) => !declared.has(key))
        .map((key) =>
          finding('PERMISSION_KEY_UNKNOWN', source.placeOf([...path, index]), {
            permission: path.slice(1).join('.'),
            key,
          }),
        ),
    ),
  );
};

/** An address to listen on may have two: `${HOST}:${PORT}`. */
function keysIn(item: unknown): readonly string[] {
  if (typeof item !== 'string' || !item.includes('${')) return [];
  return [...item.matchAll(/\$\{([A-Z][A-Z0-9_]{0,63})\}/g)].map(([, key = '']) => key);
}

function keysOf(config: unknown): ReadonlySet<unknown> {
  const { required, optional } = (config ?? {}) as { required?: unknown; optional?: unknown };
  return new Set([...(Array.isArray(required) ? required : []), ...(Array.isArray(optional) ? optional : [])]);
}
