/** The pure web globals that core may use. Everything else of the DOM and of Node is absent on purpose. */
declare class URL {
  constructor(url: string, base?: string);
  readonly href: string;
  readonly protocol: string;
  readonly host: string;
  readonly hostname: string;
  readonly port: string;
  readonly pathname: string;
  username: string;
  password: string;
  static canParse(url: string, base?: string): boolean;
}
declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes: Uint8Array): string;
}
declare function atob(base64: string): string;
declare function btoa(bytes: string): string;
/** The type alone: ports that wait take one, and core only hands it on. */
interface AbortSignal {
  readonly aborted: boolean;
}
