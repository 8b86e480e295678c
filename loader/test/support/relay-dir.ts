import { fileURLToPath } from 'node:url';

/** The real agent-relay 1.6.0, installed without native builds. */
export const RELAY_DIR = fileURLToPath(new URL('../../../tools/agent-relay/node_modules/agent-relay', import.meta.url));
