export { assertSocketFree } from './assert-free.ts';
export { probeSocket, type SocketState } from './probe.ts';
