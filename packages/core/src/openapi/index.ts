export { buildOpenApi, type OpenApiDocument, type OpenApiFacts } from './build.ts';
export { ENDPOINTS, type Endpoint } from './endpoints.ts';
