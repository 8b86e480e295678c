export { bindRegistries, type BindOptions, type Bindings, type Declared, type RegistryPlace } from './bind.ts';
export { tokenOf } from './token.ts';
export { parseUserConfig } from './user-config.ts';
