export { bindRegistries, type BindOptions, type Bindings, type Declared, type RegistryPlace } from './bind.ts';
export { editUserRegistry, editUserSetting, registryNameOf, type UserRegistry } from './edit-user-config.ts';
export { tokenOf } from './token.ts';
export { parseUserConfig } from './user-config.ts';
