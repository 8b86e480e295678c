export { isIntegrity, sameIntegrity, toHex } from './integrity.ts';
