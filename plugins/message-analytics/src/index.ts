import { createMessageAnalytics } from './plugin.ts';

export default createMessageAnalytics(() => Date.now());
