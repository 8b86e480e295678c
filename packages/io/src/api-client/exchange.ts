// The standalone binary has another one, over what its runtime has (`tools/binary/replacements/exchange.ts`).
export { exchangeOverHttp as exchange } from './exchange-over-http.ts';
