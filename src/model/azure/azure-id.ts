/** ARM type and names of an id, both as written: `Microsoft.Network/virtualNetworks/subnets` and `['v', 's']`. */
export interface AzureId {
  readonly type: string
  readonly names: readonly string[]
}

/**
 * Reads a full resource id, or one relative to its provider (`Microsoft.Network/virtualNetworks/v/subnets/s`).
 *
 * Undefined where the text is no resource id. Extension resources are read from their own provider on.
 */
export function parseAzureId(text: string): AzureId | undefined {
  const lower = text.toLowerCase()
  const from = lower.lastIndexOf('/providers/')
  const relative = from >= 0 ? text.slice(from + '/providers/'.length) : text.startsWith('/') ? '' : text
  const [provider, ...segments] = relative.split('/').filter((segment) => segment !== '')
  if (provider === undefined || !provider.includes('.') || segments.length < 2) return undefined
  const types: string[] = []
  const names: string[] = []
  for (const [index, segment] of segments.entries()) (index % 2 === 0 ? types : names).push(segment)
  if (types.length !== names.length) return undefined
  return { type: [provider, ...types].join('/'), names }
}
