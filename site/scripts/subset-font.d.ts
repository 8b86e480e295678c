declare module 'subset-font' {
  /** @param text all characters that stay */
  export default function subsetFont(
    font: Uint8Array,
    text: string,
    options?: {
      readonly targetFormat?: 'sfnt' | 'truetype' | 'woff' | 'woff2';
      readonly variationAxes?: Readonly<Record<string, number | { readonly min: number; readonly max: number }>>;
      readonly preserveNameIds?: readonly number[];
      readonly noLayoutClosure?: boolean;
    },
  ): Promise<Buffer>;
}
