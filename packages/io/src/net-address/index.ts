export { isLoopbackAddress, isPublicAddress } from './public-address.ts';
