declare module '@vercel/ncc' {
  export default function ncc(
    input: string,
    options: { readonly cache: false; readonly minify: boolean; readonly license?: string; readonly quiet: boolean },
  ): Promise<{ readonly code: string; readonly assets: Readonly<Record<string, { readonly source: Buffer | string }>> }>
}
