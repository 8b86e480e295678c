/** The registries of a project and of its user, as one client. Loaded only where a file declares any. */
import { bindRegistries, tokenOf, type BindOptions, type RegistryPlace } from '@ar-registry/core/registries';
import { createApiClient, type ApiClient, type ApiClientOptions, type TrustOptions } from '@ar-registry/io/api-client';
import { createRoutedClient } from '@ar-registry/io/registries';
import type { Context, Registries } from './context.ts';

export interface RegistryOptions {
  readonly binding: BindOptions;
  /** What is the same for all of them. */
  readonly common: Omit<ApiClientOptions, 'registryUrl'> & { readonly trust: TrustOptions };
  /** Whatever stands before each of them. */
  readonly adapt: (client: ApiClient) => ApiClient;
}

/** @throws REGISTRY_CONFLICT, REGISTRY_TOKEN_REFUSED, REGISTRY_URL_INVALID */
export function openRegistries(
  { binding, common, adapt }: RegistryOptions,
  { env, output }: Pick<Context, 'env' | 'output'>,
): Omit<Registries, 'relative'> {
  const { fallback, scopes } = bindRegistries(binding);
  const clients = new Map<string, ApiClient>();
  const open = (place: RegistryPlace): ApiClient => {
    const known = clients.get(place.url);
    if (known) return known;
    const { url, mirrors, tokenEnv, root } = place;
    const token = tokenOf(place, env);
    if (tokenEnv !== undefined && token === undefined) output.detail(`${tokenEnv} is not set: no token is sent`);
    const trust = { ...common.trust, root };
    const client = adapt(createApiClient({ ...common, registryUrl: url, mirrors, token, tokenEnv, trust }));
    clients.set(url, client);
    return client;
  };
  const own = open(fallback);
  const bound = new Map(Array.from(scopes, ([scope, place]) => [scope, open(place)]));
  return {
    url: fallback.url,
    client: bound.size === 0 ? own : createRoutedClient({ fallback: own, scopes: bound, onWarn: output.warn }),
    of: (scope) => bound.get(scope) ?? own,
    bound: new Map(Array.from(bound, ([scope, { registryUrl }]) => [scope, registryUrl])),
    all: [...clients.values()],
  };
}
