export { addRegistry, type RegistryChange } from './add-registry.ts';
export { listRegistries, type ListedRegistry } from './list-registries.ts';
export { tellUnknown } from './tell-unknown.ts';
export { readUserRegistries } from './user-registries.ts';
