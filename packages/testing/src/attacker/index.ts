export { ATTACKS, type Attack, type AttackedRegistry, type Site } from './attacks.ts';
export { createAttackerServer, type AttackerServer } from './server.ts';
