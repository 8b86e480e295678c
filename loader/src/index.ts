export type { ArError } from '@ar-registry/core/errors';
export { attach, type AttachOptions, type Attached } from './attach.ts';
export type { HostLimits } from './host/host.ts';
export type { ActivePlugin, DisabledPlugin, FailedPlugin, LoadedPlugin } from './loaded-plugin.ts';
export { createLoader, type LoaderPorts } from './loader.ts';
export type { LoaderControl, PluginConfig, PluginHealth, PluginLoader } from './loader.ts';
export { startRelay, type RunningRelay, type StartRelayOptions } from './start-relay.ts';
