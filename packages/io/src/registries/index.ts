/** What only some need to reach their registries: several of them, a proxy. Apart from the client, which must start fast. */
export { createProxyAgents, type ProxyEnv } from '../api-client/proxy.ts';
export { createRoutedClient, type Routes } from '../api-client/routed-client.ts';
