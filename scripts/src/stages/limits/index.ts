export { measureBins, type BinUse } from './bins.ts';
export { HOSTS, type HostName } from './hosts.ts';
export { checkLimits, type HostLimits } from './run.ts';
