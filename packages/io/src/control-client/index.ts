export { createControlClient, type ControlClient, type ControlClientOptions } from './control-client.ts';
export { probeSocket, type SocketState } from './probe.ts';
export { assertSocketFree } from './socket-free.ts';
