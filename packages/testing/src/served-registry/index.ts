export { serveRegistry, type ServedRegistry, type TestPlugin } from './served-registry.ts';
