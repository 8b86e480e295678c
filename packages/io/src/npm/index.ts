export { installDependencies, type DependencyPorts, type Tarballs } from './install-dependencies.ts';
export { lockDependencies, type LockRequest } from './lock-dependencies.ts';
export { readDependencies, type InstalledPackage, type ReadDependenciesInput } from './read-dependencies.ts';
